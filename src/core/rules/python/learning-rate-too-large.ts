import { argumentOf } from '../../python/definitions';
import { replace } from '../../python/edits';
import type { LiteralPlace, OptimizerFact, PythonFacts } from '../../python/facts';
import { isRecurrent, isWeightLayer } from '../../python/layers';
import { rateFactor, rateFormula } from '../../python/rateFormula';
import type { Severity } from '../finding';
import type { PythonRule, RuleMeta } from '../rule';
import { finding, place, unsafeFix } from './support';

/** Plain SGD: nobody's recipe goes above this without a schedule; none of 4,278 well-kept files reaches 0.5. */
const SGD_WARNING = 1;
/** Plain SGD at this rate is rare enough to be worth a look. */
const SGD_HINT = 0.5;
/** Momentum adds steps up: 0.1 at 0.99 moves the weights as far as 10 does. Recipes stay at 1, 0.1 at 0.9. */
const LASTING_HINT = 5;
/** A step clipped to norm 1 at rate 1 is nothing unusual: no rate is too large whose steps clipping keeps shorter. */
const SHORT_STEP = 1;
/** Word language models train at 20 to 30, clipped to 0.25 (Merity et al. 2018): over a table of embeddings and its decoder that is little for each weight. */
const SHORT_STEP_OF_TABLES = 10;
/** Adam moves every weight by about the rate in each step, whatever the gradient: 0.05 is the size of a typical weight. */
const ADAM_WARNING = 0.05;
/** Above the largest rate in common use. */
const ADAM_HINT = 0.01;

const meta: RuleMeta = {
  code: 'GI112',
  name: 'learning-rate-too-large',
  title: 'The learning rate is unusually large for its optimizer',
  severity: 'warning',
  subject: 'python',
  remedies: ['lower-lr', 'lr-warmup', 'clip-grad-norm'],
  doc: {
    sees: `A rate known from the text over all parameters of a model: SGD at ${SGD_WARNING} or more, written out (\`p -= lr * p.grad\`) too, Adam, AdamW, NAdam, RAdam and RMSprop above ${ADAM_WARNING}; SGD above ${SGD_HINT}, or at ${LASTING_HINT} and more over 1 - momentum, these above ${ADAM_HINT}, or with a scheduler in the file (for SGD also with clipping, or in Lightning code), a hint; for Keras and Optax never more than a hint. Silent where clipping keeps the steps short, where SGD's rate is warmed up, where a large epsilon damps the steps of the others, over Gaussian processes, and where the rate is multiplied by a \`LambdaLR\` whose factor is small or not known, as the Noam schedule does.`,
    why: 'Adam moves each weight by about the rate at every step, whatever the size of the gradient. Steps as large as the weights themselves throw the network about: losses that jump, dead ReLU units, a plateau.',
    reference: {
      title: 'Kingma and Ba 2015, Adam: a method for stochastic optimization',
      url: 'https://arxiv.org/abs/1412.6980',
    },
    whenWrong:
      'Tiny models, tables of embeddings, a few inputs optimised directly, and recipes with a schedule that starts low.',
    example: `import torch

def make(model):
    return torch.optim.Adam(model.parameters(), lr=0.3)
`,
    better: `import torch

def make(model):
    return torch.optim.Adam(model.parameters(), lr=1e-3)
`,
  },
};

export const learningRateTooLarge: PythonRule = {
  meta,
  check(facts) {
    const seen = new Set<string>();
    return [...facts.optimizers, ...facts.handOptimizers].flatMap((optimizer) => {
      const given = optimizer.groupRates.length > 0 ? optimizer.groupRates : [optimizer.lr];
      const [lr = null] = given.toSorted((a, b) => (b?.value ?? 0) - (a?.value ?? 0));
      const severity =
        lr === null || !(isOfOthers(optimizer) || trainsModel(facts, optimizer))
          ? null
          : judged(facts, optimizer, lr.value * largestFactor(facts));
      const key = lr === null ? '' : `${lr.range.line}:${lr.range.column}`;
      if (lr === null || severity === null || seen.has(key)) {
        return [];
      }
      seen.add(key);
      const rate = lowered(lr, optimizer.type);
      const word = optimizer.type.slice(optimizer.type.lastIndexOf('.') + 1);
      return [
        finding(meta, {
          severity,
          message: `A learning rate of ${lr.text} is large for ${word}: common rates are at most a tenth of it.`,
          range: lr.range,
          evidence: { learningRate: lr.value },
          related: [place(facts, optimizer.call, 'The optimizer that uses it')],
          fixes: [
            unsafeFix(
              facts,
              'lower-lr',
              `Lower the learning rate to ${rate}`,
              alike(lr, optimizer).map(({ range }) => replace(range, rate)),
              severity === 'warning',
            ),
          ],
        }),
      ];
    });
  },
};

