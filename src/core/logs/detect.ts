import { encodingOf, Utf16Reader } from '../io/encoding';
import { LineReader, type LineSink } from '../io/lineReader';
import { finish, type Steps } from '../steps';
import { type AxisPlan, type AxisSurvey, samePlan } from './axis';
import { HEAD_COLUMNS, type Head, type LogFormat } from './format';
import { meaningOf } from './keys';
import { KeyTable } from './keyTable';
import type { LaterWork } from './laterWork';
import { namingRanks } from './ranks';
import { Recorder } from './recorder';
import { interleavesRuns } from './runLabels';
import { LF, textOf } from './scan/bytes';
import { isSourceCode, writtenIn } from './sourceText';

/** How much of a file's start decides what it is. Cluster logs open with hundreds of kilobytes of greetings. */
export const HEAD_BYTES = 512 * 1024;
/** The same of a file whose first line is longer than that. */
export const LONGEST_HEAD_BYTES = 4 * 1024 * 1024;
const HEAD_LINES = 400;

export interface Detection {
  readonly format: LogFormat;
  readonly confidence: number;
  readonly plan: AxisPlan;
}

export function sameDetection(one: Detection, other: Detection): boolean {
  return one.format === other.format && samePlan(one.plan, other.plan);
}

/** Bytes of the head that are cut into lines together. */
const PIECE = 16 * 1024;
/** How long a step may take. */
const STEP_MS = 1.5;
/** Blocks see the bytes again that they could not use. The first pieces are small: the code is cold. */
const FIRST_BLOCK = 256;
const LARGEST_BLOCK = 64 * 1024;

/** Cuts the bytes into lines, in steps of a few lines. @param later what the sink puts off */
function* cutting(
  bytes: Uint8Array,
  sink: LineSink,
  isFull: () => boolean,
  later?: LaterWork,
): Steps<LineReader> {
  const reader = new LineReader();
  let began = 0;
  const halts = () => later?.isPending === true || performance.now() - began > STEP_MS;
  for (let from = 0; from < bytes.length && !isFull(); from += PIECE) {
    const piece = bytes.subarray(from, from + PIECE);
    reader.space(piece.length).set(piece);
    began = performance.now();
    for (let all = reader.accept(piece.length, sink, halts); !all; all = reader.goOn(sink, halts)) {
      yield;
      if (later !== undefined) {
        yield* later.doing();
      }
      began = performance.now();
    }
    yield;
  }
  return reader;
}

/** Prepares the first bytes of a file for detection. */
export function headOf(raw: Uint8Array, complete: boolean): Head {
  return finish(readingHead(raw, complete));
}

/** As {@link headOf}, in steps. */
export function* readingHead(raw: Uint8Array, complete: boolean): Steps<Head> {
  const { encoding, mark } = encodingOf(raw);
  const bytes =
    encoding === 'utf-8' ? raw.subarray(mark) : new Utf16Reader(encoding).utf8(raw.subarray(mark));
  const lines: string[] = [];
  const sink = {
    line(line: Uint8Array, start: number, end: number): void {
      if (lines.length < HEAD_LINES) {
        lines.push(textOf(line, start, Math.min(end, start + HEAD_COLUMNS)));
      }
    },
  };
  const reader = yield* cutting(bytes, sink, () => lines.length >= HEAD_LINES);
  if (lines.length < HEAD_LINES) {
    reader.offerTail((line, start, end) => {
      sink.line(line, start, end);
      return false;
    });
  }
  return { bytes, lines, complete, binary: isBinary(bytes.subarray(0, BINARY_PROBE)) };
}

/** Bytes at the start that tell text from binary. */
const BINARY_PROBE = 8192;
/** A run of NUL bytes this long is a hole: the file was cut while its writer went on at the old place. */
const SHORTEST_HOLE = 16;

/** A few odd bytes, and one in so many more, are an accident of the writer's: two writers, a disk that was full. */
const ODD_BYTES = 2;
const BYTES_AN_ODD = 500;

