/**
 * Injected defects: takes programs that train, puts one known defect into each, runs them with real PyTorch, and asks
 * of those that no longer train whether the defect's line is found and whether an offered fix makes them train again; of
 * those that still train, whether somebody is warned. Writes `../mutants.md`.
 *
 *     npm run bench:mutants -- [--each N] [--no-repair] [--kept] [OPERATOR ...]
 *
 * `--each` defective programs an operator (2); operators named are done alone and nothing is written. What programs did is
 * kept in `out/mutants` by their text; `--kept` runs no further ones, and no fixes that were not run before.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Finding } from '../../../src/core/rules/finding';
import { pythonAnalyzer } from '../../unit/python/analyzer';
import { findingsOf, type Located } from '../located';
import { type Case, meets } from '../repair/cases';
import { fixesFor, nameOf, triedFix, tryFix } from '../repair/offered';
import { type Base, basePrograms } from './bases';
import { type FoundByCode, foundByCode } from './codeAlone';
import { OPERATORS } from './operators/index';
import type { Operator } from './program';
import { runLogged } from './run';

const HERE = dirname(fileURLToPath(import.meta.url));
const FOLDER = join(HERE, '../../../out/mutants/cases');
const TABLE = join(HERE, '../mutants.md');
const NEAR = 2;
const TRIED = 4;
/** A mutant fails clearly when it misses the criterion by this share of what the original had in hand. */
const MARGIN = 0.25;
/** Programs tried for each wanted mutant of an operator before it is given up. */
const ATTEMPTS = 1.5;

interface Made {
  readonly id: string;
  readonly operator: Operator;
  readonly base: Base;
  readonly lines: readonly number[];
  readonly value: number | null;
  readonly about: Case;
  readonly fails: boolean;
}

interface Scored {
  readonly made: Made;
  /** Rules that warn of the original too. */
  readonly before: readonly string[];
  readonly code: readonly Located[];
  readonly log: readonly Located[];
  readonly fixes: readonly string[];
  /** Number of the first fix that repairs, from 0; -1: none. */
  readonly repairs: number;
  readonly broke: number;
  /** None of the fixes that were run repairs, and some were not run. */
  readonly open: boolean;
}

async function main(): Promise<void> {
  const args = process.argv.slice(2);
  const at = args.indexOf('--each');
  const each = at < 0 ? 2 : Number(args[at + 1]);
  const named = args.filter((arg, k) => !arg.startsWith('--') && (at < 0 || k !== at + 1));
  const operators = OPERATORS.filter(({ id }) => named.length === 0 || named.includes(id));
  const bases = basePrograms();
  rmSync(FOLDER, { recursive: true, force: true });
  const scored: Scored[] = [];
  for (const operator of operators) {
    for (const made of mutantsOf(operator, bases, { each, onlyKept: args.includes('--kept') })) {
      const one = await score(made, {
        noRepair: args.includes('--no-repair'),
        onlyKept: args.includes('--kept'),
      });
      console.log(rowOf(one));
      scored.push(one);
    }
  }
  const report = reportOf(scored, await foundByCode(operators, bases, NEAR));
  console.log(report.slice(0, report.indexOf('## Defective')));
  if (named.length === 0 && !args.includes('--no-repair')) {
    writeFileSync(TABLE, report);
  }
}

