import { normaliseInput } from './edits/inputNorm';
import type { Remedy } from './remedy';

export const normaliseInputRemedy: Remedy = {
  id: 'normalise-input',
  title: 'Normalise the input',
  helps:
    'Features of magnitude 100 make the gradient of the first layer 100 times as large, and activations, loss and curvature with it: scaled to unit variance, the usual rates and initialisations fit.',
  doesNotHelp: 'Does not help where the input is normalised already, nor against a target of large scale.',
  reference: {
    title: 'LeCun et al. 1998, Efficient BackProp (section 4.3)',
    url: 'https://doi.org/10.1007/978-3-642-35289-8_3',
  },
  howTo: `Where the data are made, with the statistics of the training set; or in the model, with a norm before the first layer.

\`\`\`python
x = (x - mean) / std                     # mean, std of the training set
images = images.float() / 255            # bytes
nn.Sequential(nn.BatchNorm1d(20), nn.Linear(20, 64), nn.ReLU(), ...)
\`\`\`
`,
  fixes: normaliseInput,
};
