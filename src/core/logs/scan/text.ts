import type { Split } from '../../run/series';
import { isParameterName } from '../keys';
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

const WORD = 0;
const BLANK = 1;
const MARK = 2;

/** What a byte does to a phrase: continue a word, separate words, or be looked at. */
const CLASSES = new Uint8Array(256);
for (const byte of [SPACE, TAB]) {
  CLASSES[byte] = BLANK;
}
for (const byte of bytesOfMarks(':=,;|[]{}<>"\'`()!*#\\^~?&')) {
  CLASSES[byte] = MARK;
}

function bytesOfMarks(marks: string): number[] {
  return [...marks].map((mark) => mark.charCodeAt(0));
}

/** Longest line that is searched for numbers word by word; a longer one is a dump. */
const LONGEST_TEXT = 64 * 1024;

/** Words that a number completes to a name: "Layer 3". */
const NUMBERED = /^(?:layer|block|stage|conv|fc|linear|dense|head|level|lstm|gru|encoder|decoder)$/i;

/** Units that may stand right behind a number. */
const UNIT = /^(?:%|ms|s|us|sec|secs|it\/s|s\/it|[kmgt]i?b|b|gb|x|tflops|tok\/s)$/i;
const MULTIPLES: ReadonlyMap<number, number> = new Map([
  [75, 1e3],
  [77, 1e6],
  [71, 1e9],
  [66, 1e9],
  [84, 1e12],
]);

const EVAL_WORDS: ReadonlySet<string> = new Set([
  'val',
  'valid',
  'validation',
  'eval',
  'evaluation',
  'test',
  'dev',
  'validating',
  'evaluating',
]);

/**
 * Reads the numbers of a line of free text: `key: value`, `key=value`, `key value` for well-known keys, `Epoch [1/10]`,
 * progress bars, Python dicts, in any mixture. Adds fields to the recorder; whether they are a record is not decided here.
 */
export class TextScanner {
  /** The line says that it is about validation or testing. */
  split: Split = 'train';
  /** The line looks like source code or a comparison, so its numbers mean nothing. */
  code = false;
  /** The line has a word such as "overflow" or "skipping". */
  alarm = false;

  private readonly number: NumberScanner;
  private readonly dict: DictScanner;
  private last: Key | null = null;
  private phraseStart = -1;
  private phraseEnd = -1;
  private lastWord = -1;
  private subjectStart = -1;
  private subjectEnd = -1;
  private group: Key | null = null;
  /** Position of a progress bar on the line; NaN without one. */
  private bar = Number.NaN;
  private lineStart = 0;

  constructor(private readonly recorder: Recorder) {
    this.dict = new DictScanner(recorder);
    this.number = recorder.number;
  }

