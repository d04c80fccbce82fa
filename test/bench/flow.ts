/**
 * Forecast against measurement: node --import tsx test/bench/flow.ts [--measure] [--held-out] [--write] [NAME ...]
 *
 * --measure runs the models with /usr/bin/python3 (Debian's python3-torch) and renews flow/measured.json; without it the
 * stored norms are used, so that the table can be made without PyTorch. --held-out scores the half left out while building.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { importedFiles } from '../../src/cli/importedFiles';
import { forecastFlow } from '../../src/core/flow/forecast';
import { createPythonAnalyzer, type PythonAnalyzer } from '../../src/core/python/analyze';
import { type Measured, quantile, type Score, score, summary } from './flow/score';
import { speedTable } from './flow/speed';
import { type Group, groupOf, groups, row, table } from './flow/table';
import { alarms } from './flow/torchvision';

const here = join(import.meta.dirname ?? __dirname, 'flow');
const root = join(here, '..', '..', '..');

async function loadAnalyzer(): Promise<PythonAnalyzer> {
  const wasm = (path: string) => readFileSync(join(root, 'node_modules', path));
  return createPythonAnalyzer({
    runtime: wasm('web-tree-sitter/web-tree-sitter.wasm'),
    grammar: wasm('tree-sitter-python/tree-sitter-python.wasm'),
  });
}

function measure(files: readonly string[]): Measured {
  const output = execFileSync('/usr/bin/python3', [join(here, 'measure.py'), ...files], {
    env: { ...process.env, OMP_NUM_THREADS: '1', PYTHONDONTWRITEBYTECODE: '1' },
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return JSON.parse(output.toString()) as Measured;
}

/** The batch a model is measured with, as `--batch` tells it: the first size of its first input, or `batch=` where time comes first. */
function batchOf(path: string): number {
  const [head = ''] = readFileSync(path, 'utf8').split('\n', 1);
  return Number((/ batch=(\d+)/.exec(head) ?? /input=\w+:(\d+)/.exec(head))?.[1] ?? 64);
}

async function main(argv: readonly string[]): Promise<void> {
  const files = readdirSync(join(here, 'models'))
    .filter((f) => f.endsWith('.py'))
    .sort();
  const names = argv.filter((a) => !a.startsWith('-'));
  const store = join(here, 'measured.json');
  const stored = JSON.parse(readFileSync(store, 'utf8')) as Measured;
  const paths = files.map((f) => join(here, 'models', f));
  const missing = paths.filter((p) => stored[basename(p, '.py')] === undefined);
  let measured = stored;
  if (argv.includes('--measure')) {
    measured = { ...stored, ...measure(argv.includes('--missing') ? missing : paths) };
    writeFileSync(store, `${JSON.stringify(measured)}\n`);
  }
  const leftOut = new Set(JSON.parse(readFileSync(join(here, 'heldOut.json'), 'utf8')) as string[]);
  const analyzer = await loadAnalyzer();
  const scores: { readonly heldOut: boolean; readonly group: Group; readonly score: Score }[] = [];
  for (const file of files) {
    const name = file.slice(0, -3);
    const group = groupOf(name);
    const heldOut = leftOut.has(name) || group !== 'own';
    const truth = measured[name];
    if (truth === undefined) continue;
    if (names.length > 0 ? !names.some((n) => name.includes(n)) : heldOut && !argv.includes('--held-out'))
      continue;
    const path = join(here, 'models', file);
    const analysis = analyzer.read(path, readFileSync(path, 'utf8'));
    if (analysis === null) {
      console.log(`${name}: no facts`);
      continue;
    }
    const modules = await importedFiles(analysis.facts, analyzer);
    const begin = performance.now();
    const report = forecastFlow(analysis.facts, {
      className: truth.class,
      modules,
      batchSize: batchOf(path),
    });
    const milliseconds = performance.now() - begin;
    const forecast = report.classes[0];
    const s = score(name, forecast, truth.parameters, milliseconds);
    scores.push({ heldOut, group, score: s });
    if (argv.includes('--write')) continue;
    console.log(row(s));
    const bad =
      Math.max(...s.errors, 0) > 0.4 || !s.verdictRight || s.coverage < 0.99 || s.unknown.length > 0;
    if (bad) console.log(`    worst ${s.worst}; ${s.unknown.join(' | ')}`);
    if (argv.includes('--layers')) {
      for (const layer of forecast?.layers ?? [])
        console.log(`      ${layer.parameter} ${layer.log10.toFixed(2)}`);
    }
  }
  const built = scores.filter((s) => !s.heldOut).map((s) => s.score);
  const left = scores.filter((s) => s.heldOut && s.group === 'own').map((s) => s.score);
  const of = (group: Group) => scores.filter((s) => s.group === group).map((s) => s.score);
  const times = scores.map((s) => s.score.milliseconds);
  console.log(
    `median time ${quantile(times, 0.5).toFixed(1)} ms, longest ${Math.max(...times).toFixed(1)} ms`,
  );
  if (names.length > 0) console.log(`these: ${summary(scores.map((s) => s.score))}`);
  console.log(`used while building: ${summary(built)}`);
  if (left.length > 0) console.log(`left out: ${summary(left)}`);
  for (const group of groups) if (of(group).length > 0) console.log(`${group}: ${summary(of(group))}`);
  const checked = await alarms(analyzer);
  console.log(checked);
  const hundred = [
    '## Time',
    '',
    'Processor time of a forecast of a hundred layers, code bundled as the extension is, each model in a process of its own: its first call,',
    'which runs code that nothing has compiled yet, then two hundred after warming up. The machine that renewed this table was busy, which',
    'makes a first call several times as long.',
    '',
    ...(argv.includes('--write') ? speedTable(root) : []),
  ];
  console.log(hundred.slice(4).join('\n'));
  if (argv.includes('--write'))
    writeFileSync(join(here, '..', 'flow.md'), table(built, left, of, [checked, '', ...hundred]));
}

void main(process.argv.slice(2));
