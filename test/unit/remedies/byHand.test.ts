import assert from 'node:assert/strict';
import { pythonAnalyzer } from '../python/analyzer';
import { applyRemedy } from './checkFix';

/** A pass that updates without an optimizer; `update` is what follows the backward pass. */
const program = (update: string, reset = '') => `import torch
import torch.nn.functional as F
LR = 0.9
net = torch.nn.Linear(4, 1)
w = torch.zeros(4, 1, requires_grad=True)
b = torch.zeros(1, requires_grad=True)
params = [w, b]
for step in range(100):
    x = torch.randn(32, 4)
    loss = F.mse_loss(net(x) + x @ w + b, x.sum(1, keepdim=True))
    ${reset}
    loss.backward()
${update}
`;

const STYLES = {
  'a loop over a model': `    with torch.no_grad():
        for p in net.parameters():
            p -= LR * p.grad`,
  'named parameters and data': `    for name, p in net.named_parameters():
        if p.grad is not None:
            p.data = p.data - LR * p.grad`,
  'sub_ in place': `    for p in net.parameters():
        p.data.sub_(LR * p.grad)`,
  'add_ with alpha': `    with torch.no_grad():
        for p in net.parameters():
            p.add_(p.grad, alpha=-LR)`,
  'the old add_': `    for p in net.parameters():
        p.data.add_(-LR, p.grad.data)`,
  'a list of tensors': `    with torch.no_grad():
        for p in params:
            p -= LR * p.grad`,
  'tensor after tensor': `    with torch.no_grad():
        w -= LR * w.grad
        b -= LR * b.grad`,
};

describe('a step written out', () => {
  for (const [style, update] of Object.entries(STYLES)) {
    it(`is a step of plain SGD: ${style}`, async () => {
      const lowered = await applyRemedy(program(update), 'lower-lr');
      assert.match(lowered ?? '', /^LR = 0\.09$/m);
      const clipped = await applyRemedy(program(update), 'clip-grad-norm');
      assert.match(
        clipped ?? '',
        /backward\(\)\n(?: {4}with torch.no_grad\(\):\n)? +torch\.nn\.utils\.clip_grad_norm_\((?:net\.parameters\(\)|params|\(w, b\)), max_norm=1\.0\)\n/,
      );
    });

    it(`needs a reset: ${style}`, async () => {
      const analyzer = await pythonAnalyzer();
      const rules = (text: string) => analyzer.analyze('train.py', text)?.findings.map(({ rule }) => rule);
      assert.ok(rules(program(update))?.includes('zero-grad-missing'));
      assert.ok(!rules(program(update, 'net.zero_grad()'))?.includes('zero-grad-missing'));
      const reset = await applyRemedy(program(update), 'zero-grad');
      assert.match(
        reset ?? '',
        / {4}(?:net\.zero_grad\(\)|for (\w+) in (?:params|\(w, b\)):\n {8}\1\.grad = None)\n {4}loss\.backward\(\)/,
      );
      assert.ok(!rules(reset ?? '')?.includes('zero-grad-missing'));
    });
  }

  it('follows the rate of gradients that a function hands back', async () => {
    const lowered = await applyRemedy(
      `import torch
from functools import partial

def sgd(lr, params, grads):
    return [p - lr * g for p, g in zip(params, grads)]

def fit(params, x, y, lr=0.3):
    update = partial(sgd, lr)
    for step in range(100):
        loss = ((x @ params[0] - y) ** 2).mean()
        params = update(params, torch.autograd.grad(loss, params))
    return params
`,
      'lower-lr',
    );
    assert.match(lowered ?? '', /lr=0\.03\)/);
  });

  it('is nothing that only takes numbers off a tensor', async () => {
    const text = `import torch
net = torch.nn.Linear(4, 1)
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
for step in range(100):
    optimizer.zero_grad()
    net(torch.randn(3, 4)).mean().backward()
    left = 100
    left -= 0.5 * net.weight.grad.norm()
    optimizer.step()
`;
    const analysis = (await pythonAnalyzer()).analyze('train.py', text);
    assert.deepEqual(
      analysis?.facts.loops.flatMap(({ events }) => events.map(({ kind }) => kind)),
      ['zero-grad', 'backward', 'step'],
    );
    assert.deepEqual(analysis?.facts.handOptimizers, []);
  });
});
