import { squeezedOutput } from './edits/columnOutput';
import type { Remedy } from './remedy';

export const matchShapes: Remedy = {
  id: 'match-shapes',
  title: 'Give outputs and targets one shape',
  helps:
    'Compares each output with its own target, where shapes (N, 1) and (N,) make N x N differences whose best answer is the mean of all targets.',
  doesNotHelp: 'Does not help where the shapes are equal already.',
  reference: {
    title: 'PyTorch: Broadcasting semantics',
    url: 'https://docs.pytorch.org/docs/stable/notes/broadcasting.html',
  },
  howTo: `\`\`\`python
loss = ((model(x).squeeze(-1) - y) ** 2).mean()   # was model(x), of shape (N, 1)
\`\`\`
`,
  fixes: squeezedOutput,
};
