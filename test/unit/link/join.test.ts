import assert from 'node:assert/strict';
import { joinRunWithSources } from '../../../src/core/link/join';
import type { PythonAnalysis } from '../../../src/core/python/analyze';
import type { LogFinding } from '../../../src/core/rules/finding';
import { pythonAnalyzer } from '../python/analyzer';
import { gradientLog, runOf } from './runOf';

async function source(path: string, text: string): Promise<PythonAnalysis> {
  const analysis = (await pythonAnalyzer()).analyze(path, text);
  assert.ok(analysis !== null);
  return analysis;
}

function found(rule: string, parameters: readonly string[], step = 0): LogFinding {
  return {
    code: 'GI000',
    rule,
    severity: 'error',
    message: 'seen',
    range: { line: 1, column: 1, endLine: 1, endColumn: 2 },
    evidence: {},
    remedies: ['lower-lr', 'clip-grad-norm'],
    fixes: [],
    related: [],
    step,
    endStep: null,
    parameters,
    series: [],
  };
}

const NET = `import torch
from torch import nn


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(2, 64)
        self.fc2 = nn.Linear(64, 64)
        self.apply(self.init)

    def init(self, m):
        if isinstance(m, nn.Linear):
            nn.init.normal_(m.weight, std=1.0)

    def forward(self, x):
        return torch.tanh(self.fc2(torch.tanh(self.fc1(x))))


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = Encoder()
        self.rnn = nn.LSTM(64, 8)
        self.heads = nn.ModuleList([nn.Linear(8, 2) for _ in range(3)])

    def forward(self, x):
        h, _ = self.rnn(self.encoder(x))
        return [head(h) for head in self.heads]
`;
const LOOP = `
model = Net()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for x, y in loader:
    loss = nn.functional.cross_entropy(model(x)[0], y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
`;
const NAMES = {
  'module.encoder.fc1.weight': () => 100,
  'module.encoder.fc2.weight': () => 10,
  'module.rnn.weight_ih_l0': () => 1,
  'module.heads.1.weight': () => 1,
};

