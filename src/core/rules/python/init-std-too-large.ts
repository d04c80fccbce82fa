import type { InitFact, PythonFacts } from '../../python/facts';
import { initialisedBy } from '../../python/instances';
import { isNorm, isWeightLayer } from '../../python/layers';
import { enlargements } from '../../remedies/edits/enlarged';
import { largeMatrices } from '../../remedies/edits/rawMatrix';
import { remedyById } from '../../remedies/registry';
import type { Finding } from '../finding';
import type { PythonRule, RuleMeta } from '../rule';
import { standardScheme, summingFactor, typicalFactor, writtenGain, writtenStd } from './initFactor';
import { finding } from './support';

/**
 * Standard deviation times the root of the fan-in: the factor by which a layer multiplies the size of its input. He
 * initialisation has 1.41, the largest gain in use (tanh) is 1.67; three layers of factor 3 already multiply by 27.
 */
const MAX_FACTOR = 3;
/** Three layers of that factor: what fewer ones multiply by a run may recover from. */
const GRAVE = MAX_FACTOR ** 3;
/** Number of inputs to assume where the code does not give it: few layers have fewer. */
const USUAL_FAN_IN = 16;

const meta: RuleMeta = {
  code: 'GI206',
  name: 'init-std-too-large',
  title: 'Initial weights are far too large for the width of the layer',
  severity: 'warning',
  subject: 'python',
  remedies: ['he-init', 'xavier-init', 'orthogonal-init', 'scaled-init', 'layer-norm'],
  doc: {
    sees: `\`normal_(weight, std=s)\` (or a truncated normal, or \`uniform_(-a, a)\` with s = a/√3) on linear, convolution or recurrent weights, where s times the root of the fan-in exceeds ${MAX_FACTOR} in most of the layers it reaches, with s and the fan-in known from the text, in a model without normalisation; Xavier or orthogonal weights with such a gain, and weights drawn between 0 and a whose sum over the inputs, a/2 times the fan-in, is that large, are a hint, as are weights that are copied or replaced. What multiplies the weights afterwards, \`w.data *= 3\`, counts; weights that PyTorch drew and the code multiplies by more than five are a hint. A hint for a model of another file, whose widths are not known, from a deviation of 0.75 on, where only one layer is so, or all together multiply by less than ${GRAVE}, and for matrices that the code draws itself, \`nn.Parameter(torch.randn(n, m))\`, and multiplies values by.`,
    why: 'Each layer multiplies the size of its input by that factor, and backward the gradient: it explodes with depth, or saturates tanh and sigmoid units so that they stop learning.',
    reference: {
      title: 'He et al. 2015, Delving deep into rectifiers',
      url: 'https://arxiv.org/abs/1502.01852',
    },
    whenWrong:
      'Random features, attention scores and embeddings are meant to be that large; embeddings are not looked at. With normalisation after every layer the size hardly matters, and one layer alone, such as the last, multiplies only once.',
    example: `import torch.nn as nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(64, 64)
        self.out = nn.Linear(64, 2)
        for m in self.modules():
            if isinstance(m, nn.Linear):
                nn.init.normal_(m.weight, std=1.0)

    def forward(self, x):
        return self.out(self.hidden(x).relu())
`,
    better: `import torch.nn as nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(64, 64)
        self.out = nn.Linear(64, 2)
        for m in self.modules():
            if isinstance(m, nn.Linear):
                nn.init.kaiming_normal_(m.weight, nonlinearity="relu")

    def forward(self, x):
        return self.out(self.hidden(x).relu())
`,
  },
};

export const initStdTooLarge: PythonRule = {
  meta,
  check(facts) {
    const large = facts.inits.flatMap((init) => {
      const factor = typicalFactor(facts, init) ?? summingFactor(facts, init);
      return factor === null || factor <= MAX_FACTOR ? [] : [{ init, factor }];
    });
    const written = large.map(({ init, factor }) => {
      const std = writtenStd(facts, init);
      const layers = new Set(
        large.flatMap((one) =>
          one.init.root === init.root ? initialisedBy(facts, one.init).map(({ path }) => path) : [],
        ),
      );
      const repeats = layers.size > 1 || init.writes === 'recurrent';
      // What is copied or summed says less of the weights in the end than what a call draws.
      const isDrawn = std !== null && init.name !== '=' && init.name !== 'copy_';
      const isGrave = isDrawn && (init.writes === 'recurrent' || factor ** layers.size >= GRAVE);
      return finding(meta, {
        severity: repeats && isGrave ? 'warning' : 'hint',
        message: `${drawnAs(facts, init)} makes ${repeats ? 'each of these layers' : 'this layer'} multiply its input by about ${factor.toFixed(1)} (He initialisation: 1.4).`,
        range: init.call,
        evidence: { ...(std === null ? {} : { std }), factor },
        fixes: standardScheme(facts, init),
      });
    });
    return [...written, ...drawn(facts), ...multiplied(facts), ...ofUnknownWidth(facts)];
  },
};

