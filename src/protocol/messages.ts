/**
 * The contract between the host and the chart page. The page holds no truth: it asks for a snapshot first, then for
 * exactly what it draws (series, range, pixel columns), and asks again when the host says that something changed.
 *
 * Adding a message: one entry in `requests` or `events`, one handler on the other side. Raise
 * {@link PROTOCOL_VERSION} when the meaning of a field changes.
 */
import {
  anyOf,
  type Check,
  type Checked,
  dictionaryOf,
  isBoolean,
  isBuffer,
  isIndex,
  isNumber,
  isString,
  listOf,
  oneOf,
  orNull,
  record,
} from './check';

export const PROTOCOL_VERSION = 3;

/** More pixel columns than any screen has; a page that asks for more is not ours. */
const MOST_COLUMNS = 20_000;
const MOST_SERIES = 100_000;

/** More runs cannot be told apart in one picture. */
export const MOST_COMPARED = 12;

/** Units of the horizontal axis. */
const axisKind = oneOf('step', 'epoch', 'record', 'second', 'minute', 'hour');
export type AxisKind = Checked<typeof axisKind>;

const isColumns = (value: unknown): value is number => isIndex(value) && value >= 1 && value <= MOST_COLUMNS;
const isNothing = (value: unknown): value is null => value === null;
const seriesIds = listOf(isIndex, MOST_SERIES);

/** One series, in figures. Numbers that do not exist are null; NaN never travels. */
const seriesInfo = record({
  id: isIndex,
  name: isString,
  kind: isString,
  statistic: isString,
  split: isString,
  parameter: orNull(isString),
  /** Where the parameter is registered in the code. */
  code: orNull(record({ path: isString, line: isIndex, exact: isBoolean })),
  /** log10 of the gradient norm that the code lets expect at initialisation, relative to the model's last weight. */
  forecast: orNull(isNumber),
  points: isIndex,
  minStep: orNull(isNumber),
  maxStep: orNull(isNumber),
  min: orNull(isNumber),
  max: orNull(isNumber),
  smallestPositive: orNull(isNumber),
  /** As text, since it may be NaN; empty for a series without points. */
  last: isString,
  zeros: isIndex,
  nan: isIndex,
  infinite: isIndex,
  /** Where the first NaN or infinity stands; `place` is its line for people. */
  firstNonFinite: orNull(record({ step: isNumber, line: isIndex, place: isString, value: isString })),
});
export type SeriesInfo = Checked<typeof seriesInfo>;

const remedyInfo = record({ id: isString, title: isString, helps: isString, doesNotHelp: isString });
export type RemedyInfo = Checked<typeof remedyInfo>;

const findingInfo = record({
  code: isString,
  rule: isString,
  title: isString,
  severity: oneOf('error', 'warning', 'info', 'hint'),
  message: isString,
  line: isIndex,
  step: isNumber,
  endStep: orNull(isNumber),
  parameters: listOf(isString),
  series: seriesIds,
  /** Numbers as text where they are not finite. */
  evidence: dictionaryOf(anyOf(anyOf(isNumber, isString), listOf(anyOf(isNumber, isString)))),
  remedies: listOf(remedyInfo),
  /** Titles of the fixes, in the order by which `apply-fix` names them. */
  fixes: listOf(record({ title: isString, safety: oneOf('safe', 'unsafe') })),
});
export type FindingInfo = Checked<typeof findingInfo>;

/** Everything about one run but its points. */
const runShape = {
  /** Grows when the log was read anew: series ids and findings of an older epoch mean nothing. */
  epoch: isIndex,
  /** Grows with every change. */
  generation: isIndex,
  state: oneOf('reading', 'ready', 'not-a-log', 'gone', 'failed'),
  message: isString,
  /** Share of the file that is read, 0 to 1. */
  progress: isNumber,
  /** File name of the log. */
  name: isString,
  /** Address of the log, by which a panel is restored. */
  uri: isString,
  format: isString,
  axis: record({ kind: axisKind, why: isString }),
  /** Axes that the log carries beside its own. */
  otherAxes: listOf(oneOf('time', 'epoch')),
  lines: isIndex,
  /** Files of a log that was rotated, the oldest first, with what the run counts their first lines as; else empty. */
  parts: listOf(record({ name: isString, firstLine: isIndex })),
  bytes: isIndex,
  steps: isIndex,
  series: listOf(seriesInfo),
  /** First steps of restarted stretches, without the first stretch. */
  restarts: listOf(record({ step: isNumber, line: isIndex })),
  skips: listOf(record({ step: isNumber, line: isIndex })),
  /** Norm at which the run's gradients are clipped, and where the code says so; null there: the log itself shows it. */
  clip: orNull(
    record({
      value: isNumber,
      from: orNull(record({ path: isString, line: isIndex, exact: isBoolean })),
    }),
  ),
  findings: listOf(findingInfo),
  notChecked: listOf(record({ title: isString, why: isString })),
  problems: listOf(record({ line: isIndex, message: isString })),
};
const runInfo = record(runShape);
export type RunInfo = Checked<typeof runInfo>;

const snapshot = record({
  version: isIndex,
  ...runShape,
  /** The runs it is compared with, in the order in which requests number them: 1, 2, … */
  compared: listOf(runInfo, MOST_COMPARED),
});
export type Snapshot = Checked<typeof snapshot>;

/** Which run is meant, and of which reading: 0 is the one that the charts are of, 1 the first it is compared with. */
const ofRun = { run: isIndex, epoch: isIndex };

/** The part of the axis that is looked at. */
const range = { ...ofRun, from: isNumber, to: isNumber, columns: isColumns };

const columns = record({
  id: isIndex,
  /** Float64: steps, values. */
  steps: isBuffer,
  values: isBuffer,
  /** Uint32. */
  lines: isBuffer,
  /** Float64, one for each point; null when no smoothing was asked for. */
  smoothed: orNull(isBuffer),
});

/** What the page asks the host: what is sent, and what comes back. */
export const requests = {
  /** The first request of a page, and again after every `changed`. */
  snapshot: {
    params: record({ version: isIndex, axis: oneOf('logged', 'time', 'epoch') }),
    result: snapshot,
  },
  /** Reduced series (see `reducePoints` for what is guaranteed). `smoothing`: 0 none, up to 0.99. */
  columns: {
    params: record({ ...range, series: seriesIds, smoothing: isNumber }),
    result: record({ epoch: isIndex, series: listOf(columns) }),
  },
  /** Many series as one band (see `quantileBand`). Float64 and, for the counts and lines, Uint32. */
  band: {
    params: record({ ...range, series: seriesIds }),
    result: record({
      epoch: isIndex,
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
  /** Series by steps (see `stepGrid`). Uint8, Float32, Float64, Uint32, Float64. */
  grid: {
    params: record({ ...range, series: seriesIds }),
    result: record({
      epoch: isIndex,
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
  /** Something changed: ask for a new snapshot, and for what is drawn. */
  changed: record({ generation: isIndex }),
  /** Mark this step, as the text cursor stands on its line. */
  cursor: record({ step: orNull(isNumber) }),
} as const satisfies Record<string, Check<unknown>>;

export type EventName = keyof typeof events;
export type EventOf<N extends EventName> = Checked<(typeof events)[N]>;
