import { chainOfRoot } from '../../python/chain';
import type { InitFact, PythonFacts } from '../../python/facts';
import { initialisedBy } from '../../python/instances';
import { scalings } from '../../remedies/edits/enlarged';
import { depthOf, hasResidual, isNormalised, trainedRoot, viewOf } from '../../remedies/edits/model';
import { remedyById } from '../../remedies/registry';
import type { Finding } from '../finding';
import type { PythonRule, RuleMeta } from '../rule';
import { standardScheme, typicalFactor, writtenGain, writtenStd } from './initFactor';
import { finding, loadsWeights } from './support';

/**
 * Standard deviation times the root of the fan-in: 1.41 with He, 0.58 with PyTorch's own. A layer at a tenth passes a tenth
 * of its input on, and of the gradient back.
 */
const SMALL_FACTOR = 0.1;
/** One small layer is common on purpose, as the last of a policy or of a residual branch. */
const FEWEST_LAYERS = 3;

const meta: RuleMeta = {
  code: 'GI214',
  name: 'init-std-too-small',
  title: 'Initial weights are far too small for the width of the layer',
  severity: 'hint',
  subject: 'python',
  remedies: ['he-init', 'xavier-init', 'batch-norm', 'layer-norm'],
  doc: {
    sees: `\`normal_(weight, std=s)\` (or a truncated normal, or \`uniform_(-a, a)\` with s = a/√3) on ${FEWEST_LAYERS} or more linear or convolution layers of a model without normalisation and shortcuts, where s times the root of the fan-in is below ${SMALL_FACTOR} in most of them, with both known from the text; Xavier or orthogonal weights with such a gain, and PyTorch's own weights that a loop multiplies by so little. Not in files that load weights.`,
    why: 'Each layer passes only that share of its input on, and of the gradient back: a few layers later nothing is left, and the outputs hardly depend on the input until the weights have grown.',
    reference: {
      title:
        'Glorot and Bengio 2010, Understanding the difficulty of training deep feedforward neural networks',
      url: 'https://proceedings.mlr.press/v9/glorot10a.html',
    },
    whenWrong: 'Shallow networks under Adam grow out of it within some hundred steps.',
    example: `import torch
import torch.nn as nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(32, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 4))
        for m in self.modules():
            if isinstance(m, nn.Linear):
                nn.init.normal_(m.weight, 0.0, 0.001)
                nn.init.zeros_(m.bias)

    def forward(self, x):
        return self.net(x)
`,
    better: `import torch
import torch.nn as nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(32, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 4))
        for m in self.modules():
            if isinstance(m, nn.Linear):
                nn.init.kaiming_normal_(m.weight, nonlinearity="relu")
                nn.init.zeros_(m.bias)

    def forward(self, x):
        return self.net(x)
`,
  },
};

export const initStdTooSmall: PythonRule = {
  meta,
  check(facts) {
    if (!facts.source.mentions(/normal_|uniform_|orthogonal_|mul_|div_|[*/]=|rand/) || loadsWeights(facts)) {
      return [];
    }
    const written = facts.inits.flatMap((init) => {
      const factor = typicalFactor(facts, init);
      return factor === null || factor >= SMALL_FACTOR || !(factor > 0) || !fillsPlainStack(facts, init)
        ? []
        : [
            finding(meta, {
              message: `${drawnAs(facts, init)} makes each of these layers pass on about ${factor.toPrecision(1)} of its input (He initialisation: 1.4).`,
              range: init.call,
              evidence: { factor },
              fixes: standardScheme(facts, init),
            }),
          ];
    });
    return [...written, ...shrunk(facts)];
  },
};

function drawnAs(facts: PythonFacts, init: InitFact): string {
  const [std, gain] = [writtenStd(facts, init), writtenGain(facts, init)];
  return std === null
    ? `A gain of ${Number((gain ?? 0).toPrecision(3))}`
    : `A standard deviation of ${Number(std.toPrecision(3))}`;
}

/** PyTorch's own initialisation of a linear layer: its standard deviation times the root of the fan-in. */
const DEFAULT_FACTOR = 1 / Math.sqrt(3);

/** Weights that PyTorch drew and the code makes far smaller, all of them. */
function shrunk(facts: PythonFacts): readonly Finding[] {
  const first = scalings(facts).find(
    ({ init, factor }) => init === null && factor * DEFAULT_FACTOR < SMALL_FACTOR,
  );
  // Few files have one: the model is looked at in those alone.
  const root = first === undefined ? null : trainedRoot(facts);
  const view = root === null ? null : viewOf(facts, root);
  const isPlain =
    view !== null && !isNormalised(view) && !hasResidual(view) && depthOf(view) >= FEWEST_LAYERS;
  return first === undefined || !isPlain
    ? []
    : [
        finding(meta, {
          message: `The weights are multiplied by ${first.text} after they are drawn: each of these layers passes on about ${(DEFAULT_FACTOR * first.factor).toPrecision(1)} of its input (He initialisation: 1.4).`,
          range: first.statement.range,
          evidence: { factor: DEFAULT_FACTOR * first.factor },
          fixes: remedyById('he-init').fixes?.(facts, { parameters: [], line: null }) ?? [],
        }),
      ];
}

/** Several layers, and no sum that carries the signal past them. */
function fillsPlainStack(facts: PythonFacts, init: InitFact): boolean {
  const chain = init.root === null ? [] : chainOfRoot(facts, init.root);
  return (
    new Set(initialisedBy(facts, init).map(({ path }) => path)).size >= FEWEST_LAYERS &&
    !chain.some(({ role }) => role === 'residual')
  );
}
