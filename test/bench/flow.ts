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
import { forecastFlow, verdictOf } from '../../src/core/flow/forecast';
import type { FlowClass } from '../../src/core/flow/report';
import { createPythonAnalyzer, type PythonAnalyzer } from '../../src/core/python/analyze';
import { speedTable } from './flow/speed';
import { alarms } from './flow/torchvision';

interface MeasuredParameter {
  readonly name: string;
  readonly dims: number;
  /** One a seed. */
  readonly norms: readonly string[];
}
type Measured = Readonly<
  Record<string, { readonly class: string; readonly parameters: readonly MeasuredParameter[] }>
>;

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

interface Score {
  readonly name: string;
  readonly errors: readonly number[];
  readonly biasErrors: readonly number[];
  readonly worst: string;
  readonly expected: number;
  readonly measured: number;
  readonly spread: number;
  readonly verdictRight: boolean;
  readonly verdict: string;
  readonly coverage: number;
  readonly milliseconds: number;
  readonly unknown: readonly string[];
}

function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / Math.max(1, values.length);
}

/** Mean over seeds of log10 of a parameter's norm relative to the reference's; null when it is exactly zero. */
function relative(parameter: MeasuredParameter, reference: MeasuredParameter): number[] {
  return parameter.norms.flatMap((norm, i) => {
    const a = Number(norm);
    const b = Number(reference.norms[i]);
    return a > 0 && b > 0 ? [Math.log10(a / b)] : [];
  });
}

function score(
  name: string,
  forecast: FlowClass,
  measured: readonly MeasuredParameter[],
  milliseconds: number,
): Score {
  const byName = new Map(measured.map((p) => [p.name, p]));
  // Compared against the last weight as declared, the common choice of a reader of a log.
  const weights = measured.filter((p) => p.dims > 1 && p.norms.some((n) => Number(n) > 0));
  const reference = byName.get(forecast.reference ?? '') ?? weights.at(-1);
  const errors: number[] = [];
  const biasErrors: number[] = [];
  let worst = '';
  let worstError = -1;
  for (const layer of forecast.layers) {
    const p = byName.get(layer.parameter);
    if (p === undefined || reference === undefined || p === reference) continue;
    const values = relative(p, reference);
    if (values.length === 0) continue;
    const error = layer.log10 - mean(values);
    (p.dims > 1 ? errors : biasErrors).push(Math.abs(error));
    if (p.dims > 1 && Math.abs(error) > worstError) {
      worstError = Math.abs(error);
      worst = `${layer.parameter} ${layer.log10.toFixed(2)} for ${mean(values).toFixed(2)}`;
    }
  }
  const first = weights[0];
  const firstLogs = first === undefined || reference === undefined ? [] : relative(first, reference);
  const truth = verdictOf(mean(firstLogs));
  const expected = forecast.layers.find((l) => l.matrix)?.log10 ?? Number.NaN;
  const centre = mean(firstLogs);
  return {
    name,
    errors,
    biasErrors,
    worst,
    expected,
    measured: centre,
    spread: Math.sqrt(mean(firstLogs.map((v) => (v - centre) ** 2))),
    verdictRight: truth === forecast.verdict,
    verdict: forecast.verdict,
    coverage: forecast.coverage,
    milliseconds,
    unknown: forecast.unknown,
  };
}

/** The batch a model is measured with, as `--batch` tells it: the first size of its first input, or `batch=` where time comes first. */
function batchOf(path: string): number {
  const [head = ''] = readFileSync(path, 'utf8').split('\n', 1);
  return Number((/ batch=(\d+)/.exec(head) ?? /input=\w+:(\d+)/.exec(head))?.[1] ?? 64);
}

function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}

function row(s: Score): string {
  const cells = [
    s.name,
    s.expected.toFixed(2),
    s.measured.toFixed(2),
    s.spread.toFixed(2),
    quantile(s.errors, 0.5).toFixed(2),
    Math.max(...s.errors, 0).toFixed(2),
    s.verdict + (s.verdictRight ? '' : ' ✗'),
    `${Math.round(s.coverage * 100)} %`,
  ];
  return `| ${cells.join(' | ')} |`;
}

function summary(scores: readonly Score[]): string {
  const all = scores.flatMap((s) => s.errors);
  const biases = scores.flatMap((s) => s.biasErrors);
  const right = scores.filter((s) => s.verdictRight).length;
  return [
    `${scores.length} architectures, ${all.length} weights`,
    `median error ${quantile(all, 0.5).toFixed(2)} decades, 95th percentile ${quantile(all, 0.95).toFixed(2)}`,
    `vectors (biases, scales: ${biases.length}): median ${quantile(biases, 0.5).toFixed(2)}, 95th percentile ${quantile(biases, 0.95).toFixed(2)}`,
    `verdict right for ${right} of ${scores.length} (${((100 * right) / Math.max(1, scores.length)).toFixed(0)} %)`,
  ].join('; ');
}

/** Who wrote a model and when, by the first word of its name. */
const groups = ['fresh', 'style', 'sight', 'wide', 'kept', 'people', 'later'] as const;
type Group = (typeof groups)[number] | 'own';