  scan(bytes: Uint8Array, start: number, end: number): void {
    this.split = 'train';
    this.code = false;
    this.alarm = false;
    this.group = null;
    this.subjectStart = -1;
    this.dropPhrase();
    if (end - start > LONGEST_TEXT) {
      return;
    }
    this.bar = Number.NaN;
    this.lineStart = skipSpaces(bytes, start, end);
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
      if (this.phraseStart < 0) {
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

  private dropPhrase(): void {
    this.phraseStart = -1;
    this.phraseEnd = -1;
    this.lastWord = -1;
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
    this.recorder.add(target, value);
    this.dropPhrase();
    this.subjectStart = -1;
  }

  /** A punctuation mark. @returns where to go on. */
  private mark(bytes: Uint8Array, at: number, end: number, byte: number): number {
    if (byte === COLON || byte === EQUALS) {
      return this.separator(bytes, at, end, byte);
    }
    if (byte === OPEN_BRACE) {
      return this.brace(bytes, at, end);
    }
    if (byte === OPEN_BRACKET && this.phraseStart >= 0) {
      const after = this.bracketed(bytes, at, end);
      if (after > 0) {
        return after;
      }
    }
    if (byte === OPEN_PAREN) {
      // "loss 0.5 (0.6)": the running mean behind a value, or a remark.
      const inner = this.number.scan(bytes, at + 1, end);
      this.dropPhrase();
      return inner > 0 && bytes[inner] === CLOSE_PAREN ? inner + 1 : at + 1;
    }
    if (byte === BAR && this.insideBars(bytes, at, end)) {
      return this.token(bytes, at, end, 1);
    }
    if (byte === CLOSE_BRACE) {
      this.group = null;
    }
    if ((byte === QUOTE || byte === APOSTROPHE) && bytes[at + 1] === COLON && this.phraseStart >= 0) {
      return at + 1;
    }
    this.noteSplit(bytes);
    this.dropPhrase();
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
        this.dropPhrase();
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
      this.dropPhrase();
      return at + 2;
    }
    if (this.phraseStart < 0) {
      return at + 1;
    }
    let from = skipSpaces(bytes, at + 1, end);
    if (from >= end) {
      this.takeSubject(bytes);
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
      this.takeSubject(bytes);
      return from;
    }
    let quote = 0;
    if (opening === QUOTE || opening === APOSTROPHE) {
      quote = opening;
      from++;
    }
    const tensor = byte === COLON || byte === EQUALS ? tensorNumber(bytes, from, end) : from;
    const after = this.valueAt(bytes, tensor, end, quote);
    if (after < 0) {
      if (isDigit(opening)) {
        this.dropPhrase();
        return skipDigits(bytes, from, end);
      }
      this.takeSubject(bytes);
      return quote === 0 ? from : from - 1;
    }
    const key = this.keyOfPhrase(bytes);
    const value = this.number.value;
    if (key === null) {
      this.dropPhrase();
      return after;
    }
    const total = this.totalAfter(bytes, after, end);
    if (total > 0) {
      if (key.target.meaning.role === 'metric') {
        this.dropPhrase();
        return total;
      }
      this.emit(key, value);
      return total;
    }
    this.emit(key, value);
    return tensor === from ? after : afterParen(bytes, after, end);
  }

  /** The phrase before a colon that no number follows: what the following keys may be about. */
  private takeSubject(bytes: Uint8Array): void {
    this.noteSplit(bytes);
    this.subjectStart = this.phraseStart;
    this.subjectEnd = this.phraseEnd;
    this.dropPhrase();
  }

  /**
   * Reads the number at `at` into `this.number.value`, with its unit.
   * @returns the offset after it, or -1 when it is no number of its own.
   */
  private valueAt(bytes: Uint8Array, at: number, end: number, quote: number): number {
    let after = this.number.scan(bytes, at, end);
    if (after < 0) {
      return -1;
    }
    if (quote !== 0) {
      return bytes[after] === quote ? after + 1 : -1;
    }
    if (
      this.number.whole &&
      after < end &&
      bytes[after] === COMMA &&
      isDigit(bytes[after + 1]) &&
      Math.abs(this.number.value) < 1000
    ) {
      after = this.thousands(bytes, after, end);
    }
    if (endsNumber(bytes, after, end)) {
      return after;
    }
    return this.withUnit(bytes, after, end);
  }

  /** `8,641` and `1,273,373` are one number each. */
  private thousands(bytes: Uint8Array, at: number, end: number): number {
    let value = this.number.value;
    const negative = value < 0 || Object.is(value, -0);
    value = Math.abs(value);
    let stop = at;
    while (
      bytes[stop] === COMMA &&
      stop + 3 < end &&
      isDigit(bytes[stop + 1]) &&
      isDigit(bytes[stop + 2]) &&
      isDigit(bytes[stop + 3]) &&
      !isDigit(bytes[stop + 4])
    ) {
      value = value * 1000 + Number(textOf(bytes, stop + 1, stop + 4));
      stop += 4;
    }
    if (stop === at) {
      return at;
    }
    this.number.value = negative ? -value : value;
    return stop;
  }

  private withUnit(bytes: Uint8Array, at: number, end: number): number {
    const multiple = MULTIPLES.get(bytes[at]!);
    if (multiple !== undefined && endsNumber(bytes, at + 1, end)) {
      this.number.value *= multiple;
      this.recorder.setRounded();
      return at + 1;
    }
    let to = at;
    while (to < end && to - at < 8 && CLASSES[bytes[to]!] === WORD) {
      to++;
    }
    if (to === at || !UNIT.test(textOf(bytes, at, to))) {
      return -1;
    }
    return bytes[to] === OPEN_PAREN ? afterParen(bytes, to, end) : to;
  }

  /** `/ 640` behind a step or epoch. @returns the offset after it, or -1. */
  private totalAfter(bytes: Uint8Array, at: number, end: number): number {
    if (bytes[at] !== SLASH && !(bytes[at] === SPACE && bytes[at + 1] === SLASH)) {
      return -1;
    }
    const slash = bytes[at] === SLASH ? at : at + 1;
    const value = this.number.value;
    const after = this.number.scan(bytes, skipSpaces(bytes, slash + 1, end), end);
    const total = this.number.value;
    this.number.value = value;
    if (after < 0 || slash >= end) {
      return -1;
    }
    this.recorder.setTotal(total);
    return after;
  }

  /** `Epoch [1/10]`, `Step [100/600]`, `Epoch [1][100/62598]`, `Train: [0/3][0/1]`. @returns offset after, or -1. */
  private bracketed(bytes: Uint8Array, at: number, end: number): number {
    const inner = this.number.scan(bytes, skipSpaces(bytes, at + 1, end), end);
    if (inner < 0 || !this.number.whole) {
      return -1;
    }
    const value = this.number.value;
    let after = this.totalAfter(bytes, inner, end);
    const hasTotal = after > 0;
    after = skipSpaces(bytes, hasTotal ? after : inner, end);
    if (bytes[after] !== CLOSE_BRACKET) {
      return -1;
    }
    after++;
    const second = this.secondBracket(bytes, after, end);
    const key = this.keyOfAxis(bytes);
    if (second > 0) {
      const step = this.number.value;
      const epochKey = key?.meaning.role === 'epoch' ? key : this.recorder.keys.named('epoch');
      const stepKey = this.recorder.keys.named('iter');
      this.noteSplit(bytes);
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
    const after = this.totalAfter(bytes, inner, end);
    return after > 0 && bytes[after] === CLOSE_BRACKET ? after + 1 : -1;
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
        this.dropPhrase();
        return after;
      }
      this.recorder.cutBack(before);
      this.dropPhrase();
      return after > 0 ? after : at + 1;
    }
    if (this.phraseStart >= 0) {
      const key = this.recorder.keys.find(bytes, this.phraseStart, this.phraseEnd);
      this.group = key !== null && key.meaning.kind === 'grad-norm' ? key : null;
    }
    this.dropPhrase();
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
      this.noteSplit(bytes);
      this.dropPhrase();
      return Math.max(to, at + 1);
    }
    if (this.phraseStart < 0 || blanks > 1) {
      this.noteSplit(bytes);
      this.phraseStart = at;
    }
    this.lastWord = at;
    this.phraseEnd = to;
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
    const total = this.number.whole ? this.totalAfter(bytes, after, end) : -1;
    if (total > 0 && isBar(bytes, total, end)) {
      this.bar = this.number.value;
      return total;
    }
    if (total < 0) {
      after = this.valueAt(bytes, at, end, 0);
      if (after < 0) {
        after = this.number.scan(bytes, at, end);
        if (bytes[after] !== COLON) {
          return -1;
        }
      }
    }
    if (this.phraseStart < 0) {
      return total > 0 ? total : after;
    }
    const value = this.number.value;
    const colon = bytes[after] === COLON;
    const key = this.wellKnown(bytes, total > 0 || colon);
    if (key === null) {
      if (total < 0 && NUMBERED.test(textOf(bytes, this.lastWord, this.phraseEnd))) {
        this.phraseEnd = after;
        return after;
      }
      this.noteSplit(bytes);
      this.dropPhrase();
      return total > 0 ? total : after;
    }
    this.noteSplit(bytes);
    this.emit(key, value);
    return total > 0 ? total : after;
  }

  /** The key before a number without separator: an axis, a loss, a norm or a rate; everything else is prose. */
  private wellKnown(bytes: Uint8Array, axisOnly: boolean): Key | null {
    const keys = this.recorder.keys;
    const last = this.lastWord;
    const single = keys.find(bytes, last, this.phraseEnd);
    if (axisOnly || single?.meaning.role === 'step' || single?.meaning.role === 'epoch') {
      return single !== null && (single.meaning.role === 'step' || single.meaning.role === 'epoch')
        ? single
        : null;
    }
    if (last > this.phraseStart) {
      let from = last - 1;
      while (from > this.phraseStart && CLASSES[bytes[from - 1]!] !== BLANK) {
        from--;
      }
      const pair = from < last - 1 ? keys.find(bytes, from, this.phraseEnd) : null;
      if (pair !== null && isKnown(pair)) {
        return pair;
      }
    }
    return single !== null && isKnown(single) ? single : null;
  }

  /** The key a bracket belongs to: `Epoch`, `Step`, `Epoch(train)`. */
  private keyOfAxis(bytes: Uint8Array): Key | null {
    let to = this.phraseEnd;
    for (let at = this.lastWord; at < this.phraseEnd; at++) {
      if (bytes[at] === OPEN_PAREN) {
        to = at;
        break;
      }
    }
    const key = this.recorder.keys.find(bytes, this.lastWord, to);
    return key !== null && (key.meaning.role === 'step' || key.meaning.role === 'epoch') ? key : null;
  }

  /** The key before a separator, with the subject in front of it where it names a parameter. */
  private keyOfPhrase(bytes: Uint8Array): Key | null {
    const keys = this.recorder.keys;
    if (this.group !== null) {
      return keys.find(bytes, this.phraseStart, this.phraseEnd, null);
    }
    if (this.subjectStart >= 0) {
      const subject = textOf(bytes, this.subjectStart, this.subjectEnd);
      if (isSubject(subject) || (this.subjectStart === this.lineStart && isLoneName(subject))) {
        const whole = keys.find(bytes, this.phraseStart, this.phraseEnd);
        if (whole !== null && whole.meaning.kind !== 'other' && whole.meaning.parameter === null) {
          return keys.find(bytes, this.subjectStart, this.phraseEnd);
        }
      }
    }
    const key = keys.find(bytes, this.phraseStart, this.phraseEnd);
    if (key !== null && this.lastWord > this.phraseStart && key.target === key) {
      if (!isKnown(key)) {
        this.retarget(bytes, key);
      } else if (/^(?:grads|gradients|grad norms|gradient norms)\s/i.test(key.name)) {
        // "grads a.weight=1 b.weight=2": the first word is about all of them.
        key.target = keys.find(bytes, this.lastWord, this.phraseEnd) ?? key;
      }
    }
    return key;
  }

  /** A phrase that no dictionary knows may end in words that it does: "grads enc.weight", "with loss". */
  private retarget(bytes: Uint8Array, key: Key): void {
    for (let from = this.phraseStart; from < this.lastWord; ) {
      while (from < this.lastWord && CLASSES[bytes[from]!] !== BLANK) {
        from++;
      }
      from = skipSpaces(bytes, from, this.phraseEnd);
      const shorter = this.recorder.keys.find(bytes, from, this.phraseEnd);
      if (shorter !== null && isKnown(shorter) && shorter.meaning.role !== 'config') {
        key.target = shorter;
        return;
      }
    }
  }

  private noteSplit(bytes: Uint8Array): void {
    if (this.phraseStart < 0 || this.split !== 'train') {
      return;
    }
    const length = this.phraseEnd - this.phraseStart;
    if (length < 3 || length > 60 || !hasEvalLetter(bytes, this.phraseStart, this.phraseEnd)) {
      return;
    }
    for (const word of textOf(bytes, this.phraseStart, this.phraseEnd)
      .toLowerCase()
      .split(/[\s()_]+/)) {
      if (EVAL_WORDS.has(word)) {
        this.split = 'eval';
      }
    }
  }

  private noteAlarm(bytes: Uint8Array, at: number, to: number): void {
    const length = to - at;
    if (length >= 5 && length <= 12 && /^(?:overflow|skipping|found)/i.test(textOf(bytes, at, to))) {
      this.alarm = true;
    }
  }
}

