import { oddConstants, usualConstants } from '../../remedies/edits/oddConstants';
import type { PythonRule, RuleMeta } from '../rule';
import { finding } from './support';

const meta: RuleMeta = {
  code: 'GI123',
  name: 'odd-optimizer-constant',
  title: 'A constant of the optimizer is far from any in use',
  severity: 'hint',
  subject: 'python',
  remedies: ['usual-constants'],
  doc: {
    sees: 'A momentum or a first beta of 0.995 or more, a second beta below 0.5, an `eps` of 0.01 or more with Adam and its kin, where the number is in the file.',
    why: 'A momentum of 0.999 averages a thousand gradients: the step goes where the loss fell long ago, and overshoots. An eps above the gradients turns Adam into SGD at a rate of lr / eps.',
    reference: {
      title: 'torch.optim.Adam',
      url: 'https://docs.pytorch.org/docs/stable/generated/torch.optim.Adam.html',
    },
    whenWrong: 'Some large image models are trained with an eps of 0.1 to 1 and a rate to match.',
    example: `import torch
import torch.nn as nn

model = nn.Linear(4, 2)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.999)
`,
    better: `import torch
import torch.nn as nn

model = nn.Linear(4, 2)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
`,
  },
};

export const oddOptimizerConstant: PythonRule = {
  meta,
  check: (facts) => {
    const odd = oddConstants(facts);
    const fixes = odd.length === 0 ? [] : usualConstants(facts);
    return odd.map(({ place, name, does }, at) =>
      finding(meta, {
        message: `A ${name} of ${place.text} ${does}.`,
        range: place.range,
        evidence: { [name]: place.value },
        fixes: fixes.slice(at, at + 1),
      }),
    );
  },
};