/** Where the same rate is written for this optimizer: groups of parameters may each have it. */
function alike(lr: LiteralPlace, optimizer: OptimizerFact): readonly LiteralPlace[] {
  const places = [...optimizer.groupRates, ...(optimizer.lr === null ? [] : [optimizer.lr])];
  const same = places.filter(({ value }) => value === lr.value);
  return same.filter(
    ({ range }, at) =>
      same.findIndex((one) => one.range.line === range.line && one.range.column === range.column) === at,
  );
}

/** Groups that are given different rates were thought about (a temperature, a head): no more than what is sure is said of the largest. */
function judged(facts: PythonFacts, optimizer: OptimizerFact, lr: number): Severity | null {
  const severity = judge(facts, optimizer, lr);
  const rates = new Set(optimizer.groupRates.map(({ value }) => value));
  return severity === 'hint' && rates.size > 1 ? null : severity;
}

/** Steps at which a schedule's factor is looked at: it peaks at the end of a warm-up, or falls from the start. */
const LOOKED_AT = [0, 1, 10, 100, 400, 1000, 4000, 8000, 16000, 100_000];

/**
 * What the program's LambdaLR makes of the rate at most: with a Noam schedule a rate of 1 is a unit and no rate. 0 where the factor
 * cannot be told from the text (nothing is known of the rate then), 1 where there is no such schedule, or a larger factor.
 */
function largestFactor(facts: PythonFacts): number {
  if (!facts.source.mentions(/LambdaLR/)) {
    return 1;
  }
  const factors = facts.source.callsOfNamed(/^torch\.optim\.lr_scheduler\.LambdaLR$/).map(({ call }) => {
    const given = argumentOf(call, 'lr_lambda', 1);
    const formula = given === null ? null : rateFormula(facts, given);
    const values = formula === null ? [] : LOOKED_AT.map((step) => rateFactor(facts, formula, step));
    const known = values.filter((value) => value !== null && Number.isFinite(value)) as number[];
    return known.length === 0 ? 0 : Math.max(...known);
  });
  return factors.length === 0 ? 1 : Math.min(1, Math.max(...factors));
}

/** Over the parameters of a model, or of layers in variables; a tensor or two by themselves are no network. */
function trainsModel(facts: PythonFacts, { name, model, members, ownsModules }: OptimizerFact): boolean {
  return (
    model !== null ||
    ownsModules ||
    (name === null && facts.loops.some(({ events }) => events.some(({ byHand }) => byHand !== undefined))) ||
    facts.models.some(
      (one) =>
        one.members.length > 0 &&
        one.members.every((name) => members.includes(name)) &&
        one.instances.some(({ entry: { type } }) => isWeightLayer(type) || isRecurrent(type)),
    )
  );
}

