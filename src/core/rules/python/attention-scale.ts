import { largeScores, scaleScores } from '../../remedies/edits/attentionScale';
import type { PythonRule, RuleMeta } from '../rule';
import { finding } from './support';

const meta: RuleMeta = {
  code: 'GI211',
  name: 'attention-scale',
  title: 'Attention scores go into the softmax unscaled',
  severity: 'hint',
  subject: 'python',
  remedies: ['scale-scores'],
  doc: {
    sees: 'A softmax over products of what two layers make (`q @ k.transpose(-2, -1)`, `matmul`, `bmm`, `einsum`, `(q * k).sum(-1)`), through masks and names, where nothing scales scores, queries or keys, or where a number far below one (a temperature under 0.05) divides them.',
    why: 'Such products grow with the root of the size of queries and keys. Large ones make the softmax pick a single position: it is flat there, and queries and keys get next to no gradient.',
    reference: {
      title: 'Vaswani et al. 2017, Attention is all you need (section 3.2.1)',
      url: 'https://arxiv.org/abs/1706.03762',
    },
    whenWrong:
      'Small heads with default initialisation start soft enough without a scale, and weights may be drawn small on purpose (T5).',
    example: `import torch
import torch.nn as nn

class Attention(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.q = nn.Linear(dim, dim)
        self.k = nn.Linear(dim, dim)
        self.v = nn.Linear(dim, dim)

    def forward(self, x):
        q, k, v = self.q(x), self.k(x), self.v(x)
        weights = torch.softmax(q @ k.transpose(-2, -1), dim=-1)
        return weights @ v
`,
    better: `import torch
import torch.nn as nn

class Attention(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.q = nn.Linear(dim, dim)
        self.k = nn.Linear(dim, dim)
        self.v = nn.Linear(dim, dim)

    def forward(self, x):
        q, k, v = self.q(x), self.k(x), self.v(x)
        weights = torch.softmax(q @ k.transpose(-2, -1) / q.size(-1) ** 0.5, dim=-1)
        return weights @ v
`,
  },
};

export const attentionScale: PythonRule = {
  meta,
  check(facts) {
    const fixes = scaleScores(facts);
    return largeScores(facts).map(({ range, divisor }) =>
      finding(meta, {
        message:
          divisor === null
            ? 'Nothing scales these attention scores: they grow with the root of the size of queries and keys, until the softmax picks one and passes no gradient.'
            : `Dividing these attention scores by ${Number(divisor.toPrecision(3))} makes them so large that the softmax picks one and passes no gradient.`,
        range,
        ...(divisor === null ? {} : { evidence: { divisor } }),
        fixes: fixes.filter(({ edits }) => edits.some((edit) => edit.line === range.line)),
      }),
    );
  },
};