/** Mutants of an operator: in programs in the order of a hash, so that each operator meets others, whatever operators there are. */
function mutantsOf(
  operator: Operator,
  bases: readonly Base[],
  { each, onlyKept }: { readonly each: number; readonly onlyKept: boolean },
): readonly Made[] {
  const order = (base: Base) =>
    createHash('sha256')
      .update(operator.id + base.id)
      .digest('hex');
  const ordered = [...bases].sort((a, b) => (order(a) < order(b) ? -1 : 1));
  const made: Made[] = [];
  let tried = 0;
  for (const base of ordered) {
    const failing = made.filter(({ fails }) => fails).length;
    if (failing >= each || tried >= each * ATTEMPTS) {
      break;
    }
    const mutant = operator.apply((base.files.get('train.py') ?? '').split('\n'));
    if (mutant === null) {
      continue;
    }
    tried++;
    const files = new Map([...base.files, ['train.py', mutant.text]]);
    const ran = runLogged(files, base.about.log.file, onlyKept);
    if (ran === null || ran.broken) {
      continue;
    }
    const passes = meets(base.about, ran.value);
    if (!passes && !failsClearly(base, ran.value)) {
      continue;
    }
    const id = `${base.id}~${operator.id.replace('/', 'over')}`;
    const folder = join(FOLDER, id);
    mkdirSync(folder, { recursive: true });
    for (const [name, text] of files) {
      writeFileSync(join(folder, name), text);
    }
    writeFileSync(join(folder, base.about.log.file), ran.log);
    made.push({
      id,
      operator,
      base,
      lines: mutant.lines,
      value: ran.value,
      about: { ...base.about, id, folder },
      fails: !passes,
    });
  }
  return made;
}

function failsClearly({ about, value }: Base, reached: number | null): boolean {
  const { success } = about;
  return reached === null || Math.abs(reached - success.value) >= MARGIN * Math.abs(value - success.value);
}

async function score(
  made: Made,
  { noRepair, onlyKept }: { readonly noRepair: boolean; readonly onlyKept: boolean },
): Promise<Scored> {
  const { about } = made;
  const code = await findingsOf(about.folder, null);
  const analyzer = await pythonAnalyzer();
  const before = made.fails
    ? []
    : [...made.base.files].flatMap(([name, text]) =>
        warned(analyzer.analyze(name, text)?.findings ?? []).map(({ rule }) => rule),
      );
  const log = await findingsOf(about.folder, about.log.file);
  const tried: string[] = [];
  let repairs = -1;
  let broke = 0;
  let unrun = 0;
  if (made.fails) {
    const { fixes, files } = await fixesFor(about, analyzer);
    for (const [at, fix] of fixes.slice(0, TRIED).entries()) {
      if (noRepair || repairs >= 0) {
        tried.push(nameOf(fix));
        continue;
      }
      const outcome = onlyKept ? triedFix(files, fix) : tryFix(files, fix);
      if (outcome === null) {
        unrun++;
        tried.push(`${nameOf(fix)}: not run`);
        continue;
      }
      const isRepaired = !outcome.broken && meets(about, outcome.value);
      repairs = isRepaired ? at : repairs;
      broke += outcome.broken ? 1 : 0;
      tried.push(
        `${nameOf(fix)}: ${outcome.broken ? `broken (${outcome.message})` : isRepaired ? 'repairs' : 'fails'}`,
      );
    }
  }
  return { made, before, code, log, fixes: tried, repairs, broke, open: repairs < 0 && unrun > 0 };
}

function sum<T>(of: readonly T[], value: (one: T) => number): number {
  return of.reduce((total, one) => total + value(one), 0);
}

function isFound({ lines }: Made, findings: readonly Located[]): boolean {
  return findings.some(
    ({ file, range }) => file === 'train.py' && lines.some((line) => Math.abs(range.line - line) <= NEAR),
  );
}

function warned(findings: readonly Finding[]): readonly Finding[] {
  return findings.filter(({ severity }) => severity === 'warning' || severity === 'error');
}

function textOf(findings: readonly Located[]): string {
  const parts = findings.map(
    ({ rule, range, severity }) => `${rule} ${range.line}${severity === 'hint' ? ' (hint)' : ''}`,
  );
  return [...new Set(parts)].join(', ') || '–';
}

function rowOf(one: Scored): string {
  const { made, code, log, fixes } = one;
  const value = made.value === null ? 'not finite' : Number(made.value.toPrecision(3));
  const places = [...new Set(made.lines)].slice(0, 6).join(' ');
  return made.fails
    ? `| ${made.base.id} | ${made.operator.id} ${places} | ${value} | ${textOf(code)} | ${isFound(made, code) ? 'yes' : 'no'} | ${textOf(log)} | ${isFound(made, log) ? 'yes' : 'no'} | ${fixes.join(', ') || '–'} |`
    : `| ${made.base.id} | ${made.operator.id} | ${value} | ${textOf(code)} | ${isAlarm(one) ? 'yes' : 'no'} |`;
}

