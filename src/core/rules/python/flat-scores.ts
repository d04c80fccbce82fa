import { flatScores } from '../../python/flatScores';
import { usualScores } from '../../remedies/edits/usualScores';
import type { PythonRule, RuleMeta } from '../rule';
import { finding } from './support';

const meta: RuleMeta = {
  code: 'GI320',
  name: 'flat-scores',
  title: 'A temperature or label smoothing takes the gradient of the classes away',
  severity: 'hint',
  subject: 'python',
  remedies: ['usual-constants'],
  doc: {
    sees: 'A cross-entropy of scores divided by 0.02 or less, in a file that normalises no features, or with `label_smoothing` of 0.5 or more.',
    why: 'Divided by so little, scores make the softmax pick one class: gradients are as many times larger and jump with every sample. Smoothed by so much, all classes are nearly as right as the right one.',
    reference: {
      title: 'Müller, Kornblith and Hinton 2019, When Does Label Smoothing Help?',
      url: 'https://arxiv.org/abs/1906.02629',
    },
    whenWrong: 'Scores that were bounded or made small before.',
    example: `import torch.nn.functional as F

def loss_of(model, x, y):
    return F.cross_entropy(model(x) / 0.001, y)
`,
    better: `import torch.nn.functional as F

def loss_of(model, x, y):
    return F.cross_entropy(model(x), y)
`,
  },
};

export const flatScoresRule: PythonRule = {
  meta,
  check: (facts) =>
    flatScores(facts).map(({ kind, place }) =>
      finding(meta, {
        message:
          kind === 'temperature'
            ? `Dividing the scores by ${place.text} makes them ${Number((1 / place.value).toPrecision(3))} times as large, and the softmax picks one class.`
            : `Label smoothing of ${place.text} leaves next to nothing of the right class.`,
        range: place.range,
        evidence: { value: place.value },
        fixes: usualScores(facts),
      }),
    ),
};
