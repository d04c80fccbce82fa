import { fadedByHand } from '../../python/handRateEnds';
import { ownFadingRates, slowerDecay } from '../../remedies/edits/slowerDecay';
import type { PythonRule, RuleMeta } from '../rule';
import { finding } from './support';

const meta: RuleMeta = {
  code: 'GI120',
  name: 'rate-fades',
  title: 'The schedule leaves nothing of the learning rate early in the run',
  severity: 'hint',
  subject: 'python',
  remedies: ['slower-decay', 'schedule-per-epoch'],
  doc: {
    sees: '`ExponentialLR`, `StepLR`, `MultiStepLR`, `MultiplicativeLR`, `PolynomialLR`, `LinearLR`, a `LambdaLR` or a rate set by hand whose formula can be computed, stepped with every step of the optimizer or in loops of known length, that has less than a thousandth of the rate left after a third of the steps; after 100 steps where the code does not say how many there are.',
    why: 'From there on the steps are too short to change anything: the loss stands still wherever it is, and the gradients stay as large as they were.',
    reference: {
      title: 'torch.optim.lr_scheduler.ExponentialLR',
      url: 'https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.ExponentialLR.html',
    },
    whenWrong: 'Where the program stops as soon as the rate is small.',
    example: `import torch

def train(model, loader, loss_fn):
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.9)
    for x, y in loader:
        optimizer.zero_grad()
        loss_fn(model(x), y).backward()
        optimizer.step()
        scheduler.step()
`,
    better: `import torch

def train(model, loader, loss_fn):
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.999)
    for x, y in loader:
        optimizer.zero_grad()
        loss_fn(model(x), y).backward()
        optimizer.step()
        scheduler.step()
`,
  },
};

export const rateFades: PythonRule = {
  meta,
  check(facts) {
    const scheduled = ownFadingRates(facts).map(({ call, left, steps, run }) =>
      finding(meta, {
        message:
          left === 0
            ? `This schedule has brought the learning rate to zero after ${steps} steps${run === null ? '' : ` of ${run}`}.`
            : `After ${steps} steps${run === null ? '' : ` of ${run}`} this schedule leaves ${left.toPrecision(1)} of the learning rate.`,
        range: call,
        evidence: { left, steps },
        fixes: slowerDecay(facts),
      }),
    );
    const byHand = fadedByHand(facts).map(({ formula, left, after, steps }) =>
      finding(meta, {
        message: `After ${after} steps of ${steps} this formula leaves ${left === 0 ? 'nothing' : left.toPrecision(1)} of the learning rate.`,
        range: formula,
        evidence: { left, steps: after },
      }),
    );
    return [...scheduled, ...byHand];
  },
};
