import { warmUp } from './edits/learningRate';
import { fitWarmUp, shortenWarmUp } from './edits/warmUpLength';
import type { Remedy } from './remedy';

export const lrWarmup: Remedy = {
  id: 'lr-warmup',
  title: 'Warm the learning rate up',
  helps:
    "Raises the rate from near zero over the first steps, while Adam's statistics are still noisy and post-norm transformers have large gradients.",
  doesNotHelp:
    'Does not help when the rate is too high in itself (the run fails as soon as the warm-up ends), nor where the warm-up outlasts the run and is to be shortened.',
  reference: {
    title: 'Xiong et al. 2020, On Layer Normalization in the Transformer Architecture',
    url: 'https://arxiv.org/abs/2002.04745',
  },
  howTo: `\`\`\`python
warmup = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: min(1.0, (step + 1) / 100))
for batch in loader:
    ...
    optimizer.step()
    warmup.step()
\`\`\`
`,
  fixes: (facts, { warmUpRows }) =>
    warmUpRows === undefined
      ? [...fitWarmUp(facts), ...warmUp(facts)].slice(0, 1)
      : shortenWarmUp(facts, warmUpRows),
};
