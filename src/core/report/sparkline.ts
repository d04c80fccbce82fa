/** A small picture of a curve for a hover: an SVG that shows every extreme and every value that is no number. */
import type { Points } from '../run/series';
import { formatNumber } from './number';
import {
  axes,
  HEIGHT,
  PALETTES,
  type Palette,
  type PictureTheme,
  PLOT,
  picture,
  shorten,
  text,
  type Words,
} from './picture';

export interface Curve {
  /** Untrusted text. */
  readonly name: string;
  readonly points: Points;
}

export interface SparklineOptions {
  readonly theme: PictureTheme;
  /** Step at which the symptom starts; null for no mark. */
  readonly onset: number | null;
  /** What the horizontal axis counts: step, epoch, record. */
  readonly unit: string;
}

/** A logarithmic axis pays when the values span more than this. */
const LOG_AXIS_RATIO = 10;
/** Characters of all names together. */
const LEGEND_LENGTH = 46;
const MOST_CURVES = 3;
const PIXELS = PLOT.right - PLOT.left + 1;

/** What falls into each column of pixels. NaN where a column holds no finite value. */
interface Columns {
  readonly first: Float64Array;
  readonly last: Float64Array;
  readonly low: Float64Array;
  readonly high: Float64Array;
  /** 1: the column holds a NaN or an infinity. */
  readonly nonFinite: Uint8Array;
  /** Smallest value above zero; infinite when there is none. */
  readonly lowPositive: number;
}

/** Draws up to three curves; the first is the one that matters. An empty string when there is nothing to draw. */
export function sparkline(curves: readonly Curve[], options: SparklineOptions): string {
  const shown = curves.slice(0, MOST_CURVES).filter(({ points }) => points.length > 0);
  const steps = stepRange(shown);
  if (steps === null) {
    return '';
  }
  const palette = PALETTES[options.theme];
  const columns = shown.map(({ points }) => columnsOf(points, steps));
  const values = valueRange(columns);
  const { y, isLog } = verticalScale(values);
  const mark = (words: string): Words => ({ words, colour: palette.text });
  return picture([
    ...axes(palette),
    ...(options.onset === null ? [] : [onsetMark(PLOT.left + pixelOf(options.onset, steps), palette)]),
    // The curve that matters lies on top.
    ...columns.map((one, index) => curve(one, y, palette.curves[index] ?? palette.text)).reverse(),
    ...columns.map((one) => nonFiniteMarks(one, palette)),
    text(PLOT.left - 4, PLOT.top + 4, 'end', mark(formatNumber(values.high))),
    ...(values.high > values.low
      ? [text(PLOT.left - 4, PLOT.bottom, 'end', mark(formatNumber(values.low)))]
      : []),
    text(PLOT.left, PLOT.bottom + 13, 'start', mark(formatNumber(steps.first))),
    text(PLOT.right, PLOT.bottom + 13, 'end', mark(`${options.unit} ${formatNumber(steps.last)}`)),
    text(PLOT.left, HEIGHT - 6, 'start', ...legend(shown, palette), mark(isLog ? ' (log axis)' : '')),
  ]);
}

/** The curves' names in their colours; short, as there is one line for all. */
function legend(curves: readonly Curve[], palette: Palette): readonly Words[] {
  const room = Math.floor(LEGEND_LENGTH / curves.length);
  return curves.map(({ name }, index) => ({
    words: `${index > 0 ? '  ' : ''}${shorten(name, room)}`,
    colour: palette.curves[index] ?? palette.text,
  }));
}

interface StepRange {
  readonly first: number;
  readonly last: number;
}

/** Null without a point. Steps can go back (a restart), so every one is looked at. */
function stepRange(curves: readonly Curve[]): StepRange | null {
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (const { points } of curves) {
    for (let index = 0; index < points.length; index++) {
      const step = points.step(index);
      if (step < first) {
        first = step;
      }
      if (step > last) {
        last = step;
      }
    }
  }
  return Number.isFinite(first) && Number.isFinite(last) ? { first, last } : null;
}

/** Column of pixels of a step, from 0. */
function pixelOf(step: number, { first, last }: StepRange): number {
  return last > first ? Math.round(((step - first) / (last - first)) * (PIXELS - 1)) : 0;
}