function isKnown(key: Key): boolean {
  const meaning = key.meaning;
  return (
    meaning.role === 'step' ||
    meaning.role === 'epoch' ||
    meaning.role === 'config' ||
    meaning.kind !== 'other'
  );
}

/** What may stand before a colon and own the gradient behind it. */
function isSubject(text: string): boolean {
  return (
    isParameterName(text) ||
    /^(?:layer|block|stage|head|conv|fc|linear|dense)[ _.-]?\d{1,4}$/i.test(text) ||
    (/^[A-Za-z_][\w-]*(?:\.[\w-]+)+$/.test(text) && !/\.(?:py|cc|cpp|cu|js|ts|rs|go|java)$/.test(text))
  );
}

/** A single word at the start of a line that is no logger's name: `const: gradient norm = 0.5`. */
function isLoneName(text: string): boolean {
  return (
    /^[a-z_]\w{0,60}$/.test(text) &&
    !/^(?:train|training|trainer|val|valid|eval|test|info|debug|warning|error|root|main|worker|rank\d*|gpu\d*|model|loop|status|results?|metrics?|stats?|log|logger|step|epoch|iter|total|global|wandb|stdout)$/.test(
      text,
    )
  );
}

function hasEvalLetter(bytes: Uint8Array, at: number, end: number): boolean {
  for (; at < end; at++) {
    const letter = bytes[at]! | 32;
    if (letter === 118) {
      return true;
    }
    if ((letter === 116 || letter === 100) && (bytes[at + 1]! | 32) === 101) {
      return true;
    }
  }
  return false;
}

