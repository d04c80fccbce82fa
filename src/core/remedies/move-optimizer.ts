import type { Remedy } from './remedy';

export const moveOptimizer: Remedy = {
  id: 'move-optimizer',
  title: 'Build the optimizer once the model is complete',
  helps:
    'An optimizer keeps the parameters that it is given: built after the last layer has been replaced, it steps the new ones.',
  doesNotHelp: 'Does not apply to a layer that is to keep its random weights on purpose.',
  reference: {
    title: 'PyTorch, torch.optim: Constructing it',
    url: 'https://docs.pytorch.org/docs/stable/optim.html#constructing-it',
  },
  howTo: `\`\`\`python
model.fc = nn.Linear(512, classes)
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4)
\`\`\`
`,
};
