import { clipGradients } from './edits/clip/clip';
import type { Remedy } from './remedy';

export const clipGradNorm: Remedy = {
  id: 'clip-grad-norm',
  title: 'Clip the gradient norm',
  helps:
    'Scales the gradient down whenever its norm exceeds a bound, so that one bad batch or a cliff in the loss cannot throw the weights far away.',
  doesNotHelp:
    'Does not help when the forward pass or the initialisation explodes: it repaired one of twelve such programs; a bound above the usual norm does nothing.',
  reference: {
    title: 'Pascanu et al. 2013, On the difficulty of training recurrent neural networks',
    url: 'https://arxiv.org/abs/1211.5063',
  },
  howTo: `After \`backward()\` (and \`scaler.unscale_(optimizer)\`), before \`step()\`.

\`\`\`python
loss.backward()
torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm=1.0)
optimizer.step()
\`\`\`

Lightning: \`Trainer(gradient_clip_val=1.0)\`. Accelerate: \`accelerator.clip_grad_norm_(...)\` inside \`if accelerator.sync_gradients\`. Keras: \`global_clipnorm=1.0\` in the optimizer. Optax: \`optax.chain(optax.clip_by_global_norm(1.0), optimizer)\`.
`,
  fixes: clipGradients,
};
