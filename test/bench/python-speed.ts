/**
 * How long a Python file of 2,000 lines takes: opened for the first time, and after a key is pressed in it; and how long
 * a workspace of a thousand files takes.
 *
 *     node --import tsx test/bench/python-speed.ts [--write]
 *
 * Measured is the analyzer bundled as the extension is: tsx, which runs this program, gives every function its name anew
 * each time it is made, which takes about as long again as the analysis. The first analysis of a process, before any of
 * the code is compiled, has a row of its own; the others are measured on code that has run before.
 *
 * The file is made of blocks in the style of real code, with other names. Times are processor time (the collector of
 * garbage and the compiler included) and what passes on the clock, each the median of the faster half of the rounds;
 * beside them the time of tree-sitter alone on the same text in the same run, which tells one machine from another. The
 * longest turn is how long an editor would wait, as the host works in slices.
 * The workspace is Debian's python3-torch and python3-torchvision where they are installed (1,292 files); elsewhere a
 * thousand files: the programs of test/bench/exam, the fixtures and the samples, again and again.
 * Prints Markdown; with --write it replaces test/bench/python-speed.md.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { Language, Parser } from 'web-tree-sitter';
import type { createPythonAnalyzer, PythonAnalyzer } from '../../src/core/python/analyze';
import { mentionsFramework } from '../../src/core/python/names';
import { inSlices, type Steps } from '../../src/core/steps';

const require = createRequire(join(__dirname, 'python-speed.ts'));
const LINES = 2000;
const ROUNDS = 20;
/** Files before the first that counts: by then the code that runs often is compiled. */
const WARM = 20;
/** As many again and V8 has compiled what runs seldom, too. */
const LATER = 80;
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

/** Milliseconds of one call: the median of the faster half. */
interface Time {
  /** Of all threads: V8 compiles and collects garbage beside the analysis. */
  readonly processor: number;
  /** What a person waits. */
  readonly wall: number;
}

function time(rounds: number, run: (round: number) => unknown): Time {
  const times: Time[] = [];
  for (let round = 0; round < rounds; round++) {
    const began = performance.now();
    const before = process.cpuUsage();
    run(round);
    const { user, system } = process.cpuUsage(before);
    times.push({ processor: (user + system) / 1000, wall: performance.now() - began });
  }
  const fast = (key: keyof Time) =>
    times.map((one) => one[key]).sort((a, b) => a - b)[Math.floor(times.length / 4)] ?? Number.NaN;
  return { processor: fast('processor'), wall: fast('wall') };
}

/** The longest that one analysis in slices keeps others waiting, in milliseconds: the median of the rounds. */
async function longestTurn(rounds: number, run: (round: number) => Steps<unknown>): Promise<number> {
  const longest: number[] = [];
  for (let round = 0; round < rounds; round++) {
    let worst = 0;
    let began = performance.now();
    await inSlices(run(round), async () => {
      worst = Math.max(worst, performance.now() - began);
      await new Promise<void>((resolve) => setImmediate(resolve));
      began = performance.now();
    });
    longest.push(Math.max(worst, performance.now() - began));
  }
  return longest.sort((a, b) => a - b)[Math.floor(rounds / 2)] ?? Number.NaN;
}

interface Source {
  readonly path: string;
  readonly text: string;
}

const INSTALLED = ['torch', 'torchvision'].map((name) => `/usr/lib/python3/dist-packages/${name}`);
const OWN = ['exam', 'exam-held', '../fixtures/python', '../../samples'].map((name) => join(__dirname, name));
const FILES = 1000;

function workspace(): { readonly what: string; readonly files: readonly Source[] } {
  if (INSTALLED.every((folder) => existsSync(folder))) {
    return { what: "Debian's torch and torchvision", files: INSTALLED.flatMap(pythonIn) };
  }
  const own = OWN.flatMap(pythonIn);
  const files = Array.from({ length: FILES }, (_, index): Source => {
    const { path, text } = own[index % own.length] as Source;
    return { path: `${index}/${path}`, text: `# ${index}\n${text}` };
  });
  return { what: 'programs made of those of this repository', files };
}

function pythonIn(folder: string): Source[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.py'))
    .map((name) => ({ path: join(folder, name), text: readFileSync(join(folder, name), 'utf8') }));
}

/** Reads and judges every file once, as a workspace is analysed. */
async function workspaceReport(analyzer: PythonAnalyzer): Promise<string> {
  const { what, files } = workspace();
  let parsed = 0;
  let slowest = { ms: 0, path: '' };
  const before = process.cpuUsage();
  for (const { path, text } of files) {
    const began = process.cpuUsage();
    parsed += analyzer.analyze(path, text) === null ? 0 : 1;
    const { user, system } = process.cpuUsage(began);
    slowest = (user + system) / 1000 > slowest.ms ? { ms: (user + system) / 1000, path } : slowest;
  }
  const { user, system } = process.cpuUsage(before);
  const seconds = (user + system) / 1e6;
  const named = files.filter(({ text }) => mentionsFramework(text)).length;
  return [
    `A workspace of ${files.length} files (${what}), ${named} of which name a framework (the others are not parsed), ${parsed} import one:`,
    `${seconds.toFixed(1)} s of processor time, ${((seconds / files.length) * FILES).toFixed(1)} s a thousand files (asked: 10 s).`,
    `The slowest file took ${slowest.ms.toFixed(0)} ms (${slowest.path.split('/').slice(-2).join('/')}).`,
    'Between two files it can be cancelled; the editor gets its turn between the steps of one.',
  ].join('\n');
}

const GRAMMAR = require.resolve('tree-sitter-python/tree-sitter-python.wasm');

