/**
 * Repair rate: applies each fix that the engine offers for a defective program of the reference set, alone, runs the
 * program with real PyTorch and tests its success criterion. Writes the table `repair.md` beside this file.
 *
 *     node --import tsx test/bench/repair.ts [--labels] [--harm] [CASE ...]
 *
 * `--labels` takes the findings from the reference labels and not from our reading of the log (isolates ranking and
 * edits); `--harm` applies first fixes to healthy programs as well. Results are cached by program text in the
 * temporary folder.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { applyEdits } from '../../src/core/edits';
import { BytesSource } from '../../src/core/io/fileSource';
import { joinRunWithSources } from '../../src/core/link/join';
import { readLog } from '../../src/core/logs/logReader';
import type { PythonAnalysis, PythonAnalyzer } from '../../src/core/python/analyze';
import type { RemedyId } from '../../src/core/remedies/remedy';
import { diagnoseRun } from '../../src/core/rules/engine';
import type { Fix, LogFinding } from '../../src/core/rules/finding';
import type { Run } from '../../src/core/run/run';
import { pythonAnalyzer } from '../unit/python/analyzer';

const HERE = dirname(fileURLToPath(import.meta.url));
const DEFAULT_CASES = join(HERE, '../../../shared/gradbench/cases');
const CASES = process.env.REPAIR_CASES ?? DEFAULT_CASES;
const TRIED = 4;
const CACHE = join(tmpdir(), 'gradient-inspector-repair');
/** The Python that has PyTorch: Debian's package belongs to the system's own. */
const PYTHON = process.env.PYTHON ?? (existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3');

interface Case {
  readonly id: string;
  readonly defect: string;
  readonly healthy: boolean;
  readonly log: { readonly file: string };
  readonly log_truth: { readonly onset_step: number | null; readonly layers: readonly string[] };
  readonly success: { readonly metric: string; readonly op: string; readonly value: number };
}

interface Outcome {
  /** RESULT value; null for NaN, infinite or none. */
  readonly value: number | null;
  /** The program ended with an error. */
  readonly broken: boolean;
  readonly message: string;
}

const RULE_OF_DEFECT: Readonly<Record<string, string>> = {
  vanishing: 'vanishing-gradient',
  exploding: 'exploding-gradient',
  nonfinite: 'non-finite',
  'dead-relu': 'dead-layer',
  divergence: 'diverging-loss',
  spike: 'gradient-spike',
  plateau: 'loss-plateau',
};

async function main(): Promise<void> {
  if (!existsSync(CASES)) {
    console.log(`repair: ${CASES} is absent, nothing measured`);
    return;
  }
  const args = process.argv.slice(2);
  const wanted = args.filter((arg) => !arg.startsWith('--'));
  const analyzer = await pythonAnalyzer();
  const rows: string[] = [];
  const totals = { cases: 0, first: 0, four: 0, broken: 0, applied: 0, harmed: 0, healthy: 0 };
  for (const id of readdirSync(CASES).sort()) {
    const folder = join(CASES, id);
    const about = { id, ...JSON.parse(readFileSync(join(folder, 'case.json'), 'utf8')) } as Case;
    if ((wanted.length > 0 && !wanted.includes(id)) || (about.healthy && !args.includes('--harm'))) {
      continue;
    }
    const text = readFileSync(join(folder, 'train.py'), 'utf8');
    const analysis = analyzer.analyze(join(folder, 'train.py'), text);
    const log = join(folder, about.log.file);
    const run = await readLog(new BytesSource(log, readFileSync(log)));
    if (analysis === null || run === null) {
      rows.push(`| ${id} | ${about.defect} | ${analysis === null ? 'program' : 'log'} not read | | | |`);
      totals.cases += about.healthy ? 0 : 1;
      continue;
    }
    const findings = args.includes('--labels') ? [labelled(about)] : diagnoseRun(run).findings;
    const fixes = fixesOf(run, findings, analysis, analyzer.read).slice(0, TRIED);
    const tried = fixes.map((fix) => ({ fix, outcome: tryFix(text, fix) }));
    const marks = tried.map(({ fix, outcome }) => {
      const mark = outcome.broken ? 'broken' : meets(about, outcome.value) ? 'repairs' : 'fails';
      return `${fix.preferred ? '**' : ''}${fix.remedy}${fix.preferred ? '**' : ''}: ${mark} (${outcome.value ?? 'not finite'})`;
    });
    for (const { fix, outcome } of tried) {
      if (outcome.broken) {
        console.log(`${id} ${fix.remedy}: ${outcome.message}`);
      }
    }
    totals.applied += tried.length;
    totals.broken += tried.filter(({ outcome }) => outcome.broken).length;
    if (about.healthy) {
      totals.healthy++;
      totals.harmed += tried.some(({ outcome }) => !meets(about, outcome.value)) ? 1 : 0;
    } else {
      totals.cases++;
      totals.first += tried[0] !== undefined && meets(about, tried[0].outcome.value) ? 1 : 0;
      totals.four += tried.some(({ outcome }) => meets(about, outcome.value)) ? 1 : 0;
    }
    const seen = [...new Set(findings.map((finding) => finding.rule))].join(', ');
    rows.push(
      `| ${id} | ${about.defect} | ${seen} | ${[0, 1, 2, 3].map((at) => marks[at] ?? '').join(' | ')} |`,
    );
    console.log(rows[rows.length - 1]);
  }
  const percent = (count: number) =>
    `${count} of ${totals.cases} (${Math.round((100 * count) / Math.max(1, totals.cases))}%)`;
  const table = [
    '# Repair, by running the programs',
    '',
    `Regenerated by \`node --import tsx ${relative(join(HERE, '../..'), fileURLToPath(import.meta.url))}${args.includes('--labels') ? ' --labels' : ''}\`.`,
    'Each fix offered with the log as evidence is applied alone and the program run again; "repairs" means it meets its success criterion. Preferred fixes are bold.',
    '',
    `Repaired by the first fix: ${percent(totals.first)}; by one of the first four: ${percent(totals.four)}; programs broken by an edit: ${totals.broken} of ${totals.applied}.`,
    ...(totals.healthy > 0
      ? [`Healthy programs harmed by a fix: ${totals.harmed} of ${totals.healthy}.`]
      : []),
    '',
    '| case | defect | findings on the log | first | second | third | fourth |',
    '|---|---|---|---|---|---|---|',
    ...rows,
    '',
  ];
  console.log(table.slice(5, 7).join('\n'));
  if (CASES === DEFAULT_CASES && wanted.length === 0 && !args.includes('--labels')) {
    writeFileSync(join(HERE, 'repair.md'), table.join('\n'));
  }
}

/** What the reference labels say, as a finding. */
function labelled(about: Case): LogFinding {
  return {
    code: 'GI000',
    rule: RULE_OF_DEFECT[about.defect] ?? 'none',
    severity: 'warning',
    message: '',
    range: { line: 1, column: 1, endLine: 1, endColumn: 1 },
    evidence: {},
    remedies: ['lower-lr', 'clip-grad-norm', 'he-init'] satisfies RemedyId[],
    fixes: [],
    related: [],
    step: about.log_truth.onset_step ?? 0,
    endStep: null,
    parameters: about.log_truth.layers,
    series: [],
  };
}

/** Fixes in the order a person meets them: of the log's findings, then of the code's. */
function fixesOf(
  run: Run,
  findings: readonly LogFinding[],
  analysis: PythonAnalysis,
  forecast: PythonAnalyzer['read'],
): readonly Fix[] {
  const joined = joinRunWithSources(run, findings, [analysis], { forecast }).findings;
  const all = [...joined, ...analysis.findings].flatMap((finding) => finding.fixes);
  const seen = new Set<string>();
  return all.filter((fix) => {
    const key = JSON.stringify(fix.edits);
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew;
  });
}

function tryFix(text: string, fix: Fix): Outcome {
  const edited = applyEdits(text, fix.edits);
  return edited === null ? { value: null, broken: true, message: 'edits overlap' } : runProgram(edited);
}

function runProgram(text: string): Outcome {
  mkdirSync(CACHE, { recursive: true });
  const cached = join(CACHE, `${createHash('sha256').update(text).digest('hex')}.json`);
  if (existsSync(cached)) {
    return JSON.parse(readFileSync(cached, 'utf8')) as Outcome;
  }
  const folder = mkdtempSync(join(tmpdir(), 'repair-'));
  try {
    writeFileSync(join(folder, 'train.py'), text);
    const done = spawnSync(PYTHON, ['train.py'], {
      cwd: folder,
      encoding: 'utf8',
      timeout: 180_000,
      env: { ...process.env, OMP_NUM_THREADS: '1' },
    });
    const last = done.stdout.trimEnd().split('\n').pop() ?? '';
    const outcome: Outcome = {
      value: resultOf(last),
      broken: done.status !== 0,
      message: done.status === 0 ? '' : (done.stderr.trimEnd().split('\n').pop() ?? ''),
    };
    writeFileSync(cached, JSON.stringify(outcome));
    return outcome;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function resultOf(line: string): number | null {
  const value = /^RESULT .*"value": *([^}\s]+)/.exec(line)?.[1];
  const number = value === undefined || value === 'null' ? Number.NaN : Number(value);
  return Number.isFinite(number) ? number : null;
}

function meets(about: Case, value: number | null): boolean {
  if (value === null) {
    return false;
  }
  return about.success.op === '<' ? value < about.success.value : value > about.success.value;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
