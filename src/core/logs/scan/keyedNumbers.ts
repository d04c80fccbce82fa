import { isNone } from '../absentGradients';
import type { Key } from '../keyTable';
import type { Recorder } from '../recorder';
import type { Brackets } from './brackets';
import {
  APOSTROPHE,
  BAR,
  CLOSE_BRACKET,
  COLON,
  EQUALS,
  GREATER,
  isDigit,
  OPEN_BRACE,
  OPEN_BRACKET,
  PERCENT,
  QUOTE,
  SPACE,
  skipSpaces,
} from './bytes';
import { DictScanner } from './dict';
import type { LineNumbers } from './lineNumbers';
import type { NumberScanner } from './number';
import type { Phrase } from './phrase';
import type { PrintedNumbers } from './printedNumbers';
import { afterParen, skipDigits, tensorNumber, wordEnd } from './textMarks';

/** Keys whose whole number says which layer the line is about: "block=3 grad_norm=0.5". */
const LAYER_INDEX = /^(?:layer|block|stage)(?:_?(?:idx|id|index|num))?$/i;

const LONGEST_ARROW = 8;

/** Numbers behind a separator: `key: value`, `key=value`, and the dicts that stand where a value might. */
export class KeyedNumbers {
  private readonly recorder: Recorder;
  private readonly number: NumberScanner;
  private readonly phrase: Phrase;
  private readonly printed: PrintedNumbers;
  private readonly dict: DictScanner;

  constructor(
    private readonly line: LineNumbers,
    private readonly brackets: Brackets,
  ) {
    this.recorder = line.recorder;
    this.number = line.number;
    this.phrase = line.phrase;
    this.printed = line.printed;
    this.dict = new DictScanner(line.recorder);
  }