describe('joinRunWithSources', () => {
  it('links every parameter to the line that registers it', async () => {
    const run = await runOf('runs/a.jsonl', gradientLog(NAMES));
    const { links } = joinRunWithSources(run, [], [await source('train.py', NET + LOOP)]);
    assert.deepEqual(
      links.map(({ parameter, line, exact }) => `${parameter} ${line} ${exact}`),
      [
        'module.encoder.fc1.weight 8 true',
        'module.encoder.fc2.weight 9 true',
        'module.rnn.weight_ih_l0 24 true',
        'module.heads.1.weight 25 true',
      ],
    );
  });

  it('says likely when a name is not accounted for, or two files fit', async () => {
    const run = await runOf('runs/a.jsonl', gradientLog({ ...NAMES, 'module.decoder.weight': () => 1 }));
    const one = joinRunWithSources(run, [], [await source('train.py', NET + LOOP)]);
    assert.equal(one.links.length, 4);
    assert.ok(one.links.every((link) => !link.exact));
    const whole = await runOf('runs/a.jsonl', gradientLog(NAMES));
    const two = joinRunWithSources(
      whole,
      [],
      [await source('a/train.py', NET + LOOP), await source('b/train.py', NET + LOOP)],
    );
    assert.ok(two.links.every((link) => !link.exact));
  });

  it('prefers the file beside the log', async () => {
    const run = await runOf('b/a.jsonl', gradientLog(NAMES));
    const sources = [await source('a/train.py', NET + LOOP), await source('b/train.py', NET + LOOP)];
    const { links } = joinRunWithSources(run, [], sources);
    assert.ok(links.every((link) => link.source === 'b/train.py' && link.exact));
  });

  it('offers the repair of the cause first, and prefers it', async () => {
    const run = await runOf('a.jsonl', gradientLog(NAMES));
    const finding = found('exploding-gradient', ['module.encoder.fc1.weight']);
    const [joined] = joinRunWithSources(run, [finding], [await source('train.py', NET + LOOP)]).findings;
    assert.ok(joined !== undefined);
    const [first, ...rest] = joined.fixes;
    assert.equal(first?.remedy, 'xavier-init');
    assert.equal(first?.preferred, true);
    assert.ok(rest.every((fix) => !fix.preferred));
    assert.equal(joined.remedies[0], 'xavier-init');
    assert.ok(
      joined.related.some((place) => place.range.line === 8 && place.exact && /fc1/.test(place.message)),
    );
    assert.ok(
      joined.related.some(
        (place) => place.range.line === 14 && /standard deviation 1\.0/.test(place.message),
      ),
    );
  });

  it('puts a bug in the loop before everything else', async () => {
    const run = await runOf('a.jsonl', gradientLog(NAMES));
    const program = NET + LOOP.replace('    optimizer.zero_grad()\n', '');
    const [joined] = joinRunWithSources(
      run,
      [found('diverging-loss', [], 30)],
      [await source('train.py', program)],
    ).findings;
    assert.equal(joined?.fixes[0]?.remedy, 'zero-grad');
  });

  it('names the few remedies that fit best, and those with a place in the code before those without', async () => {
    const run = await runOf('a.jsonl', gradientLog(NAMES));
    const finding = {
      ...found('exploding-gradient', ['module.encoder.fc1.weight']),
      remedies: ['move-clip', 'zero-grad', 'eps', 'lower-lr', 'clip-grad-norm', 'lr-warmup'] as const,
    };
    const [joined] = joinRunWithSources(run, [finding], [await source('train.py', NET + LOOP)]).findings;
    assert.equal(joined?.remedies.length, 5);
    for (const applied of ['move-clip', 'zero-grad', 'eps'] as const) {
      assert.ok(!joined.remedies.includes(applied), `${applied} has no place in this program`);
    }
  });

  const BRANCHES: readonly { readonly title: string; readonly forward: string; readonly sums: boolean }[] = [
    {
      title: 'a stack of residual blocks',
      forward: 'for fc in self.fcs:\n            x = x + fc(x)',
      sums: true,
    },
    {
      title: 'a draw from mean and spread',
      forward:
        'h = self.fcs[0](x)\n        x = self.fcs[1](h) + torch.exp(self.fcs[2](h)) * torch.randn_like(h)',
      sums: false,
    },
    { title: 'a single shortcut', forward: 'x = x + self.fcs[0](x)', sums: false },
  ];
  for (const { title, forward, sums } of BRANCHES) {
    it(`${sums ? 'blames' : 'does not blame'} summed branches for an explosion: ${title}`, async () => {
      const net = `import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fcs = nn.ModuleList([nn.Linear(64, 64) for _ in range(12)])

    def forward(self, x):
        ${forward}
        return x
`;
      const run = await runOf('a.jsonl', gradientLog({ 'fcs.0.weight': () => 9, 'fcs.11.weight': () => 1 }));
      const [joined] = joinRunWithSources(
        run,
        [found('exploding-gradient', ['fcs.0.weight'])],
        [await source('train.py', net + LOOP.replace('model(x)[0]', 'model(x)'))],
      ).findings;
      assert.equal(
        joined?.related.some(({ message }) => /branches are summed/.test(message)),
        sums,
      );
    });
  }

  it('does not lower a rate that the code shows to be far too low', async () => {
    const run = await runOf('a.jsonl', gradientLog(NAMES));
    const stuck = { ...found('loss-plateau', []), remedies: ['lower-lr', 'he-init'] as const };
    const rated = async (rate: string) => {
      const code = await source(
        'train.py',
        NET + LOOP.replace('Adam', 'SGD').replace('lr=1e-3', `lr=${rate}`),
      );
      return joinRunWithSources(run, [stuck], [code]).findings[0];
    };
    const tooLow = await rated('1e-7');
    assert.equal(tooLow?.remedies[0], 'raise-lr');
    assert.ok(!tooLow.remedies.includes('lower-lr'));
    assert.ok((await rated('0.05'))?.remedies.includes('lower-lr'));
  });

  const BUGS = [
    {
      remedy: 'keep-graph',
      program: LOOP.replace(
        'nn.functional.cross_entropy(model(x)[0], y)',
        'torch.tensor(nn.functional.cross_entropy(model(x)[0], y).item(), requires_grad=True)',
      ),
    },
    {
      remedy: 'move-optimizer',
      program: LOOP.replace('for x, y', 'model.rnn = nn.LSTM(64, 8)\nfor x, y'),
    },
  ];
  for (const { remedy, program } of BUGS) {
    it(`offers ${remedy} first where the code has that bug and the loss is stuck`, async () => {
      const run = await runOf('a.jsonl', gradientLog(NAMES));
      const [joined] = joinRunWithSources(
        run,
        [found('loss-plateau', [])],
        [await source('train.py', NET + program)],
      ).findings;
      assert.equal(joined?.fixes[0]?.remedy, remedy);
      assert.equal(joined?.fixes[0]?.preferred, true);
    });
  }

  it('scales the initialisation that residual branches are written with, before it adds norms', async () => {
    const net = `import torch
from torch import nn

class Block(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.fc = nn.Linear(dim, dim)
        nn.init.kaiming_normal_(self.fc.weight, nonlinearity="relu")

    def forward(self, x):
        return x + torch.relu(self.fc(x))

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.blocks = nn.Sequential(*[Block(64) for _ in range(12)])

    def forward(self, x):
        return self.blocks(x)
`;
    const run = await runOf(
      'a.jsonl',
      gradientLog({ 'blocks.0.fc.weight': () => 9, 'blocks.11.fc.weight': () => 1 }),
    );
    const sources = [await source('train.py', net + LOOP.replace('model(x)[0]', 'model(x)'))];
    const [joined] = joinRunWithSources(
      run,
      [found('exploding-gradient', ['blocks.0.fc.weight'])],
      sources,
    ).findings;
    assert.deepEqual(joined?.remedies.slice(0, 2), ['scaled-init', 'layer-norm']);
  });

  it('blames the unclipped step for NaN after a burst', async () => {
    const rows = Array.from({ length: 60 }, (_, step) =>
      JSON.stringify({ step, loss: 1, grad_norm: step < 40 ? 2 : 2e6 }),
    );
    const run = await runOf('a.jsonl', rows.join('\n'));
    const program = NET.replace('std=1.0', 'std=0.1') + LOOP;
    const sources = [await source('train.py', program)];
    const [joined] = joinRunWithSources(run, [found('non-finite', [], 41)], sources).findings;
    assert.equal(joined?.fixes[0]?.remedy, 'clip-grad-norm');
    assert.ok(joined.related.some(({ message }) => /follows every gradient/.test(message)));
  });

  it('joins a run with only a global norm to the one training script, as likely', async () => {
    const text = Array.from({ length: 50 }, (_, step) =>
      JSON.stringify({ step, loss: 1, grad_norm: 2 }),
    ).join('\n');
    const run = await runOf('a.jsonl', text);
    const sources = [await source('model.py', NET), await source('train.py', `import torch\n${LOOP}`)];
    const { links, findings } = joinRunWithSources(run, [found('gradient-spike', [], 30)], sources);
    assert.deepEqual(links, []);
    const [first] = findings[0]?.fixes ?? [];
    assert.equal(first?.remedy, 'clip-grad-norm');
    assert.equal(first?.path, 'train.py');
    assert.ok(findings[0]?.related.every((place) => !place.exact && place.message.startsWith('likely ')));
  });

  it('ranks fixes of a gradient that fades over depth by what they let expect, and says it', async () => {
    const program = `import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.ModuleList(nn.Linear(64, 64) for _ in range(20))
        self.out = nn.Linear(64, 2)

    def forward(self, x):
        for layer in self.hidden:
            x = torch.relu(layer(x))
        return self.out(x)
${LOOP.replace('[0]', '')}`;
    const names = Object.fromEntries([
      ...Array.from({ length: 20 }, (_, i) => [`hidden.${i}.weight`, () => 10 ** (-0.4 * (20 - i))]),
      ['out.weight', () => 1],
    ]);
    const run = await runOf('a.jsonl', gradientLog(names));
    const finding = {
      ...found('vanishing-gradient', ['hidden.0.weight']),
      remedies: ['residual', 'he-init'] as const,
    };
    const sources = [await source('train.py', program)];
    const plain = joinRunWithSources(run, [finding], sources).findings[0]?.fixes ?? [];
    assert.ok(plain.length > 0 && plain.every((fix) => fix.forecast === undefined));
    const { read } = await pythonAnalyzer();
    const fixes = joinRunWithSources(run, [finding], sources, { forecast: read }).findings[0]?.fixes ?? [];
    assert.match(fixes[0]?.forecast ?? '', /×\de-7 -> ×0\.\d+ of the last layer's$/);
    // The verdict's border is a thousandth.
    const cured = fixes.map((fix) => /-> ×(?:\d+(?:\.\d+)? |\de-3 )/.test(fix.forecast ?? ''));
    assert.ok(
      cured.indexOf(false) < 0 || cured.lastIndexOf(true) < cured.indexOf(false),
      fixes.map((f) => f.forecast).join(),
    );
  });

  it('leaves findings alone without code', async () => {
    const run = await runOf('a.jsonl', gradientLog(NAMES));
    const finding = found('exploding-gradient', ['module.encoder.fc1.weight']);
    assert.deepEqual(joinRunWithSources(run, [finding], []).findings, [finding]);
  });

  it('puts the forecast of the code beside what was logged, whatever prefix the log has', async () => {
    const model = await source(
      'model.py',
      `import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.ModuleList(nn.Linear(64, 64) for _ in range(20))
        self.out = nn.Linear(64, 10)

    def forward(self, x):
        for layer in self.hidden:
            x = torch.relu(layer(x))
        return self.out(x)
`,
    );
    const names = ['module.hidden.0.weight', 'module.hidden.10.weight', 'module.out.weight'];
    const run = await runOf('a.jsonl', gradientLog(Object.fromEntries(names.map((name) => [name, () => 1]))));
    const { links } = joinRunWithSources(run, [], [model]);
    const [first, , last] = names.map((name) => links.find(({ parameter }) => parameter === name)?.forecast);
    // 20 ReLU layers of PyTorch's default initialisation: ×0.41 each, less near the ends.
    assert.ok(first !== undefined && first < -6 && first > -9, String(first));
    assert.equal(last, 0);
    const unread = await source(
      'model.py',
      model.facts.text.replace('torch.relu(layer(x))', 'load(layer)(x)'),
    );
    assert.ok(joinRunWithSources(run, [], [unread]).links.every(({ forecast }) => forecast === undefined));
  });
});
