/** What a small classifier is, whatever way it is written. */
export interface Spec {
  /** Hidden activation, as `torch.<name>` spells it. */
  readonly activation: 'relu' | 'sigmoid';
  /** Hidden layers. */
  readonly depth: number;
  /** What fills the weights: a normal distribution of this deviation, zeros, or PyTorch's default. */
  readonly weights: number | 'zeros' | null;
  /** The output goes through a softmax before the loss takes it. */
  readonly softmax: boolean;
  readonly lr: string;
  readonly zeroGrad: boolean;
  readonly clip: 'before' | 'after' | null;
}

/** A program that trains. */
export const HEALTHY: Spec = {
  activation: 'relu',
  depth: 4,
  weights: 0.1,
  softmax: false,
  lr: '1e-3',
  zeroGrad: true,
  clip: 'before',
};

/** Classes that Python spells `nn.ReLU` and `nn.Sigmoid`. */
export function classOf({ activation }: Spec): string {
  return activation === 'relu' ? 'nn.ReLU' : 'nn.Sigmoid';
}

/** The call that fills one tensor; none for PyTorch's default. */
export function fill({ weights }: Spec, tensor: string, std?: string): string {
  return weights === 'zeros'
    ? `nn.init.zeros_(${tensor})`
    : `nn.init.normal_(${tensor}, std=${std ?? weights})`;
}

/** Lines, none where a condition does not hold. */
export function when(condition: boolean, ...lines: readonly string[]): readonly string[] {
  return condition ? lines : [];
}

/** The steps of one update; `#@…` marks a line for the tests. */
export function update(
  spec: Spec,
  names: { readonly optimizer: string; readonly parameters: string; readonly loss?: string },
): readonly string[] {
  const { optimizer, parameters, loss = 'loss' } = names;
  const clip = `nn.utils.clip_grad_norm_(${parameters}, 1.0)  #@clip`;
  return [
    ...when(spec.zeroGrad, `${optimizer}.zero_grad()`),
    `${loss}.backward()  #@backward`,
    ...when(spec.clip === 'before', clip),
    `${optimizer}.step()  #@step`,
    ...when(spec.clip === 'after', clip),
  ];
}

export function indented(lines: readonly string[], depth = 1): readonly string[] {
  return lines.map((line) => (line === '' ? '' : '    '.repeat(depth) + line));
}

export const IMPORTS: readonly string[] = [
  'import torch',
  'import torch.nn as nn',
  'import torch.nn.functional as F',
  '',
];

export const DATA: readonly string[] = ['x = torch.randn(512, 32)', 'y = torch.randint(0, 4, (512,))'];