/** A schedule of a library, or a program that sets the rate of its optimizer itself: the number given at first may be a factor. */
const SETS_RATE = /lr_scheduler|LambdaLR|OneCycleLR|get_\w*schedule|\[["']lr["']\]\s*[*+\-/]?=[^=]/;

/** Kernels and likelihoods have a handful of parameters, on a logarithmic scale, and are fitted at 0.1. */
const FEW_PARAMETERS = /\b(?:gpytorch|botorch|pyro)\b/;
/** An epsilon from here on damps the steps where gradients are small (Inception takes 1, MobileNet 0.03): they are not as long as the rate. */
const DAMPS = 1e-3;
/** With a warm-up rates go so far: one a batch of 256 has, times the size of the batch (Goyal et al. 2017 reach 3.2; LARS goes on). */
const WARMED_UP = 5;
const WARM_UP = /warm_?up|LinearLR\(|OneCycleLR/i;

/** Keras and Optax: what the optimizer trains and what else acts on its steps is not followed, so that no more than a hint is sure. */
const OF_OTHERS = /^(?:keras\.optimizers\.(?:legacy\.|experimental\.)?|optax\.)/;

function isOfOthers({ type }: OptimizerFact): boolean {
  return OF_OTHERS.test(type);
}

function judgeOfOthers(facts: PythonFacts, { type }: OptimizerFact, lr: number): Severity | null {
  const word = type.replace(OF_OTHERS, '').toLowerCase();
  const isLarge =
    word === 'sgd'
      ? lr >= SGD_WARNING && !facts.source.mentions(/clip/i)
      : /^(?:n|r)?adam(?:w)?$|^rmsprop$/.test(word) && lr > ADAM_WARNING;
  return isLarge ? 'hint' : null;
}

function judge(facts: PythonFacts, optimizer: OptimizerFact, lr: number): Severity | null {
  if (isOfOthers(optimizer)) {
    return judgeOfOthers(facts, optimizer, lr);
  }
  const scheduled = facts.source.mentions(SETS_RATE);
  if (/^torch\.optim\.(?:Adam|AdamW|NAdam|RAdam|RMSprop)$/.test(optimizer.type)) {
    if (facts.source.mentions(FEW_PARAMETERS) || epsilonOf(optimizer) >= DAMPS) {
      return null;
    }
    if (lr > ADAM_WARNING && !scheduled) {
      return 'warning';
    }
    return lr > ADAM_HINT ? 'hint' : null;
  }
  const lasting = lr / (1 - Math.min(optimizer.momentum?.value ?? 0, 0.99));
  if (optimizer.type === 'torch.optim.SGD' && (lr > SGD_HINT || lasting >= LASTING_HINT)) {
    if (hasOnlyTables(facts)) {
      return null;
    }
    // Clipped steps are short at any rate (word language models train at 20); a Lightning trainer may clip out of sight.
    if (clippedStep(facts, optimizer, lr) <= (hasTable(facts) ? SHORT_STEP_OF_TABLES : SHORT_STEP)) {
      return null;
    }
    if (scheduled && lr < WARMED_UP && facts.source.mentions(WARM_UP) && mayBeNormalised(facts)) {
      return null;
    }
    const mayClip = facts.source.mentions(/clip/i) || facts.frameworks.includes('lightning');
    return lr < SGD_WARNING || scheduled || mayClip ? 'hint' : 'warning';
  }
  return null;
}

function hasTable({ modules }: PythonFacts): boolean {
  return modules.some(({ type }) => isTable(type));
}

function isTable(type: string): boolean {
  return type === 'nn.Embedding' || type === 'nn.EmbeddingBag';
}

/** A batch touches each row of a table a few times at most: the mean over it divides a row's gradient by about the size of the batch. */
function hasOnlyTables({ modules }: PythonFacts): boolean {
  const weights = modules.filter(({ type, base }) => {
    const of = base ?? type;
    return isTable(of) || isWeightLayer(of) || isRecurrent(of);
  });
  return weights.length > 0 && weights.every(({ type, base }) => isTable(base ?? type));
}

/** Behind batch normalisation weights grow until their rate suits them; of a model from elsewhere it is not known. */
function mayBeNormalised({ modules }: PythonFacts): boolean {
  return (
    !modules.some(({ type }) => isWeightLayer(type)) ||
    modules.some(({ type }) => type.startsWith('nn.BatchNorm'))
  );
}

function epsilonOf({ args }: OptimizerFact): number {
  return args.find(({ name }) => name === 'eps')?.number?.value ?? 0;
}

/** Longest step that clipping by norm leaves, momentum included; infinite where its bound is not known. */
function clippedStep(facts: PythonFacts, { momentum }: OptimizerFact, lr: number): number {
  const bounds = facts.loops.flatMap(({ events }) =>
    events
      .filter(({ kind, name, branches }) => kind === 'clip' && /norm/.test(name) && branches.length === 0)
      .map(({ args }) => (args.find((arg) => arg.name === 'max_norm') ?? args[1])?.number?.value),
  );
  const bound = Math.max(...bounds.map((value) => value ?? Number.POSITIVE_INFINITY));
  return bounds.length === 0 ? Number.POSITIVE_INFINITY : (lr * bound) / (1 - (momentum?.value ?? 0));
}

/** A tenth, or as many tenths as it takes to be an ordinary rate, in the notation of the original. */
function lowered(lr: LiteralPlace, type: string): string {
  const usual = /\.sgd$/i.test(type) ? SGD_WARNING / 10 : ADAM_HINT;
  let value = lr.value / 10;
  while (value > usual * 1.001) {
    value /= 10;
  }
  const short = Number(value.toPrecision(6));
  return /e/i.test(lr.text) ? short.toExponential() : String(short);
}
