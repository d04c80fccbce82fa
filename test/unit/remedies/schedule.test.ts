import { checkFix, checkNoFix } from './checkFix';

/** A program whose schedule is stepped where `steps` says: lines of the batch loop, then of the epoch loop. */
const program = (made: string, batch: string, after = '', subject = 'scheduler') => `import torch
from torch import nn

model = nn.Linear(2, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
${subject} = ${made}
for epoch in range(20):
    for x, y in loader:
        loss = (model(x) - y).pow(2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
${batch}${after}    print(epoch, loss.item())
`;
const EXPONENTIAL = 'torch.optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.9)';
const CHANGE = ['-         scheduler.step()', '+     scheduler.step()'];

describe('schedule-per-epoch', () => {
  it('steps the schedule after the loop over the batches', async () => {
    await checkFix(program(EXPONENTIAL, '        scheduler.step()\n'), 'schedule-per-epoch', CHANGE);
    await checkFix(
      program('torch.optim.lr_scheduler.StepLR(optimizer, 10)', '        scheduler.step()  # decay\n'),
      'schedule-per-epoch',
      ['-         scheduler.step()  # decay', '+     scheduler.step()  # decay'],
    );
  });

  it('takes it out of the middle of the loop', async () => {
    await checkFix(
      program(EXPONENTIAL, '        scheduler.step()\n        seen += len(x)\n'),
      'schedule-per-epoch',
      CHANGE,
    );
  });

  it('keeps the line endings of the file', async () => {
    const text = program(EXPONENTIAL, '        scheduler.step()\n').replaceAll('\n', '\r\n');
    await checkFix(
      text,
      'schedule-per-epoch',
      CHANGE.map((line) => `${line}\r`),
    );
  });

  it('leaves alone what is stepped once an epoch, now and then, or is made for batches', async () => {
    await checkNoFix(program(EXPONENTIAL, '', '    scheduler.step()\n'), 'schedule-per-epoch');
    await checkNoFix(
      program(EXPONENTIAL, '        if step % 100 == 0:\n            scheduler.step()\n'),
      'schedule-per-epoch',
    );
    await checkNoFix(
      program(
        'torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.1, total_steps=900)',
        '        scheduler.step()\n',
      ),
      'schedule-per-epoch',
    );
    await checkNoFix(program(EXPONENTIAL, '        other.step()\n'), 'schedule-per-epoch');
  });

  it('leaves alone a loop that is the only one: it may count epochs itself', async () => {
    const text = program(EXPONENTIAL, '        scheduler.step()\n').replace(
      'for epoch in range(20):\n    for x, y in loader:',
      'if True:\n    for x, y in loader:',
    );
    await checkNoFix(text, 'schedule-per-epoch');
  });
});
