import { joinRunWithSources } from '../../../src/core/link/join';
import { diagnoseRun } from '../../../src/core/rules/engine';
import type { LogFinding } from '../../../src/core/rules/finding';
import type { LabelledRun } from './labelled';
import { CLASS_OF_RULE, isInTime, isNamed, namesOf } from './tools';

/**
 * What is said of each case: how it compares with the label, and every finding with its place. Cases that are all right
 * (named, in time, a parameter of the list; healthy without an alarm) are one line.
 */
export function caseLines(runs: readonly LabelledRun[]): readonly string[] {
  return runs.flatMap((one) => {
    const { id, run, defect, onset, steps, parameters, sources } = one;
    if (run === null) {
      return [`MISS  ${id}: not read as a log (${defect})`];
    }
    const alone = diagnoseRun(run).findings;
    const { findings } = joinRunWithSources(run, alone, sources);
    const verdict = verdictOf(one, alone);
    const told = findings.map(
      (finding) =>
        `        ${finding.severity} ${finding.code} ${finding.step}: ${finding.message.slice(0, 260)} [${finding.parameters.slice(0, 6).join(' ')}]${
          finding.also === undefined ? '' : ` also ${finding.also.map(({ rule }) => rule).join(', ')}`
        }`,
    );
    const head = `${verdict.padEnd(5)} ${id}: ${defect}`;
    return verdict === 'ok'
      ? [head]
      : [
          `${head}, onset ${onset} of ${steps}, parameters ${parameters.slice(0, 6).join(' ')}`,
          ...(told.length === 0 ? ['        (silent)'] : told),
        ];
  });
}

function verdictOf(one: LabelledRun, findings: readonly LogFinding[]): string {
  if (one.defect === 'none') {
    return findings.some(isNamed) ? 'ALARM' : 'ok';
  }
  const right = findings
    .filter(isNamed)
    .filter((finding) => namesOf(finding).some(({ rule }) => CLASS_OF_RULE[rule] === one.defect));
  if (right.length === 0) {
    return findings.some(isNamed) ? 'OTHER' : 'MISS';
  }
  const isTimely = right.some((finding) =>
    namesOf(finding).some(({ rule, step }) => CLASS_OF_RULE[rule] === one.defect && isInTime(one, step)),
  );
  return !isTimely ? 'LATE' : right.some((finding) => namesParameter(one, finding)) ? 'ok' : 'PARAM';
}

/** True where the log tells parameters apart and one of those named is of the case's list. */
function namesParameter({ parameters, run }: LabelledRun, finding: LogFinding): boolean {
  const hasLayers = run?.series.some(({ kind, parameter }) => kind === 'grad-norm' && parameter !== null);
  return (
    hasLayers !== true ||
    parameters.length === 0 ||
    parameters.includes('all') ||
    finding.parameters.some((name) => parameters.some((wanted) => wanted === name || matches(wanted, name)))
  );
}

/** Lists may hold a star for any part of a name, and logs may shorten a name. */
function matches(wanted: string, name: string): boolean {
  const parts = wanted.split('*');
  const isStarred = parts.length === 2 && name.startsWith(parts[0] ?? '');
  return isStarred || wanted.startsWith(`${name}.`) || name.startsWith(`${wanted}.`);
}
