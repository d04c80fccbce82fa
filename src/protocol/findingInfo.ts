import type { RemedyId, RemedyText } from '../core/remedies/remedy';
import type { Evidence, LogFinding } from '../core/rules/finding';
import { LOG_RULES } from '../core/rules/log/index';
import { lineInRun } from '../core/run/parts';
import type { Run } from '../core/run/run';
import type { ChartAxis } from './chartAxis';
import type { FindingInfo, RemedyInfo } from './messages';

/** What there is to read about a remedy; undefined for one that this version does not know. */
export type RemedyTexts = (id: RemedyId) => RemedyText | undefined;

/** Titles of rules; a rule without a page is called by its name. */
const TITLES: ReadonlyMap<string, string> = new Map(LOG_RULES.map(({ meta }) => [meta.name, meta.title]));

export function titleOf(rule: string): string {
  return TITLES.get(rule) ?? rule;
}

function remedyInfo(id: RemedyId, remedies: RemedyTexts): RemedyInfo[] {
  const remedy = remedies(id);
  return remedy === undefined
    ? []
    : [{ id, title: remedy.title, helps: remedy.helps, doesNotHelp: remedy.doesNotHelp }];
}

/** The line a finding starts on, counted through all parts of the run. */
export function lineOfFinding({ file, range }: LogFinding, run: Run): number {
  return lineInRun(run, { path: file ?? run.path, line: range.line });
}

/** A finding as the page shows it, its steps along the axis in use. */
export function findingInfo(
  finding: LogFinding,
  run: Run,
  axis: ChartAxis,
  remedies: RemedyTexts,
): FindingInfo {
  const line = lineOfFinding(finding, run);
  return {
    code: finding.code,
    rule: finding.rule,
    title: titleOf(finding.rule),
    severity: finding.severity,
    message: finding.message,
    line,
    step: axis.place(finding.step, line),
    endStep: finding.endStep === null ? null : axis.place(finding.endStep, null),
    parameters: [...finding.parameters],
    series: [...finding.series],
    evidence: plainEvidence(placedEvidence(finding.evidence, axis)),
    remedies: finding.remedies.flatMap((id) => remedyInfo(id, remedies)),
    fixes: finding.fixes.map(({ title, safety }) => ({ title, safety })),
  };
}

function plainEvidence(evidence: Evidence): FindingInfo['evidence'] {
  const plain = (value: number | string) =>
    typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
  return Object.fromEntries(
    Object.entries(evidence).map(([key, value]) => [
      key,
      typeof value === 'object' ? value.map(plain) : plain(value),
    ]),
  );
}

/** Steps in the evidence that the charts draw or that a card compares with the onset, along the axis in use. */
function placedEvidence(evidence: Evidence, axis: ChartAxis): Evidence {
  const { bandStep, leadStep } = evidence;
  return {
    ...evidence,
    ...(Array.isArray(bandStep)
      ? { bandStep: bandStep.map((step) => (typeof step === 'number' ? axis.place(step, null) : step)) }
      : {}),
    ...(typeof leadStep === 'number' ? { leadStep: axis.place(leadStep, null) } : {}),
  };
}
