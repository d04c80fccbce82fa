/** Reduced series of one run: asked for, and continued while the log grows. */
import type { Result, RunInfo, SeriesInfo } from '../src/protocol/messages';
import type { Range } from '../src/protocol/range';
import type { Asking } from '../src/protocol/wire';
import { type DrawnLine, lineFigures } from './chart/content';
import { logsOf } from './chart/curve';
import { type Columns, continued, havePins } from './continued';

export interface LinesWish {
  readonly run: number;
  readonly epoch: number;
  readonly range: Range;
  /** Pixel columns of the range. */
  readonly columns: number;
  readonly smoothing: number;
  readonly lines: readonly Pick<SeriesInfo, 'id' | 'settled'>[];
  /** Steps whose points must be there. */
  readonly pins: readonly number[];
}

/** A line's points without its looks. */
export interface RawColumns
  extends Pick<DrawnLine, 'steps' | 'values' | 'logs' | 'lines' | 'smoothed' | 'figures'> {
  /** Where in the series the points stand. */
  readonly indices: Uint32Array;
  /** Points of the series that were there when this was asked, and keep their places. */
  readonly known: number;
}

export interface LineSet {
  readonly wish: LinesWish;
  readonly window: Columns;
  readonly lines: ReadonlyMap<number, RawColumns>;
}

export const NO_LINES: ReadonlyMap<number, RawColumns> = new Map();

/** Where findings begin and end. */
export function pinnedSteps({ findings }: Pick<RunInfo, 'findings'>): readonly number[] {
  return findings.flatMap(({ step, endStep }) => (endStep === null ? [step] : [step, endStep]));
}

/** The columns to ask for: those of a picture that is continued, else those of the range. */
export function columnsToAsk(
  before: Pick<LineSet, 'wish' | 'window'> | undefined,
  wish: LinesWish,
): { readonly window: Columns; readonly isContinued: boolean } {
  const isSame =
    before !== undefined &&
    before.wish.run === wish.run &&
    before.wish.epoch === wish.epoch &&
    before.wish.smoothing === wish.smoothing &&
    havePins(before.wish.pins, wish.pins, before.wish.range.to);
  const more = isSame ? continued(before.window, wish.range, wish.columns) : null;
  return { window: more ?? { ...wish.range, columns: wish.columns }, isContinued: more !== null };
}

export async function loadLines(asking: Asking, wish: LinesWish, before?: LineSet): Promise<LineSet> {
  const { window, isContinued } = columnsToAsk(before, wish);
  const present = isContinued ? (before?.lines ?? NO_LINES) : NO_LINES;
  const answer = await asking.request('columns', {
    run: wish.run,
    epoch: wish.epoch,
    ...window,
    series: wish.lines.map(({ id }) => id),
    known: isContinued ? wish.lines.map(({ id }) => knownOf(present.get(id))) : null,
    smoothing: wish.smoothing,
  });
  const lines = wish.lines.flatMap(({ id, settled }, at): [number, RawColumns][] => {
    const piece = answer.series[at];
    return piece?.id === id ? [[id, joined(present.get(id), piece, settled, wish.range)]] : [];
  });
  return { wish, window, lines: new Map(lines) };
}

/** Of a line whose steps go back and forth too often to be in the order of the log, nothing can be kept. */
function knownOf(line: RawColumns | undefined): number {
  return line?.indices.every((index, at, all) => at === 0 || index > all[at - 1]!) === true ? line.known : 0;
}

type Piece = Result<'columns'>['series'][number];

/** What is there before the piece, and the piece. */
function joined(before: RawColumns | undefined, piece: Piece, known: number, range: Range): RawColumns {
  const keep = piece.first === 0 || before === undefined ? 0 : countBelow(before.indices, piece.first);
  const join = <T extends Float64Array | Uint32Array>(old: T | undefined, more: T): T =>
    keep === 0 || old === undefined ? more : appended(old, keep, more);
  const steps = join(before?.steps, new Float64Array(piece.steps));
  const newValues = new Float64Array(piece.values);
  const values = join(before?.values, newValues);
  const smooth = piece.smoothed === null ? null : new Float64Array(piece.smoothed);
  const smoothed = smooth === null ? null : join(before?.smoothed?.values, smooth);
  return {
    steps,
    values,
    logs: join(before?.logs, logsOf(newValues)),
    lines: join(before?.lines, new Uint32Array(piece.lines)),
    smoothed:
      smooth === null || smoothed === null
        ? null
        : { steps, values: smoothed, logs: join(before?.smoothed?.logs, logsOf(smooth)) },
    indices: join(before?.indices, new Uint32Array(piece.indices)),
    known,
    figures: lineFigures(steps, values, range),
  };
}

function appended<T extends Float64Array | Uint32Array>(old: T, keep: number, more: T): T {
  // The constructor of a typed array is the one thing that TypeScript cannot follow through a type parameter.
  const all = new (old.constructor as new (length: number) => T)(keep + more.length);
  all.set(old.subarray(0, keep));
  all.set(more, keep);
  return all;
}

/** @param indices ascending */
function countBelow(indices: Uint32Array, bound: number): number {
  let low = 0;
  let high = indices.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (indices[middle]! < bound) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}
