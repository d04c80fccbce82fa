/** The command line as a script sees it: arguments in, text and exit status out. Runs the real bundle. */
import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../../..');

const HEALTHY = Array.from(
  { length: 40 },
  (_, i) => `step ${i} loss=${(2 / (1 + i / 9)).toFixed(4)} grad_norm=${(1 + (i % 5) / 9).toFixed(4)}\n`,
).join('');
const BROKEN = `${HEALTHY}step 40 loss=nan grad_norm=nan\nstep 41 loss=nan grad_norm=nan\nstep 42 loss=nan grad_norm=nan\n`;
const LOOP = `import torch
from torch import nn

model = nn.Linear(4, 2)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for x, y in data:
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(model(x), y)
    loss.backward()
    optimizer.step()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
`;

describe('command line', () => {
  let folder = '';

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'gradient-inspector-cli-'));
    const built = spawnSync(process.execPath, ['esbuild.mjs', '--outdir', join(folder, 'dist')], {
      cwd: ROOT,
    });
    assert.equal(built.status, 0, built.stderr.toString());
    mkdirSync(join(folder, 'runs'));
    writeFileSync(join(folder, 'runs/good.log'), HEALTHY);
    writeFileSync(join(folder, 'runs/bad.log'), BROKEN);
    writeFileSync(join(folder, 'runs/notes.txt'), 'Lunch at noon.\n');
    writeFileSync(join(folder, 'train.py'), LOOP);
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  function run(args: readonly string[], input?: string) {
    const result = spawnSync(process.execPath, [join(folder, 'dist/cli.js'), ...args], {
      cwd: folder,
      encoding: 'utf8',
      ...(input === undefined ? {} : { input }),
    });
    return { status: result.status, out: result.stdout, err: result.stderr };
  }

  it('ends with 0 on a healthy log and with 1 on a broken one', () => {
    assert.equal(run(['check', 'runs/good.log']).status, 0);
    const bad = run(['check', 'runs/bad.log']);
    assert.equal(bad.status, 1);
    assert.match(bad.out, /error GI001 non-finite: line 41, from step 40 to the end/);
    assert.equal(run(['check', 'runs/bad.log', '--fail-on', 'never']).status, 0);
  });

  it('walks folders and passes by what is no log', () => {
    const report = JSON.parse(run(['check', '--format', 'json', 'runs', 'train.py']).out);
    assert.deepEqual(
      report.runs.map(({ path }: { path: string }) => path),
      ['runs/bad.log', 'runs/good.log'],
    );
    assert.deepEqual(
      report.sources.map(({ path }: { path: string }) => path),
      ['train.py'],
    );
  });

  it('reads a log from standard input', () => {
    const { status, out } = run(['check', '-'], BROKEN);
    assert.equal(status, 1);
    assert.match(out, /non-finite/);
  });

  it('says of a named file that it is no log', () => {
    const { status, err } = run(['check', 'runs/notes.txt']);
    assert.equal(status, 0);
    assert.match(err, /notes\.txt: no training log recognised/);
  });

  it('ends with 2 when an input cannot be read, and reports the others', () => {
    const { status, out, err } = run(['check', 'nowhere.log', 'runs/bad.log']);
    assert.equal(status, 2);
    assert.match(err, /nowhere\.log: cannot be read/);
    assert.match(out, /non-finite/);
  });

  it('ends with 2 and the usage on wrong usage', () => {
    for (const args of [
      [],
      ['frobnicate'],
      ['check', '--format', 'xml'],
      ['check', '--select', 'GI999'],
      ['check', '--nonsense'],
      ['explain', 'nothing'],
      ['flow'],
    ]) {
      const { status, err } = run(args);
      assert.equal(status, 2, args.join(' '));
      // What is wrong is not to be looked for above a page of help.
      const isKnown = ['check', 'explain', 'flow'].includes(args[0] ?? '');
      assert.match(err, isKnown ? /^.+\n--help lists the commands.*\n$/ : /^.+\n\nUsage:/, args.join(' '));
    }
    assert.match(run(['check', '--help']).out, /^Usage:/);
  });

  it('names what may have been meant', () => {
    assert.match(run(['explain', 'vanishing']).err, /did you mean vanishing-gradient\?/);
    assert.match(run(['check', '--ignore', 'exploding-gradeint']).err, /did you mean exploding-gradient\?/);
    assert.match(run(['check', '--fix', '--remedy', 'relu-']).err, /did you mean relu, /);
    assert.doesNotMatch(run(['explain', 'x'.repeat(100_000)]).err, /did you mean/);
  });

  it('says in plain words what is the matter with a path', () => {
    assert.match(run(['check', 'nowhere.log']).err, /nowhere\.log: cannot be read: no such file or folder\n/);
    assert.match(run(['flow', '.']).err, /^\.: cannot be read: is a folder\n$/);
    mkdirSync(join(folder, 'nothing'), { recursive: true });
    assert.match(run(['check', 'nothing']).out, /^No training log and no Python file .* was read\.\n$/);
  });

  it('refuses a --run that holds no log, and takes a folder that does', () => {
    for (const path of ['train.py', 'runs/notes.txt', 'nothing']) {
      mkdirSync(join(folder, 'nothing'), { recursive: true });
      const { status, out, err } = run(['check', 'train.py', '--run', path]);
      assert.equal(status, 2, path);
      assert.ok(err.includes(`--run ${path}: holds no training log`), err);
      assert.match(out, /clip-after-step/);
    }
    const missing = run(['check', 'train.py', '--run', 'nowhere.log']);
    assert.equal(missing.status, 2);
    assert.doesNotMatch(missing.err, /holds no training log/);
    for (const path of ['runs', './runs/bad.log', join(folder, 'runs/good.log')]) {
      const { status, err } = run(['check', 'train.py', '--run', path]);
      assert.equal(status, 1, path);
      assert.doesNotMatch(err, /holds no/);
    }
  });

  it('says that remedies are chosen for --fix alone', () => {
    assert.match(run(['check', 'train.py', '--unsafe-fixes']).err, /without it nothing is changed/);
  });

  it('selects and ignores rules by code and by name', () => {
    assert.equal(run(['check', 'runs/bad.log', '--ignore', 'non-finite,diverging-loss']).status, 0);
    assert.equal(run(['check', 'train.py', '--select', 'gi101']).status, 0);
    assert.equal(run(['check', 'train.py', '--select', 'clip-after-step']).status, 1);
  });

  it('writes SARIF and GitHub annotations', () => {
    const sarif = JSON.parse(run(['check', 'train.py', '--format', 'sarif']).out);
    assert.equal(sarif.runs[0].results[0].ruleId, 'GI104');
    assert.match(run(['check', 'train.py', '--format', 'github']).out, /^::error file=train\.py,line=11,/m);
  });

  it('applies the safe fix once, keeps the mode of the file, and is silent after', () => {
    const path = join(folder, 'fixed.py');
    writeFileSync(path, LOOP);
    chmodSync(path, 0o750);
    const first = run(['check', 'fixed.py', '--fix', '--format', 'json']);
    assert.match(first.err, /fixed fixed\.py: /);
    assert.deepEqual(JSON.parse(first.out).sources[0].findings, [], 'what is left is reported');
    assert.equal(first.status, 0);
    const lines = readFileSync(path, 'utf8').split('\n');
    const clip = lines.findIndex((line) => line.includes('clip_grad_norm_'));
    const step = lines.findIndex((line) => line.includes('optimizer.step()'));
    assert.ok(clip >= 0 && clip < step);
    assert.equal(lines.length, LOOP.split('\n').length);
    assert.equal(run(['check', 'fixed.py']).status, 0);
    const again = run(['check', 'fixed.py', '--fix']);
    assert.match(again.err, /no fix to apply/);
    assert.equal(readFileSync(path, 'utf8'), lines.join('\n'));
  });

  it('reports what --fix leaves', () => {
    writeFileSync(join(folder, 'left.py'), LOOP);
    writeFileSync(join(folder, 'other.py'), LOOP);
    const left = run(['check', 'left.py', 'other.py', '--fix', '--remedy', 'he-init']);
    assert.match(left.err, /no fix to apply/);
    assert.equal(left.status, 1);
    assert.match(left.out, /2 errors/);
    const some = run(['check', 'left.py', 'runs/bad.log', '--fix']);
    assert.equal(some.status, 1, 'the log says what it said');
    assert.doesNotMatch(some.out, /GI104/);
  });

  it('reports and fixes a file once that several paths stand for', () => {
    mkdirSync(join(folder, 'twice'));
    writeFileSync(join(folder, 'twice', 'loop.py'), LOOP.replace('optimizer.zero_grad()', 'pass'));
    const paths = ['twice', 'twice/loop.py', './twice/../twice/loop.py'];
    const report = JSON.parse(run(['check', ...paths, '--format', 'json', '--fix']).out);
    assert.deepEqual(
      report.sources.map((source: { path: string }) => source.path),
      [join('twice', 'loop.py')],
    );
    const fixed = readFileSync(join(folder, 'twice', 'loop.py'), 'utf8');
    assert.equal(fixed.split('zero_grad').length, 2);
  });

  it('leaves a file alone whose bytes are no UTF-8, and writes through a link', () => {
    const odd = Buffer.concat([Buffer.from('# caf\u00e9\n', 'latin1'), Buffer.from(LOOP)]);
    writeFileSync(join(folder, 'odd.py'), odd);
    run(['check', 'odd.py', '--fix']);
    assert.deepEqual(readFileSync(join(folder, 'odd.py')), odd);
    if (process.platform !== 'win32') {
      writeFileSync(join(folder, 'target.py'), LOOP);
      symlinkSync('target.py', join(folder, 'link.py'));
      assert.match(run(['check', 'link.py', '--fix']).err, /fixed link\.py: /);
      assert.ok(lstatSync(join(folder, 'link.py')).isSymbolicLink());
      assert.notEqual(readFileSync(join(folder, 'target.py'), 'utf8'), LOOP);
    }
  });

  it('reads a pipe like a file, and a device that never ends not for ever', function () {
    if (process.platform === 'win32') {
      this.skip();
    }
    const pipe = join(folder, 'pipe');
    spawnSync('mkfifo', [pipe]);
    const cli = join(folder, 'dist/cli.js');
    const piped = spawnSync(
      'sh',
      ['-c', `cat runs/bad.log > pipe & exec "$0" "$1" check pipe`, process.execPath, cli],
      {
        cwd: folder,
        encoding: 'utf8',
        timeout: 15_000,
      },
    );
    rmSync(pipe);
    assert.match(piped.stdout, /GI001/);
    const endless = run(['check', '/dev/zero']);
    assert.equal(endless.status, 2);
    assert.match(endless.err, /does not end/);
    assert.match(run(['flow', '/dev/zero']).err, /does not end/);
    const model = 'from torch import nn\nnet = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))\n';
    assert.match(run(['flow', '-'], model).out, /^-:2 net: stable/);
  });

  it('lists rules and formats, and explains a rule and a remedy', () => {
    const rules = JSON.parse(run(['rules', '--format', 'json']).out).rules;
    assert.ok(rules.some(({ name }: { name: string }) => name === 'vanishing-gradient'));
    assert.match(run(['explain', 'GI104']).out, /^# GI104 clip-after-step/);
    assert.match(run(['explain', 'he-init']).out, /`he-init`/);
    assert.match(run(['formats']).out, /^json-lines /m);
  });

  it('forecasts the gradient flow of a model', () => {
    const source = [
      'import torch.nn as nn',
      'class Net(nn.Module):',
      '    def __init__(self):',
      '        super().__init__()',
      '        self.layers = nn.Sequential(nn.Linear(16, 16), nn.Sigmoid(), nn.Linear(16, 16), nn.Sigmoid(),',
      '                                    nn.Linear(16, 16), nn.Sigmoid(), nn.Linear(16, 16), nn.Sigmoid(), nn.Linear(16, 2))',
      '    def forward(self, x):',
      '        return self.layers(x)',
      '',
    ].join('\n');
    writeFileSync(join(folder, 'net.py'), source);
    const report = JSON.parse(run(['flow', 'net.py', '--format', 'json']).out);
    assert.equal(report.classes[0].class, 'Net');
    assert.equal(report.classes[0].layers.at(-1).parameter.startsWith('layers.8'), true);
    assert.match(run(['flow', 'net.py']).out, /layers\.0\.weight/);
    assert.match(run(['flow', 'net.py', '--class', 'Net', '--seq-len', '100']).out, /^net\.py:2 Net: /);
    const other = run(['flow', 'net.py', '--class', 'Nett']);
    assert.equal(other.status, 2);
    assert.match(other.err, /net\.py: no model Nett; it has Net/);
  });

  it('says of what it cannot forecast why, on one line and in JSON', () => {
    writeFileSync(join(folder, 'plain.py'), 'x = 1\n');
    assert.match(run(['flow', 'plain.py']).out, /^plain\.py: names no deep-learning framework\n$/);
    assert.deepEqual(JSON.parse(run(['flow', 'plain.py', '--format', 'json']).out), {
      version: 1,
      path: 'plain.py',
      classes: [],
    });
    writeFileSync(
      join(folder, 'keras_model.py'),
      'import tensorflow as tf\nmodel = tf.keras.Sequential([tf.keras.layers.Dense(10)])\n',
    );
    assert.match(run(['flow', 'keras_model.py']).out, /only models of PyTorch are forecast/);
    writeFileSync(join(folder, 'bytes.py'), Buffer.from([0, 255, 254, 13, 7]));
    assert.equal(run(['flow', 'bytes.py']).status, 0);
    assert.equal(run(['flow', '.']).status, 2);
    assert.equal(run(['flow', 'nothere.py']).status, 2);
  });
});
