import type { Key } from '../keyTable';
import type { Recorder } from '../recorder';
import {
  CLOSE_BRACKET,
  CLOSE_PAREN,
  COMMA,
  isDigit,
  OPEN_BRACKET,
  OPEN_PAREN,
  SLASH,
  SPACE,
  skipSpaces,
  textOf,
} from './bytes';
import type { NumberRead, NumberScanner } from './number';
import type { Phrase } from './phrase';
import type { PrintedNumbers } from './printedNumbers';
import { afterParen, tensorNumber } from './textMarks';
import { tupleAt } from './tuple';

const ZERO = 48;
/** `[ 1]` and `[01]` may be a rank among ten. */
const FEWEST_PADDED = 3;
/** More numbers in a list are no layers. */
const MOST_LISTED = 512;

/** Where what stands in brackets goes. */
export interface BracketSink {
  /** Adds a number to the record under a key. */
  emit(key: Key, number: NumberRead): void;
  /** The line opens with a count of how far the run is, and no word says of what: `[123/1000]`. */
  progress(number: NumberRead): void;
  /** Offset of the line's first byte that is no blank. */
  lineStart(): number;
}

/** Reads what stands in brackets on a line of text: steps and epochs, lists of gradients, pairs of a name and a number. */
export class Brackets {
  private readonly number: NumberScanner;
  /** Width of the padded counts that open the lines of this log; 0 when none was seen. */
  private countWidth = 0;

  constructor(
    private readonly recorder: Recorder,
    private readonly printed: PrintedNumbers,
    private readonly phrase: Phrase,
    private readonly found: BracketSink,
  ) {
    this.number = recorder.number;
  }

  /** `Epoch [1/10]`, `Step [100/600]`, `Epoch [1][100/62598]`, `Train: [0/3][0/1]`. @returns offset after, or -1. */
  axis(bytes: Uint8Array, at: number, end: number): number {
    const inner = this.number.scan(bytes, skipSpaces(bytes, at + 1, end), end);
    if (inner < 0 || !this.number.whole) {
      return -1;
    }
    const value = this.number.last;
    if (bytes[inner] === COMMA && this.phrase.start < 0 && at === this.found.lineStart()) {
      return this.epochAndStep(bytes, value, inner, end);
    }
    let after = this.printed.totalAfter(bytes, inner, end);
    const hasTotal = after > 0;
    after = skipSpaces(bytes, hasTotal ? after : inner, end);
    if (hasTotal && bytes[after] === OPEN_PAREN) {
      // "[640/60000 (1%)]"
      after = afterParen(bytes, after, end);
    }
    if (after >= end || bytes[after] !== CLOSE_BRACKET) {
      return -1;
    }
    after++;
    const second = this.phrase.start >= 0 || hasTotal ? this.secondBracket(bytes, after, end) : -1;
    if (this.phrase.start < 0 && second < 0) {
      if (!hasTotal && this.opensWithCount(bytes, at, after - 1)) {
        return this.step(value, after, '_step');
      }
      const lone = this.loneBracket(bytes, at, after, value, hasTotal);
      return lone < 0 && !hasTotal && at === this.found.lineStart() && this.recorder.size === 0
        ? this.step(value, after, 'line_count')
        : lone;
    }
    const key = this.phrase.start < 0 ? null : this.phrase.axisKey(bytes);
    if (second > 0) {
      const step = this.number.last;
      const epochKey = key?.meaning.role === 'epoch' ? key : this.recorder.keys.named('epoch');
      const stepKey = this.recorder.keys.named('iter');
      this.phrase.noteSplit(bytes);
      if (epochKey !== null && stepKey !== null) {
        this.found.emit(epochKey, value);
        this.found.emit(stepKey, step);
      }
      return second;
    }
    if (key === null) {
      return hasTotal && this.recorder.size === 0 && this.phrase.isStage(bytes)
        ? this.progress(bytes, value, after)
        : -1;
    }
    this.phrase.noteSplit(bytes);
    this.found.emit(key, value);
    return after;
  }

