import { buildRunFacts, GrowingFacts, type RunFacts } from '../run/facts';
import { freshRuns } from '../run/freshRuns';
import { NamedRun, namedRuns } from '../run/namedRuns';
import { placeOfLine, sayLine } from '../run/parts';
import type { Run } from '../run/run';
import { finish, type Steps } from '../steps';
import { tellRestarts } from './atRestart';
import { withBaselineBand } from './baselineBand';
import { type Diagnosis, inOrder, type LogFinding, type NotChecked } from './finding';
import { LOG_RULES } from './log/index';
import { oneAnIncident } from './oneIncident';
import { ofAllRuns, type RunVerdict } from './severalRuns';
import { explainSilence } from './silence';

/** Judges one run again and again while it grows. */
export interface RunDiagnosis {
  readonly run: Run;
  /**
   * What {@link diagnoseRun} says of the run as it is now. It costs in proportion to the points that are new since the
   * last call, beside a judgement whose cost does not depend on the length of the run.
   */
  update(): Diagnosis;
  /** Facts of the whole log as it is now, from what the diagnosis knows already. */
  facts(): RunFacts;
  /** As {@link update}, in steps of a few milliseconds, between which others may work; the run must stay as it is. */
  steps(): Steps<Diagnosis>;
}

/** @param run the same object while it grows; a run that was read anew takes a new diagnosis */
export function createDiagnosis(run: Run): RunDiagnosis {
  let apart: readonly { readonly run: Run; readonly facts: GrowingFacts }[] = [];
  // Which runs a log holds is known when the first rows of each are there: until then the last is a part of the one before.
  const runs = (): typeof apart => {
    const now = namedRuns(run) ?? freshRuns(run);
    if (now.length !== apart.length || now.some((one, at) => beginOf(one) !== beginOf(apart[at]?.run))) {
      apart = now.map((one) => ({ run: one, facts: new GrowingFacts(one) }));
    }
    return apart;
  };
  function* steps(): Steps<Diagnosis> {
    const each: RunVerdict[] = [];
    for (const { run: one, facts } of runs()) {
      each.push({ run: one, diagnosis: yield* diagnose(facts) });
    }
    return ofAllRuns(each);
  }
  const facts = (): RunFacts => {
    const [only, another] = apart;
    return only === undefined || another !== undefined ? buildRunFacts(run) : only.facts.now();
  };
  return { run, update: () => finish(steps()), facts, steps };
}

/** Where a run begins in its log, or what the log calls it. */
function beginOf(run: Run | undefined): number | string | undefined {
  return run instanceof NamedRun ? run.name : run?.segments[0]?.line;
}

/** Runs every log rule on a run. Never throws: a rule that fails is reported in `notChecked`. */
export function diagnoseRun(run: Run): Diagnosis {
  return createDiagnosis(run).update();
}

function* diagnose(growing: GrowingFacts): Steps<Diagnosis> {
  const findings: LogFinding[] = [];
  const notChecked: NotChecked[] = [];
  yield* patiently(growing.ahead());
  const facts = attempt<RunFacts>(() => growing.now());
  if ('notChecked' in facts) {
    return {
      findings,
      notChecked: LOG_RULES.map(({ meta }) => ({ rule: meta.name, why: facts.notChecked })),
    };
  }
  for (const rule of LOG_RULES) {
    yield;
    yield* patiently(rule.ahead?.(facts) ?? []);
    const answer = attempt(() => rule.check(facts));
    if ('notChecked' in answer) {
      notChecked.push({ rule: rule.meta.name, why: answer.notChecked });
    } else {
      findings.push(...answer);
    }
  }
  yield;
  const told = attempt(() => [
    ...withBaselineBand(facts, oneAnIncident(facts.run, tellRestarts(facts, findings))),
  ]);
  // Findings that could not be put together into incidents are still findings.
  const incidents = 'notChecked' in told ? findings : told;
  return {
    findings: incidents.sort(inOrder).map((finding) => inItsFile(facts.run, finding)),
    notChecked: [...notChecked, ...explainSilence(facts, incidents, notChecked)],
  };
}

/** Rules count lines through all parts of a rotated log; people look them up in a file. */
function inItsFile(run: Run, finding: LogFinding): LogFinding {
  if (run.parts === undefined) {
    return finding;
  }
  const { path, line } = placeOfLine(run, finding.range.line);
  const rows = finding.range.endLine - finding.range.line;
  const range = { ...finding.range, line, endLine: line + rows };
  if (path === run.path) {
    return { ...finding, range };
  }
  const message = `${finding.message} It begins on ${sayLine(run, finding.range.line)}.`;
  return { ...finding, message, range, file: path };
}

/** Work that only saves time later: where it fails, what needs it will say so. */
function* patiently(steps: Iterable<void>): Generator<void> {
  try {
    yield* steps;
  } catch {
    // The same work is tried again by those who need it.
  }
}

function attempt<T>(work: () => T): T | { readonly notChecked: string } {
  try {
    return work();
  } catch (error) {
    return { notChecked: `the rule failed: ${error instanceof Error ? error.message : String(error)}` };
  }
}
