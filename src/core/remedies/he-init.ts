import { initialise } from './edits/initialise';
import type { Remedy } from './remedy';

export const heInit: Remedy = {
  id: 'he-init',
  title: 'Use He initialisation',
  helps:
    'Gives every weight the variance 2 / fan-in, so that a stack of ReLU layers keeps the size of activations and gradients from the first step on.',
  doesNotHelp:
    'Does not help where normalisation already rescales every layer or behind sigmoids, and inside residual blocks without normalisation it makes the output explode.',
  reference: {
    title: 'He et al. 2015, Delving Deep into Rectifiers',
    url: 'https://arxiv.org/abs/1502.01852',
  },
  howTo: `PyTorch's default for \`nn.Linear\` and \`nn.Conv2d\` is U(±1/√fan_in), which shrinks the gradient of a ReLU stack by about 0.41 per layer. He initialisation keeps it.

\`\`\`python
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        ...
        self.apply(self._init_weights)

    def _init_weights(self, module):
        if isinstance(module, (nn.Linear, nn.Conv2d)):
            nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
            if module.bias is not None:
                nn.init.zeros_(module.bias)
\`\`\`

Keras: \`kernel_initializer="he_normal"\`. Flax: \`kernel_init=nn.initializers.he_normal()\`.
`,
  fixes: (facts, target) => initialise(facts, target, 'he'),
};
