import assert from 'node:assert/strict';
import { applyRemedy } from '../../remedies/checkFix';
import { checkPythonRule } from './checkPythonRule';

const program = (
  schedule: string,
  optimizer = 'Adam(model.parameters(), lr=1e-3)',
  loop = 'range(400)',
) => `import math
import torch

HP = dict(start=1e-3, end=0.5, iters=400)
model = torch.nn.Linear(2, 2)
optimizer = torch.optim.${optimizer}
${schedule}
for it in ${loop}:
    loss = model(torch.randn(8, 2)).pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    scheduler.step()
`;
const lambda = (formula: string, expected = true) =>
  `scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda it: ${formula})${expected ? '  # expect: growing-rate' : ''}`;

const check = (...args: Parameters<typeof program>) => checkPythonRule(program(...args), 'growing-rate');

describe('a schedule that sweeps the rate upwards', () => {
  for (const formula of [
    '(HP["end"] / HP["start"]) ** (it / HP["iters"])',
    'math.exp(0.02 * it)',
    '1 + it / 4',
    'pow(10, 3 * it / 400)',
  ]) {
    it(`is seen in ${formula}`, async () => {
      const [found] = await check(lambda(formula));
      assert.match(found?.message ?? '', /raises the learning rate from 1e-3 to [\d.]+ in 400 steps/);
    });
  }

  it('is seen in a function of its own and with a loop of unknown length', async () => {
    const text = `def climb(step):
    """Geometric."""
    return 300 ** (step / 1000)


scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, climb)  # expect: growing-rate`;
    const whole = program(text, undefined, 'torch.randn(90, 2)');
    const [found] = await checkPythonRule(whole, 'growing-rate');
    assert.match(found?.message ?? '', /to 0\.3 in 1000 steps/);
    assert.equal(
      await applyRemedy(whole, 'lower-lr'),
      whole.replace('300 ** (step / 1000)', 'min(1.0, 300 ** (step / 1000))'),
    );
  });

  for (const [what, formula, optimizer] of [
    ['a warm-up to the rate given', 'min(1.0, (it + 1) / 400)'],
    ['a bounded rise', 'min(it, 100)'],
    ['a rise and fall', '50 * math.exp(-((it - 200) / 50) * ((it - 200) / 50))'],
    ['a fall', '0.99 * (1 - it / 400)'],
    ['a rise to a usual rate', '1000 ** (it / 400)', 'Adam(model.parameters(), lr=1e-6)'],
    ['a rate that is not known', '300 ** (it / 400)', 'Adam(model.parameters(), lr=rate)'],
    ['a formula of something else', '300 ** (it / other)'],
  ] as const) {
    it(`is not ${what}`, () => check(lambda(formula, false), optimizer).then(() => undefined));
  }

  for (const [what, made] of [
    [
      'a function that another makes',
      `def warm(length):
    def factor(it):
        return (it + 1) / length
    return factor


scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, warm(8))`,
    ],
    [
      'a lambda that a function returns',
      `def warm(hp):
    return lambda it: (it + 1) / hp["warmup"]


HP["warmup"] = 8
scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, warm(dict(warmup=8)))`,
    ],
    [
      'a function of several lines',
      `def climb(it):
    done = it + 1
    factor = done / 8
    return factor


scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, [climb])`,
    ],
    [
      'a part of a function',
      `from functools import partial


def climb(it, length):
    return (it + 1) / length


scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, partial(climb, length=8))`,
    ],
  ] as const) {
    it(`is seen in ${what}`, () =>
      checkPythonRule(program(`${made}  # expect: growing-rate`), 'growing-rate').then(() => undefined));
  }

  for (const [what, made] of [
    [
      'a function made for a warm-up that ends',
      `def warm(length):
    def factor(it):
        return min(1.0, (it + 1) / length)
    return factor


scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, warm(8))`,
    ],
    [
      'a function with a branch',
      `def climb(it):
    if it < 8:
        return (it + 1) / 8
    return 1.0


scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, climb)`,
    ],
    [
      'a warm-up that falls again',
      `def warm(length):
    def factor(it):
        rise = (it + 1) / length
        return min(rise, (length / (it + 1)) ** 0.5)
    return factor


scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, warm(8))`,
    ],
  ] as const) {
    it(`is not ${what}`, () => checkPythonRule(program(made), 'growing-rate').then(() => undefined));
  }
});
