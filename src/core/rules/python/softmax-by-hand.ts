import { handSoftmaxes, keepExpsFinite } from '../../remedies/edits/safeExp';
import type { PythonRule, RuleMeta } from '../rule';
import { finding } from './support';

const meta: RuleMeta = {
  code: 'GI311',
  name: 'softmax-by-hand',
  title: 'A softmax written out',
  severity: 'hint',
  subject: 'python',
  remedies: ['safe-exp'],
  doc: {
    sees: '`e = torch.exp(z)` and `e / e.sum(dim)` in code that gradients flow through.',
    why: 'exp overflows at 88: one logit of that size makes the quotient infinite by infinite, NaN. The built-in softmax takes the maximum off first and gives the same values.',
    reference: {
      title: 'PyTorch, torch.softmax',
      url: 'https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.softmax.html',
    },
    whenWrong: 'Where something bounds the exponent.',
    example: `import torch
import torch.nn as nn

class Head(nn.Module):
    def forward(self, z):
        e = torch.exp(z)
        return e / e.sum(dim=1, keepdim=True)
`,
    better: `import torch
import torch.nn as nn

class Head(nn.Module):
    def forward(self, z):
        return torch.softmax(z, dim=1)
`,
  },
};

export const softmaxByHand: PythonRule = {
  meta,
  check: (facts) =>
    !facts.source.mentions(/\bexp\(/)
      ? []
      : handSoftmaxes(facts).map(({ range, vanishes }) =>
          finding(meta, {
            message: vanishes
              ? 'exp is exactly 0 below -104, and a row of such numbers divides 0 by 0: torch.softmax gives the same values and does not.'
              : 'exp overflows at 88: torch.softmax gives the same values and does not.',
            range,
            fixes: keepExpsFinite(facts),
          }),
        ),
};
