import type { Link } from '../link/join';
import type { ModuleEntry } from '../python/facts';
import type { Finding, LogFinding, NotChecked, Severity } from '../rules/finding';
import type { Run } from '../run/run';

/** One log as reported: what was read, what is wrong, what could not be judged. */
export interface RunReport {
  readonly run: Run;
  readonly findings: readonly LogFinding[];
  readonly notChecked: readonly NotChecked[];
}

/** One Python file (or notebook) as reported. */
export interface SourceReport {
  readonly path: string;
  readonly findings: readonly Finding[];
  readonly modules: readonly ModuleEntry[];
}

/** Everything one `check` found; the reporters turn it into text, JSON, SARIF or GitHub annotations. */
export interface CheckReport {
  readonly runs: readonly RunReport[];
  readonly sources: readonly SourceReport[];
  readonly links: readonly Link[];
}

/** From mild to grave, so that severities compare as numbers. */
const RANK: Readonly<Record<Severity, number>> = { hint: 0, info: 1, warning: 2, error: 3 };

/** Negative when `a` is milder than `b`, 0 when equal. */
export function compareSeverity(a: Severity, b: Severity): number {
  return RANK[a] - RANK[b];
}

/** Every finding of a report with the path it belongs to, in report order. */
export function* allFindings(report: CheckReport): Generator<{ path: string; finding: Finding }> {
  for (const { run, findings } of report.runs) {
    for (const finding of findings) {
      yield { path: finding.file ?? run.path, finding };
    }
  }
  for (const { path, findings } of report.sources) {
    for (const finding of findings) {
      yield { path, finding };
    }
  }
}

/** Keeps the findings (and the "not checked" notes) of the rules that `wanted` accepts. */
export function filterReport(
  report: CheckReport,
  wanted: (rule: string, code: string) => boolean,
): CheckReport {
  return {
    runs: report.runs.map((entry) => ({
      ...entry,
      findings: entry.findings.filter((finding) => wanted(finding.rule, finding.code)),
    })),
    sources: report.sources.map((entry) => ({
      ...entry,
      findings: entry.findings.filter((finding) => wanted(finding.rule, finding.code)),
    })),
    links: report.links,
  };
}
