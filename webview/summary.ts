/** Sentences: what the pictures say, for people who do not see them and for those in a hurry. Pure. */
import type { FindingInfo, SeriesInfo, Snapshot } from '../src/protocol/messages';
import { labelOf, layersOf } from './choose';
import { formatCount, formatStep, formatValue } from './format';

export const AXIS_TITLES = { step: 'Step', epoch: 'Epoch', record: 'Record' } as const;

/** The line under the run's name. */
export function runSentence(snapshot: Snapshot): string {
  const layers = layersOf(snapshot).length;
  const unit = { step: 'step', epoch: 'epoch', record: 'record' }[snapshot.axis.kind];
  const parts = [formatCount(snapshot.steps, unit)];
  parts.push(
    layers > 0 ? formatCount(layers, 'parameter') : formatCount(snapshot.series.length, 'series', 'series'),
  );
  parts.push(findingsPhrase(snapshot.findings));
  return parts.join(' · ');
}

function findingsPhrase(findings: readonly FindingInfo[]): string {
  const serious = findings.filter(({ severity }) => severity === 'error' || severity === 'warning').length;
  const advice = findings.length - serious;
  if (findings.length === 0) {
    return 'nothing wrong found';
  }
  const parts = [];
  if (serious > 0) {
    parts.push(formatCount(serious, 'finding'));
  }
  if (advice > 0) {
    parts.push(formatCount(advice, 'hint'));
  }
  return parts.join(' and ');
}

/** "step 120 to 300", "since step 120". */
export function spanPhrase(finding: FindingInfo, unit: string): string {
  if (finding.endStep === null) {
    return `since ${unit} ${formatStep(finding.step)}`;
  }
  return finding.endStep === finding.step
    ? `at ${unit} ${formatStep(finding.step)}`
    : `${unit} ${formatStep(finding.step)} to ${formatStep(finding.endStep)}`;
}

/** What a pane shows, in one sentence. */
export function paneSentence(series: readonly SeriesInfo[]): string {
  const values = series.filter(({ min }) => min !== null);
  if (values.length === 0) {
    return series.length === 0 ? 'Nothing to show.' : `${bad(series)} and no finite value.`;
  }
  const low = values.reduce((a, b) => ((b.min ?? 0) < (a.min ?? 0) ? b : a));
  const high = values.reduce((a, b) => ((b.max ?? 0) > (a.max ?? 0) ? b : a));
  const isConstant = series.length === 1 && low.min === high.max;
  const range = isConstant
    ? `Always ${formatValue(low.min ?? 0)}`
    : series.length === 1
      ? `From ${formatValue(low.min ?? 0)} to ${formatValue(high.max ?? 0)}`
      : `${formatCount(series.length, 'series', 'series')}, from ${formatValue(low.min ?? 0)} (${labelOf(low)}) to ${formatValue(high.max ?? 0)} (${labelOf(high)})`;
  const nonFinite = bad(series);
  return nonFinite === '' ? `${range}, all finite.` : `${range}; ${nonFinite}.`;
}

/** "3 NaN and 1 infinity, the first at step 120 (line 57)"; empty when all is finite. */
function bad(series: readonly SeriesInfo[]): string {
  const nan = series.reduce((sum, one) => sum + one.nan, 0);
  const infinite = series.reduce((sum, one) => sum + one.infinite, 0);
  const counts = [
    nan > 0 ? `${formatStep(nan)} NaN` : '',
    infinite > 0 ? formatCount(infinite, 'infinity', 'infinities') : '',
  ].filter((count) => count !== '');
  const firsts = series.flatMap(({ firstNonFinite }) => firstNonFinite ?? []);
  if (firsts.length === 0) {
    return '';
  }
  const first = firsts.reduce((a, b) => (b.step < a.step ? b : a));
  return `${counts.join(' and ')}, the first at ${formatStep(first.step)} (line ${formatStep(first.line)})`;
}
