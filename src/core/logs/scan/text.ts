import type { Split } from '../../run/series';
import { type Key, keyStandsAt } from '../keyTable';
import type { Recorder } from '../recorder';
import { Brackets } from './brackets';
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
  PERCENT,
  QUOTE,
  SLASH,
  SPACE,
  skipSpaces,
  TAB,
  textOf,
} from './bytes';
import { DictScanner } from './dict';
import { type NumberRead, type NumberScanner, WHOLE } from './number';
import { Phrase } from './phrase';
import { PrintedNumbers } from './printedNumbers';
import {
  afterNormBars,
  afterParen,
  BLANK,
  CLASSES,
  closedSoon,
  decorationLength,
  endsNumber,
  isBar,
  isDrawnBar,
  MARK,
  SYMBOL,
  skipDigits,
  tensorNumber,
  WORD,
} from './textMarks';

/** Longest line that is searched for numbers word by word; a longer one is a dump. */
const LONGEST_TEXT = 64 * 1024;

const HASH = 35;
/** First byte of 第, "number …". */
const COUNTED = 0xe7;

/** Words that a number completes to a name: "Layer 3". */
const NUMBERED =
  /^(?:layer|block|stage|conv|fc|linear|dense|head|level|lstm|gru|encoder|decoder|param|parameter)$/i;

/** Keys whose whole number says which layer the line is about: "block=3 grad_norm=0.5". */
const LAYER_INDEX = /^(?:layer|block|stage)(?:_?(?:idx|id|index|num))?$/i;

/**
 * Reads the numbers of a line of free text: `key: value`, `key=value`, `key value` for well-known keys, `Epoch [1/10]`,
 * progress bars, Python dicts, in any mixture. Adds fields to the recorder; whether they are a record is not decided here.
 */
export class TextScanner {
  /** The line looks like source code or a comparison, so its numbers mean nothing. */
  code = false;
  /** The line has a word such as "overflow" or "skipping". */
  alarm = false;
  /** The line is about one parameter or layer. */
  get owned(): boolean {
    return this.phrase.owner !== null;
  }

  /** A line above said that what follows is about gradients. */
  set announced(value: boolean) {
    this.phrase.announced = value;
  }

  /** The line ends in words without a number: "Gradient norms:". */
  get openEnd(): boolean {
    return this.phrase.openEnd;
  }

  private readonly number: NumberScanner;
  private readonly dict: DictScanner;
  private readonly phrase: Phrase;
  private readonly printed: PrintedNumbers;
  private readonly brackets: Brackets;
  private last: Key | null = null;
  /** Position of a progress bar on the line. */
  private bar: NumberRead | null = null;
  /** Where the bar's bracket begins. */
  private barAt = 0;
  /** Counts lines. */
  private stamp = 0;

  constructor(private readonly recorder: Recorder) {
    this.dict = new DictScanner(recorder);
    this.number = recorder.number;
    this.phrase = new Phrase(recorder.keys);
    this.printed = new PrintedNumbers(recorder);
    this.brackets = new Brackets(recorder, this.printed, this.phrase, {
      emit: (key, number) => this.emit(key, number),
      progress: (value) => {
        this.bar ??= value;
      },
    });
  }

  /** Evaluation when the line says that it is about validation or testing; summary for an epoch's means. */
  get split(): Split {
    return this.phrase.split;
  }

  /** The parameter that the line named and gave no number for: "enc.weight:", with its measures on the lines below. */
  get heading(): Key | null {
    return this.phrase.openEnd && this.recorder.size === 0 ? this.phrase.owner : null;
  }