/** A number stands alone when a blank, a mark or the end follows; a full stop may close the sentence. */
function endsNumber(bytes: Uint8Array, at: number, end: number): boolean {
  if (at >= end) {
    return true;
  }
  const byte = bytes[at]!;
  if (byte === COLON || byte === EQUALS) {
    return false;
  }
  if (CLASSES[byte] !== WORD || byte === SLASH) {
    return true;
  }
  return byte === 46 && (at + 1 >= end || bytes[at + 1] === SPACE);
}

/** ` [00:12<00:30` or `[01:06` behind `5/40`: a progress bar. */
function isBar(bytes: Uint8Array, at: number, end: number): boolean {
  at = skipSpaces(bytes, at, end);
  return (
    at + 4 < end &&
    bytes[at] === OPEN_BRACKET &&
    isDigit(bytes[at + 1]) &&
    (bytes[at + 2] === COLON || bytes[at + 3] === COLON)
  );
}

/** Start of the number inside `tensor(0.5, …)`; the same offset when there is no such wrapper. */
function tensorNumber(bytes: Uint8Array, at: number, end: number): number {
  const first = bytes[at]!;
  if (first !== 116 && first !== 110 && first !== 97 && first !== 65) {
    return at;
  }
  let to = at;
  while (to < end && to - at < 16 && CLASSES[bytes[to]!] === WORD) {
    to++;
  }
  if (
    to >= end ||
    bytes[to] !== OPEN_PAREN ||
    !/^(?:tensor|np\.float\d+|np\.float_|array|Array)$/.test(textOf(bytes, at, to))
  ) {
    return at;
  }
  return skipSpaces(bytes, to + 1, end);
}

function afterParen(bytes: Uint8Array, at: number, end: number): number {
  while (at < end && bytes[at] !== CLOSE_PAREN) {
    at++;
  }
  return Math.min(at + 1, end);
}

/** `(train)` inside a word. @returns the offset after it, or -1. */
function closedSoon(bytes: Uint8Array, at: number, end: number): number {
  for (let to = at + 1; to < end && to - at < 24; to++) {
    if (bytes[to] === CLOSE_PAREN) {
      return to + 1;
    }
    if (CLASSES[bytes[to]!] !== WORD) {
      return -1;
    }
  }
  return -1;
}

/** Skips a time of day or another thing of digits and colons. */
function skipDigits(bytes: Uint8Array, at: number, end: number): number {
  while (at < end && (isDigit(bytes[at]) || bytes[at] === COLON || bytes[at] === 46)) {
    at++;
  }
  return at;
}
