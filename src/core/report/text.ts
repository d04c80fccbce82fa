import type { CellLine } from '../python/notebook/code';
import type { Finding, LogFinding } from '../rules/finding';
import type { Run } from '../run/run';
import type { CheckReport, RunReport, SourceReport } from './checkReport';
import { allFindings } from './checkReport';
import { cellText } from './notebooks';
import { count, plain } from './plain';

/** The report for people: a paragraph a file, a summary last. No colours, so that it pastes well. */
export function formatText(report: CheckReport): string {
  const parts = [...report.runs.map(runText), ...report.sources.filter(hasSomething).map(sourceText)];
  return [...parts, summary(report)].join('\n\n');
}

function runText({ run, findings, notChecked }: RunReport): string {
  const norms = run.series.filter((series) => series.kind === 'grad-norm');
  const parameters = new Set(norms.flatMap((series) => series.parameter ?? [])).size;
  const facts = [run.format, count(run.steps, 'step'), count(run.series.length, 'series', 'series')];
  if (parameters > 0) {
    facts.push(count(parameters, 'parameter'));
  } else if (norms.length === 0) {
    facts.push('no gradient norm logged');
  }
  if (run.parts !== undefined) {
    facts.push(`with ${count(run.parts.length - 1, 'rotated part')}`);
  }
  if (run.segments.length > 1) {
    facts.push(count(run.segments.length - 1, 'restart'));
  }
  const lines = [`${plain(run.path)}  (${facts.join(' · ')})`];
  for (const finding of findings) {
    lines.push(...findingText(finding, placeOf(finding, run.axis.kind)));
  }
  if (findings.length === 0) {
    lines.push('  nothing wrong seen');
  }
  for (const [why, rules] of byReason(notChecked)) {
    lines.push(`  not checked: ${rules.join(', ')} (${plain(why)})`);
  }
  for (const problem of run.problems) {
    lines.push(`  problem: ${problem.line > 0 ? `line ${problem.line}: ` : ''}${plain(problem.message)}`);
  }
  return lines.join('\n');
}

/** What one reason kept from being judged, on one line: of many logs in a folder this is most of what is printed. */
function byReason(notChecked: RunReport['notChecked']): ReadonlyMap<string, readonly string[]> {
  const reasons = new Map<string, string[]>();
  for (const { rule, why } of notChecked) {
    reasons.set(why, [...(reasons.get(why) ?? []), rule]);
  }
  return reasons;
}

function placeOf(finding: LogFinding, unit: Run['axis']['kind']): string {
  const until = finding.endStep === null ? 'to the end' : `to ${unit} ${finding.endStep}`;
  const part = finding.file === undefined ? '' : `${plain(finding.file)}, `;
  return `${part}line ${finding.range.line}, from ${unit} ${finding.step} ${until}`;
}

function hasSomething({ findings }: SourceReport): boolean {
  return findings.length > 0;
}

function sourceText({ path, findings }: SourceReport): string {
  const lines = [plain(path)];
  for (const finding of findings) {
    const { line, column } = finding.range;
    lines.push(...findingText(finding, `line ${line}, column ${column}${inCell(finding.cell)}`));
  }
  return lines.join('\n');
}

function findingText(finding: Finding, place: string): string[] {
  const lines = [
    `  ${finding.severity} ${finding.code} ${finding.rule}: ${place}`,
    `    ${plain(finding.message)}`,
  ];
  for (const related of finding.related) {
    const likely = related.exact ? '' : 'likely ';
    const place = `${plain(related.path)}:${related.range.line}${inCell(related.cell)}`;
    lines.push(`    ${likely}at ${place}: ${plain(related.message)}`);
  }
  if (finding.remedies.length > 0) {
    lines.push(`    try: ${finding.remedies.join(', ')}`);
  }
  for (const fix of finding.fixes) {
    const place = `${plain(fix.path)}:${fix.edits[0]?.line ?? 1}${inCell(fix.cell)}`;
    lines.push(
      `    fix (${fix.safety}${fix.preferred ? ', preferred' : ''}): ${plain(fix.title)} [${place}]`,
    );
    if (fix.forecast !== undefined) {
      lines.push(`      forecast: ${plain(fix.forecast)}`);
    }
  }
  return lines;
}

function inCell(cell: CellLine | undefined): string {
  return cell === undefined ? '' : ` (${cellText(cell)})`;
}

function summary(report: CheckReport): string {
  const counts = { error: 0, warning: 0, info: 0, hint: 0 };
  for (const { finding } of allFindings(report)) {
    counts[finding.severity]++;
  }
  const read = `${count(report.runs.length, 'log')}, ${count(report.sources.length, 'Python file')} read`;
  const found = Object.entries(counts)
    .filter(([, number]) => number > 0)
    .map(([severity, number]) => count(number, severity))
    .join(', ');
  if (report.runs.length + report.sources.length === 0) {
    return 'No training log and no Python file of a deep-learning framework was read.';
  }
  return `${read}: ${found === '' ? 'no findings' : found}.`;
}