  /** @param owner what the line is about, when the lines above say so. */
  scan(bytes: Uint8Array, start: number, end: number, owner: Key | null = null): void {
    this.code = false;
    this.alarm = false;
    this.stamp++;
    this.phrase.begin(skipSpaces(bytes, start, end));
    this.phrase.owner = owner;
    if (end - start > LONGEST_TEXT) {
      return;
    }
    this.bar = null;
    this.words(bytes, start, end);
    if (this.bar !== null && this.recorder.size > 0 && this.phrase.split !== 'eval') {
      const key = this.recorder.keys.named('progress bar');
      if (key !== null) {
        this.number.last = this.bar;
        this.recorder.take(key);
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
      if (kind === SYMBOL) {
        const length = decorationLength(bytes, at);
        if (length > 0) {
          if (this.phrase.start < 0 || isDrawnBar(bytes, at)) {
            this.phrase.noteSplit(bytes);
            this.phrase.drop(bytes);
          }
          at = Math.min(at + length, end);
          blanks++;
          continue;
        }
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
    if (
      guess === null ||
      guess.parent !== null ||
      this.phrase.owner !== null ||
      !keyStandsAt(guess, this.number.viewOf(bytes), bytes, at, end)
    ) {
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
    this.put(guess);
    if (guess.owner !== null) {
      this.phrase.adopt(guess.owner);
    }
    return stop;
  }

  private emit(key: Key, number: NumberRead): void {
    this.number.last = number;
    this.put(key);
  }

  /** Adds the number that was read last, unless the line or the key says that it is none to keep. */
  private put(key: Key): void {
    const target = key.target;
    if (this.last !== null) {
      this.last.next = key;
    }
    this.last = key;
    if (this.printed.rounded && target.meaning.role === 'step') {
      this.recorder.setRounded();
    }
    this.printed.rounded = false;
    if (
      target.meaning.role === 'ignored' ||
      (target.bareName && this.number.whole && this.number.result[0] !== 0)
    ) {
      // "fc.weight: 200" is a count; norms have a fraction.
      if (target.meaning.role === 'ignored') {
        this.recorder.pass(this.number.from, this.number.to);
      }
      this.phrase.close();
      return;
    }
    // Twice on a line: the second is a running total of another group (`loss[loss=1] tot_loss[loss=2]`).
    if (target.stamp !== this.stamp) {
      target.stamp = this.stamp;
      this.recorder.take(target);
    } else {
      this.recorder.pass(this.number.from, this.number.to);
    }
    this.phrase.noteWeight(target);
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
    if (byte === OPEN_BRACKET) {
      const axis = this.brackets.axis(bytes, at, end);
      const after = axis > 0 ? axis : this.brackets.value(bytes, at, end);
      if (after > 0) {
        return after;
      }
    }
    if ((byte === OPEN_BRACKET || byte === OPEN_PAREN) && this.phrase.start >= 0) {
      const after = this.phrase.ownerInside(bytes, at, end);
      if (after > 0) {
        return after;
      }
    }
    if (byte === OPEN_PAREN) {
      const remark = this.phrase.remark(bytes, at, end);
      if (remark > 0) {
        return remark;
      }
      const after = this.brackets.tuple(bytes, at, end);
      if (after > 0) {
        return after;
      }
      // "loss 0.5 (0.6)": the running mean behind a value, or a remark.
      const inner = this.number.scan(bytes, at + 1, end);
      this.phrase.drop(bytes);
      if (inner > 0 && bytes[inner] === CLOSE_PAREN) {
        this.recorder.pass(at + 1, inner);
        return inner + 1;
      }
      return at + 1;
    }
    if (byte === BAR && afterNormBars(bytes, at, end) > 0) {
      return this.token(bytes, at, end, 1);
    }
    if (byte === CLOSE_BRACE) {
      this.phrase.group = null;
    } else if (byte === BAR || byte === CLOSE_BRACKET) {
      this.phrase.endLayers();
    }
    if (byte === HASH && isDigit(bytes[at + 1]) && this.phrase.start >= 0) {
      return at + 1;
    }
    if ((byte === QUOTE || byte === APOSTROPHE) && bytes[at + 1] === COLON && this.phrase.start >= 0) {
      return at + 1;
    }
    this.phrase.noteSplit(bytes);
    this.phrase.drop(bytes);
    return at + 1;
  }

  private separator(bytes: Uint8Array, at: number, end: number, byte: number): number {
    const next = bytes[at + 1];
    if (byte === EQUALS && next === 62 && this.phrase.start < 0 && this.recorder.size === 0) {
      return at + 2;
    }
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
      this.phrase.openEnd = true;
      this.phrase.takeSubject(bytes);
      return end;
    }
    const opening = bytes[from]!;
    if (opening === OPEN_BRACE) {
      return this.brace(bytes, from, end);
    }
    if (opening === OPEN_BRACKET) {
      const after = this.brackets.axis(bytes, from, end);
      if (after > 0) {
        return after;
      }
      const listed = this.brackets.list(bytes, from, end);
      if (listed > 0) {
        return listed;
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
    const value = this.number.last;
    const place = byte === COLON && from === at + 1 && bytes[this.phrase.start - 1] === COLON;
    const percent =
      bytes[after - 1] === PERCENT && (bytes[after] === BAR || key?.meaning.kind === 'grad-norm');
    if (key === null || place || percent) {
      // "module:function:42", "Training: 10%|█": a place in the code, a bar.
      this.recorder.pass(value.from, value.to);
      this.phrase.drop();
      return after;
    }
    if (key.target !== key && isAxis(key.target)) {
      // "validate step: 20"
      this.phrase.noteSplit(bytes);
    }
    if (this.number.whole && this.phrase.owner === null && LAYER_INDEX.test(key.name)) {
      this.phrase.adoptLayer(key.name, value.value);
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

  /** A dict, or `grad norms {name: value}`. */
  private brace(bytes: Uint8Array, at: number, end: number): number {
    const inner = skipSpaces(bytes, at + 1, end);
    if (bytes[inner] === QUOTE || bytes[inner] === APOSTROPHE) {
      const before = this.recorder.size;
      const after = this.dict.scan(bytes, at, end);
      if (after > 0 && this.recorder.hasMetric(before)) {
        if (!this.insideBar(bytes, at)) {
          // A bar that shares the line with a dict was drawn at another time.
          this.bar = null;
        }
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

  /** `| 10/1000 [00:01<02:00, {'loss': 0.5}]`: the dict is the bar's own. */
  private insideBar(bytes: Uint8Array, at: number): boolean {
    if (this.bar === null) {
      return false;
    }
    let from = at;
    while (from > this.barAt && bytes[from] !== CLOSE_BRACKET) {
      from--;
    }
    return from <= this.barAt;
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
    if ((first === 116 || first === 110) && this.phrase.start >= 0) {
      const inner = tensorNumber(bytes, at, end);
      if (inner > at && this.looseNumber(bytes, inner, end) > 0) {
        return afterParen(bytes, inner, end);
      }
    }
    let to = first === BAR ? afterNormBars(bytes, at, end) : at;
    let letters = to > at;
    while (to < end) {
      const byte = bytes[to]!;
      if (CLASSES[byte] !== WORD) {
        if (CLASSES[byte] === SYMBOL && decorationLength(bytes, to) === 0) {
          letters = true;
          to++;
          continue;
        }
        const bars = byte === BAR ? afterNormBars(bytes, to, end) : -1;
        if (bars > 0) {
          letters = true;
          to = bars;
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
      this.recorder.passDigits(bytes, at, to);
      this.phrase.noteSplit(bytes);
      this.phrase.drop(bytes);
      return Math.max(to, at + 1);
    }
    if (
      this.phrase.start < 0 ||
      blanks > 1 ||
      this.phrase.becomesOwner(bytes) ||
      this.phrase.isLevel(bytes)
    ) {
      this.phrase.noteSplit(bytes);
      this.phrase.start = at;
    }
    if (first === COUNTED && this.counted(bytes, at, to)) {
      return to;
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
      this.bar = this.number.last;
      this.barAt = total;
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
    const counted = total > 0 && this.phrase.start < 0 ? this.unitBehind(bytes, total, end) : -1;
    if (counted > 0) {
      return counted;
    }
    if (this.phrase.start < 0) {
      this.passLoose(bytes, at, after, total);
      return total > 0 ? total : after;
    }
    const value = this.number.last;
    const colon = bytes[after] === COLON && this.number.whole;
    const phraseStart = this.phrase.start;
    const key = this.phrase.wellKnown(bytes, total > 0 || colon);
    if (key !== null && key.meaning.parameter !== null && numberFollows(bytes, after, end)) {
      // Several numbers behind a parameter, and no word that says which is which.
      this.phrase.drop();
      return end;
    }
    if (key === null) {
      if (total < 0 && NUMBERED.test(textOf(bytes, this.phrase.lastWord, this.phrase.end))) {
        this.phrase.end = after;
        return after;
      }
      if (!this.phrase.isIdentifier(bytes)) {
        this.phrase.noteSplit(bytes);
      }
      this.phrase.drop();
      this.passLoose(bytes, at, after, total);
      return total > 0 ? total : after;
    }
    const keyStart = this.phrase.keyStart;
    this.phrase.noteSplit(bytes, keyStart);
    this.emit(key, value);
    if (colon && keyStart > phraseStart) {
      // "Gradient norm for fc1 at epoch 4: 0.5": what stands before the epoch is the key.
      this.phrase.reopen(bytes, phraseStart, keyStart);
    }
    return total > 0 ? total : after;
  }

  /** `| epoch 1 | 200/ 2983 batches |`: the step within the epoch, named behind it. @returns the offset after the word, or -1. */
  private unitBehind(bytes: Uint8Array, at: number, end: number): number {
    const from = skipSpaces(bytes, at, end);
    let to = from;
    while (to < end && to - from < 12 && (bytes[to]! | 32) >= 97 && (bytes[to]! | 32) <= 122) {
      to++;
    }
    const key = UNIT.test(textOf(bytes, from, to)) ? this.recorder.keys.named('batch') : null;
    if (key === null || from === at || (to < end && CLASSES[bytes[to]!] === WORD)) {
      return -1;
    }
    if (this.recorder.hasAxis()) {
      this.recorder.setWithin();
    }
    this.put(key);
    return to;
  }

  /** A number that is nothing to keep. */
  private passLoose(bytes: Uint8Array, at: number, after: number, total: number): void {
    if (total < 0 && this.number.from === at) {
      this.recorder.pass(at, this.number.to);
    } else if (total < 0) {
      this.recorder.passDigits(bytes, at, after);
    }
  }

  /** `第3轮` and `第500步`: epoch 3, step 500. */
  private counted(bytes: Uint8Array, at: number, to: number): boolean {
    const match = to - at > 30 ? null : /^第(\d{1,12})(轮|个?epoch|步|次)/i.exec(textOf(bytes, at, to));
    const key =
      match === null ? null : this.recorder.keys.named(/[步次]/.test(match[2] ?? '') ? 'step' : 'epoch');
    if (match === null || key === null) {
      return false;
    }
    this.emit(key, { value: Number(match[1]), from: -1, to: -1, kind: WHOLE });
    return true;
  }

  private noteAlarm(bytes: Uint8Array, at: number, to: number): void {
    const length = to - at;
    if (length >= 5 && length <= 12 && /^(?:overflow|skipping|found)/i.test(textOf(bytes, at, to))) {
      this.alarm = true;
    }
  }
}

function isAxis({ meaning }: Key): boolean {
  return meaning.role === 'step' || meaning.role === 'epoch';
}

const UNIT = /^(?:mini)?(?:batch(?:es)?|iters?|iterations?|steps?)$/i;

function numberFollows(bytes: Uint8Array, at: number, end: number): boolean {
  const from = skipSpaces(bytes, at, end);
  const sign = bytes[from] === 45 || bytes[from] === 43 ? 1 : 0;
  return from > at && from + sign < end && isDigit(bytes[from + sign]);
}
