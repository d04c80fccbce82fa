import { boundedScores, linearOutput } from '../../remedies/edits/linearOutput';
import type { PythonRule, RuleMeta } from '../rule';
import { finding } from './support';

const meta: RuleMeta = {
  code: 'GI317',
  name: 'bounded-scores',
  title: 'Scores are bounded before a cross-entropy',
  severity: 'hint',
  subject: 'python',
  remedies: ['linear-output'],
  doc: {
    sees: 'The predictions of a cross-entropy over scores are the value of a tanh or sigmoid, or those of a binary cross-entropy with logits that of a tanh: in the call itself, through one variable, or as what the model returns, with no factor on it.',
    why: 'Scores between -1 and 1 allow no probability near 0 or 1: of ten classes the right one gets at most 45 %, of two at most 88 %. The loss stops far above zero, and there the activation is saturated.',
    reference: {
      title: 'torch.nn.CrossEntropyLoss',
      url: 'https://docs.pytorch.org/docs/stable/generated/torch.nn.CrossEntropyLoss.html',
    },
    whenWrong: 'Where such a bound is wanted, as a strong label smoothing.',
    example: `import torch
import torch.nn.functional as F

def loss_of(model, x, y):
    return F.cross_entropy(torch.tanh(model(x)), y)
`,
    better: `import torch
import torch.nn.functional as F

def loss_of(model, x, y):
    return F.cross_entropy(model(x), y)
`,
  },
};

export const boundedScoresRule: PythonRule = {
  meta,
  check: (facts) =>
    boundedScores(facts).map(({ activation, range }) =>
      finding(meta, {
        message: `This ${activation} bounds the scores of a cross-entropy: no probability can come near 0 or 1.`,
        range,
        fixes: linearOutput(facts),
      }),
    ),
};
