import { raiseForgetBias } from './edits/recurrent';
import type { Remedy } from './remedy';

export const forgetBias: Remedy = {
  id: 'forget-bias',
  title: 'Raise the forget-gate bias',
  helps:
    'Opens the forget gate at the start, so that an LSTM keeps its state: with bias 2 a tenth of the gradient survives 100 steps, with the default nothing.',
  doesNotHelp: 'Does not help sequences of a dozen steps, and Keras already sets it to 1.',
  reference: {
    title: 'Jozefowicz et al. 2015, An Empirical Exploration of Recurrent Network Architectures',
    url: 'https://proceedings.mlr.press/v37/jozefowicz15.html',
  },
  howTo: `PyTorch orders the gates i, f, g, o and adds two biases.

\`\`\`python
for name, p in self.lstm.named_parameters():
    if "bias_ih" in name:
        nn.init.zeros_(p)
        p.data[hidden : 2 * hidden].fill_(3.0)   # state halves in 14 steps; 1.0: in 2
    elif "bias_hh" in name:
        nn.init.zeros_(p)
\`\`\`
`,
  fixes: raiseForgetBias,
};
