import { forecastFlow } from '../../flow/forecast';
import { cures, RemedyForecaster, type Reread } from '../../flow/remedyForecast';
import type { FlowClass, FlowLayer } from '../../flow/report';
import { ratioText } from '../../flow/text';
import { remediesForFlow } from '../../link/causes/flowRemedies';
import type { PythonFacts } from '../../python/facts';
import { enlargedWeights } from '../../remedies/edits/enlarged';
import { reaches } from '../../remedies/edits/initialise';
import {
  hasResidual,
  isNormalised,
  isRecurrent,
  isWeightLayer,
  type ModelView,
  viewOf,
} from '../../remedies/edits/model';
import { remedyById } from '../../remedies/registry';
import type { RemedyId } from '../../remedies/remedy';
import type { TextRange } from '../../text';
import type { Finding, Fix, Severity } from '../finding';
import type { PythonRule, RuleMeta } from '../rule';
import { typicalFactor } from './initFactor';
import { finding, loadsWeights } from './support';

/** log10 of the ratio that is reported: ten times beyond the verdict's border, which the forecast's largest error on our bench (one decade) does not reach. */
const LARGE = 4;
/**
 * log10 from which all weights' gradients are called far above the loss's: activations that grow from layer to layer reach
 * the output. Healthy programs of our sets stay below 1.1, those that exploded for it start at 1.6.
 */
const GROWN = 1.5;
/** log10 of what plain Adam still trained in our measurement (15 default ReLU layers, 0.41 each): no optimizer makes up for less. */
const UNTRAINABLE = 14.5 * Math.log10(1 / Math.sqrt(6));
/** Fewer weights than this lose four decades only by an initialisation that other rules name. */
const MIN_WEIGHTS = 3;
/** Adam moves each weight by its rate, however small its gradient: this few layers grow out of tiny weights within some hundred steps (measured with three of 1e-3). */
const SHALLOW = 4;
/** Steps that one forecast may take: about 15 ms. A file, or a group of its definitions, that needs more is passed over. */
const WORK = 8000;
/** Fixes weighed, and lines read again for it, all of them together: each costs as much as reading the file once more. */
const MOST_TRIED = 3;
const REREAD_LINES = 900;
const MOST_REMEDIES = 5;

const meta: RuleMeta = {
  code: 'GI208',
  name: 'flow-at-initialisation',
  title: 'A model whose first layer gets almost none, or far too much, of the gradient',
  severity: 'warning',
  subject: 'python',
  remedies: [
    'he-init',
    'xavier-init',
    'orthogonal-init',
    'scaled-init',
    'relu',
    'gelu',
    'leaky-relu',
    'batch-norm',
    'layer-norm',
    'residual',
  ],
  doc: {
    sees: `The expected gradient norm of the model's first weight matrix at initialisation, computed from the source (variances and correlations carried forward and backward through the layers as the code wires and initialises them), is below 1e-${LARGE} or above 1e${LARGE} of the last matrix's, or those of all matrices are that far below the loss's gradient at the output, or more than 1e${GROWN} above it. Only where the whole model can be read: every layer's size and initialisation is in the file and nothing on the way is guessed. A warning when the model has neither normalisation nor residual sums and, for a vanishing gradient, the ratio is below 2e-6, which not even Adam trained in our measurements with more than ${SHALLOW} layers (or below 1e-${LARGE} with plain SGD); a hint otherwise. Files that load trained weights are left out, and where another rule names the cause in the same class, the graver finding is kept, of two alike the one that names the cause.`,
    why: 'Gradients are products over the layers: a factor of 0.4 a layer is a millionth over 15 layers. The first layers then stay as they were drawn while the last ones train on noise, or the first step throws them out of range.',
    reference: {
      title: 'Schoenholz et al. 2017, Deep Information Propagation',
      url: 'https://arxiv.org/abs/1611.01232',
    },
    whenWrong:
      'When the weights are loaded or drawn elsewhere. The number is an expectation before the first step (measured: within 0.03 decades at the median, 0.3 for 95 % of the weights); a log of gradient norms tells what really happens. Adam makes up for part of a small gradient, and normalised or residual models train with larger ratios: those are hints.',
    example: `import torch
import torch.nn as nn

class Net(nn.Module):
    def __init__(self, depth=20):
        super().__init__()
        self.hidden = nn.ModuleList(nn.Linear(64, 64) for _ in range(depth))
        self.out = nn.Linear(64, 10)

    def forward(self, x):
        for layer in self.hidden:
            x = torch.relu(layer(x))
        return self.out(x)
`,
    better: `import torch
import torch.nn as nn

class Net(nn.Module):
    def __init__(self, depth=20):
        super().__init__()
        self.hidden = nn.ModuleList(nn.Linear(64, 64) for _ in range(depth))
        self.out = nn.Linear(64, 10)
        for layer in self.hidden:
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")

    def forward(self, x):
        for layer in self.hidden:
            x = torch.relu(layer(x))
        return self.out(x)
`,
  },
};