function columnsOf(points: Points, steps: StepRange): Columns {
  const first = new Float64Array(PIXELS).fill(Number.NaN);
  const last = first.slice();
  const low = first.slice();
  const high = first.slice();
  const nonFinite = new Uint8Array(PIXELS);
  let lowPositive = Number.POSITIVE_INFINITY;
  for (let index = 0; index < points.length; index++) {
    const value = points.value(index);
    const at = pixelOf(points.step(index), steps);
    if (!Number.isFinite(value)) {
      nonFinite[at] = 1;
      continue;
    }
    if (value > 0 && value < lowPositive) {
      lowPositive = value;
    }
    last[at] = value;
    const lowest = low[at] ?? Number.NaN;
    if (Number.isNaN(lowest)) {
      first[at] = value;
      low[at] = value;
      high[at] = value;
    } else if (value < lowest) {
      low[at] = value;
    } else if (value > (high[at] ?? value)) {
      high[at] = value;
    }
  }
  return { first, last, low, high, nonFinite, lowPositive };
}

interface ValueRange {
  readonly low: number;
  readonly high: number;
  readonly lowPositive: number;
}

function valueRange(columns: readonly Columns[]): ValueRange {
  const known = (values: Float64Array) => values.filter((value) => !Number.isNaN(value));
  const low = Math.min(...columns.map((one) => Math.min(...known(one.low))));
  const high = Math.max(...columns.map((one) => Math.max(...known(one.high))));
  const lowPositive = Math.min(...columns.map((one) => one.lowPositive));
  // A curve of nothing but NaN still has its marks to show.
  return low <= high ? { low, high, lowPositive } : { low: 0, high: 1, lowPositive };
}

function verticalScale({ low, high, lowPositive }: ValueRange): { y(value: number): number; isLog: boolean } {
  const isLog = low >= 0 && high > lowPositive * LOG_AXIS_RATIO;
  // Zeros have no logarithm: they lie on the axis itself, a little under the smallest value above zero.
  const floor = low <= 0 ? Math.max(lowPositive / 2, Number.MIN_VALUE) : lowPositive;
  const place = isLog
    ? (value: number) => Math.log10(Math.max(value, floor))
    : // Halves, so that the distance between the largest numbers there are is still a number.
      (value: number) => value / 2;
  const [from, to] = [place(low), place(high)];
  const y = (value: number) =>
    to > from
      ? PLOT.bottom - ((place(value) - from) / (to - from)) * (PLOT.bottom - PLOT.top)
      : (PLOT.bottom + PLOT.top) / 2;
  return { y, isLog };
}

/** First, lowest, highest and last value of every column; a gap where a column has only values that are no numbers. */
function curve(columns: Columns, y: (value: number) => number, colour: string): string {
  const strokes: string[] = [];
  let path = '';
  const lift = () => {
    if (path !== '') {
      // A lone point becomes a dot: a round cap on a line of no length.
      strokes.push(path.includes('L') ? path : `${path}h0.01`);
      path = '';
    }
  };
  for (let at = 0; at < PIXELS; at++) {
    const values = [columns.first, columns.low, columns.high, columns.last].map(
      (each) => each[at] ?? Number.NaN,
    );
    if (!values.some(Number.isNaN)) {
      for (const height of new Set(values.map((value) => y(value).toFixed(1)))) {
        path += `${path === '' ? 'M' : 'L'}${PLOT.left + at} ${height}`;
      }
    } else if (columns.nonFinite[at] === 1) {
      lift();
    }
  }
  lift();
  return `<path d="${strokes.join('')}" fill="none" stroke="${colour}" stroke-width="1.5" stroke-linejoin="round" stroke-linecap="round"/>`;
}

/** A triangle at the upper edge for every column that holds a NaN or an infinity. */
function nonFiniteMarks({ nonFinite }: Columns, palette: Palette): string {
  const marks = [...nonFinite].flatMap((flag, at) =>
    flag === 1 ? [`M${PLOT.left + at - 3} ${PLOT.top - 8}h6l-3 6z`] : [],
  );
  return marks.length === 0 ? '' : `<path d="${marks.join('')}" fill="${palette.alarm}"/>`;
}

function onsetMark(at: number, palette: Palette): string {
  return `<path d="M${at} ${PLOT.top}V${PLOT.bottom}" stroke="${palette.alarm}" stroke-dasharray="3 3"/>`;
}
