import type { Remedy } from './remedy';

export const unscale: Remedy = {
  id: 'unscale',
  title: 'Unscale the gradients before clipping',
  helps:
    'With a GradScaler the gradients are multiplied by the loss scale until they are unscaled: a bound of 1.0 then cuts them to a ten-thousandth.',
  doesNotHelp:
    'Does not apply to bfloat16 without a scaler, and must stand only once per optimizer and step.',
  reference: {
    title: 'PyTorch, automatic mixed precision examples',
    url: 'https://pytorch.org/docs/stable/notes/amp_examples.html',
  },
  howTo: `\`\`\`python
scaler.scale(loss).backward()
scaler.unscale_(optimizer)
torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm=1.0)
scaler.step(optimizer)
scaler.update()
\`\`\`
`,
};
