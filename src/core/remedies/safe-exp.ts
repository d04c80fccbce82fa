import { keepExpsFinite } from './edits/safeExp';
import type { Remedy } from './remedy';

export const safeExp: Remedy = {
  id: 'safe-exp',
  title: 'Keep exp from overflowing',
  helps:
    'Overflow comes at 88 in float32 and at 11 in float16, and the gradient of exp is as large as its value: a bound on the exponent keeps one step too far from ending the run.',
  doesNotHelp:
    'Does not help where the exponent grows because the whole run diverges: lower the rate as well.',
  reference: {
    title: 'PyTorch, torch.clamp',
    url: 'https://docs.pytorch.org/docs/stable/generated/torch.clamp.html',
  },
  howTo: `\`\`\`python
var = torch.exp(log_var.clamp(max=20.0))     # was torch.exp(log_var)
F.softplus(x)                                # for log(1 + exp(x))
torch.softmax(x, dim=-1)                     # for exp(x) / exp(x).sum(-1, keepdim=True)
\`\`\`
`,
  fixes: (facts) => keepExpsFinite(facts),
};
