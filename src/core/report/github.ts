import type { Finding, Severity } from '../rules/finding';
import type { CheckReport } from './checkReport';
import { allFindings } from './checkReport';

const COMMAND: Readonly<Record<Severity, string>> = {
  error: 'error',
  warning: 'warning',
  info: 'notice',
  hint: 'notice',
};

/** GitHub Actions workflow commands, one line a finding. https://docs.github.com/actions/reference/workflow-commands-for-github-actions */
export function formatGithub(report: CheckReport): string {
  return [...allFindings(report)].map(({ path, finding }) => annotation(path, finding)).join('\n');
}

function annotation(path: string, finding: Finding): string {
  const { line, column, endLine, endColumn } = finding.range;
  const title = `${finding.code} ${finding.rule}`;
  const place = `file=${property(path)},line=${line},col=${column},endLine=${endLine},endColumn=${endColumn}`;
  return `::${COMMAND[finding.severity]} ${place},title=${property(title)}::${data(finding.message)}`;
}

/** Escapes as the runner's own toolkit does: percent first, then line ends. */
function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
