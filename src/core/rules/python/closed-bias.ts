import { mainActivation, trainedRoot, viewOf } from '../../remedies/edits/model';
import { closedBiases } from '../../remedies/edits/zeroBias';
import { zeroBias } from '../../remedies/zero-bias';
import type { PythonRule, RuleMeta } from '../rule';
import { finding } from './support';

const meta: RuleMeta = {
  code: 'GI210',
  name: 'closed-bias',
  title: 'Biases that start so low that units stay shut',
  severity: 'hint',
  subject: 'python',
  remedies: ['zero-bias'],
  doc: {
    sees: 'Biases of hidden linear or convolution layers that are filled with -2 or less, or all of them with the log-odds of a rare class, in a model whose hidden units are ReLUs; with -4 or less, or with 4 or more, where they are tanh or sigmoid units, and with -4 or less where they are GELU, SiLU, ELU and the like.',
    why: 'What comes in has a size of about 1: minus 2 on top of it leaves a ReLU open for one input in fifty, and the layers before it get no gradient from the others. At 4 the slope of tanh is a thousandth, that of the sigmoid a fiftieth.',
    reference: {
      title: 'Lu et al. 2019, Dying ReLU and Initialization',
      url: 'https://arxiv.org/abs/1903.06733',
    },
    whenWrong: 'Biases of gates, and of the output alone, may start low on purpose.',
    example: `import torch
import torch.nn as nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(16, 64)
        self.fc2 = nn.Linear(64, 64)
        self.out = nn.Linear(64, 1)
        for m in self.modules():
            if isinstance(m, nn.Linear):
                nn.init.constant_(m.bias, -3.0)

    def forward(self, x):
        return self.out(torch.relu(self.fc2(torch.relu(self.fc1(x)))))
`,
    better: `import torch
import torch.nn as nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(16, 64)
        self.fc2 = nn.Linear(64, 64)
        self.out = nn.Linear(64, 1)
        for m in self.modules():
            if isinstance(m, nn.Linear):
                nn.init.zeros_(m.bias)

    def forward(self, x):
        return self.out(torch.relu(self.fc2(torch.relu(self.fc1(x)))))
`,
  },
};

export const closedBias: PythonRule = {
  meta,
  check: (facts) => {
    if (!facts.source.mentions(/constant_|fill_/) || !facts.source.mentions(/\bbias\b/)) {
      return [];
    }
    const root = trainedRoot(facts);
    const model = root === null ? null : viewOf(facts, root);
    const main = model === null ? null : mainActivation(model);
    if (model === null || main === null) {
      return [];
    }
    return closedBiases(facts, model)
      .filter(({ paths, scale }) => paths === null && shuts(main, scale?.value ?? null))
      .map(({ call, scale }) =>
        finding(meta, {
          message: `Biases of ${scale?.text ?? 'this size'} keep the ${unitsOf(main)} behind them shut for nearly every input.`,
          range: call,
          fixes: zeroBias.fixes?.(facts, { parameters: [], line: null }) ?? [],
        }),
      );
  },
};

/** Beyond this the smooth activations are flat for inputs of size 1 as well. */
const FLAT = 4;
const UNITS: readonly (readonly [RegExp, string])[] = [
  [/^relu/, 'ReLUs'],
  [/^(?:hard)?tanh|^(?:hard|log)?sigmoid/, 'units'],
  [/^(?:gelu|silu|swish|elu|selu|celu|mish|softplus)/, 'units'],
];

/** @param value null: the log-odds of a rare class */
function shuts(activation: string, value: number | null): boolean {
  const [relu, saturating, smooth] = UNITS.map(([name]) => name.test(activation));
  return (
    relu === true ||
    (value !== null &&
      ((saturating === true && Math.abs(value) >= FLAT) || (smooth === true && value <= -FLAT)))
  );
}

function unitsOf(activation: string): string {
  return UNITS.find(([name]) => name.test(activation))?.[1] ?? 'units';
}
