import { addNorm } from './edits/normalise';
import type { Remedy } from './remedy';

export const batchNorm: Remedy = {
  id: 'batch-norm',
  title: 'Add batch normalisation',
  helps:
    'Rescales each feature over the batch, so that activations and gradients keep their size layer after layer (measured to work up to about 20 plain layers).',
  doesNotHelp:
    'Does not save plain stacks of 40 layers, where gradients explode backwards, and fails with batches of one or a few samples.',
  reference: {
    title: 'Ioffe and Szegedy 2015, Batch Normalization',
    url: 'https://arxiv.org/abs/1502.03167',
  },
  howTo: `Between the layer and its activation. The model then needs \`model.train()\` and \`model.eval()\`.

\`\`\`python
nn.Sequential(nn.Linear(64, 64), nn.BatchNorm1d(64), nn.ReLU())
nn.Sequential(nn.Conv2d(16, 16, 3, padding=1), nn.BatchNorm2d(16), nn.ReLU())
\`\`\`
`,
  fixes: (facts, target) => addNorm(facts, target, 'batch-norm'),
};
