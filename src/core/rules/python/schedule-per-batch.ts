import { schedulesPerBatch, stepOncePerEpoch } from '../../remedies/edits/scheduleStep';
import type { PythonRule, RuleMeta } from '../rule';
import { finding } from './support';

/** A run of fewer batches is no training, and a rate at a hundredth of its start is as good as gone. */
const BATCHES = 1000;
const GONE = 0.01;

const meta: RuleMeta = {
  code: 'GI118',
  name: 'schedule-per-batch',
  title: 'A schedule that counts epochs is stepped at every batch',
  severity: 'hint',
  subject: 'python',
  remedies: ['schedule-per-epoch'],
  doc: {
    sees: `\`scheduler.step()\` in the inner of two loops, of an \`ExponentialLR\`, \`StepLR\` or \`ReduceLROnPlateau\` (whose patience then counts batches) whose numbers leave less than a hundredth of the rate after ${BATCHES} batches.`,
    why: 'The rate falls by the factor at every batch instead of every epoch: a factor of 0.9 is gone after the first 50 batches, and the rest of the run trains nothing.',
    reference: {
      title: 'PyTorch: How to adjust learning rate',
      url: 'https://docs.pytorch.org/docs/stable/optim.html#how-to-adjust-learning-rate',
    },
    whenWrong: 'A run of very few batches may want so quick a decay.',
    example: `import torch

def train(model, loader, loss_fn):
    optimizer = torch.optim.Adam(model.parameters())
    scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.9)
    for epoch in range(20):
        for x, y in loader:
            optimizer.zero_grad()
            loss_fn(model(x), y).backward()
            optimizer.step()
            scheduler.step()
`,
    better: `import torch

def train(model, loader, loss_fn):
    optimizer = torch.optim.Adam(model.parameters())
    scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.9)
    for epoch in range(20):
        for x, y in loader:
            optimizer.zero_grad()
            loss_fn(model(x), y).backward()
            optimizer.step()
        scheduler.step()
`,
  },
};

export const schedulePerBatch: PythonRule = {
  meta,
  check(facts) {
    if (!facts.source.mentions(/lr_scheduler/)) {
      return [];
    }
    const fixes = stepOncePerEpoch(facts);
    return schedulesPerBatch(facts).flatMap(({ subject, range, left }) =>
      left === null || !(left(BATCHES) < GONE)
        ? []
        : [
            finding(meta, {
              message: `${subject} counts epochs and is stepped at every batch: after ${BATCHES} batches ${left(BATCHES).toExponential(0)} of the learning rate is left.`,
              range,
              fixes: fixes.filter(({ title }) => title.includes(`Step ${subject} `)),
            }),
          ],
    );
  },
};
