import { buildRunFacts, type RunFacts } from '../run/facts';
import type { Run } from '../run/run';
import type { LogFinding, NotChecked, Severity } from './finding';
import { LOG_RULES } from './registry';

export interface Diagnosis {
  /** Most severe first, then by line. */
  readonly findings: readonly LogFinding[];
  readonly notChecked: readonly NotChecked[];
}

const SEVERITY_ORDER: readonly Severity[] = ['error', 'warning', 'info', 'hint'];

/** Runs every log rule on a run. Never throws: a rule that fails is reported in `notChecked`. */
export function diagnoseRun(run: Run): Diagnosis {
  const findings: LogFinding[] = [];
  const notChecked: NotChecked[] = [];
  const facts = attempt<RunFacts>(() => buildRunFacts(run));
  if ('notChecked' in facts) {
    return {
      findings,
      notChecked: LOG_RULES.map(({ meta }) => ({ rule: meta.name, why: facts.notChecked })),
    };
  }
  for (const rule of LOG_RULES) {
    const answer = attempt(() => rule.check(facts));
    if ('notChecked' in answer) {
      notChecked.push({ rule: rule.meta.name, why: answer.notChecked });
    } else {
      findings.push(...answer);
    }
  }
  return { findings: oneAnIncident(findings).sort(bySeverityThenLine), notChecked };
}

/**
 * What a stuck loss follows from: where one of these is found, the plateau is its consequence and not said again. A gradient that
 * is gone everywhere (evidence `everywhere`) is no cause of a stuck loss but the other face of it: both are said.
 */
const CAUSES_OF_PLATEAU: ReadonlySet<string> = new Set([
  'vanishing-gradient',
  'exploding-gradient',
  'dead-layer',
  'non-finite',
  'diverging-loss',
]);

/** After this many spikes the pattern is set: what starts at one of the next is their work. */
const SPIKES_THAT_EXPLAIN = 3;

/** One incident, one finding: consequences that a claimed cause already tells are left out. */
function oneAnIncident(findings: readonly LogFinding[]): LogFinding[] {
  const claimed = findings.filter(({ severity }) => severity === 'error' || severity === 'warning');
  const explained = claimed.some(
    ({ rule, evidence }) => CAUSES_OF_PLATEAU.has(rule) && evidence.everywhere === undefined,
  );
  const diverged = claimed.some(({ rule }) => rule === 'diverging-loss');
  const spikes = claimed.find(({ rule }) => rule === 'gradient-spike')?.evidence.steps;
  const workOfSpikes = (finding: LogFinding): boolean =>
    Array.isArray(spikes) &&
    spikes.indexOf(finding.evidence.leadStep ?? finding.step) >= SPIKES_THAT_EXPLAIN - 1;
  return findings.filter((finding) => {
    switch (finding.rule) {
      case 'loss-plateau':
        return !explained;
      case 'gradient-spike':
        return !(diverged && finding.evidence.spikes === 1);
      case 'oscillating-loss':
        return claimed.every(({ rule }) => rule === finding.rule);
      case 'exploding-gradient':
      case 'diverging-loss':
        return !workOfSpikes(finding);
      default:
        return true;
    }
  });
}

function attempt<T>(work: () => T): T | { readonly notChecked: string } {
  try {
    return work();
  } catch (error) {
    return { notChecked: `the rule failed: ${error instanceof Error ? error.message : String(error)}` };
  }
}

function bySeverityThenLine(a: LogFinding, b: LogFinding): number {
  const difference = SEVERITY_ORDER.indexOf(a.severity) - SEVERITY_ORDER.indexOf(b.severity);
  return difference !== 0 ? difference : a.range.line - b.range.line;
}
