import type { RunFacts } from '../run/facts';
import { indexAtLine } from '../run/factsTimeline';
import { sayLine } from '../run/parts';
import type { Segment } from '../run/run';
import type { LogFinding } from './finding';
import { sayStep } from './log/incident';

/** What may be a jump. Shapes over depth, dead layers and values that are not finite are no work of a restart. */
const JUMPS: ReadonlySet<string> = new Set(['diverging-loss', 'exploding-gradient', 'gradient-spike']);
/** Rows after a restart that still belong to it: a logger may leave out the first, and a norm peaks a row later. */
const ROWS = 3;
/** As far as a rise must go for a gradient to explode. */
const GROWS = 10;

/**
 * Tells a jump at a restart from one that training made: the log of a run that was started anew begins at a high loss
 * again, and one that was resumed without its optimizer or data order jumps and settles. Neither is cured by clipping.
 */
export function tellRestarts(facts: RunFacts, findings: readonly LogFinding[]): readonly LogFinding[] {
  return facts.run.segments.length < 2 ? findings : findings.map((finding) => atRestart(facts, finding));
}

function atRestart(facts: RunFacts, finding: LogFinding): LogFinding {
  const { segments } = facts.run;
  const curve = facts.lossCurve ?? facts.norm;
  if (!JUMPS.has(finding.rule) || curve === null || Number(finding.evidence.spikes ?? 1) > 1) {
    return finding;
  }
  const { line } = finding.range;
  const index = segments.findLastIndex((segment) => segment.line <= line);
  const restart = segments[index];
  const before = segments[index - 1];
  if (restart === undefined || before === undefined || before.line === restart.line) {
    return finding;
  }
  if (indexAtLine(curve, line) - indexAtLine(curve, restart.line) > ROWS) {
    return finding;
  }
  if (finding.rule === 'exploding-gradient' && growsOnItsOwn(facts, restart, finding)) {
    return finding;
  }
  const isAnew = restart.firstStep <= (segments[0]?.firstStep ?? Number.NEGATIVE_INFINITY);
  return {
    ...finding,
    severity: isAnew || finding.severity === 'info' ? 'info' : 'warning',
    message: `${finding.message.replace(/\.$/, '')}; ${sayRestart(facts, restart, before, isAnew)}.`,
    evidence: {
      ...finding.evidence,
      restartLine: restart.line,
      restartStep: restart.firstStep,
      stepBeforeRestart: before.lastStep,
    },
    remedies: isAnew ? [] : finding.remedies.filter((remedy) => remedy === 'lr-warmup'),
  };
}

/** A jump at a restart is there at once; what grows tenfold from the first row after it is the work of what was started. */
function growsOnItsOwn({ norm }: RunFacts, restart: Segment, { evidence }: LogFinding): boolean {
  const first = norm?.value[indexAtLine(norm, restart.line)] ?? Number.NaN;
  return typeof evidence.norm === 'number' && evidence.norm >= GROWS * first;
}

function sayRestart(facts: RunFacts, restart: Segment, before: Segment, isAnew: boolean): string {
  const from = `${sayLine(facts.run, restart.line)}, where ${facts.run.axis.kind} ${sayStep(before.lastStep)} is followed by ${sayStep(restart.firstStep)}`;
  return isAnew
    ? `it begins at the restart on ${from}: the run was started anew, and this is its beginning`
    : `it begins at the restart on ${from}: what was not restored (weights, optimizer state, learning rate, data order) jumps like this`;
}
