import { NamedRun } from '../run/namedRuns';
import { sayLine } from '../run/parts';
import type { Run } from '../run/run';
import { type Diagnosis, inOrder, type LogFinding } from './finding';

/** What is said of one of the runs of a log. */
export interface RunVerdict {
  readonly run: Run;
  readonly diagnosis: Diagnosis;
}

/**
 * What is said of a log that holds several runs. Each symptom is told once, of the run that shows it worst (of equals, the first);
 * its numbers and its step are those of that run alone. What was not checked is said of the longest.
 */
export function ofAllRuns(each: readonly RunVerdict[]): Diagnosis {
  const [first] = each;
  if (each.length === 1 && first !== undefined) {
    return first.diagnosis;
  }
  const told = each.flatMap(({ run, diagnosis }) => diagnosis.findings.map((finding) => ({ run, finding })));
  const worst = [...told].sort((a, b) => inOrder(a.finding, b.finding));
  const findings = worst
    .filter(({ finding }, at) => worst.findIndex((other) => other.finding.rule === finding.rule) === at)
    .map(({ run, finding }) =>
      inRun(run, finding, told.filter((other) => other.finding.rule === finding.rule).length, each.length),
    );
  const longest = [...each].sort((a, b) => b.run.steps - a.run.steps)[0];
  return { findings, notChecked: longest?.diagnosis.notChecked ?? [] };
}

function inRun(run: Run, finding: LogFinding, runs: number, all: number): LogFinding {
  const line = run.segments[0]?.line ?? 1;
  const which = run instanceof NamedRun ? run.name : `the one that begins on ${sayLine(run, line)}`;
  return {
    ...finding,
    message: `${finding.message} The log holds ${all} runs: this is ${which}${
      runs > 1 ? `, the same is true of ${runs - 1} more` : ''
    }.`,
    evidence: { ...finding.evidence, ...(run instanceof NamedRun ? {} : { runLine: line }), runs },
  };
}
