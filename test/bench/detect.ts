/**
 * What a diagnosis is worth: ours beside the published rules, on the labelled programs and on long healthy logs.
 * `node --import tsx test/bench/detect.ts` prints the table, `--write` stores it as test/bench/detect.md. Seeded runs: detectSeeded.ts.
 * `--cases` lists instead, case by case, what is said where it is not all right; names of sets (`gradbench`, `exam`, ...) after it limit it to those.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Run } from '../../src/core/run/run';
import { caseLines } from './detect/cases';
import { EXAMS, HEALTHY_LOGS, labelledRuns, read } from './detect/labelled';
import { sayWhereBehind, score, scoreTable } from './detect/score';
import { TOOLS } from './detect/tools';

const HERE = dirname(fileURLToPath(import.meta.url));
const SHARED = join(HERE, '../../../shared');
const TARGET = join(HERE, 'detect.md');

async function examSections(): Promise<readonly string[]> {
  const sections: string[] = [];
  for (const [name, note] of EXAMS) {
    const folder = join(HERE, name, 'cases');
    if (existsSync(folder)) {
      const runs = await labelledRuns(folder);
      sections.push(
        '',
        `## The programs of \`test/bench/${name}\``,
        '',
        `${runs.length} logs. ${note}`,
        '',
        scoreTable(new Map(TOOLS.map((tool) => [tool, score(tool, runs, [])])), false),
      );
    }
  }
  return sections;
}

async function listCases(only: readonly string[]): Promise<void> {
  const folders = [
    ['gradbench', join(SHARED, 'gradbench/cases')],
    ...EXAMS.map(([name]) => [name, join(HERE, name, 'cases')]),
  ] as const;
  for (const [name = '', folder = ''] of folders) {
    if (existsSync(folder) && (only.length === 0 || only.includes(name))) {
      console.log([`== ${name}`, ...caseLines(await labelledRuns(folder))].join('\n'));
    }
  }
}

async function main(): Promise<void> {
  if (process.argv.includes('--cases')) {
    await listCases(process.argv.slice(process.argv.indexOf('--cases') + 1));
    return;
  }
  if (!existsSync(join(SHARED, 'gradbench'))) {
    console.log('The labelled programs (../shared/gradbench) are absent: nothing measured.');
    return;
  }
  const runs = await labelledRuns(join(SHARED, 'gradbench/cases'));
  const long: Run[] = [];
  for (const name of HEALTHY_LOGS) {
    const run = await read(join(SHARED, 'corpus', name));
    if (run === null) {
      console.log(`not read as a log: ${name}`);
    } else {
      long.push(run);
    }
  }
  const scores = new Map(TOOLS.map((tool) => [tool, score(tool, runs, long)]));
  const text = [
    '# Detection, beside the published rules',
    '',
    'Regenerate with `npm run bench:detect`. *Named right*: the defect class of the run is among the alarms.',
    '*In time*: one of those alarms lies within a tenth of the run of the true onset. Healthy: the healthy labelled programs and',
    `${long.length} real logs of healthy runs. Every published rule was written anew from its documentation.`,
    '',
    scoreTable(scores, true),
    '',
    sayWhereBehind(scores),
    '',
    ...TOOLS.map(({ name, note }) => `- ${name}: ${note}`),
    ...(await examSections()),
    '',
  ].join('\n');
  console.log(text);
  if (process.argv.includes('--write')) {
    writeFileSync(TARGET, text);
  }
}

void main();
