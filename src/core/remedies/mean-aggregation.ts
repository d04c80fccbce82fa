import { meanAggregation } from './edits/meanAggregation';
import type { Remedy } from './remedy';

export const meanAggregationRemedy: Remedy = {
  id: 'mean-aggregation',
  title: 'Average over neighbours',
  helps:
    'A layer that sums over neighbours makes the signal and its gradient larger by about the degree of the graph; with each row of the adjacency divided by its sum, they keep their size however many layers follow.',
  doesNotHelp:
    'Does not help where the adjacency is normalised already, and takes away what a node could tell from its number of neighbours.',
  reference: {
    title: 'Kipf & Welling 2017, Semi-supervised classification with graph convolutional networks',
    url: 'https://arxiv.org/abs/1609.02907',
  },
  howTo: `\`\`\`python
h = (adj / adj.sum(-1, keepdim=True).clamp(min=1)) @ self.msg(h)
\`\`\`
`,
  fixes: meanAggregation,
};
