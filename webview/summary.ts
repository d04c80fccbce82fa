/** Sentences: what the pictures say, for people who do not see them and for those in a hurry. Pure. */

import { labelOf, layersOf } from '../src/protocol/choose';
import type { AxisKind, FindingInfo, RunInfo, SeriesInfo } from '../src/protocol/messages';
import { formatCount, formatStep, formatValue } from './format';

export const AXIS_TITLES: Readonly<Record<AxisKind, string>> = {
  step: 'Step',
  epoch: 'Epoch',
  record: 'Record',
  second: 'Time in seconds',
  minute: 'Time in minutes',
  hour: 'Time in hours',
};

const TIME_UNITS: Readonly<Partial<Record<AxisKind, string>>> = { second: 's', minute: 'min', hour: 'h' };

/** "step 1,200", "epoch 3", "1.25 h". */
export function placePhrase(place: number, kind: AxisKind): string {
  const unit = TIME_UNITS[kind];
  return unit === undefined ? `${kind} ${formatStep(place)}` : `${formatStep(place)} ${unit}`;
}

/** With a capital letter at its start. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Steps and records are counted: there is no half of one. */
export function isCounted(kind: AxisKind): boolean {
  return kind === 'step' || kind === 'record';
}

/** "line 12", or "line 12 of train.log.1" in a run whose log was rotated. */
export function linePhrase({ parts }: Pick<RunInfo, 'parts'>, line: number): string {
  const part = parts.findLast(({ firstLine }) => firstLine <= line);
  return part === undefined
    ? `line ${formatStep(line)}`
    : `line ${formatStep(line - part.firstLine + 1)} of ${part.name}`;
}

/** The line under the run's name. */
export function runSentence(snapshot: RunInfo): string {
  const layers = layersOf(snapshot).length;
  const { kind } = snapshot.axis;
  const unit = TIME_UNITS[kind] === undefined ? kind : 'step';
  const parts = [formatCount(snapshot.steps, unit)];
  parts.push(
    layers > 0 ? formatCount(layers, 'parameter') : formatCount(snapshot.series.length, 'series', 'series'),
  );
  if (snapshot.parts.length > 1) {
    parts.push(`with ${formatCount(snapshot.parts.length - 1, 'rotated part')}`);
  }
  const isJudged = snapshot.state !== 'reading' || snapshot.findings.length > 0;
  parts.push(isJudged ? findingsPhrase(snapshot.findings) : 'not judged yet');
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
export function spanPhrase(finding: Pick<FindingInfo, 'step' | 'endStep'>, kind: AxisKind): string {
  const start = placePhrase(finding.step, kind);
  if (finding.endStep === null) {
    return `since ${start}`;
  }
  if (finding.endStep === finding.step) {
    return `at ${start}`;
  }
  return TIME_UNITS[kind] === undefined
    ? `${start} to ${formatStep(finding.endStep)}`
    : `${start} to ${placePhrase(finding.endStep, kind)}`;
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
  return `${counts.join(' and ')}, the first at ${formatStep(first.step)} (${first.place})`;
}
