import { grownByHand } from '../../python/handRateEnds';
import { growingRates } from '../../remedies/edits/growingRates';
import type { PythonRule, RuleMeta } from '../rule';
import { finding, unsafeFix } from './support';

const meta: RuleMeta = {
  code: 'GI115',
  name: 'growing-rate',
  title: 'The schedule makes the learning rate grow without bound',
  severity: 'warning',
  subject: 'python',
  remedies: ['lower-lr', 'clip-grad-norm'],
  doc: {
    sees: '`ExponentialLR`, `StepLR` or `MultiStepLR` with a `gamma` above 1, `LambdaLR` with `c ** step` and `MultiplicativeLR` with a constant c above 1; `LambdaLR` with a formula that climbs to the end of the run, to ten times the rate given and above any usual one; and a formula that the program itself puts into `param_groups` and that climbs as far. A hint where the file speaks of a range test or a warm-up, or chains several schedulers.',
    why: 'The rate is multiplied at every step of the schedule: 1.01 a step is 20,000 times after a thousand. Sooner or later the steps are too long, and the run that went well diverges.',
    reference: {
      title: 'torch.optim.lr_scheduler.ExponentialLR',
      url: 'https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.ExponentialLR.html',
    },
    whenWrong: 'A learning-rate range test grows the rate on purpose and ends when the loss does.',
    example: `import torch

def make(model):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, gamma=1.02)
    return optimizer, scheduler
`,
    better: `import torch

def make(model):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.98)
    return optimizer, scheduler
`,
  },
};

/** A rate that grows on purpose, and not for long. */
const ON_PURPOSE = /range.?test|lr.?find|find.?lr|warm.?up|SequentialLR|ChainedScheduler/i;

export const growingRate: PythonRule = {
  meta,
  check: (facts) => [
    ...growingRates(facts).flatMap(({ call, what, unbounded, factor, title, edits, isSure }) =>
      !isSure
        ? []
        : finding(meta, {
            severity: facts.source.mentions(ON_PURPOSE) ? 'hint' : 'warning',
            message: `This schedule ${what}${unbounded ? ': nothing bounds it' : ''}.`,
            range: call,
            evidence: { factor },
            fixes: [unsafeFix(facts, 'lower-lr', title, edits)],
          }),
    ),
    ...grownByHand(facts).map(({ formula, base, steps, end }) =>
      finding(meta, {
        severity: facts.source.mentions(ON_PURPOSE) ? 'hint' : 'warning',
        message: `This formula raises the learning rate from ${base} to ${Number(end.toPrecision(2))} in ${steps} steps.`,
        range: formula,
        evidence: { factor: end / base },
      }),
    ),
  ],
};
