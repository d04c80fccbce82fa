import { joinGraph } from './edits/keepGraph';
import type { Remedy } from './remedy';

export const keepGraph: Remedy = {
  id: 'keep-graph',
  title: 'Backpropagate from the computed loss',
  helps:
    "The loss that the model computed carries the history that `backward()` follows, and a copy of its value (`loss.item()`, `torch.tensor(loss)`) does not: only the former moves the model's parameters.",
  doesNotHelp:
    'Does not apply to values that are meant to be constants, such as targets or rewards, nor to layers with trained weights that are frozen on purpose.',
  reference: {
    title: 'PyTorch, Tensor.backward',
    url: 'https://docs.pytorch.org/docs/stable/generated/torch.Tensor.backward.html',
  },
  howTo: `\`\`\`python
loss = criterion(model(x), y)  # not torch.tensor(criterion(model(x), y).item(), requires_grad=True)
loss.backward()

z = self.encoder(x)            # not under torch.no_grad(), nor self.encoder(x).detach()
\`\`\`
`,
  fixes: (facts) => joinGraph(facts),
};
