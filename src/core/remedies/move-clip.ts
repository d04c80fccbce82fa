import type { Remedy } from './remedy';

export const moveClip: Remedy = {
  id: 'move-clip',
  title: 'Move the clipping between backward and step',
  helps:
    'Clipping acts on the gradients in `.grad` at that moment: after `step()` they have been used, before `backward()` they are stale.',
  doesNotHelp: 'Does not help if the norm is only measured there, with an infinite bound.',
  reference: {
    title: 'PyTorch, clip_grad_norm_',
    url: 'https://pytorch.org/docs/stable/generated/torch.nn.utils.clip_grad_norm_.html',
  },
  howTo: `\`\`\`python
loss.backward()
torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm=1.0)
optimizer.step()
\`\`\`
`,
};