/** Text has no NUL bytes, but for holes between its lines and a few that strayed into it. */
function isBinary(bytes: Uint8Array): boolean {
  let stray = 0;
  for (let at = bytes.indexOf(0); at >= 0; at = bytes.indexOf(0, at)) {
    const start = at;
    while (at < bytes.length && bytes[at] === 0) {
      at++;
    }
    if (at - start < SHORTEST_HOLE && at < bytes.length && !(at - start === 1 && isWide(bytes, start))) {
      stray += at - start;
    }
  }
  return stray > 0 && stray + controls(bytes) > ODD_BYTES + bytes.length / BYTES_AN_ODD;
}

/** `l\0o\0s\0s\0`: UTF-16 that a shell of Windows appended to other text. */
function isWide(bytes: Uint8Array, nul: number): boolean {
  return isShown(bytes[nul - 1]) && isShown(bytes[nul + 1]) && (bytes[nul - 2] === 0 || bytes[nul + 2] === 0);
}

/** A sign in ASCII, a blank or the end of a line. */
function isShown(byte = 0): boolean {
  return (byte >= 32 && byte < 127) || byte === LF || byte === 13 || byte === 9;
}

/** Bytes that no terminal is sent: colours, bells, backspaces and line ends are. */
function controls(bytes: Uint8Array): number {
  let count = 0;
  for (const byte of bytes) {
    count += byte > 0 && byte < 32 && !(byte >= 7 && byte <= 13) && byte !== 27 ? 1 : 0;
  }
  return count;
}

/** A first line of this length may hold hundreds of names, and only so much of it is looked at. */
const MANY_NAMES = 1000;
const NAMES_LOOKED_AT = 1024 * 1024;
const MOST_NAMES = 20_000;
const NAMES_A_STEP = 8;
/** A line without these is no header of a training log: a minified program, a web page. */
const TRAINING_WORD = /loss|grad/i;

/**
 * Looks up what the names in a long first line mean, a few in a step: to read a header of thousands of columns, or an
 * object of as many keys, would be one long step otherwise.
 */
