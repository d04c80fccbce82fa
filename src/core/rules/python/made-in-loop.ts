import { buildOnce, madeAnew } from '../../remedies/edits/buildOnce';
import type { PythonRule, RuleMeta } from '../rule';
import { finding } from './support';

const meta: RuleMeta = {
  code: 'GI124',
  name: 'made-in-loop',
  title: 'A model or optimizer is made anew in every step',
  severity: 'hint',
  subject: 'python',
  remedies: ['build-once'],
  doc: {
    sees: 'A loop that goes backward and steps, with `optimizer = torch.optim...(...)` of an optimizer that remembers (Adam, momentum), or the construction of the model that is trained, right in its body; not where each turn makes both.',
    why: 'The optimizer forgets the averages that it steps by: each step of Adam is as long as the rate in every weight, with the sign of one noisy gradient. A model made anew has learnt nothing.',
    reference: {
      title: 'torch.optim, Constructing it',
      url: 'https://docs.pytorch.org/docs/stable/optim.html#constructing-it',
    },
    whenWrong: 'Loops over trials, tasks or clients that begin anew on purpose.',
    example: `import torch

def train(model, loader, loss_fn):
    for x, y in loader:
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
        optimizer.zero_grad()
        loss_fn(model(x), y).backward()
        optimizer.step()
`,
    better: `import torch

def train(model, loader, loss_fn):
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    for x, y in loader:
        optimizer.zero_grad()
        loss_fn(model(x), y).backward()
        optimizer.step()
`,
  },
};

export const madeInLoop: PythonRule = {
  meta,
  check: (facts) => {
    const made = madeAnew(facts);
    const fixes = made.length === 0 ? [] : buildOnce(facts);
    return made.map(({ range, what, name }) =>
      finding(meta, {
        message:
          what === 'model'
            ? `Every turn of the loop makes ${name} anew: what it learnt is lost after one step.`
            : `Every turn of the loop makes ${name} anew: it forgets what it averages, and each step follows one gradient.`,
        range,
        fixes,
      }),
    );
  },
};
