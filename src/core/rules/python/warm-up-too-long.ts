import { longWarmUp } from '../../python/warmUp';
import { fitWarmUp } from '../../remedies/edits/warmUpLength';
import type { PythonRule, RuleMeta } from '../rule';
import { finding } from './support';

const meta: RuleMeta = {
  code: 'GI119',
  name: 'warm-up-too-long',
  title: 'The warm-up ends after the run does',
  severity: 'hint',
  subject: 'python',
  remedies: ['lr-warmup'],
  doc: {
    sees: 'A number of warm-up steps, by its name (`warmup_steps=` of a schedule; what a step is divided by or compared with), that is as large as the number of steps of the only training loop or larger, both known from the text.',
    why: 'The rate grows from zero through the whole run and never reaches the one that was chosen: with 100,000 steps of warm-up, a run of 300 ends at a third of a percent of it.',
    reference: {
      title: 'Goyal et al. 2017, Accurate, large minibatch SGD: training ImageNet in 1 hour',
      url: 'https://arxiv.org/abs/1706.02677',
    },
    whenWrong: 'Where the run is continued later, or the numbers are given on the command line.',
    example: `import torch

WARMUP_STEPS = 10000

def train(model, batches, loss_fn):
    optimizer = torch.optim.Adam(model.parameters())
    scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: min(1.0, (step + 1) / WARMUP_STEPS))
    for step in range(500):
        x, y = next(batches)
        optimizer.zero_grad()
        loss_fn(model(x), y).backward()
        optimizer.step()
        scheduler.step()
`,
    better: `import torch

WARMUP_STEPS = 50

def train(model, batches, loss_fn):
    optimizer = torch.optim.Adam(model.parameters())
    scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: min(1.0, (step + 1) / WARMUP_STEPS))
    for step in range(500):
        x, y = next(batches)
        optimizer.zero_grad()
        loss_fn(model(x), y).backward()
        optimizer.step()
        scheduler.step()
`,
  },
};

export const warmUpTooLong: PythonRule = {
  meta,
  check(facts) {
    const long = longWarmUp(facts);
    return long === null
      ? []
      : [
          finding(meta, {
            message: `The warm-up takes ${long.place.value} steps and the run ${long.steps}: the rate never exceeds ${Number(((100 * long.steps) / long.place.value).toPrecision(2))} % of the one that is set.`,
            range: long.place.range,
            evidence: { warmUp: long.place.value, steps: long.steps },
            fixes: fitWarmUp(facts),
          }),
        ];
  },
};