export const flowAtInitialisation: PythonRule = {
  meta,
  check(facts, reread) {
    if (loadsWeights(facts) || facts.isLong) {
      return [];
    }
    const deep = deepModels(facts);
    if (deep.size === 0) {
      return [];
    }
    const budget = { left: WORK };
    const { classes } = forecastFlow(facts, { among: deep, budget });
    // A file may be judged in many parts: together they must not keep an editor waiting.
    facts.source.work.spend(WORK - budget.left);
    const far = classes.flatMap((forecast) => {
      const first = firstFar(forecast);
      return first === null ? [] : [{ forecast, first }];
    });
    return far
      .filter(({ forecast, first }) => !isInside(facts, forecast, first, far))
      .map(({ forecast, first }) => report(facts, forecast, first, reread ?? null));
  },
};

/** Models with so many weights that a product over them can be far from 1; lists of unknown length count as many. */
function deepModels(facts: PythonFacts): ReadonlySet<string> {
  const weights = new Map<string, number>();
  for (const { root, type, path } of facts.modules) {
    if (isWeightLayer(type) || isRecurrent(type)) {
      weights.set(root, (weights.get(root) ?? 0) + (path.includes('*') ? MIN_WEIGHTS : 1));
    }
  }
  return new Set([...weights].flatMap(([root, count]) => (count >= MIN_WEIGHTS ? [root] : [])));
}

/** The first matrix of a model that is sure to start far from the last one's level, or with all of them far from the loss's; null for any other model. */
function firstFar(forecast: FlowClass): FlowLayer | null {
  const first = forecast.layers.find((layer) => layer.matrix);
  return forecast.confidence === 'high' &&
    first !== undefined &&
    (Math.abs(first.log10) > LARGE || overallFar(forecast) !== null)
    ? first
    : null;
}

/** log10 of the level that no weight's gradient reaches (or none stays below), where that is far from the loss's; else null. */
function overallFar({ layers, level, scale }: FlowClass): number | null {
  if (scale === null) {
    return null;
  }
  const levels = layers.filter((layer) => layer.matrix).map((layer) => layer.log10 + scale);
  const lowest = Math.min(...levels);
  if (lowest > GROWN) {
    return lowest;
  }
  const highest = Math.max(...levels);
  return level === 'tiny' && highest < -LARGE ? highest : null;
}

interface Far {
  readonly forecast: FlowClass;
  readonly first: FlowLayer;
}

/** Is the same layer the first one of a larger model, or of one that stands before it? */
function isInside(facts: PythonFacts, forecast: FlowClass, first: FlowLayer, all: readonly Far[]): boolean {
  const size = (one: FlowClass) => one.layers.length;
  return all.some(
    (other) =>
      other.forecast !== forecast &&
      (other.first.line === first.line ||
        facts.modules.some(({ root, type }) => root === other.forecast.class && type === forecast.class)) &&
      (size(other.forecast) > size(forecast) ||
        (size(other.forecast) === size(forecast) && other.forecast.line < forecast.line)),
  );
}

