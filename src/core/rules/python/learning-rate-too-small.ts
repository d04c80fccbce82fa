import type { LiteralPlace, OptimizerFact, PythonFacts } from '../../python/facts';
import { stepsOfRun } from '../../python/warmUp';
import { largeRawInput, largeTarget } from '../../remedies/edits/dataScale';
import { changeRate } from '../../remedies/edits/learningRate';
import {
  effectiveRate,
  isAdaptive,
  isLow,
  momentumOf,
  type RatePlace,
  ratesOf,
  usualRate,
} from '../../remedies/edits/rates';
import type { Finding } from '../finding';
import type { PythonRule, RuleMeta } from '../rule';
import { finding, place } from './support';

/** Weights start some hundredths to tenths from zero: a network whose weights move by less than this stays what it was. */
const SHORT_WAY = 0.01;
/** Steps of a run whose length the code does not tell; few programs take more from scratch. */
const MANY_STEPS = 10_000;
/** Gradients of a mean loss have norms around 1, spread over all weights; where they are a hundred times as large, SGD is given a rate to match. */
const LARGE_GRADIENT = 100;
/** Steps times rate that go as far as usual runs do: some thousand steps at Adam's usual rate, and at SGD's. */
const FAR_ADAPTIVE = 1;
const FAR_SGD = 30;

const meta: RuleMeta = {
  code: 'GI125',
  name: 'learning-rate-too-small',
  title: 'The learning rate is too small to move the weights within the run',
  severity: 'hint',
  subject: 'python',
  remedies: ['raise-lr'],
  doc: {
    sees: `An optimizer over a model with a learning rate in the file at which all steps of the run together move no weight by more than ${SHORT_WAY}: Adam's steps are at most as long as the rate, SGD's are taken to be of gradients around 1. Where the code does not say how many steps there are, ${MANY_STEPS.toLocaleString('en')} are assumed, and with SGD gradients of ${LARGE_GRADIENT}. Also a rate more than thirty times below the usual one (1e-3 with Adam, 0.1 with SGD, momentum counted), where no steps are known to make up for it and nothing in the file says that gradients are large. Not where a schedule sets the rate, nor in files that load weights or freeze some.`,
    why: 'The loss falls so slowly that it seems to stand still, while the gradients are what they should be.',
    reference: {
      title: 'Smith 2015, Cyclical Learning Rates for Training Neural Networks',
      url: 'https://arxiv.org/abs/1506.01186',
    },
    whenWrong:
      'Fine-tuning, long runs whose length the file does not tell, and losses that are summed over very many values.',
    example: `import torch
import torch.nn as nn

model = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-7)
`,
    better: `import torch
import torch.nn as nn

model = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
`,
  },
};

/** A rate that something else sets, and weights that were trained before. */
const OTHERWISE =
  /lr_scheduler|LambdaLR|OneCycleLR|get_\w*schedule|\[["']lr["']\]\s*[*+\-/]?=[^=]|from_pretrained|load_state_dict|pretrained|torch\.load\(|fine.?tun|requires_grad_\(\s{0,4}False|requires_grad\s{0,4}=\s{0,4}False|reduction\s{0,4}=\s{0,4}["']sum/i;

export const learningRateTooSmall: PythonRule = {
  meta,
  check(facts) {
    const slow = facts.optimizers.filter((one) => isSlow(facts, one));
    const low = ratesOf(facts).filter((rate) => isFarBelow(facts, rate));
    if ((slow.length === 0 && low.length === 0) || facts.source.mentions(OTHERWISE)) {
      return [];
    }
    const seen = new Set<number>();
    const report = (optimizer: OptimizerFact, lr: LiteralPlace, message: string): readonly Finding[] => {
      if (seen.has(lr.range.line)) {
        return [];
      }
      seen.add(lr.range.line);
      return [
        finding(meta, {
          message,
          range: lr.range,
          evidence: { learningRate: lr.value },
          related: [place(facts, optimizer.call, 'The optimizer that uses it')],
          fixes: changeRate(facts, { parameters: [], line: null }, 'raise-lr'),
        }),
      ];
    };
    return [
      ...slow.flatMap((optimizer) =>
        optimizer.lr === null
          ? []
          : report(
              optimizer,
              optimizer.lr,
              `A learning rate of ${optimizer.lr.text} is too small to move the weights within this run.`,
            ),
      ),
      ...low.flatMap((rate) => {
        const times = Number((usualRate(rate) / effectiveRate(rate)).toPrecision(2));
        const name = rate.optimizer.type.replace(/^.*\./, '');
        return report(
          rate.optimizer,
          rate.place,
          `A learning rate of ${rate.place.text} is ${times} times below what ${name} usually trains with from scratch.`,
        );
      }),
    ];
  },
};

/** Optimizers of torch whose usual rates are known. */
const KNOWN = /^torch\.optim\.(?:SGD|Adam|AdamW|NAdam|RAdam|RMSprop)$/;
/** A sum over a batch or more, or large numbers in the loss, lengthen the steps of SGD. */
const LONG_STEPS =
  /\.sum\(\)\s{0,4}(?:$|\.backward|[+\-*])|["']sum["']|unscale|GradScaler|\.backward\(gradient/m;

/** Gradients of ordinary norm are clipped to 0.1 to 10: who clips to more sees longer ones. */
const CLIPPED_LATE = 10;

function clipsLate(facts: PythonFacts): boolean {
  return facts.loops.some(({ events }) =>
    events.some(
      ({ kind, args }) =>
        kind === 'clip' &&
        ((args.find(({ name }) => name === 'max_norm') ?? args[1])?.number?.value ?? 0) > CLIPPED_LATE,
    ),
  );
}

function isFarBelow(facts: PythonFacts, rate: RatePlace): boolean {
  const { optimizer, path } = rate;
  if (!isLow(rate) || path !== facts.path || !KNOWN.test(optimizer.type) || !optimizer.ownsModules) {
    return false;
  }
  const steps = stepsOfRun(facts);
  const way = steps === null ? 0 : steps * effectiveRate(rate);
  return isAdaptive(optimizer)
    ? way < FAR_ADAPTIVE
    : way < FAR_SGD &&
        !facts.source.mentions(LONG_STEPS) &&
        !clipsLate(facts) &&
        largeTarget(facts) === null &&
        largeRawInput(facts) === null;
}

function isSlow(facts: PythonFacts, optimizer: OptimizerFact): boolean {
  const { lr, groupRates, model, type } = optimizer;
  if (lr === null || !(lr.value > 0) || groupRates.length > 0 || model === null) {
    return false;
  }
  const steps = stepsOfRun(facts);
  if (/^torch\.optim\.(?:Adam|AdamW|NAdam|RAdam|RMSprop)$/.test(type) && isAdaptive(optimizer)) {
    return lr.value * (steps ?? MANY_STEPS) <= SHORT_WAY;
  }
  const momentum = Math.min(momentumOf(optimizer), 0.99);
  const way = (lr.value / (1 - momentum)) * (steps ?? MANY_STEPS) * (steps === null ? LARGE_GRADIENT : 1);
  return type === 'torch.optim.SGD' && way <= SHORT_WAY;
}