  /** `[1,  2000] loss: 0.5`, as PyTorch's first tutorial prints epoch and batch. */
  private epochAndStep(bytes: Uint8Array, epoch: NumberRead, comma: number, end: number): number {
    const after = this.number.scan(bytes, skipSpaces(bytes, comma + 1, end), end);
    const { epochKey, stepKey } = this.keys();
    if (
      after < 0 ||
      !this.number.whole ||
      bytes[after] !== CLOSE_BRACKET ||
      epochKey === null ||
      stepKey === null
    ) {
      return -1;
    }
    const step = this.number.last;
    this.recorder.setWithin();
    this.found.emit(epochKey, epoch);
    this.found.emit(stepKey, step);
    return after + 1;
  }

  /** `( 12/140) loss 0.5`: how far the run is, at the start of a line. @returns the offset after it, or -1. */
  opening(bytes: Uint8Array, at: number, end: number): number {
    if (at !== this.found.lineStart()) {
      return -1;
    }
    const inner = this.number.scan(bytes, skipSpaces(bytes, at + 1, end), end);
    const after = inner > 0 && this.number.whole ? this.printed.totalAfter(bytes, inner, end) : -1;
    if (after < 0 || bytes[after] !== CLOSE_PAREN) {
      return -1;
    }
    this.found.progress(this.number.last);
    return after + 1;
  }

  private keys(): { epochKey: Key | null; stepKey: Key | null } {
    return { epochKey: this.recorder.keys.named('epoch'), stepKey: this.recorder.keys.named('batch') };
  }

  /** `Training  [10/125000]`: how far the run is; the word names no unit. */
  private progress(bytes: Uint8Array, value: NumberRead, after: number): number {
    this.phrase.noteSplit(bytes);
    this.phrase.drop();
    this.found.progress(value);
    return after;
  }

  /**
   * `[  40] loss 0.5`, `[0040] loss 0.5`: a count padded to a width of its own is meant to grow, as no rank or process number
   * is. Once one was seen, `[1000]` is as well.
   */
  private opensWithCount(bytes: Uint8Array, at: number, close: number): boolean {
    const width = close - at - 1;
    if (at !== this.found.lineStart() || this.recorder.size > 0 || width < FEWEST_PADDED) {
      return false;
    }
    const first = bytes[at + 1];
    if (first === SPACE || first === ZERO) {
      this.countWidth = width;
    }
    return this.countWidth > 0 && width >= this.countWidth;
  }

  private step(value: NumberRead, after: number, name: string): number {
    const key = this.recorder.keys.named(name);
    if (key === null) {
      return -1;
    }
    this.found.emit(key, value);
    return after;
  }

  /** `[640/60000]` behind an epoch is the progress within it; `file.py:88] [100]` is a step. @returns offset after, or -1. */
  private loneBracket(
    bytes: Uint8Array,
    at: number,
    after: number,
    value: NumberRead,
    hasTotal: boolean,
  ): number {
    if (hasTotal) {
      this.renameEpoch();
    }
    const behindEpoch = hasTotal && this.recorder.hasAxis() && this.recorder.size === 1;
    const behindPlace =
      at > 2 && bytes[at - 1] === SPACE && bytes[at - 2] === CLOSE_BRACKET && isDigit(bytes[at - 3]);
    if (!behindEpoch && hasTotal && this.recorder.size === 0) {
      this.found.progress(value);
      return after;
    }
    if (!behindEpoch && (hasTotal || !behindPlace || this.recorder.size > 0)) {
      return -1;
    }
    const key = this.recorder.keys.named(behindEpoch ? 'progress bar' : '_step');
    if (key === null) {
      return -1;
    }
    if (behindEpoch) {
      this.recorder.setWithin();
    }
    this.found.emit(key, value);
    return after;
  }

  /** `Train: 3 [50/1251 (4%)]`: the number before a progress is the epoch, though the word does not say so. */
  private renameEpoch(): void {
    const { soleKey } = this.recorder;
    const epoch =
      soleKey !== null && /^train(?:ing)?$/i.test(soleKey.name) ? this.recorder.keys.named('epoch') : null;
    if (epoch !== null) {
      this.recorder.rename(epoch);
    }
  }

