import { normaliseTarget } from './edits/inputNorm';
import type { Remedy } from './remedy';

export const normaliseTargetRemedy: Remedy = {
  id: 'normalise-target',
  title: 'Normalise the target',
  helps:
    'The gradient of a squared error grows with the target: targets in the thousands make SGD diverge at usual rates, and leave Adam, whose steps do not grow with them, far away for thousands of steps.',
  doesNotHelp:
    'Does not help where the rate was already chosen for the large loss and is too small for the scaled one; predictions must be scaled back where they are read.',
  reference: {
    title: 'LeCun et al. 1998, Efficient BackProp (section 4.5)',
    url: 'https://doi.org/10.1007/978-3-642-35289-8_3',
  },
  howTo: `\`\`\`python
y = (y - y_mean) / y_std                 # statistics of the training set
prediction = model(x) * y_std + y_mean   # where it is read
\`\`\`
`,
  fixes: normaliseTarget,
};