/** A warning in code that trains, unless what was done to it is plainly wrong and the warning is about that. */
function isAlarm({ made, before, code }: Scored): boolean {
  const told = (warned(code) as readonly Located[]).filter(({ rule }) => !before.includes(rule));
  return told.some((finding) => !(made.operator.alwaysWrong === true && isFound(made, [finding])));
}

function reportOf(scored: readonly Scored[], byCode: readonly FoundByCode[]): string {
  const missing = OPERATORS.filter((one) => !scored.some(({ made }) => made.operator === one)).map(
    ({ id }) => id,
  );
  const failing = scored.filter(({ made }) => made.fails);
  const tried = failing.filter(({ open }) => !open);
  const passing = scored.filter(({ made }) => !made.fails);
  const share = (count: number, of: number) =>
    `${count} of ${of} (${Math.round((100 * count) / Math.max(1, of))} %)`;
  const count = (of: readonly Scored[], test: (one: Scored) => boolean) => of.filter(test).length;
  const byOperator = OPERATORS.map((operator) => ({
    operator,
    of: failing.filter(({ made }) => made.operator === operator),
  }))
    .filter(({ of }) => of.length > 0)
    .map(
      ({ operator, of }) =>
        `| ${operator.id} | ${operator.says} | ${of.length} | ${count(of, (one) => isFound(one.made, one.code))} | ${count(of, (one) => isFound(one.made, one.log))} | ${count(of, (one) => one.repairs === 0)} | ${count(of, (one) => one.repairs >= 0)} |`,
    );
  return [
    '# Injected defects',
    '',
    'Regenerated by `npm run bench:mutants`.',
    'Programs of the sets that train, each with one known defect put in by a small edit, run with real PyTorch.',
    'Defective is a program that clearly misses the criterion that its original meets; the rest should be left alone.',
    '',
    `Found within ${NEAR} lines by the code alone: ${share(
      count(failing, (one) => isFound(one.made, one.code)),
      failing.length,
    )}; with the log: ${share(
      count(failing, (one) => isFound(one.made, one.log)),
      failing.length,
    )}.`,
    `Repaired by the first fix, of those whose fixes were run: ${share(
      count(tried, (one) => one.repairs === 0),
      tried.length,
    )}; by one of the first four: ${share(
      count(tried, (one) => one.repairs >= 0),
      tried.length,
    )}; edits that broke a program: ${failing.reduce((sum, { broke }) => sum + broke, 0)}.`,
    ...(missing.length === 0 ? [] : [`Not run yet: ${missing.join(', ')}.`]),
    `Warned about in code that still trains: ${share(count(passing, isAlarm), passing.length)}.`,
    '',
    '## By defect',
    '',
    '| defect | what was done | programs | found by code | with the log | first fix | first four |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...byOperator,
    '',
    '## By the code alone, in every program',
    '',
    `Each defect in every program that has a place for it; none was run, so some of them still train. Found: ${share(
      sum(byCode, ({ found }) => found),
      sum(byCode, ({ programs }) => programs),
    )}.`,
    '',
    '| defect | what was done | programs | found by code |',
    '| --- | --- | --- | --- |',
    ...byCode
      .filter(({ programs }) => programs > 0)
      .map(
        ({ operator, programs, found }) => `| ${operator.id} | ${operator.says} | ${programs} | ${found} |`,
      ),
    '',
    '## Defective programs',
    '',
    '| program | defect at lines | reaches | code alone | found | with the log | found | fixes |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
    ...failing.map(rowOf),
    '',
    '## Programs that still train',
    '',
    '| program | defect | reaches | code alone | warned |',
    '| --- | --- | --- | --- | --- |',
    ...passing.map(rowOf),
    '',
  ].join('\n');
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
