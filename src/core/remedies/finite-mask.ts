import { maskFinitely } from './edits/finiteMask';
import type { Remedy } from './remedy';

export const finiteMask: Remedy = {
  id: 'finite-mask',
  title: 'Mask with a finite number',
  helps:
    'The softmax of a row of minus infinities is NaN, which one empty or wholly masked sample is enough for: with the smallest finite number in their place that row gets equal weights instead.',
  doesNotHelp: 'Does not help where every row keeps an entry, as under a causal mask alone.',
  reference: {
    title: 'torch.nn.functional.softmax',
    url: 'https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.softmax.html',
  },
  howTo: `\`\`\`python
scores = scores.masked_fill(mask, torch.finfo(scores.dtype).min)   # was float("-inf")
weights = torch.softmax(scores, dim=-1)
\`\`\`

Where an empty row should count for nothing, leave it out of the batch or multiply its weights by zero afterwards.
`,
  fixes: (facts) => maskFinitely(facts),
};
