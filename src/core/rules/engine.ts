import { buildRunFacts } from '../run/facts';
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
  const facts = buildRunFacts(run);
  for (const rule of LOG_RULES) {
    const answer = attempt(() => rule.check(facts));
    if ('notChecked' in answer) {
      notChecked.push({ rule: rule.meta.name, why: answer.notChecked });
    } else {
      findings.push(...answer);
    }
  }
  return { findings: findings.sort(bySeverityThenLine), notChecked };
}

function attempt<T>(check: () => T): T | { readonly notChecked: string } {
  try {
    return check();
  } catch (error) {
    return { notChecked: `the rule failed: ${error instanceof Error ? error.message : String(error)}` };
  }
}

function bySeverityThenLine(a: LogFinding, b: LogFinding): number {
  const difference = SEVERITY_ORDER.indexOf(a.severity) - SEVERITY_ORDER.indexOf(b.severity);
  return difference !== 0 ? difference : a.range.line - b.range.line;
}