  /** `Grad Norm[1.5]`, `Loss[0.5/0.55]`: a value, and perhaps its running mean. @returns the offset after the bracket, or -1. */
  value(bytes: Uint8Array, at: number, end: number): number {
    if (this.phrase.start < 0 || at !== this.phrase.end) {
      return -1;
    }
    const inner = this.number.scan(bytes, at + 1, end);
    if (inner < 0 || this.number.whole) {
      return -1;
    }
    const value = this.number.last;
    const mean = bytes[inner] === SLASH ? this.number.scan(bytes, inner + 1, end) : inner;
    const key = mean > 0 && mean < end && bytes[mean] === CLOSE_BRACKET ? this.phrase.key(bytes) : null;
    if (key === null) {
      return -1;
    }
    this.phrase.noteSplit(bytes);
    this.found.emit(key, value);
    return mean + 1;
  }

  /** `grads=[0.1, 0.2, 0.3]`: one gradient a layer, first to last. @returns the offset after the list, or -1. */
  list(bytes: Uint8Array, at: number, end: number): number {
    return this.numbers(bytes, at + 1, end, CLOSE_BRACKET);
  }

  /** `grads: 0.1 0.2 0.3`, to the end of the line: the same without brackets, which only a plural says. */
  row(bytes: Uint8Array, at: number, end: number): number {
    if (this.phrase.start < 0 || (bytes[this.phrase.end - 1]! | 32) !== S || !numbersFollow(bytes, at, end)) {
      return -1;
    }
    return this.numbers(bytes, at, end, 0);
  }

  /** @param close what ends the numbers; 0 where blanks divide them and the line's end ends them */
  private numbers(bytes: Uint8Array, from: number, end: number, close: number): number {
    const owner = this.phrase.key(bytes);
    if (owner === null || owner.meaning.kind !== 'grad-norm' || owner.meaning.parameter !== null) {
      return -1;
    }
    const size = this.recorder.size;
    for (let index = 0; index < MOST_LISTED; index++) {
      const blank = skipSpaces(bytes, from, end);
      const inner = blank < end ? tensorNumber(bytes, blank, end) : blank;
      let after = this.number.scan(bytes, inner, end);
      if (after > 0 && inner > blank) {
        after = afterParen(bytes, after, end);
      }
      const key = after < 0 ? null : this.recorder.keys.ownedBy(owner, String(index), '.');
      if (key === null) {
        break;
      }
      this.recorder.take(key);
      from = skipSpaces(bytes, after, end);
      if ((from >= end ? close === 0 : bytes[from] === close) && index > 0) {
        this.phrase.close();
        return Math.min(from + 1, end);
      }
      if (bytes[from] === COMMA) {
        from++;
      } else if (from === after || !(isDigit(bytes[from]) || bytes[from] === 110 || bytes[from] === 105)) {
        break;
      }
    }
    this.recorder.cutBack(size);
    return -1;
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

  /** `('fc1.weight', 0.5)`, as dictionaries' items and named tuples are printed. @returns the offset after it, or -1. */
  tuple(bytes: Uint8Array, at: number, end: number): number {
    const tuple = tupleAt(bytes, at, end, this.number);
    const key = tuple === null ? null : this.recorder.keys.find(bytes, tuple.nameStart, tuple.nameEnd);
    if (tuple === null || key === null) {
      return -1;
    }
    this.found.emit(this.phrase.layers.measureOf(key) ?? key, this.number.last);
    return tuple.after;
  }
}

const S = 115;

/** `0.1 0.2`: two numbers with fractions and nothing but a blank or comma between them. */
function numbersFollow(bytes: Uint8Array, at: number, end: number): boolean {
  return (
    isDigit(bytes[at]) &&
    /^\d+\.\d+(?:e[-+]?\d{1,3})?[, ] {0,8}\d+\.\d/i.test(textOf(bytes, at, Math.min(end, at + 60)))
  );
}
