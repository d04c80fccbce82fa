import { skipBadBatches } from './edits/skipBatch';
import type { Remedy } from './remedy';

export const skipBadBatch: Remedy = {
  id: 'skip-bad-batch',
  title: 'Skip steps with a broken gradient',
  helps:
    'Leaves the weights alone when a batch gives a NaN or absurdly large gradient, so that single bad batches do no harm.',
  doesNotHelp: 'Does not help when every batch is bad: the run then stands still and the cause stays.',
  reference: {
    title: 'Chowdhery et al. 2022, PaLM (section on training instability)',
    url: 'https://arxiv.org/abs/2204.02311',
  },
  howTo: `\`\`\`python
loss.backward()
norm = torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm=1.0)
if torch.isfinite(norm):
    optimizer.step()
\`\`\`
`,
  fixes: skipBadBatches,
};
