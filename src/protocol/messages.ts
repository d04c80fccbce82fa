/**
 * The contract between the host and the chart page. The page holds no truth: it asks for a snapshot first, then for
 * exactly what it draws (series, range, pixel columns). When the host says that something changed it asks again, saying
 * what it knows already, and is told what is new: what goes over the wire while a log grows does not grow with the log.
 *
 * Adding a message: one entry in `requests` or `events`, one handler on the other side. Raise
 * {@link PROTOCOL_VERSION} when the meaning of a field changes.
 */
import {
  type Check,
  type Checked,
  isBoolean,
  isBuffer,
  isIndex,
  isNumber,
  isObject,
  isString,
  listOf,
  oneOf,
  orNull,
  record,
} from './check';
import { isPatch } from './patch';
import { isColumns, picture } from './picture';
import { MOST_COMPARED, MOST_SERIES, seriesIds, snapshot } from './runInfo';

export type { AxisKind, FindingInfo, RemedyInfo, RunInfo, SeriesInfo, Snapshot } from './runInfo';
export { MOST_COMPARED } from './runInfo';

export const PROTOCOL_VERSION = 6;

const isNothing = (value: unknown): value is null => value === null;

/** Which run is meant, and of which reading: 0 is the one that the charts are of, 1 the first it is compared with. */
const ofRun = { run: isIndex, epoch: isIndex };

/** The part of the axis that is looked at. */
const range = { ...ofRun, from: isNumber, to: isNumber, columns: isColumns };

/**
 * The series asked for. `known`: how many points of each were there, and settled, when the page got the same pixel columns, of
 * a picture that may have ended earlier; only what has changed since is answered. Null, or 0 for one of them: all is.
 */
const asked = { series: seriesIds, known: orNull(listOf(isIndex, MOST_SERIES)) };

const columns = record({
  id: isIndex,
  /** Where in the series the answer begins: what the page has from there on is to be forgotten. */
  first: isIndex,
  /** Uint32: where in the series the points stand. */
  indices: isBuffer,
  /** Float64: steps, values. */
  steps: isBuffer,
  values: isBuffer,
  /** Uint32. */
  lines: isBuffer,
  /** Float64, one for each point; null when no smoothing was asked for. */
  smoothed: orNull(isBuffer),
});

/**
 * The answer to a request that was not made yet, and will be: its params are what the page will ask. They are compared, and the
 * answer is checked as any other, when it does.
 */
const foretold = record({ request: oneOf('columns', 'band'), params: isObject, result: isObject });
export type Foretold = Checked<typeof foretold>;

/** What the page asks the host: what is sent, and what comes back. */
export const requests = {
  /**
   * The first request of a page, and again after every `changed`. `known`: the serial of the snapshot that it has; a patch
   * of that one is the answer then, unless the log was read anew. `picture`: what the page is about to draw, where nothing is drawn
   * yet: the points of it come with the answer.
   */
  snapshot: {
    params: record({
      version: isIndex,
      axis: oneOf('logged', 'time', 'epoch'),
      known: orNull(isIndex),
      picture: orNull(picture),
    }),
    result: record({ whole: orNull(snapshot), patch: orNull(isPatch), ahead: listOf(foretold) }),
  },
  /** Reduced series (see `reducePoints` for what is guaranteed). `smoothing`: 0 none, up to 0.99. */
  columns: {
    params: record({ ...range, ...asked, smoothing: isNumber }),
    result: record({ epoch: isIndex, series: listOf(columns) }),
  },
  /**
   * Many series as one band (see `quantileBand`). Float64 and, for the counts and lines, Uint32; of the pixel columns from
   * `first` on.
   */
  band: {
    params: record({ ...range, ...asked }),
    result: record({
      epoch: isIndex,
      first: isIndex,
      low: isBuffer,
      lowerQuartile: isBuffer,
      median: isBuffer,
      upperQuartile: isBuffer,
      high: isBuffer,
      nonFinite: isBuffer,
      zeros: isBuffer,
      lines: isBuffer,
    }),
  },
  /** Series by steps (see `stepGrid`), of the columns from `first` on. Uint8, Float32, Float64, Uint32, Float64. */
  grid: {
    params: record({ ...range, ...asked }),
    result: record({
      epoch: isIndex,
      first: isIndex,
      states: isBuffer,
      values: isBuffer,
      steps: isBuffer,
      lines: isBuffer,
      medians: isBuffer,
    }),
  },
  /**
   * One value for each series: the last up to `step` (see `depthProfile`), or over the steps from `from` to it (see
   * `windowProfile`). Float64, Float64, Uint32.
   */
  profile: {
    params: record({ ...ofRun, series: seriesIds, from: orNull(isNumber), step: isNumber }),
    result: record({ epoch: isIndex, values: isBuffer, steps: isBuffer, lines: isBuffer }),
  },
  /** How many points of a series lie above a value (see `shareAbove`). */
  'share-above': {
    params: record({ ...ofRun, series: isIndex, threshold: isNumber }),
    result: record({ above: isIndex, points: isIndex }),
  },
  /** Shows a line of the log in the text editor. */
  reveal: { params: record({ run: isIndex, line: isIndex }), result: isNothing },
  /** Shows the line of code that registers a series' parameter. */
  'reveal-code': { params: record({ series: isIndex, epoch: isIndex }), result: isNothing },
  /** Opens the page of a rule. */
  explain: { params: record({ rule: isString }), result: isNothing },
  /** Makes a fix's edits in the code; `preview`: shows them first, to be taken or left one by one. */
  'apply-fix': {
    params: record({ epoch: isIndex, finding: isIndex, fix: isIndex, preview: isBoolean }),
    result: isNothing,
  },
  /** Clips the gradient norm at this bound in the training loop that wrote the log. */
  'apply-clip': { params: record({ bound: isNumber }), result: isNothing },
  /** Asks which runs to compare with. Null: the person thought better of it. */
  'pick-runs': { params: record({}), result: orNull(listOf(isString)) },
  /** From now on these runs, by their addresses, are in every snapshot beside the own one. */
  compare: { params: record({ uris: listOf(isString, MOST_COMPARED) }), result: isNothing },
  'insert-logging': { params: record({}), result: isNothing },
  /** Stops reading the log, what was read stays; or reads it on, or again where it failed. */
  read: { params: record({ action: oneOf('stop', 'go-on') }), result: isNothing },
  /** Asks where to and writes a file made by the page. False: the person thought better of it. */
  save: { params: record({ name: isString, bytes: isBuffer }), result: isBoolean },
} as const satisfies Record<string, { params: Check<unknown>; result: Check<unknown> }>;

export type RequestName = keyof typeof requests;
export type Params<N extends RequestName> = Checked<(typeof requests)[N]['params']>;
export type Result<N extends RequestName> = Checked<(typeof requests)[N]['result']>;

/** What the host tells a visible page without being asked. */
export const events = {
  /**
   * What a page that nobody has chosen anything on will ask first, told before it has asked: the run along the axis that was logged,
   * and the points of the picture where its width could be foreseen. What the page asks itself meanwhile is answered by a patch.
   */
  first: record({ whole: snapshot, ahead: listOf(foretold) }),
  /** Something changed: ask for a new snapshot, and for what is drawn. */
  changed: record({ generation: isIndex }),
  /** Mark this step, as the text cursor stands on its line. */
  cursor: record({ step: orNull(isNumber) }),
} as const satisfies Record<string, Check<unknown>>;

export type EventName = keyof typeof events;
export type EventOf<N extends EventName> = Checked<(typeof events)[N]>;
