import { checkFix, checkNoFix } from './checkFix';

const loop = (body: string) => `import torch
from torch import nn

model = nn.Linear(2, 2)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for x, y in loader:
${body}`;

describe('clip-grad-norm', () => {
  it('goes between backward and step, with its import style', () =>
    checkFix(
      loop(`    optimizer.zero_grad()
    loss = nn.functional.mse_loss(model(x), y)
    loss.backward()
    optimizer.step()  # update
`),
      'clip-grad-norm',
      ['+     nn.utils.clip_grad_norm_(model.parameters(), max_norm=1.0)'],
    ));

  it('stays above the comment of the step and keeps CRLF', () =>
    checkFix(
      loop(`    optimizer.zero_grad()
    nn.functional.mse_loss(model(x), y).backward()
    # take the step
    optimizer.step()
`).replace(/\n/g, '\r\n'),
      'clip-grad-norm',
      ['+     nn.utils.clip_grad_norm_(model.parameters(), max_norm=1.0)\r'],
    ));

  it('unscales first with a GradScaler', () =>
    checkFix(
      loop(`    optimizer.zero_grad()
    with torch.autocast("cuda"):
        loss = nn.functional.mse_loss(model(x), y)
    scaler.scale(loss).backward()
    scaler.step(optimizer)
    scaler.update()
`).replace('for x', 'scaler = torch.cuda.amp.GradScaler()\nfor x'),
      'clip-grad-norm',
      [
        '+     scaler.unscale_(optimizer)',
        '+     nn.utils.clip_grad_norm_(model.parameters(), max_norm=1.0)',
      ],
    ));

  it('does not unscale twice', () =>
    checkFix(
      loop(`    optimizer.zero_grad()
    scaler.scale(nn.functional.mse_loss(model(x), y)).backward()
    scaler.unscale_(optimizer)
    scaler.step(optimizer)
    scaler.update()
`).replace('for x', 'scaler = torch.cuda.amp.GradScaler()\nfor x'),
      'clip-grad-norm',
      ['+     nn.utils.clip_grad_norm_(model.parameters(), max_norm=1.0)'],
    ));

  it('stands under the condition of an accumulated step', () =>
    checkFix(
      loop(`    loss = nn.functional.mse_loss(model(x), y) / 4
    loss.backward()
    if (i + 1) % 4 == 0:
        optimizer.step()
        optimizer.zero_grad()
`),
      'clip-grad-norm',
      ['+         nn.utils.clip_grad_norm_(model.parameters(), max_norm=1.0)'],
    ));

  it('names the parameters through the optimizer where the model is out of sight', () =>
    checkFix(
      `import torch

def train_step(network, optimizer, x, y):
    optimizer.zero_grad()
    loss = torch.nn.functional.mse_loss(network(x), y)
    loss.backward()
    optimizer.step()
`,
      'clip-grad-norm',
      [
        '+     torch.nn.utils.clip_grad_norm_((p for group in optimizer.param_groups for p in group["params"]), max_norm=1.0)',
      ],
    ));

  it('follows the usual norm of the run', () =>
    checkFix(
      loop(`    optimizer.zero_grad()
    nn.functional.mse_loss(model(x), y).backward()
    optimizer.step()
`),
      'clip-grad-norm',
      ['+     nn.utils.clip_grad_norm_(model.parameters(), max_norm=0.05)'],
      { parameters: [], line: null, usualNorm: 0.043 },
    ));

  it('bounds a clip that only measures', () =>
    checkFix(
      loop(`    optimizer.zero_grad()
    nn.functional.mse_loss(model(x), y).backward()
    norm = nn.utils.clip_grad_norm_(model.parameters(), float("inf"))
    optimizer.step()
`),
      'clip-grad-norm',
      [
        '-     norm = nn.utils.clip_grad_norm_(model.parameters(), float("inf"))',
        '+     norm = nn.utils.clip_grad_norm_(model.parameters(), 1.0)',
      ],
    ));

  it('offers nothing where the loop clips, or has no place of its own for it', async () => {
    await checkNoFix(
      loop(`    nn.functional.mse_loss(model(x), y).backward()
    nn.utils.clip_grad_value_(model.parameters(), 0.5)
    optimizer.step()
`),
      'clip-grad-norm',
    );
    await checkNoFix(
      loop('    nn.functional.mse_loss(model(x), y).backward(); optimizer.step()\n'),
      'clip-grad-norm',
    );
  });

  it('takes the bound a person chose, also in place of another', async () => {
    const chosen = { parameters: [], line: null, bound: 0.25 };
    await checkFix(
      loop(`    optimizer.zero_grad()
    nn.functional.mse_loss(model(x), y).backward()
    optimizer.step()
`),
      'clip-grad-norm',
      ['+     nn.utils.clip_grad_norm_(model.parameters(), max_norm=0.25)'],
      chosen,
    );
    const clipped = (call: string) =>
      loop(`    optimizer.zero_grad()
    nn.functional.mse_loss(model(x), y).backward()
    nn.utils.${call}
    optimizer.step()
`);
    await checkFix(
      clipped('clip_grad_norm_(model.parameters(), 1.0)'),
      'clip-grad-norm',
      [
        '-     nn.utils.clip_grad_norm_(model.parameters(), 1.0)',
        '+     nn.utils.clip_grad_norm_(model.parameters(), 0.25)',
      ],
      chosen,
    );
    await checkNoFix(clipped('clip_grad_value_(model.parameters(), 1.0)'), 'clip-grad-norm', chosen);
  });
});
