import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { applyEdits } from '../../../src/core/edits';
import { remedyById } from '../../../src/core/remedies/registry';
import type { RemedyId, RemedyTarget } from '../../../src/core/remedies/remedy';
import { pythonAnalyzer } from '../python/analyzer';

const ANYWHERE: RemedyTarget = { parameters: [], line: null };
let python: boolean | undefined;

/** Text after the first fix that a remedy offers for a program; null when it offers none. */
export async function applyRemedy(
  program: string,
  remedy: RemedyId,
  target: RemedyTarget = ANYWHERE,
): Promise<string | null> {
  const analysis = (await pythonAnalyzer()).analyze('train.py', program);
  assert.ok(analysis !== null, 'the program names no framework');
  const [fix] = remedyById(remedy).fixes?.(analysis.facts, target) ?? [];
  if (fix === undefined) {
    return null;
  }
  assert.equal(fix.remedy, remedy);
  assert.equal(fix.path, 'train.py');
  return applyEdits(program, fix.edits);
}

/**
 * Checks a remedy's first fix by the text it makes: `changes` are the lines of the result that the program does not
 * have (`+`) and the program's lines that are gone (`-`). The result must parse, and the remedy must offer nothing more.
 */
export async function checkFix(
  program: string,
  remedy: RemedyId,
  changes: readonly string[],
  target: RemedyTarget = ANYWHERE,
): Promise<void> {
  const edited = await applyRemedy(program, remedy, target);
  assert.ok(edited !== null, `${remedy} offers no fix`);
  assert.deepEqual(difference(program, edited), changes, edited);
  assertParses(edited);
  const again = await applyRemedy(edited, remedy, target);
  assert.equal(
    again === null ? null : difference(edited, again).join('\n'),
    null,
    'the fix is offered twice',
  );
}

/** Checks that a remedy offers nothing for a program. */
export async function checkNoFix(
  program: string,
  remedy: RemedyId,
  target: RemedyTarget = ANYWHERE,
): Promise<void> {
  const edited = await applyRemedy(program, remedy, target);
  assert.equal(edited === null ? null : difference(program, edited).join('\n'), null);
}

/** Lines gone and lines new, in order, by the longest common subsequence. */
function difference(before: string, after: string): string[] {
  const [a, b] = [before.split('\n'), after.split('\n')];
  const common = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      const same = a[i] === b[j] ? (common[i + 1]?.[j + 1] ?? 0) + 1 : 0;
      (common[i] ?? [])[j] = Math.max(same, common[i + 1]?.[j] ?? 0, common[i]?.[j + 1] ?? 0);
    }
  }
  const out: string[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      i++;
      j++;
    } else if (i < a.length && (common[i + 1]?.[j] ?? -1) >= (common[i]?.[j + 1] ?? -1)) {
      out.push(`- ${a[i++]}`);
    } else {
      out.push(`+ ${b[j++]}`);
    }
  }
  return out;
}

/** Compiles with a real Python where there is one. */
export function assertParses(program: string): void {
  python ??= spawnSync('python3', ['-c', 'pass']).status === 0;
  if (!python) {
    return;
  }
  const done = spawnSync('python3', ['-c', 'import sys, ast; ast.parse(sys.stdin.read())'], {
    input: program,
    encoding: 'utf8',
  });
  assert.equal(done.status, 0, `${done.stderr}\n${program}`);
}
