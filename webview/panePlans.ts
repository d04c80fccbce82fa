/** What every pane of the picture over steps shows, worked out when a choice changes and not in every frame. Pure. */

import { type Choice, choose, type PaneId, seriesOfPane, shownPanes } from '../src/protocol/choose';
import type { FindingInfo, SeriesInfo, Snapshot } from '../src/protocol/messages';
import type { BaselineBand, Marks } from './chart/content';
import { formatValue } from './format';
import type { ViewState } from './state';
import { capital, paneSentence } from './summary';

export interface PanePlan {
  readonly id: PaneId;
  readonly series: readonly SeriesInfo[];
  readonly choice: Choice;
  readonly logarithmic: boolean;
  readonly sentence: string;
  readonly marks: Marks;
}

/** The shown panes, top first. @param cursor step of the line that the text cursor is on */
export function panePlans(snapshot: Snapshot, state: ViewState, cursor: number | null): readonly PanePlan[] {
  return shownPanes(snapshot, state).map((id) => {
    const series = seriesOfPane(snapshot, id);
    return {
      id,
      series,
      choice: choose(snapshot, id, state),
      logarithmic: isLogarithmic(snapshot, id, state),
      sentence: sentenceOf(snapshot, id, series),
      marks: {
        findings: snapshot.findings,
        selected: state.finding,
        restarts: snapshot.restarts.map(({ step }) => step),
        cursor,
        band: bandOf(snapshot, series, state.finding),
        levels: id === 'norms' ? normLevels(snapshot, state) : [],
      },
    };
  });
}

/** A clip value may lie beyond the axis: it is said in any case. */
function sentenceOf({ clip }: Snapshot, id: PaneId, series: readonly SeriesInfo[]): string {
  const sentence = paneSentence(series);
  return id === 'norms' && clip !== null && series.length > 0
    ? `${sentence} ${capital(clipPhrase(clip))}.`
    : sentence;
}

/** The usual values that the finding looked at was judged by, else those of the gravest one that has any. */
function bandOf(
  { findings }: Snapshot,
  series: readonly SeriesInfo[],
  selected: number | null,
): BaselineBand | null {
  const ids = new Set(series.map(({ id }) => id));
  for (const { evidence } of selected === null ? findings : findings.slice(selected, selected + 1)) {
    const isHere = numbers(evidence.bandSeries).some((id) => ids.has(id));
    const steps = numbers(evidence.bandStep);
    if (isHere && steps.length > 0) {
      const [low, median, high] = [evidence.bandLow, evidence.bandMedian, evidence.bandHigh].map(numbers);
      return { steps, low: low ?? [], median: median ?? [], high: high ?? [] };
    }
  }
  return null;
}

function numbers(values: FindingInfo['evidence'][string] | undefined): readonly number[] {
  return Array.isArray(values) ? values.map(Number) : [];
}

/** Where gradients are or would be clipped, and the baseline that the finding looked at was judged by, where no band shows it. */
function normLevels({ findings, clip: known }: Snapshot, { clip, finding }: ViewState): Marks['levels'] {
  const evidence = findings[finding ?? -1]?.evidence;
  const baseline = evidence?.bandStep === undefined ? evidence?.baseline : undefined;
  return [
    ...(known === null ? [] : [{ value: known.value, label: clipPhrase(known), isKept: true }]),
    ...(clip === null ? [] : [{ value: clip, label: `clip at ${formatValue(clip)}`, isKept: false }]),
    ...(typeof baseline === 'number'
      ? [{ value: baseline, label: `baseline ${formatValue(baseline)}`, isKept: false }]
      : []),
  ];
}

/** "clipped at 1 (train.py:42)". */
function clipPhrase({ value, from }: NonNullable<Snapshot['clip']>): string {
  const place =
    from === null ? 'its ceiling in the log' : `${from.path.replace(/^.*[\\/]/, '')}:${from.line}`;
  return `${from?.exact === false ? 'likely ' : ''}clipped at ${formatValue(value)} (${place})`;
}

/** Norms by default; others where they span three decades or more, as a diverging loss does. */
export function isLogarithmic(snapshot: Snapshot, id: PaneId, state: ViewState): boolean {
  const series = seriesOfPane(snapshot, id);
  const positive = series.flatMap(({ smallestPositive }) => smallestPositive ?? []);
  if (positive.length === 0) {
    return false;
  }
  const min = Math.min(...positive);
  const max = Math.max(...series.flatMap((one) => one.max ?? []));
  const isPositive = series.every((one) => (one.min ?? 1) > 0);
  const byDefault =
    id === 'norms' || id === 'grad-max' || (isPositive && max / min > 1000 && id !== 'learning-rate');
  return byDefault !== state.flippedAxes.includes(id);
}