function groupOf(name: string): Group {
  return groups.find((group) => name.startsWith(`${group}_`)) ?? 'own';
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
    if (forecast === undefined) {
      console.log(`${name}: no class ${truth.class}`);
      continue;
    }
    const s = score(name, forecast, truth.parameters, milliseconds);
    scores.push({ heldOut, group, score: s });
    if (argv.includes('--write')) continue;
    console.log(row(s));
    const bad =
      Math.max(...s.errors, 0) > 0.4 || !s.verdictRight || s.coverage < 0.99 || s.unknown.length > 0;
    if (bad) console.log(`    worst ${s.worst}; ${s.unknown.join(' | ')}`);
    if (argv.includes('--layers')) {
      for (const layer of forecast.layers) console.log(`      ${layer.parameter} ${layer.log10.toFixed(2)}`);
    }
  }
  const built = scores.filter((s) => !s.heldOut).map((s) => s.score);
  const left = scores.filter((s) => s.heldOut && s.group === 'own').map((s) => s.score);
  const of = (group: Group) => scores.filter((s) => s.group === group).map((s) => s.score);
  const times = scores.map((s) => s.score.milliseconds);
  console.log(
    `median time ${quantile(times, 0.5).toFixed(1)} ms, longest ${Math.max(...times).toFixed(1)} ms`,
  );
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

function table(
  built: readonly Score[],
  left: readonly Score[],
  of: (group: Group) => readonly Score[],
  end: readonly string[],
): string {
  const head =
    '| model | expected | measured | spread | median error | largest error | verdict | weights covered |\n|---|---|---|---|---|---|---|---|';
  return [
    '# Gradient-flow forecast against PyTorch at initialisation',
    '',
    'log10 of the gradient norm of the first weight relative to the last one, expected from the source and measured (mean of ten seeds, spread: their standard deviation); the forecast is told the batch of the measurement;',
    'errors are over all weights of the model, in decades. Renew with `npm run bench:flow` (from the norms that are stored; `npm run bench:flow -- --measure` takes them anew, with PyTorch).',
    '',
    '## Used while building',
    '',
    summary(built),
    '',
    head,
    ...built.map(row),
    '',
    '## Left out while building',
    '',
    'Scored once at the end: median error 0.02 decades, 95th percentile 0.96, verdict right for 40 of 42. What that showed was',
    'repaired (slices that walk backwards, a width equal to the batch, a width only the first layer tells, saturated softmax; one',
    'model had been measured without its own initialisation call), which gives:',
    '',
    summary(left),
    '',
    head,
    ...left.map(row),
    '',
    '## Drawn after that, scored once',
    '',
    summary(of('fresh')),
    '',
    head,
    ...of('fresh').map(row),
    '',
    "## In other people's styles",
    '',
    'Configurations as data classes and named tuples, make_layer, einsum, window attention, hand-written cells and norms, several files.',
    'Scored at first sight, without being told the batch: median error 0.14 decades, 95th percentile 2.21, verdict right for 41 of 49',
    '(7 unknown, 1 wrong). What that showed was repaired: token mixing, functions of one tensor that were taken for independent',
    'ones (`x * torch.sigmoid(x)`), windows and frames folded into the batch, weight and spectral norm, and what could not be read. That gives:',
    '',
    summary(of('style')),
    '',
    head,
    ...of('style').map(row),
    '',
    '## Drawn after those repairs',
    '',
    'Scored at first sight: median error 0.05 decades, 95th percentile 0.79, verdict right for 8 of 10 (2 unknown). Generators',
    'and transposed weights were then read, which gives:',
    '',
    summary(of('sight')),
    '',
    head,
    ...of('sight').map(row),
    '',
    '## Written blind, for repair',
    '',
    'Scored at first sight: median error 0.15 decades, 95th percentile 0.70, verdict right for 20 of 24 (3 unknown, 1 beyond the border by',
    '0.2 decades). What that showed was repaired: the curvature of a saturated loss, class tokens of another size than the patches behind',
    'them, heads put behind each other as samples, matrices of the data (graphs), strides wider than their window, weight normalisation',
    'behind which an initialisation is lost. That gives:',
    '',
    summary(of('wide')),
    '',
    head,
    ...of('wide').map(row),
    '',
    '## Written blind, kept aside',
    '',
    'Scored once, after those repairs: median error 0.07 decades, 95th percentile 1.50, verdict right for 19 of 23 (3 unknown, one model that a',
    'function returns not found). Then slices that take the first token were read, which gives:',
    '',
    summary(of('kept')),
    '',
    head,
    ...of('kept').map(row),
    '',
    '## As people write them',
    '',
    'Speech, language, control, graphs, time series, tables, physics, generative and multimodal models: configuration classes, registries, parsed options,',
    'lazy layers, computed weights. All were written before the forecast was run on any. At first sight: median error 0.16 decades, 95th percentile 92',
    '(one flow of coupling layers was said to explode, through a mask of integers taken for large numbers), verdict right for 28 of 32 (3 unknown). What',
    'that showed was repaired: integers that are constants, `len()` of an object, `_modules`, decorators that register, lazy layers, sums of several',
    'products, samples against samples, exponentials of what is never positive, numbers that become tokens, widths shared among inputs. That gives:',
    '',
    summary(of('people')),
    '',
    head,
    ...of('people').map(row),
    '',
    '## Later ones',
    '',
    'Written after those repairs and scored at first sight: median error 0.04 decades, 95th percentile 0.32, verdict right for 14 of 15 (1 unknown: sizes',
    'of a NumPy array, which are read now). That gives:',
    '',
    summary(of('later')),
    '',
    head,
    ...of('later').map(row),
    '',
    '## Models that train',
    '',
    ...end,
    '',
  ].join('\n');
}

void main(process.argv.slice(2));
