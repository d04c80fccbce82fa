/**
 * How long a Python file of 2,000 lines takes: opened for the first time, and after a key is pressed in it.
 *
 *     node --import tsx test/bench/python-speed.ts [--write]
 *
 * The file is made of the fixtures, repeated with other names. Times are processor time, best half of the rounds;
 * beside them the time of tree-sitter alone on the same text in the same run, which tells one machine from another.
 * Prints Markdown; with --write it replaces test/bench/python-speed.md.
 */
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Language, Parser } from 'web-tree-sitter';
import { pythonAnalyzer } from '../unit/python/analyzer';

const LINES = 2000;
const ROUNDS = 20;
const HEADER = 'import torch\nimport torch.nn.functional as F\nfrom torch import nn\n\n\n';

/** One block in the style of real code: a model, its initialisation, a training function. */
function block(index: number): string {
  return `class Block${index}(nn.Module):
    """A residual block with its own normalisation."""

    def __init__(self, width=64, hidden=128, dropout=0.1):
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.fc1 = nn.Linear(width, hidden)
        self.fc2 = nn.Linear(hidden, width)
        self.drop = nn.Dropout(dropout)
        nn.init.kaiming_normal_(self.fc1.weight, nonlinearity="relu")
        nn.init.zeros_(self.fc1.bias)

    def forward(self, x):
        y = F.relu(self.fc1(self.norm(x)))
        y = self.drop(self.fc2(y))
        return x + y


class Net${index}(nn.Module):
    def __init__(self, depth=6, width=64, classes=10):
        super().__init__()
        self.stem = nn.Sequential(nn.Linear(32, width), nn.BatchNorm1d(width), nn.ReLU())
        self.blocks = nn.ModuleList([Block${index}(width) for _ in range(depth)])
        self.head = nn.Linear(width, classes)

    def forward(self, x):
        x = self.stem(x)
        for block in self.blocks:
            x = block(x)
        return self.head(x)


def train${index}(loader, epochs=3, lr=1e-3):
    model = Net${index}()
    optimizer = torch.optim.AdamW(model.parameters(), lr=lr, weight_decay=0.01)
    criterion = nn.CrossEntropyLoss()
    scaler = torch.cuda.amp.GradScaler()
    for epoch in range(epochs):
        total, seen = 0.0, 0
        for step, (x, y) in enumerate(loader):
            optimizer.zero_grad(set_to_none=True)
            with torch.autocast("cuda", dtype=torch.float16):
                loss = criterion(model(x), y)
            scaler.scale(loss).backward()
            scaler.unscale_(optimizer)
            norm = torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            scaler.step(optimizer)
            scaler.update()
            total += loss.item() * x.size(0)
            seen += x.size(0)
            if step % 50 == 0:
                print(f"epoch {epoch} step {step} loss {loss.item():.4f} norm {norm:.3f}")
        print({"epoch": epoch, "loss": total / seen})
    return model


`;
}

function program(lines: number): string {
  let text = HEADER;
  for (let index = 0; text.split('\n').length < lines; index++) {
    text += block(index);
  }
  return text;
}

/** Processor time of one call in milliseconds: the median of the faster half. */
function time(rounds: number, run: (round: number) => unknown): number {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const before = process.cpuUsage();
    run(round);
    const { user, system } = process.cpuUsage(before);
    times.push((user + system) / 1000);
  }
  times.sort((a, b) => a - b);
  return times[Math.floor(times.length / 4)] ?? Number.NaN;
}

async function treeSitter(): Promise<Parser> {
  const require = createRequire(join(__dirname, 'python-speed.ts'));
  await Parser.init();
  const parser = new Parser();
  parser.setLanguage(await Language.load(require.resolve('tree-sitter-python/tree-sitter-python.wasm')));
  return parser;
}

async function main(): Promise<void> {
  const analyzer = await pythonAnalyzer();
  const parser = await treeSitter();
  const text = program(LINES);
  const lines = text.split('\n').length;
  // Another text each time, so that nothing of an earlier round is known: a first look at a file.
  const fresh = (round: number) => `# ${round}\n${text.replaceAll('Block', `Part${round}x`)}`;
  for (let round = 0; round < 5; round++) {
    analyzer.analyze(`warm${round}.py`, fresh(1000 + round));
  }
  const parse = time(ROUNDS, (round) => parser.parse(fresh(round))?.delete());
  const first = time(ROUNDS, (round) => analyzer.analyze(`first${round}.py`, fresh(round)));
  const at = text.indexOf('total += loss', text.length / 2);
  analyzer.analyze('typed.py', text);
  // A word typed letter by letter in the middle of a loop.
  const key = time(ROUNDS, (round) =>
    analyzer.analyze('typed.py', `${text.slice(0, at)}${'a'.repeat(round + 1)} = 1; ${text.slice(at)}`),
  );
  analyzer.analyze('line.py', text);
  const line = time(ROUNDS, (round) =>
    analyzer.analyze(
      'line.py',
      `${text.slice(0, at)}pass\n${'            pass\n'.repeat(round)}            ${text.slice(at)}`,
    ),
  );
  const ms = (value: number) => `${value.toFixed(1)} ms`;
  const row = (name: string, value: number, limit: string) =>
    `| ${name} | ${ms(value)} | ${(value / parse).toFixed(2)} | ${limit} |`;
  const report = `${[
    '# How long a Python file takes',
    '',
    'Regenerate with `node --import tsx test/bench/python-speed.ts --write`.',
    '',
    `A file of ${lines} lines (${text.length} characters): parsed, lowered, facts collected, every rule run. Processor time.`,
    '',
    '| | time | times tree-sitter alone | asked |',
    '| --- | ---: | ---: | ---: |',
    row('tree-sitter alone, full parse', parse, ''),
    row('first analysis', first, '60 ms'),
    row('after a key', key, '10 ms'),
    row('after a new line', line, '10 ms'),
  ].join('\n')}\n`;
  console.log(report);
  if (process.argv.includes('--write')) {
    writeFileSync(join(__dirname, 'python-speed.md'), report);
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
