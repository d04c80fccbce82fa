import { type ChainItem, chainOfRoot } from '../../python/chain';
import type { InitFact, ModuleEntry, PythonFacts } from '../../python/facts';
import { activationOf } from '../../python/layers';
import type { Finding } from '../finding';
import type { PythonRule, RuleMeta } from '../rule';
import { finding, loadsWeights } from './support';

/** Per layer with ReLU and PyTorch's default weights (uniform, variance 1/3 of 1/fan_in): half of 1/3, the root of it. */
const DEFAULT_FACTOR = Math.sqrt(1 / 6);
/** Where plain SGD stopped training in our measurement (8 default ReLU layers), and Adam (15). */
const SGD_LIMIT = DEFAULT_FACTOR ** 7.5;
const ADAM_LIMIT = DEFAULT_FACTOR ** 14.5;
const MIN_LAYERS = 4;

const meta: RuleMeta = {
  code: 'GI207',
  name: 'plain-deep-stack',
  title: 'A deep stack of ReLU layers that shrinks the gradient at every layer',
  severity: 'hint',
  subject: 'python',
  remedies: ['he-init', 'batch-norm', 'residual', 'layer-norm'],
  doc: {
    sees: "A run of linear or convolution layers with ReLU, LeakyReLU, GELU or SiLU, without normalisation, residual sums or gates, whose weights have PyTorch's default size (factor 0.41 a layer) or a normal initialisation with a known small standard deviation, where the product over the run is below what the optimizer still trains: 8 default layers with SGD, 15 with Adam.",
    why: 'Each such layer multiplies the gradient by the same factor below 1. With 16 default layers the first one gets less than a millionth of what reaches the last.',
    reference: {
      title: 'He et al. 2015, Delving deep into rectifiers',
      url: 'https://arxiv.org/abs/1502.01852',
    },
    whenWrong:
      'When weights are loaded from a trained model, the initial size does not matter. The numbers are expectations at the start of training; a log of gradient norms tells what really happens.',
    example: `import torch
import torch.nn as nn

class Net(nn.Module):
    def __init__(self, depth=9):
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(64, 64) for _ in range(depth))
        self.out = nn.Linear(64, 2)

    def forward(self, x):
        for layer in self.layers:
            x = torch.relu(layer(x))
        return self.out(x)

model = Net()
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
`,
    better: `import torch
import torch.nn as nn

class Net(nn.Module):
    def __init__(self, depth=9):
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(64, 64) for _ in range(depth))
        self.out = nn.Linear(64, 2)
        for layer in self.layers:
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")

    def forward(self, x):
        for layer in self.layers:
            x = torch.relu(layer(x))
        return self.out(x)

model = Net()
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
`,
  },
};

export const plainDeepStack: PythonRule = {
  meta,
  check(facts) {
    if (loadsWeights(facts)) {
      return [];
    }
    const classes = facts.classes.filter(
      // Whoever normalises some of the layers has met the problem; and most classes are passed over at no cost.
      ({ kind, range }) => kind === 'module' && !/norm/i.test(facts.textOf(range)),
    );
    const loose = facts.models.filter(({ members }) => members.length > 0);
    return [
      ...classes.flatMap(({ name, modules }) => checkModel(facts, name, modules)),
      ...loose.flatMap(({ root }) => checkModel(facts, root, [])),
    ];
  },
};

function checkModel(facts: PythonFacts, root: string, modules: readonly ModuleEntry[]): Finding[] {
  const inits = facts.inits.filter((init) => init.writes !== 'bias' && reaches(init, root, modules));
  if (inits.length > 1 || (inits[0] !== undefined && inits[0].kind !== 'normal')) {
    return [];
  }
  const stack = longestPlainStack(chainOfRoot(facts, root));
  const first = stack[0];
  const factor = factorOf(inits, stack);
  // Weights of one's own start as they were drawn.
  const isDrawn = stack.some((item) => item.type === 'nn.Parameter');
  if (first === undefined || factor === null || stack.length < MIN_LAYERS || isDrawn) {
    return [];
  }
  const total = factor ** stack.length;
  const adaptive = facts.optimizers.every((one) => !one.type.endsWith('.SGD'));
  if (total > (adaptive ? ADAM_LIMIT : SGD_LIMIT)) {
    return [];
  }
  const [init] = inits;
  return [
    finding(meta, {
      message: `${stack.length} layers in a row, each expected to shrink the gradient to ${factor.toPrecision(2)} of it: about ${total.toExponential(0)} reaches the first.`,
      range: init?.call ?? first.callee ?? first.range,
      evidence: { layers: stack.length, perLayer: factor, total },
    }),
  ];
}

function reaches(init: InitFact, root: string, modules: readonly ModuleEntry[]): boolean {
  return init.root === null || init.root === root || modules.some((entry) => entry.owner === init.root);
}

/** Factor a layer multiplies the gradient by, from what initialises it; null when that is not known. */
function factorOf(inits: readonly InitFact[], stack: readonly ChainItem[]): number | null {
  if (inits.length === 0) {
    return DEFAULT_FACTOR;
  }
  const std = inits[0]?.scale?.value;
  const widths = stack
    .flatMap((item) =>
      item.type === 'nn.Linear' && typeof item.values[0] === 'number' ? [item.values[0]] : [],
    )
    .sort((a, b) => a - b);
  const width = widths[Math.floor(widths.length / 2)];
  // ReLU halves the variance on its way.
  return std === undefined || width === undefined ? null : std * Math.sqrt(width / 2);
}

const RELU_LIKE = new Set(['relu', 'relu6', 'leakyrelu', 'gelu', 'silu', 'elu']);

/** The longest run of weight layer and ReLU-like activation, pooling and dropout allowed in between. */
function longestPlainStack(chain: readonly ChainItem[]): readonly ChainItem[] {
  let best: ChainItem[] = [];
  let run: ChainItem[] = [];
  let weight: ChainItem | null = null;
  for (const item of chain) {
    if (item.role === 'weight') {
      weight = item;
    } else if (
      item.role === 'activation' &&
      weight !== null &&
      RELU_LIKE.has(activationOf(item.type) ?? '')
    ) {
      run.push(weight);
      weight = null;
      best = run.length > best.length ? [...run] : best;
    } else if (item.role !== 'dropout') {
      run = [];
      weight = null;
    }
  }
  return best;
}
