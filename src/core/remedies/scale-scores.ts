import { scaleScores } from './edits/attentionScale';
import type { Remedy } from './remedy';

export const scaleScoresRemedy: Remedy = {
  id: 'scale-scores',
  title: 'Scale attention scores',
  helps:
    'Products of queries and keys grow with the root of their size: divided by it, the softmax over them starts soft and lets gradient through to both.',
  doesNotHelp:
    'Does not help where queries and keys are normalised, or a learned temperature scales their products already.',
  reference: {
    title: 'Vaswani et al. 2017, Attention is all you need (section 3.2.1)',
    url: 'https://arxiv.org/abs/1706.03762',
  },
  howTo: `\`\`\`python
scores = q @ k.transpose(-2, -1) / q.size(-1) ** 0.5
\`\`\`
`,
  fixes: scaleScores,
};
