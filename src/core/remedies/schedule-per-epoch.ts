import { stepOncePerEpoch } from './edits/scheduleStep';
import type { Remedy } from './remedy';

export const schedulePerEpoch: Remedy = {
  id: 'schedule-per-epoch',
  title: 'Step the schedule once an epoch',
  helps:
    'A schedule whose numbers count epochs and that is stepped every batch runs through all of them in the first few epochs, and leaves a rate of nothing.',
  doesNotHelp: 'Does not apply to schedules that count batches, such as OneCycleLR or a warm-up over steps.',
  reference: {
    title: 'PyTorch, How to adjust learning rate',
    url: 'https://pytorch.org/docs/stable/optim.html#how-to-adjust-learning-rate',
  },
  howTo: `\`\`\`python
for epoch in range(epochs):
    for x, y in loader:
        ...
        optimizer.step()
    scheduler.step()      # after the batches, not among them
\`\`\`
`,
  fixes: (facts) => stepOncePerEpoch(facts),
};
