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
}

/** A logarithmic axis pays when the values span more than this. */
const LOG_AXIS_RATIO = 10;
/** Characters of all names together. */
const LEGEND_LENGTH = 46;

/** Extremes of the points that fall into one column of pixels, in the order they came. */
interface Column {
  readonly first: number;
  readonly last: number;
  readonly low: number;
  readonly high: number;
}

/** Draws up to three curves; the first is the one that matters. An empty string when there is nothing to draw. */
export function sparkline(curves: readonly Curve[], options: SparklineOptions): string {
  const shown = curves.slice(0, 3).filter(({ points }) => points.length > 0);
  const extent = extentOf(shown);
  if (shown.length === 0 || extent === null) {
    return '';
  }
  const palette = PALETTES[options.theme];
  const { y, isLog } = verticalScale(extent);
  const x = horizontalScale(extent);
  const mark = (words: string) => ({ words, colour: palette.text });
  return picture([
    ...axes(palette),
    ...(options.onset === null ? [] : [onsetMark(x(options.onset), palette)]),
    ...shown.map(({ points }, index) => curve(points, x, y, palette.curves[index] ?? palette.text)).reverse(),
    ...shown.map(({ points }) => nonFiniteMarks(points, x, palette)),
    text(PLOT.left - 4, PLOT.top + 4, 'end', mark(formatNumber(extent.high))),
    ...(extent.high > extent.low
      ? [text(PLOT.left - 4, PLOT.bottom, 'end', mark(formatNumber(extent.low)))]
      : []),
    text(PLOT.left, PLOT.bottom + 13, 'start', mark(formatNumber(extent.firstStep))),
    text(PLOT.right, PLOT.bottom + 13, 'end', mark(`step ${formatNumber(extent.lastStep)}`)),
    text(PLOT.left, HEIGHT - 6, 'start', ...legend(shown, palette), mark(isLog ? ' (log axis)' : '')),
  ]);
}

/** The curves' names in their colours; short, as there is one line for all. */
function legend(curves: readonly Curve[], palette: Palette) {
  const room = Math.floor(LEGEND_LENGTH / curves.length);
  return curves.map(({ name }, index) => ({
    words: `${index > 0 ? '  ' : ''}${shorten(name, room)}`,
    colour: palette.curves[index] ?? palette.text,
  }));
}

interface Extent {
  /** Smallest and largest finite value. */
  readonly low: number;
  readonly high: number;
  /** Smallest value above zero; infinite when there is none. */
  readonly lowPositive: number;
  readonly hasZeroOrLess: boolean;
  readonly firstStep: number;
  readonly lastStep: number;
}

function extentOf(curves: readonly Curve[]): Extent | null {
  let [low, high, lowPositive] = [Infinity, -Infinity, Infinity];
  let [firstStep, lastStep] = [Infinity, -Infinity];
  for (const { points } of curves) {
    for (let index = 0; index < points.length; index++) {
      const value = points.value(index);
      const step = points.step(index);
      firstStep = Math.min(firstStep, step);
      lastStep = Math.max(lastStep, step);
      if (Number.isFinite(value)) {
        low = Math.min(low, value);
        high = Math.max(high, value);
        lowPositive = value > 0 ? Math.min(lowPositive, value) : lowPositive;
      }
    }
  }
  if (!Number.isFinite(firstStep) || !Number.isFinite(lastStep)) {
    return null;
  }
  // A curve of nothing but NaN still has its marks to show.
  const [bottom, top] = low <= high ? [low, high] : [0, 1];
  return { low: bottom, high: top, lowPositive, hasZeroOrLess: bottom <= 0, firstStep, lastStep };
}

function verticalScale(extent: Extent): { y(value: number): number; isLog: boolean } {
  const { low, high, lowPositive } = extent;
  const isLog = low >= 0 && high > lowPositive * LOG_AXIS_RATIO;
  // Zeros have no logarithm: they lie on the axis itself, a little under the smallest value above zero.
  const floor = extent.hasZeroOrLess ? Math.max(lowPositive / 2, Number.MIN_VALUE) : lowPositive;
  const place = isLog
    ? (value: number) => Math.log10(Math.max(value, floor))
    : // Halves, so that the distance between the largest numbers there are is still a number.
      (value: number) => value / 2;
  const [from, to] = isLog ? [Math.log10(floor), Math.log10(high)] : [low / 2, high / 2];
  const span = to - from;
  const y = (value: number) =>
    span > 0
      ? PLOT.bottom - ((place(value) - from) / span) * (PLOT.bottom - PLOT.top)
      : (PLOT.bottom + PLOT.top) / 2;
  return { y, isLog };
}

function horizontalScale({ firstStep, lastStep }: Extent): (step: number) => number {
  const span = lastStep - firstStep;
  return (step) => PLOT.left + (span > 0 ? ((step - firstStep) / span) * (PLOT.right - PLOT.left) : 0);
}

/** First, lowest, highest and last value of every column of pixels; a gap where values are no numbers. */
function curve(
  points: Points,
  x: (step: number) => number,
  y: (value: number) => number,
  colour: string,
): string {
  const strokes: string[] = [];
  let path = '';
  let column: Column | undefined;
  let pixel = Number.NaN;
  const flush = () => {
    if (column !== undefined) {
      const { first, low, high, last } = column;
      for (const height of new Set([first, low, high, last].map((value) => y(value).toFixed(1)))) {
        path += `${path === '' ? 'M' : 'L'}${pixel} ${height}`;
      }
      column = undefined;
    }
  };
  const lift = () => {
    flush();
    if (path !== '') {
      // A lone point becomes a dot: a round cap on a line of no length.
      strokes.push(path.includes('L') ? path : `${path}h0.01`);
      path = '';
    }
  };
  for (let index = 0; index < points.length; index++) {
    const value = points.value(index);
    if (!Number.isFinite(value)) {
      lift();
      continue;
    }
    const at = Math.round(x(points.step(index)));
    if (at !== pixel) {
      flush();
      pixel = at;
    }
    column =
      column === undefined
        ? { first: value, last: value, low: value, high: value }
        : { ...column, last: value, low: Math.min(column.low, value), high: Math.max(column.high, value) };
  }
  lift();
  return `<path d="${strokes.join('')}" fill="none" stroke="${colour}" stroke-width="1.5" stroke-linejoin="round" stroke-linecap="round"/>`;
}

/** A triangle at the upper edge for every column that holds a NaN or an infinity. */
function nonFiniteMarks(points: Points, x: (step: number) => number, palette: Palette): string {
  const pixels = new Set<number>();
  for (let index = 0; index < points.length; index++) {
    if (!Number.isFinite(points.value(index))) {
      pixels.add(Math.round(x(points.step(index))));
    }
  }
  const marks = [...pixels].map((at) => `M${at - 3} ${PLOT.top - 8}h6l-3 6z`).join('');
  return marks === '' ? '' : `<path d="${marks}" fill="${palette.alarm}"/>`;
}

function onsetMark(at: number, palette: Palette): string {
  return `<path d="M${at.toFixed(0)} ${PLOT.top}V${PLOT.bottom}" stroke="${palette.alarm}" stroke-dasharray="3 3"/>`;
}
