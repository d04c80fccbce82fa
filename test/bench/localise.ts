/**
 * Localisation: in how many labelled programs a finding stands within two lines of a cause, without and with the run's
 * log as evidence, and what is said about the healthy ones. Reads the reference sets that are there.
 *
 *     node --import tsx test/bench/localise.ts [--write]
 *
 * A set is a folder of `<case>/{case.json, train.py, …}`; `case.json` names the log, whether the program is healthy, and the
 * lines of each cause (`code_locations`, in `train.py` unless a `file` is named). The command line does the reading:
 * what is measured is what a person gets. Prints Markdown; with --write it replaces test/bench/localise.md.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findingsOf, type Located } from './located';

const HERE = dirname(fileURLToPath(import.meta.url));
const SETS = [
  ['gradbench', join(HERE, '../../../shared/gradbench/cases')],
  ...[
    'exam',
    'exam-held',
    'exam-third',
    'exam-fourth',
    'exam-fourth-held',
    'exam-fifth',
    'exam-fifth-held',
    'exam-sixth',
    'exam-sixth-held',
    'exam-seventh',
    'exam-seventh-held',
    'exam-eighth',
    'exam-eighth-held',
    'exam-ninth',
    'exam-ninth-held',
  ].map((name): readonly [string, string] => [name, join(HERE, name, 'cases')]),
  ...process.argv.slice(2).flatMap((arg) => (arg.startsWith('--') ? [] : [[basename(arg), arg] as const])),
] as const;
/** A finding this many lines from a labelled place counts as there. */
const NEAR = 2;

interface Case {
  readonly healthy: boolean;
  readonly defect: string;
  readonly code_locations: readonly { readonly line: number; readonly file?: string }[];
  readonly log: { readonly file: string };
}

function isNear(finding: Located, { code_locations }: Case): boolean {
  return code_locations.some(
    ({ line, file }) => finding.file === (file ?? 'train.py') && Math.abs(finding.range.line - line) <= NEAR,
  );
}

function textOf(findings: readonly Located[]): string {
  const parts = findings.map(
    ({ rule, range, severity }) => `${rule} ${range.line}${severity === 'hint' ? ' (hint)' : ''}`,
  );
  return parts.length === 0 ? '–' : [...new Set(parts)].join(', ');
}

async function measure(name: string, cases: string): Promise<string[]> {
  const rows: string[] = [];
  const healthy: string[] = [];
  const totals = { defective: 0, code: 0, log: 0, healthy: 0, warned: 0 };
  for (const id of readdirSync(cases).sort()) {
    const folder = join(cases, id);
    const about = JSON.parse(readFileSync(join(folder, 'case.json'), 'utf8')) as Case;
    const alone = await findingsOf(folder, null);
    const joined = await findingsOf(folder, about.log.file);
    if (about.healthy) {
      totals.healthy++;
      const warns = [...alone, ...joined].some(
        ({ severity }) => severity === 'error' || severity === 'warning',
      );
      totals.warned += warns ? 1 : 0;
      healthy.push(`| ${id} | ${textOf(alone)} | ${textOf(joined)} | ${warns ? 'yes' : 'no'} |`);
      continue;
    }
    const found = (findings: readonly Located[]) => findings.some((finding) => isNear(finding, about));
    totals.defective++;
    totals.code += found(alone) ? 1 : 0;
    totals.log += found(joined) ? 1 : 0;
    rows.push(
      `| ${id} | ${about.defect} | ${textOf(alone)} | ${found(alone) ? 'yes' : 'no'} | ${textOf(joined)} | ${found(joined) ? 'yes' : 'no'} |`,
    );
  }
  const share = (count: number) =>
    `${count} of ${totals.defective} (${((100 * count) / totals.defective).toFixed(0)} %)`;
  return [
    `## ${name}`,
    '',
    `A cause is found in ${share(totals.code)} defective programs from the code alone (asked: 60 %), in ${share(totals.log)} with the log (asked: 80 %).`,
    `A warning or error in ${totals.warned} of ${totals.healthy} healthy programs (asked: 0).`,
    '',
    '| program | defect | code alone | found | with the log | found |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
    '',
    '| healthy program | code alone | with the log | warned |',
    '| --- | --- | --- | --- |',
    ...healthy,
    '',
  ];
}

async function main(): Promise<void> {
  const present = SETS.filter(([, cases]) => existsSync(cases));
  if (present.length === 0) {
    console.log('localise: no reference set is there, nothing measured');
    return;
  }
  const parts = ['# Where the cause is', '', 'Regenerate with `npm run bench:localise`.', ''];
  for (const [name, cases] of present) {
    parts.push(...(await measure(name, cases)));
  }
  const report = parts.join('\n');
  console.log(report);
  if (process.argv.includes('--write')) {
    writeFileSync(join(HERE, 'localise.md'), report);
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
