import { unsaturate } from './edits/generatorLoss';
import type { Remedy } from './remedy';

export const nonSaturatingLoss: Remedy = {
  id: 'non-saturating-loss',
  title: 'Use the non-saturating generator loss',
  helps:
    'The slope of log(1 - D(G(z))) vanishes where the discriminator is sure, which is where the generator has all to learn; -log D(G(z)) has the same optimum and its largest slope there.',
  doesNotHelp:
    'Does not help where the discriminator gives no logits to learn from at all, nor a generator whose own layers lose the gradient.',
  reference: {
    title: 'Goodfellow et al. 2014, Generative Adversarial Nets (section 3)',
    url: 'https://arxiv.org/abs/1406.2661',
  },
  howTo: `\`\`\`python
loss_g = -torch.log(D(G(z)) + 1e-8).mean()   # was torch.log(1 - D(G(z)) + 1e-8).mean()
\`\`\`
`,
  fixes: unsaturate,
};