async function treeSitter(): Promise<Parser> {
  await Parser.init();
  const parser = new Parser();
  parser.setLanguage(await Language.load(GRAMMAR));
  return parser;
}

/** The analyzer as people get it (see esbuild.mjs). */
async function bundledAnalyzer(): Promise<PythonAnalyzer> {
  const folder = mkdtempSync(join(tmpdir(), 'python-speed-'));
  try {
    const outfile = join(folder, 'analyze.js');
    await build({
      entryPoints: [join(__dirname, '../../src/core/python/analyze.ts')],
      outfile,
      bundle: true,
      minify: true,
      platform: 'node',
      format: 'cjs',
      target: 'es2022',
      alias: { 'web-tree-sitter': require.resolve('web-tree-sitter') },
    });
    const bundle = require(outfile) as { createPythonAnalyzer: typeof createPythonAnalyzer };
    return await bundle.createPythonAnalyzer({
      runtime: readFileSync(require.resolve('web-tree-sitter/web-tree-sitter.wasm')),
      grammar: readFileSync(GRAMMAR),
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function main(): Promise<void> {
  const analyzer = await bundledAnalyzer();
  const parser = await treeSitter();
  const text = program(LINES);
  const lines = text.split('\n').length;
  // Another text each time, so that nothing of an earlier round is known: a first look at a file.
  const fresh = (round: number) => `# ${round}\n${text.replaceAll('Block', `Part${round}x`)}`;
  const cold = time(1, () => analyzer.analyze('cold.py', fresh(1000)));
  const second = time(1, () => analyzer.analyze('second.py', fresh(1001)));
  for (let round = 0; round < WARM; round++) {
    analyzer.analyze(`warm${round}.py`, fresh(1002 + round));
  }
  const parse = time(ROUNDS, (round) => parser.parse(fresh(round))?.delete());
  const first = time(ROUNDS, (round) => analyzer.analyze(`first${round}.py`, fresh(round)));
  for (let round = WARM + ROUNDS; round < LATER; round++) {
    analyzer.analyze(`more${round}.py`, fresh(2000 + round));
  }
  const later = time(ROUNDS, (round) => analyzer.analyze(`later${round}.py`, fresh(3000 + round)));
  const at = text.indexOf('total += loss', text.length / 2);
  analyzer.analyze('typed.py', text);
  // A word typed letter by letter in the middle of a loop.
  const key = time(ROUNDS, (round) =>
    analyzer.analyze('typed.py', `${text.slice(0, at)}${'a'.repeat(round + 1)} = 1; ${text.slice(at)}`),
  );
  const turn = await longestTurn(ROUNDS, (round) =>
    analyzer.steps('typed.py', `${text.slice(0, at)}${'b'.repeat(round + 1)} = 1; ${text.slice(at)}`),
  );
  analyzer.analyze('line.py', text);
  const line = time(ROUNDS, (round) =>
    analyzer.analyze(
      'line.py',
      `${text.slice(0, at)}pass\n${'            pass\n'.repeat(round)}            ${text.slice(at)}`,
    ),
  );
  // One more function that calls all the others: then every definition has to do with every other.
  const calls = text.match(/(?<=def )train\d+/g)?.map((name) => `    ${name}(loader)\n`) ?? [];
  const joined = `${text}def main(loader):\n${calls.join('')}`;
  analyzer.analyze('joined.py', joined);
  const whole = time(ROUNDS, (round) =>
    analyzer.analyze('joined.py', `${joined.slice(0, at)}${'a'.repeat(round + 1)} = 1; ${joined.slice(at)}`),
  );
  // Up to 2,000 lines the gradient flow of each deep model is forecast, too.
  const shorter = program(LINES * 0.75);
  const middle = shorter.indexOf('total += loss', shorter.length / 2);
  analyzer.analyze('shorter.py', shorter);
  const forecast = time(ROUNDS, (round) =>
    analyzer.analyze(
      'shorter.py',
      `${shorter.slice(0, middle)}${'a'.repeat(round + 1)} = 1; ${shorter.slice(middle)}`,
    ),
  );
  const ms = (value: number) => `${value.toFixed(1)} ms`;
  const row = (name: string, { processor, wall }: Time, limit: string) =>
    `| ${name} | ${ms(processor)} | ${ms(wall)} | ${(processor / parse.processor).toFixed(2)} | ${limit} |`;
  const report = `${[
    '# How long a Python file takes',
    '',
    'Regenerate with `node --import tsx test/bench/python-speed.ts --write`.',
    '',
    `A file of ${lines} lines (${text.length} characters): parsed, lowered, facts collected, every rule run, in the bundle that is shipped. Processor time is that of all threads: V8 compiles and collects garbage beside the analysis, for which nobody waits.`,
    '',
    'Models and the functions that train them know nothing of each other, except in the row that says so.',
    '',
    '| | processor time | wall clock | times tree-sitter alone | asked |',
    '| --- | ---: | ---: | ---: | ---: |',
    row('tree-sitter alone, full parse', parse, ''),
    row('first analysis of a file', first, '60 ms'),
    row(`the same after ${LATER} files in all`, later, ''),
    row('the very first of a process, its code not compiled yet', cold, ''),
    row('the second', second, ''),
    row('after a key', key, '10 ms'),
    row('after a new line', line, '10 ms'),
    `| longest turn after a key | | ${ms(turn)} | | |`,
    row('after a key, where one function calls all the others', whole, ''),
    row(`after a key in ${shorter.split('\n').length} lines, with forecasts of gradient flow`, forecast, ''),
    '',
    await workspaceReport(analyzer),
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
