import { type LowBound, lowBounds, usualBounds } from '../../remedies/edits/clip/lowBound';
import type { PythonRule, RuleMeta } from '../rule';
import { finding } from './support';

const meta: RuleMeta = {
  code: 'GI126',
  name: 'clip-bound-too-small',
  title: 'Clipping, or a factor, leaves next to nothing of the gradient',
  severity: 'hint',
  subject: 'python',
  remedies: ['clip-grad-norm', 'raise-lr'],
  doc: {
    sees: '`clip_grad_norm_` with a bound of 1e-3 or less, or `clip_grad_value_` with one of 1e-4 or less, or gradients multiplied by 0.01 or less (`p.grad *= 1e-4`), written in a file that trains with `torch.optim.SGD` alone.',
    why: 'Norms of a mean loss are around 1: such a bound cuts every gradient, and each step of SGD is as many times shorter than its learning rate says. The loss hardly moves.',
    reference: {
      title: 'Pascanu et al. 2013, On the difficulty of training recurrent neural networks',
      url: 'https://arxiv.org/abs/1211.5063',
    },
    whenWrong: 'A learning rate that was raised to match, and losses of a very small scale.',
    example: `import torch

def train(model, loader, loss_fn):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for x, y in loader:
        optimizer.zero_grad()
        loss_fn(model(x), y).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1e-4)
        optimizer.step()
`,
    better: `import torch

def train(model, loader, loss_fn):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for x, y in loader:
        optimizer.zero_grad()
        loss_fn(model(x), y).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
`,
  },
};

export const clipBoundTooSmall: PythonRule = {
  meta,
  check: (facts) =>
    lowBounds(facts).map(({ place, of }) =>
      finding(meta, {
        message: MESSAGES[of](place.text),
        range: place.range,
        evidence: { bound: place.value },
        fixes: usualBounds(facts),
      }),
    ),
};

const MESSAGES: Readonly<Record<LowBound['of'], (number: string) => string>> = {
  norm: (bound) =>
    `A bound of ${bound} cuts nearly every gradient: SGD then moves by ${bound} times its learning rate in a step.`,
  value: (bound) => `A bound of ${bound} on each number leaves next to nothing of the gradient for SGD.`,
  factor: (by) =>
    `Gradients times ${by} shorten every step of SGD as much: its learning rate is ${by} of what it says.`,
};
