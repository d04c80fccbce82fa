import type { Remedy } from './remedy';

export const moduleList: Remedy = {
  id: 'module-list',
  title: 'Register the layers',
  helps:
    'A plain Python list hides its layers from `parameters()`: they get no optimizer step. `nn.ModuleList` and `nn.ModuleDict` register them.',
  doesNotHelp:
    'Does not apply to layers that are registered again elsewhere, or hidden on purpose (a frozen teacher).',
  reference: {
    title: 'PyTorch, ModuleList',
    url: 'https://pytorch.org/docs/stable/generated/torch.nn.ModuleList.html',
  },
  howTo: `\`\`\`python
self.layers = nn.ModuleList([nn.Linear(64, 64) for _ in range(4)])
\`\`\`
`,
};
