import type { Split } from '../../run/series';
import type { Key } from '../keyTable';
import type { Recorder } from '../recorder';
import {
  APOSTROPHE,
  BAR,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  CLOSE_PAREN,
  COLON,
  COMMA,
  EQUALS,
  isDigit,
  OPEN_BRACE,
  OPEN_BRACKET,
  OPEN_PAREN,
  QUOTE,
  SLASH,
  SPACE,
  skipSpaces,
  startsWith,
  TAB,
  textOf,
} from './bytes';
import { DictScanner } from './dict';
import type { NumberScanner } from './number';
import { Phrase } from './phrase';
import { PrintedNumbers } from './printedNumbers';
import {
  afterParen,
  BLANK,
  CLASSES,
  closedSoon,
  endsNumber,
  isBar,
  MARK,
  skipDigits,
  tensorNumber,
  WORD,
} from './textMarks';

/** Longest line that is searched for numbers word by word; a longer one is a dump. */
const LONGEST_TEXT = 64 * 1024;

/** Words that a number completes to a name: "Layer 3". */
const NUMBERED = /^(?:layer|block|stage|conv|fc|linear|dense|head|level|lstm|gru|encoder|decoder)$/i;

/**
 * Reads the numbers of a line of free text: `key: value`, `key=value`, `key value` for well-known keys, `Epoch [1/10]`,
 * progress bars, Python dicts, in any mixture. Adds fields to the recorder; whether they are a record is not decided here.
 */
export class TextScanner {
  /** The line looks like source code or a comparison, so its numbers mean nothing. */
  code = false;
  /** The line has a word such as "overflow" or "skipping". */
  alarm = false;

  private readonly number: NumberScanner;
  private readonly dict: DictScanner;
  private readonly phrase: Phrase;
  private readonly printed: PrintedNumbers;
  private last: Key | null = null;
  /** Position of a progress bar on the line; NaN without one. */
  private bar = Number.NaN;
  /** Counts lines. */
  private stamp = 0;

  constructor(private readonly recorder: Recorder) {
    this.dict = new DictScanner(recorder);
    this.number = recorder.number;
    this.phrase = new Phrase(recorder.keys);
    this.printed = new PrintedNumbers(recorder);
  }

  /** Evaluation when the line says that it is about validation or testing. */
  get split(): Split {
    return this.phrase.split;
  }

  scan(bytes: Uint8Array, start: number, end: number): void {
    this.code = false;
    this.alarm = false;
    this.stamp++;
    this.phrase.begin(skipSpaces(bytes, start, end));
    if (end - start > LONGEST_TEXT) {
      return;
    }
    this.bar = Number.NaN;
    this.words(bytes, start, end);
    if (!Number.isNaN(this.bar) && this.recorder.size > 0) {
      const key = this.recorder.keys.named('progress bar');
      if (key !== null) {
        this.recorder.add(key, this.bar);
      }
    }
  }

  private words(bytes: Uint8Array, start: number, end: number): void {
    let at = start;
    let blanks = 0;
    while (at < end) {
      const byte = bytes[at]!;
      const kind = CLASSES[byte]!;
      if (kind === BLANK) {
        blanks += byte === TAB ? 2 : 1;
        at++;
        continue;
      }
      if (kind === MARK) {
        at = this.mark(bytes, at, end, byte);
        if (this.code) {
          return;
        }
        blanks = 0;
        continue;
      }
      if (this.phrase.start < 0) {
        const guessed = this.guess(bytes, at, end);
        if (guessed > 0) {
          at = guessed;
          blanks = 0;
          continue;
        }
      }
      at = this.token(bytes, at, end, blanks);
      blanks = 0;
    }
  }

  /** The key that came next the last time, followed by a separator and a number: the common case, in one comparison. */
  private guess(bytes: Uint8Array, at: number, end: number): number {
    const guess = this.last === null ? null : this.last.next;
    if (guess === null || guess.parent !== null || !startsWith(bytes, at, end, guess.bytes)) {
      return -1;
    }
    let after = at + guess.bytes.length;
    if (after < end && bytes[after] === SPACE) {
      after = skipSpaces(bytes, after, end);
    }
    if (after >= end || (bytes[after] !== COLON && bytes[after] !== EQUALS)) {
      return -1;
    }
    after = skipSpaces(bytes, after + 1, end);
    const stop = this.number.scan(bytes, after, end);
    if (stop < 0 || !endsNumber(bytes, stop, end)) {
      return -1;
    }
    if (stop < end && (bytes[stop] === COMMA || bytes[stop] === SLASH) && isDigit(bytes[stop + 1])) {
      return -1;
    }
    this.emit(guess, this.number.value);
    return stop;
  }

  private emit(key: Key, value: number): void {
    const target = key.target;
    if (this.last !== null) {
      this.last.next = key;
    }
    this.last = key;
    if (this.printed.rounded && target.meaning.role === 'step') {
      this.recorder.setRounded();
    }
    this.printed.rounded = false;
    // Twice on a line: the second is a running total of another group (`loss[loss=1] tot_loss[loss=2]`).
    if (target.stamp !== this.stamp) {
      target.stamp = this.stamp;
      this.recorder.add(target, value);
    }
    this.phrase.close();
  }