/** Weights of a model of another file, drawn so large that few layers are narrow enough for it. */
function ofUnknownWidth(facts: PythonFacts): readonly Finding[] {
  return facts.classes.some(({ kind }) => kind !== 'other')
    ? []
    : facts.inits.flatMap((init) => {
        const std = writtenStd(facts, init);
        const isOfLayers = init.layerTypes.some((type) => isWeightLayer(type));
        const isElsewhere = init.root === null && init.makers.length === 0 && init.sweeps && isOfLayers;
        return std === null ||
          init.writes !== 'weight' ||
          !isElsewhere ||
          !(std * Math.sqrt(USUAL_FAN_IN) > MAX_FACTOR)
          ? []
          : [
              finding(meta, {
                severity: 'hint',
                message: `A standard deviation of ${Number(std.toPrecision(3))} makes layers of more than ${Math.floor((MAX_FACTOR / std) ** 2)} inputs multiply them by more than ${MAX_FACTOR} (He initialisation: 1.4).`,
                range: init.call,
                evidence: { std },
                fixes: standardScheme(facts, init),
              }),
            ];
      });
}

function drawnAs(facts: PythonFacts, init: InitFact): string {
  const [std, gain] = [writtenStd(facts, init), writtenGain(facts, init)];
  return std !== null
    ? `A standard deviation of ${Number(std.toPrecision(3))}`
    : gain !== null
      ? `A gain of ${Number(gain.toPrecision(3))}`
      : `Drawing no weight below zero, up to ${init.scale?.text ?? '1'},`;
}

/** PyTorch's own initialisation of a linear layer: its standard deviation times the root of the fan-in. */
const DEFAULT_FACTOR = 1 / Math.sqrt(3);

/** Weights that PyTorch drew and the code multiplies. */
function multiplied(facts: PythonFacts): readonly Finding[] {
  const enlarged = enlargements(facts);
  if (enlarged.length === 0) {
    return [];
  }
  const matrices = facts.modules.filter(({ type, base }) => isWeightLayer(base ?? type));
  const isBounded = facts.modules.some(
    ({ type, base }) => isNorm(base ?? type) || /^nn\.Transformer/.test(type),
  );
  return matrices.length === 0 || isBounded
    ? []
    : enlarged.flatMap((one) => {
        const factor = DEFAULT_FACTOR * one.factor;
        return one.init !== null || !(factor > MAX_FACTOR)
          ? []
          : [
              finding(meta, {
                severity: 'hint',
                message: `The weights are multiplied by ${one.text} after they are drawn: each of these layers multiplies its input by about ${factor.toFixed(1)} (He initialisation: 1.4).`,
                range: one.statement.range,
                evidence: { factor },
                fixes: remedyById('scaled-init').fixes?.(facts, { parameters: [], line: null }) ?? [],
              }),
            ];
      });
}

/** He's factor keeps the size of what passes a ReLU layer; so much more of it in all, and the outputs are far off any target. */
const KEEPS_SIZE = Math.SQRT2;
const FAR = 100;
const SEVERAL = 4;

/** Do several layers in a row of a moderate factor make a large one together? */
function growsFar(factor: number, layers: number): boolean {
  return layers >= SEVERAL && (factor / KEEPS_SIZE) ** layers > FAR;
}

/** Matrices that the code draws itself: one finding for all that a network's layers share, one for a recurrent one. */
function drawn(facts: PythonFacts): readonly Finding[] {
  const matrices = largeMatrices(facts).filter(({ std, fanIn, recurrent, layers }) => {
    const factor = std * Math.sqrt(fanIn ?? USUAL_FAN_IN);
    // What comes back at every step needs no more than what `largeMatrices` asks of it.
    return (recurrent && fanIn !== null) || factor > MAX_FACTOR || growsFar(factor, layers);
  });
  const firsts = [matrices.find((one) => one.recurrent), matrices.find((one) => !one.recurrent)];
  return firsts.flatMap((matrix) => {
    if (matrix === undefined) {
      return [];
    }
    const { std, fanIn, recurrent, range } = matrix;
    const remedy = recurrent
      ? 'orthogonal-init'
      : facts.source.mentions(/relu/i)
        ? ('he-init' as const)
        : ('xavier-init' as const);
    const size =
      fanIn === null
        ? 'whatever its number of inputs'
        : `and multiplies its input by about ${(std * Math.sqrt(fanIn)).toFixed(1)} (He initialisation: 1.4)`;
    return [
      finding(meta, {
        severity: 'hint',
        message: `This ${recurrent ? 'recurrent ' : ''}matrix starts with standard deviation ${std} ${size}.`,
        range,
        evidence: { std, ...(fanIn === null ? {} : { factor: std * Math.sqrt(fanIn) }) },
        fixes: remedyById(remedy).fixes?.(facts, { parameters: [], line: null }) ?? [],
      }),
    ];
  });
}