function* lookingUpNames({ bytes, binary }: Head): Steps<void> {
  const end = bytes.subarray(0, NAMES_LOOKED_AT).indexOf(LF);
  if (binary || (end >= 0 && end < MANY_NAMES)) {
    return;
  }
  const line = textOf(bytes, 0, end < 0 ? Math.min(bytes.length, NAMES_LOOKED_AT) : end);
  if (!TRAINING_WORD.test(line)) {
    return;
  }
  let names = 0;
  for (const [name] of line.matchAll(/[A-Za-z_][^,;\t"':\r]{0,158}/g)) {
    meaningOf(name);
    if (++names % NAMES_A_STEP === 0) {
      yield;
    }
    if (names === MOST_NAMES) {
      return;
    }
  }
}

/** The format that fits best, after a trial; null when the file is no training log. */
export function detect(head: Head, formats: readonly LogFormat[], path = ''): Detection | null {
  return finish(detecting(head, formats, path));
}

/** Names whose look-up goes through most of the dictionary, and that a table of keys asks most about. */
const WARMING_NAMES = ['loss', 'grad_norm', 'grad fc.weight', 'grad fc.bias'];

/** As {@link detect}, in steps. */
export function* detecting(head: Head, formats: readonly LogFormat[], path: string): Steps<Detection | null> {
  // The first look-up compiles the dictionary's patterns: in steps of their own, not in the middle of a line.
  const warming = new KeyTable();
  for (const name of WARMING_NAMES) {
    meaningOf(name);
    yield;
    warming.named(name);
    yield;
  }
  yield* lookingUpNames(head);
  const candidates: { format: LogFormat; confidence: number }[] = [];
  for (const format of formats) {
    const confidence = format.sniff(head);
    if (confidence > 0) {
      candidates.push({ format, confidence });
    }
    yield;
  }
  candidates.sort((one, other) => other.confidence - one.confidence);
  for (const { format, confidence } of candidates) {
    const recorder = yield* trying(format, head, path);
    if (yield* provingTraining(recorder, head, format)) {
      recorder.survey.severalRanks = yield* namingRanks(head.lines);
      recorder.survey.severalRuns = interleavesRuns(head.lines);
      yield;
      return { format, confidence, plan: recorder.survey.plan() };
    }
  }
  return null;
}

/** Reads the head with a format; nothing is placed on an axis yet. */
export function trial(format: LogFormat, head: Head, path = ''): Recorder {
  return finish(trying(format, head, path));
}

function* trying(format: LogFormat, head: Head, path: string): Steps<Recorder> {
  const { bytes } = head;
  const recorder = new Recorder(new KeyTable(format.meaning), null);
  const parser = format.open(recorder, path);
  yield;
  if ('blocks' in parser) {
    for (let used = 0, to = 0, size = FIRST_BLOCK; to < bytes.length; ) {
      to = Math.min(bytes.length, to + size);
      const began = performance.now();
      const taken = parser.blocks.feed(bytes, used, to);
      used += taken;
      // A parser that waits for the end of a record looks at all of it again each time: then only larger pieces help.
      const isSlow = taken > 0 && performance.now() - began > STEP_MS;
      size = isSlow ? Math.max(FIRST_BLOCK, size >> 1) : Math.min(LARGEST_BLOCK, size * 2);
      yield;
    }
    return recorder;
  }
  const { lines } = parser;
  const { later } = recorder;
  later.awaited = true;
  const reader = yield* cutting(bytes, lines, () => false, later);
  later.awaited = false;
  reader.offerTail((bytes, start, end, number) => lines.tail?.(bytes, start, end, number) ?? false);
  return recorder;
}

/** So many lines with a loss, and hardly any without, are a training's, though none names its step. */
const LOSS_LINES = 12;
const LOSS_SHARE = 0.8;

function everyLineHasLoss(head: Head): boolean {
  const written = head.lines.filter((line) => line.trim() !== '');
  return (
    written.filter((line) => /loss/i.test(line)).length >= Math.max(LOSS_LINES, written.length * LOSS_SHARE)
  );
}

/** Code that trains. */
const TRAINS = /\.backward\(|optim|GradientTape|\.fit\(|value_and_grad|jax\.grad|gradient_descent/;

/** Does the trial show a training run, and not code, a document or a settings file that mentions one? */
function* provingTraining(recorder: Recorder, head: Head, format: LogFormat): Steps<boolean> {
  const enough = format.enough ?? 2;
  const survey: AxisSurvey = recorder.survey;
  const isCode = format.besideCode !== true && !head.binary && isSourceCode(head);
  yield;
  if (enough === 0 || isCode) {
    return recorder.points > 0 && !isCode;
  }
  const lossOnly = everyLineHasLoss(head);
  const skipsOnly = recorder.skips.length > 0 && survey.records === 0;
  if (
    !skipsOnly &&
    !(lossOnly && survey.records >= LOSS_LINES) &&
    (format.besideCode === true && TRAINS.test(head.lines.join('\n'))
      ? survey.provenBesideCode
      : survey.proven) < enough &&
    survey.layerRecords < Math.max(3, enough)
  ) {
    return false;
  }
  if (format.besideCode === true) {
    return true;
  }
  yield;
  const { code, markdown, isDocument, isTabular, filled } = writtenIn(head);
  if (isTabular && survey.records * 2 >= filled) {
    // A log written as Markdown, with a title.
    return code === 0;
  }
  if (isDocument) {
    return false;
  }
  if (skipsOnly) {
    return code * 10 < head.lines.length;
  }
  // A traceback or a warning quotes a line or two of code; what holds as much code as records is code.
  return (
    code < Math.max(survey.records, survey.layerRecords) && markdown < 3 && markdown * 4 < head.lines.length
  );
}