  /** A punctuation mark. @returns where to go on. */
  private mark(bytes: Uint8Array, at: number, end: number, byte: number): number {
    if (byte === COLON || byte === EQUALS) {
      return this.separator(bytes, at, end, byte);
    }
    if (byte === OPEN_BRACE) {
      return this.brace(bytes, at, end);
    }
    if (byte === OPEN_BRACKET && this.phrase.start >= 0) {
      const after = this.bracketed(bytes, at, end);
      if (after > 0) {
        return after;
      }
    }
    if (byte === OPEN_PAREN) {
      // "loss 0.5 (0.6)": the running mean behind a value, or a remark.
      const inner = this.number.scan(bytes, at + 1, end);
      this.phrase.drop();
      return inner > 0 && bytes[inner] === CLOSE_PAREN ? inner + 1 : at + 1;
    }
    if (byte === BAR && this.insideBars(bytes, at, end)) {
      return this.token(bytes, at, end, 1);
    }
    if (byte === CLOSE_BRACE) {
      this.phrase.group = null;
    }
    if ((byte === QUOTE || byte === APOSTROPHE) && bytes[at + 1] === COLON && this.phrase.start >= 0) {
      return at + 1;
    }
    this.phrase.noteSplit(bytes);
    this.phrase.drop();
    return at + 1;
  }

  /** `|grad|` is a word, a bar between blanks is not. */
  private insideBars(bytes: Uint8Array, at: number, end: number): boolean {
    let to = at + 1;
    while (to < end && to - at < 12 && CLASSES[bytes[to]!] === WORD) {
      to++;
    }
    return to > at + 1 && to < end && bytes[to] === BAR && !isDigit(bytes[at + 1]);
  }

  private separator(bytes: Uint8Array, at: number, end: number, byte: number): number {
    const next = bytes[at + 1];
    if (byte === EQUALS && (next === EQUALS || next === 62)) {
      if (next === EQUALS && bytes[at + 2] === EQUALS) {
        this.phrase.drop();
        while (at < end && bytes[at] === EQUALS) {
          at++;
        }
        return at;
      }
      this.code = true;
      return end;
    }
    if (byte === COLON && (next === EQUALS || next === COLON)) {
      this.code = next === EQUALS;
      this.phrase.drop();
      return at + 2;
    }
    if (this.phrase.start < 0) {
      return at + 1;
    }
    let from = skipSpaces(bytes, at + 1, end);
    if (from >= end) {
      this.phrase.takeSubject(bytes);
      return end;
    }
    const opening = bytes[from]!;
    if (opening === OPEN_BRACE) {
      return this.brace(bytes, from, end);
    }
    if (opening === OPEN_BRACKET) {
      const after = this.bracketed(bytes, from, end);
      if (after > 0) {
        return after;
      }
      this.phrase.takeSubject(bytes);
      return from;
    }
    let quote = 0;
    if (opening === QUOTE || opening === APOSTROPHE) {
      quote = opening;
      from++;
    }
    const tensor = byte === COLON || byte === EQUALS ? tensorNumber(bytes, from, end) : from;
    const after = this.printed.valueAt(bytes, tensor, end, quote);
    if (after < 0) {
      if (isDigit(opening)) {
        this.phrase.drop();
        return skipDigits(bytes, from, end);
      }
      this.phrase.takeSubject(bytes);
      return quote === 0 ? from : from - 1;
    }
    const key = this.phrase.key(bytes);
    const value = this.number.value;
    if (key === null) {
      this.phrase.drop();
      return after;
    }
    const total = this.printed.totalAfter(bytes, after, end);
    if (total > 0) {
      if (key.target.meaning.role === 'metric') {
        this.phrase.drop();
        return total;
      }
      this.emit(key, value);
      return total;
    }
    this.emit(key, value);
    return tensor === from ? after : afterParen(bytes, after, end);
  }

  /** `Epoch [1/10]`, `Step [100/600]`, `Epoch [1][100/62598]`, `Train: [0/3][0/1]`. @returns offset after, or -1. */
  private bracketed(bytes: Uint8Array, at: number, end: number): number {
    const inner = this.number.scan(bytes, skipSpaces(bytes, at + 1, end), end);
    if (inner < 0 || !this.number.whole) {
      return -1;
    }
    const value = this.number.value;
    let after = this.printed.totalAfter(bytes, inner, end);
    const hasTotal = after > 0;
    after = skipSpaces(bytes, hasTotal ? after : inner, end);
    if (bytes[after] !== CLOSE_BRACKET) {
      return -1;
    }
    after++;
    const second = this.secondBracket(bytes, after, end);
    const key = this.phrase.axisKey(bytes);
    if (second > 0) {
      const step = this.number.value;
      const epochKey = key?.meaning.role === 'epoch' ? key : this.recorder.keys.named('epoch');
      const stepKey = this.recorder.keys.named('iter');
      this.phrase.noteSplit(bytes);
      if (epochKey !== null && stepKey !== null) {
        this.emit(epochKey, value);
        this.emit(stepKey, step);
      }
      return second;
    }
    if (key === null) {
      return -1;
    }
    this.emit(key, value);
    return after;
  }