  /** A colon or an equals sign. @returns where to go on. */
  separator(bytes: Uint8Array, at: number, end: number, byte: number): number {
    const next = bytes[at + 1];
    if (byte === EQUALS && next === 62 && this.phrase.start < 0 && this.recorder.size === 0) {
      return at + 2;
    }
    const arrow = byte === EQUALS ? afterArrow(bytes, at) : -1;
    if (arrow > 0 && this.phrase.start >= 0 && isDigit(bytes[skipSpaces(bytes, arrow, end)])) {
      // "conv1 => 0.5"
      return this.separator(bytes, arrow - 1, end, COLON);
    }
    if (byte === EQUALS && next === EQUALS && bytes[at + 2] === 62) {
      // "==> Epoch 3", an arrow.
      this.phrase.drop();
      return at + 3;
    }
    if (byte === EQUALS && (next === EQUALS || next === 62)) {
      if (next === EQUALS && bytes[at + 2] === EQUALS) {
        this.phrase.drop();
        while (at < end && bytes[at] === EQUALS) {
          at++;
        }
        return at;
      }
      if (next === EQUALS && at === this.line.start && bytes[at + 2] === SPACE) {
        // "== epoch 3  train loss 0.5"
        return at + 2;
      }
      this.line.code = true;
      return end;
    }
    if (byte === COLON && (next === EQUALS || next === COLON)) {
      this.line.code = next === EQUALS;
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
    if (tensor > from && bytes[tensor] === OPEN_BRACKET) {
      const listed = this.brackets.list(bytes, tensor, end);
      if (listed > 0) {
        return afterParen(bytes, listed, end);
      }
    }
    const row = this.brackets.row(bytes, from, end);
    if (row > 0) {
      return row;
    }
    const after = this.printed.valueAt(bytes, tensor, end, quote);
    if (after < 0) {
      const counted = byte === EQUALS ? this.count(bytes, from, end) : -1;
      if (counted > 0) {
        return counted;
      }
      if (isDigit(opening)) {
        this.phrase.drop();
        return skipDigits(bytes, from, end);
      }
      if (quote === 0 && isNone(bytes, from, wordEnd(bytes, from, end))) {
        this.recorder.absent.note(this.phrase.key(bytes));
      }
      this.phrase.takeSubject(bytes);
      return quote === 0 ? from : from - 1;
    }
    const key = this.phrase.key(bytes);
    const value = this.number.last;
    const place = byte === COLON && from === at + 1 && bytes[this.phrase.start - 1] === COLON;
    const percent =
      bytes[after - 1] === PERCENT && (bytes[after] === BAR || key?.meaning.kind === 'grad-norm');
    if (key === null || place || percent || this.line.isAdversary(key)) {
      // "module:function:42", "Training: 10%|█": a place in the code, a bar.
      this.recorder.pass(value.from, value.to);
      this.phrase.drop();
      return after;
    }
    if (key.target !== key && isAxis(key.target)) {
      // "validate step: 20"
      this.phrase.noteSplit(bytes);
    }
    if (this.number.whole && this.phrase.about.owner === null && LAYER_INDEX.test(key.name)) {
      this.phrase.adoptLayer(key.name, value.value);
      return after;
    }
    const total = this.printed.totalAfter(bytes, after, end);
    if (total > 0) {
      if (key.target.meaning.role === 'metric') {
        this.phrase.drop();
        return total;
      }
      this.line.emit(key, value);
      return total;
    }
    this.line.emit(key, value);
    return tensor === from ? after : afterParen(bytes, after, end);
  }

  /** `k=10: L=0.5`: a step or an epoch, and a colon before what is said of it. @returns the offset after the number, or -1 */
  private count(bytes: Uint8Array, at: number, end: number): number {
    const after = this.number.scan(bytes, at, end);
    if (after < 0 || !this.number.whole || bytes[after] !== COLON || bytes[after + 1] !== SPACE) {
      return -1;
    }
    const value = this.number.last;
    const key = this.phrase.key(bytes);
    if (key === null || !isAxis(key.target)) {
      return -1;
    }
    this.line.emit(key, value);
    return after;
  }

  /** `conv1 -> grad 0.1`: as a colon. @returns where to go on. */
  arrow(bytes: Uint8Array, at: number, end: number): number {
    this.phrase.cutDash(bytes);
    return this.separator(bytes, at, end, COLON);
  }

  /** A dict, or `grad norms {name: value}`. */
  brace(bytes: Uint8Array, at: number, end: number): number {
    const inner = skipSpaces(bytes, at + 1, end);
    if (bytes[inner] === QUOTE || bytes[inner] === APOSTROPHE) {
      const before = this.recorder.size;
      if (this.phrase.start >= 0) {
        this.phrase.openBrace(bytes);
      }
      const after = this.dict.scan(bytes, at, end);
      if (after > 0) {
        this.phrase.layers.braceOpen = false;
        this.recorder.rekey(before, (key) => this.phrase.layers.measureOf(key) ?? key);
      }
      if (after > 0 && this.recorder.hasMetric(before)) {
        if (!this.insideBar(bytes, at)) {
          // A bar that shares the line with a dict was drawn at another time.
          this.line.bar = null;
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
      this.phrase.openBrace(bytes);
    }
    this.phrase.drop();
    return at + 1;
  }

  /** `| 10/1000 [00:01<02:00, {'loss': 0.5}]`: the dict is the bar's own. */
  private insideBar(bytes: Uint8Array, at: number): boolean {
    if (this.line.bar === null) {
      return false;
    }
    let from = at;
    while (from > this.line.barAt && bytes[from] !== CLOSE_BRACKET) {
      from--;
    }
    return from <= this.line.barAt;
  }
}

/** Offset after `=>`, `==>`, `===>`; -1 where there is none. */
function afterArrow(bytes: Uint8Array, at: number): number {
  let to = at;
  while (bytes[to] === EQUALS && to - at < LONGEST_ARROW) {
    to++;
  }
  return bytes[to] === GREATER && bytes[to + 1] === SPACE ? to + 1 : -1;
}

function isAxis({ meaning }: Key): boolean {
  return meaning.role === 'step' || meaning.role === 'epoch';
}