function report(facts: PythonFacts, forecast: FlowClass, first: FlowLayer, reread: Reread | null): Finding {
  const model = viewOf(facts, forecast.class);
  const count = forecast.layers.filter((layer) => layer.matrix).length;
  const overall = Math.abs(first.log10) > LARGE ? null : overallFar(forecast);
  const far = overall ?? first.log10;
  const ratio = ratioText(far).slice(1);
  const amount = far < 0 ? `${ratio} of` : `${ratio} times`;
  const perLayer = (forecast.perLayer ?? 1).toPrecision(2);
  const enlarged = far > 0 ? enlargedWeights(facts, model)[0] : undefined;
  const usual = remediesForFlow(model, far);
  const candidates = enlarged === undefined ? usual : [...new Set<RemedyId>(['scaled-init', ...usual])];
  const { remedies, fixes } = weigh(facts, forecast, candidates, first.line, reread);
  const why =
    enlarged === undefined ? '' : ` The weights are multiplied by ${enlarged.text} after they are drawn.`;
  return finding(meta, {
    severity: severityOf(facts, model, far, count),
    message: `${
      overall === null
        ? `Expected gradient of \`${first.parameter}\` is ${amount} the last layer's at initialisation (×${perLayer} per layer over ${count} layers).`
        : `Expected gradients of all ${count} weights are ${far < 0 ? 'at most' : 'at least'} ${amount} the loss's at the output at initialisation: ${far < 0 ? 'no signal reaches the output' : 'activations grow from layer to layer'}.`
    }${why}`,
    range: enlarged?.statement.range ?? shrinking(facts, model, far) ?? placeOf(facts, forecast, first),
    evidence: {
      log10: first.log10,
      layers: count,
      ...(overall === null ? {} : { overallLog10: overall }),
      ...(forecast.perLayer === null ? {} : { perLayer: forecast.perLayer }),
    },
    remedies,
    fixes,
  });
}

function isPlainSgd({ optimizers }: PythonFacts): boolean {
  return optimizers.length > 0 && optimizers.every((one) => one.type.endsWith('.SGD'));
}

function severityOf(facts: PythonFacts, model: ModelView, far: number, count: number): Severity {
  const growsOut = far < 0 && count <= SHALLOW && !isPlainSgd(facts);
  if (growsOut || isNormalised(model) || hasResidual(model) || (far > 0 && far <= LARGE)) {
    return 'hint';
  }
  return far > 0 || isPlainSgd(facts) || far < -UNTRAINABLE ? 'warning' : 'hint';
}

/** Half of what PyTorch's own weights pass on (0.58 of the input): a deviation below that is what lets the signal fade. */
const SHRINKS = 0.29;

/** The initialisation that is the cause of a signal that fades: a written deviation far below any scheme's; null without one. */
function shrinking(facts: PythonFacts, model: ModelView, far: number): TextRange | null {
  const init =
    far >= 0
      ? undefined
      : facts.inits.find((one) => reaches(one, model) && (typicalFactor(facts, one) ?? 1) < SHRINKS);
  return init?.call ?? null;
}

/** The constructor of the first layer, else the class. */
function placeOf(facts: PythonFacts, forecast: FlowClass, first: FlowLayer): TextRange {
  const entry = facts.modules.find(
    ({ root, range }) => root === forecast.class && range.line <= first.line && first.line <= range.endLine,
  );
  if (entry !== undefined) {
    return entry.callee ?? entry.range;
  }
  const owner = facts.classes.find(({ name }) => name === forecast.class);
  const line = owner?.range.line ?? forecast.line;
  const column = owner?.range.column ?? 1;
  return { line, column, endLine: line, endColumn: column + 'class'.length };
}

/** Remedies, those whose forecast keeps the level first; and the fixes that this rule would no longer report. */
function weigh(
  facts: PythonFacts,
  forecast: FlowClass,
  candidates: readonly RemedyId[],
  line: number,
  reread: Reread | null,
): { remedies: readonly RemedyId[]; fixes: readonly Fix[] } {
  const tries = reread === null ? 0 : Math.min(MOST_TRIED, Math.floor(REREAD_LINES / facts.lineCount));
  if (reread === null || tries === 0) {
    return { remedies: candidates.slice(0, MOST_REMEDIES), fixes: [] };
  }
  const forecaster = new RemedyForecaster(reread, facts, forecast.class, forecast);
  const target = { parameters: [], line };
  const weighed = candidates.slice(0, tries).flatMap((remedy) => {
    const fix = remedyById(remedy).fixes?.(facts, target)[0];
    const after = fix === undefined ? null : forecaster.of(fix);
    return fix === undefined || after === null || Math.abs(after.after) > LARGE
      ? []
      : [{ remedy, fix: { ...fix, forecast: after.text, forecastShort: after.short }, cured: cures(after) }];
  });
  const sorted = [...weighed.filter(({ cured }) => cured), ...weighed.filter(({ cured }) => !cured)];
  const known = sorted.map(({ remedy }) => remedy);
  return {
    remedies: [...known, ...candidates.filter((one) => !known.includes(one))].slice(0, MOST_REMEDIES),
    fixes: sorted.map(({ fix, cured }, at) => ({ ...fix, preferred: at === 0 && cured })),
  };
}