  private secondBracket(bytes: Uint8Array, at: number, end: number): number {
    at = skipSpaces(bytes, at, end);
    if (at >= end || bytes[at] !== OPEN_BRACKET) {
      return -1;
    }
    const inner = this.number.scan(bytes, skipSpaces(bytes, at + 1, end), end);
    if (inner < 0 || !this.number.whole) {
      return -1;
    }
    const after = this.printed.totalAfter(bytes, inner, end);
    if (after < 0 || bytes[after] !== CLOSE_BRACKET) {
      return -1;
    }
    this.recorder.setWithin();
    return after + 1;
  }

  /** A dict, or `grad norms {name: value}`. */
  private brace(bytes: Uint8Array, at: number, end: number): number {
    const inner = skipSpaces(bytes, at + 1, end);
    if (bytes[inner] === QUOTE || bytes[inner] === APOSTROPHE) {
      const before = this.recorder.size;
      const after = this.dict.scan(bytes, at, end);
      if (after > 0 && this.recorder.hasMetric(before)) {
        // A bar that shares the line with a dict was drawn at another time.
        this.bar = Number.NaN;
        this.phrase.drop();
        return after;
      }
      this.recorder.cutBack(before);
      this.phrase.drop();
      return after > 0 ? after : at + 1;
    }
    if (this.phrase.start >= 0) {
      const key = this.recorder.keys.find(bytes, this.phrase.start, this.phrase.end);
      this.phrase.group = key !== null && key.meaning.kind === 'grad-norm' ? key : null;
    }
    this.phrase.drop();
    return at + 1;
  }

  /** A word or a number between blanks. @returns the offset after it. */
  private token(bytes: Uint8Array, at: number, end: number, blanks: number): number {
    const first = bytes[at]!;
    if ((first >= 43 && first <= 57) || first === 110 || first === 78 || first === 105 || first === 73) {
      const after = this.looseNumber(bytes, at, end);
      if (after > 0) {
        return after;
      }
    }
    let to = first === BAR ? at + 1 : at;
    let letters = false;
    while (to < end) {
      const byte = bytes[to]!;
      if (CLASSES[byte] !== WORD) {
        if (byte === BAR && (first === BAR || this.insideBars(bytes, to, end))) {
          to++;
          continue;
        }
        if (byte === OPEN_PAREN && letters) {
          const close = closedSoon(bytes, to, end);
          if (close > 0) {
            to = close;
            continue;
          }
        }
        break;
      }
      letters ||= (byte | 32) >= 97;
      to++;
    }
    if (!letters) {
      // A rule, a dash between fields, a date: ends the phrase.
      this.phrase.noteSplit(bytes);
      this.phrase.drop();
      return Math.max(to, at + 1);
    }
    if (this.phrase.start < 0 || blanks > 1) {
      this.phrase.noteSplit(bytes);
      this.phrase.start = at;
    }
    this.phrase.lastWord = at;
    this.phrase.end = to;
    if ((first | 32) === 111 || (first | 32) === 115 || (first | 32) === 102) {
      this.noteAlarm(bytes, at, to);
    }
    return to;
  }

  /** A number with no separator before it: the value of a well-known key, or a progress bar. */
  private looseNumber(bytes: Uint8Array, at: number, end: number): number {
    let after = this.number.scan(bytes, at, end);
    if (after < 0) {
      return -1;
    }
    const total = this.number.whole ? this.printed.totalAfter(bytes, after, end) : -1;
    if (total > 0 && isBar(bytes, total, end)) {
      this.bar = this.number.value;
      if (this.recorder.hasAxis()) {
        // "Epoch 2/20: 6%| | 1/16": the bar is the epoch's.
        this.recorder.setWithin();
      }
      return total;
    }
    if (total < 0) {
      after = this.printed.valueAt(bytes, at, end, 0);
      if (after < 0) {
        after = this.number.scan(bytes, at, end);
        if (bytes[after] !== COLON) {
          return -1;
        }
      }
    }
    if (this.phrase.start < 0) {
      return total > 0 ? total : after;
    }
    const value = this.number.value;
    const colon = bytes[after] === COLON;
    const key = this.phrase.wellKnown(bytes, total > 0 || colon);
    if (key === null) {
      if (total < 0 && NUMBERED.test(textOf(bytes, this.phrase.lastWord, this.phrase.end))) {
        this.phrase.end = after;
        return after;
      }
      this.phrase.noteSplit(bytes);
      this.phrase.drop();
      return total > 0 ? total : after;
    }
    this.phrase.noteSplit(bytes, this.phrase.keyStart);
    this.emit(key, value);
    return total > 0 ? total : after;
  }

  private noteAlarm(bytes: Uint8Array, at: number, to: number): void {
    const length = to - at;
    if (length >= 5 && length <= 12 && /^(?:overflow|skipping|found)/i.test(textOf(bytes, at, to))) {
      this.alarm = true;
    }
  }
}
