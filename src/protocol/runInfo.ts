/** What the page is told of a run: everything but its points. */
import {
  anyOf,
  type Checked,
  dictionaryOf,
  isBoolean,
  isIndex,
  isNumber,
  isString,
  listOf,
  oneOf,
  orNull,
  record,
} from './check';

/** Many more than can be told apart in one picture: each is an open log, so there must be an end. */
export const MOST_COMPARED = 100;

/** More series than any log has. */
export const MOST_SERIES = 100_000;

/** Units of the horizontal axis. */
const axisKind = oneOf('step', 'epoch', 'record', 'second', 'minute', 'hour');
export type AxisKind = Checked<typeof axisKind>;

export const seriesIds = listOf(isIndex, MOST_SERIES);

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
  /** The first so many of them keep their places along the axis, however the log goes on. */
  settled: isIndex,
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

export const snapshot = record({
  version: isIndex,
  /** Counts what the page was told, by which it says what it knows when it asks again. */
  serial: isIndex,
  ...runShape,
  /** The runs it is compared with, in the order in which requests number them: 1, 2, … */
  compared: listOf(runInfo, MOST_COMPARED),
});
export type Snapshot = Checked<typeof snapshot>;
