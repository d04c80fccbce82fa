import { dropFewer, mostlyDropped } from '../../remedies/edits/mostlyDropped';
import type { PythonRule, RuleMeta } from '../rule';
import { finding } from './support';

const meta: RuleMeta = {
  code: 'GI215',
  name: 'dropout-too-high',
  title: 'Dropout leaves next to nothing of a layer',
  severity: 'hint',
  subject: 'python',
  remedies: ['usual-constants'],
  doc: {
    sees: '`nn.Dropout(p)` or `F.dropout(x, p)` with a p of 0.8 or more that is written in the file: PyTorch drops with this probability, it does not keep with it. Not before a linear layer so wide that a hundred units are left.',
    why: 'At 0.95 one unit in twenty is left and is multiplied by twenty: output and gradient are noise around the signal, and the loss hardly falls.',
    reference: {
      title: 'Srivastava et al. 2014, Dropout',
      url: 'https://jmlr.org/papers/v15/srivastava14a.html',
    },
    whenWrong: 'Inputs that are masked on purpose, as for denoising.',
    example: `import torch.nn as nn

net = nn.Sequential(nn.Linear(32, 64), nn.ReLU(), nn.Dropout(0.9), nn.Linear(64, 4))
`,
    better: `import torch.nn as nn

net = nn.Sequential(nn.Linear(32, 64), nn.ReLU(), nn.Dropout(0.1), nn.Linear(64, 4))
`,
  },
};

export const dropoutTooHigh: PythonRule = {
  meta,
  check: (facts) =>
    mostlyDropped(facts).map(({ text, value, range }) =>
      finding(meta, {
        message: `Dropout of ${text} leaves ${Number((100 * (1 - value)).toPrecision(2))} % of the units, in each step others.`,
        range,
        evidence: { p: value },
        fixes: dropFewer(facts),
      }),
    ),
};
