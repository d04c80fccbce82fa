import type { Finding, LogFinding } from '../rules/finding';
import type { Series } from '../run/series';
import type { CheckReport, RunReport, SourceReport } from './checkReport';

/** Version of the JSON report. Fields are added, never renamed or removed, within one version. */
const VERSION = 1;

/** The report as one JSON object. NaN and infinities are the strings "NaN", "Infinity" and "-Infinity". */
export function formatJson(report: CheckReport): string {
  const object = {
    version: VERSION,
    runs: report.runs.map(runObject),
    sources: report.sources.map(sourceObject),
    links: report.links,
  };
  return JSON.stringify(object, nonFiniteAsText, 2);
}

/** JSON has no NaN: the strings that JavaScript, Python and YAML all parse take its place. */
export function nonFiniteAsText(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}

function runObject({ run, findings, notChecked }: RunReport): object {
  return {
    path: run.path,
    ...(run.parts === undefined ? {} : { files: run.parts.map(({ path }) => path) }),
    format: run.format,
    confidence: run.confidence,
    bytes: run.bytes,
    steps: run.steps,
    axis: run.axis,
    segments: run.segments.length,
    skips: run.skips.length,
    series: run.series.map(seriesObject),
    findings: findings.map(logFindingObject),
    notChecked,
    problems: run.problems,
  };
}

/**
 * Figures of one series. `min` and `max` are over the finite values, NaN when there are none; `first` and `last` are as
 * logged; `nonfinite` counts NaN and infinities.
 */
function seriesObject(series: Series): object {
  // Every number counts as logged, also where ranks repeat each other.
  const points = series.logged ?? series.points;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let nonfinite = 0;
  for (let i = 0; i < points.length; i++) {
    const value = points.value(i);
    if (!Number.isFinite(value)) {
      nonfinite++;
    } else {
      min = Math.min(value, min);
      max = Math.max(value, max);
    }
  }
  const end = points.length - 1;
  return {
    name: series.name,
    kind: series.kind,
    statistic: series.statistic,
    split: series.split,
    parameter: series.parameter,
    points: points.length,
    first: points.value(0),
    last: points.value(end),
    min: nonfinite === points.length ? Number.NaN : min,
    max: nonfinite === points.length ? Number.NaN : max,
    nonfinite,
    firstStep: points.step(0),
    lastStep: points.step(end),
  };
}

function findingObject(finding: Finding): object {
  const { line, endLine, column, endColumn } = finding.range;
  return {
    code: finding.code,
    rule: finding.rule,
    severity: finding.severity,
    message: finding.message,
    line,
    endLine,
    column,
    endColumn,
    ...(finding.cell === undefined ? {} : { cell: finding.cell }),
    evidence: finding.evidence,
    remedies: finding.remedies,
    fixes: finding.fixes,
    related: finding.related.map(({ path, range, cell, message, exact }) => ({
      path,
      line: range.line,
      ...(cell === undefined ? {} : { cell }),
      message,
      exact,
    })),
  };
}

function logFindingObject(finding: LogFinding): object {
  return {
    ...findingObject(finding),
    ...(finding.file === undefined ? {} : { file: finding.file }),
    step: finding.step,
    endStep: finding.endStep,
    parameters: finding.parameters,
    also: finding.also ?? [],
  };
}

function sourceObject({ path, findings, modules }: SourceReport): object {
  return {
    path,
    findings: findings.map(findingObject),
    modules: modules.map((module) => ({ path: module.path, type: module.type, line: module.range.line })),
  };
}
