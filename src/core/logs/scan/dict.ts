import { isNone } from '../absentGradients';
import { type Key, keyStandsAt, LONGEST_KEY, saysEval } from '../keyTable';
import type { Recorder } from '../recorder';
import { afterBlanks, closingQuote, endsValue, lineEnds, skipBalanced } from './balanced';
import {
  APOSTROPHE,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  CLOSE_PAREN,
  COLON,
  COMMA,
  CR,
  isLetter,
  LF,
  OPEN_BRACE,
  OPEN_BRACKET,
  OPEN_PAREN,
  QUOTE,
  SLASH,
  SPACE,
  TAB,
  textOf,
} from './bytes';
import { isOwner } from './names';
import type { NumberScanner } from './number';

/** Objects nested deeper hold no metrics. */
const DEEPEST = 8;
/** More numbers in a list are no layers. */
const MOST_LISTED = 512;
/** A longer text names no split. */
const LONGEST_SPLIT = 20;
/** Returned when the text is no object, or not a whole one. */
export const NO_OBJECT = -1;

/**
 * Reads one object, JSON or the `repr` of a Python dict, straight from bytes: flat, dotted or nested keys, numbers bare
 * or quoted, `nan`, `NaN`, `Infinity`, `tensor(0.5)`. Everything that is no number is passed over.
 */
export class DictScanner {
  private readonly number: NumberScanner;
  /** The key read last; what followed it before is the first guess, from the last key of an object to the first of the next. */
  private last: Key | null = null;
  /** Where the text stands that names the record's value; an empty range without one. */
  private nameStart = 0;
  private nameEnd = 0;
  /** It surely names a layer. */
  private namesOwner = false;

  constructor(private readonly recorder: Recorder) {
    this.number = recorder.number;
  }

  /**
   * Reads the object whose brace stands at `at` and adds its numbers to the recorder.
   * @returns the offset after the closing brace, or {@link NO_OBJECT}; the fields added until then are the caller's to drop.
   */
  scan(bytes: Uint8Array, at: number, end: number, parent: Key | null = null): number {
    const from = this.recorder.size;
    this.forgetName();
    const after = this.object(bytes, at + 1, end, parent, 0);
    if (after > 0 && this.nameEnd > this.nameStart) {
      const name = this.recorder.keys.find(bytes, this.nameStart, this.nameEnd);
      if (name !== null && !this.namesOwner) {
        this.recorder.nameValue(name);
      }
      this.own(name, from);
    }
    return after;
  }

  private forgetName(): void {
    this.nameEnd = 0;
    this.nameStart = 0;
    this.namesOwner = false;
  }

  /** Where a text named a parameter, the gradients beside it are its own. */
  private own(name: Key | null, from: number): void {
    if (name !== null && (this.namesOwner || isOwner(name.name))) {
      this.recorder.ownGradients(from, name, this.recorder.keys);
    }
  }

  /**
   * `"layers": [{"name": "fc1.weight", "grad_norm": 0.5}, …]`, `"metrics": [{"name": "loss", "value": 0.5}, …]`.
   * @returns the offset after the list, or -1.
   */
  private measuredLayers(bytes: Uint8Array, at: number, end: number, depth: number): number {
    const { recorder } = this;
    const { size, lineShift } = recorder;
    const outer = [this.nameStart, this.nameEnd, this.namesOwner] as const;
    let from = this.blanks(bytes, at + 1, end);
    let after = -1;
    for (let index = 0; index < MOST_LISTED && bytes[from] === OPEN_BRACE; index++) {
      const first = recorder.size;
      this.forgetName();
      const stop = this.object(bytes, from + 1, end, null, depth + 1);
      const named = stop > 0 && this.nameEnd > this.nameStart;
      if (!named) {
        break;
      }
      const name = recorder.keys.find(bytes, this.nameStart, this.nameEnd);
      if (name === null || !recorder.keepNamedValue(first, name)) {
        this.own(name, first);
        recorder.keepOwned(first);
      }
      from = this.blanks(bytes, stop, end);
      if (bytes[from] === CLOSE_BRACKET) {
        after = from + 1;
        break;
      }
      from = bytes[from] === COMMA ? this.blanks(bytes, from + 1, end) : end;
    }
    [this.nameStart, this.nameEnd, this.namesOwner] = outer;
    if (after < 0) {
      recorder.cutBack(size);
      recorder.lineShift = lineShift;
    }
    return after;
  }

  private object(bytes: Uint8Array, at: number, end: number, parent: Key | null, depth: number): number {
    const view = this.number.viewOf(bytes);
    for (;;) {
      at = this.blanks(bytes, at, end);
      const quote = at < end ? bytes[at]! : 0;
      if (quote === CLOSE_BRACE) {
        return at + 1;
      }
      if (quote === COMMA) {
        at++;
        continue;
      }
      if (quote !== QUOTE && quote !== APOSTROPHE) {
        return NO_OBJECT;
      }
      at++;
      const guess = this.last === null ? null : this.last.next;
      let key: Key | null;
      let after: number;
      if (
        guess !== null &&
        guess.parent === parent &&
        keyStandsAt(guess, view, bytes, at, end) &&
        bytes[at + guess.bytes.length] === quote
      ) {
        key = guess;
        after = at + guess.bytes.length;
      } else {
        after = closingQuote(bytes, at, end, quote);
        if (after < 0) {
          return NO_OBJECT;
        }
        key = this.recorder.keys.find(bytes, at, after, parent);
      }
      if (key !== null) {
        if (key !== guess && this.last !== null) {
          this.last.next = key;
        }
        this.last = key;
      }
      at = after + 1;
      if (bytes[at] !== COLON) {
        at = this.blanks(bytes, at, end);
        if (at >= end || bytes[at] !== COLON) {
          return NO_OBJECT;
        }
      }
      at = this.value(bytes, this.blanks(bytes, at + 1, end), end, key, depth);
      if (at < 0) {
        return NO_OBJECT;
      }
    }
  }

  /** Skips blanks; line ends among them move the line on which the next number stands. */
  private blanks(bytes: Uint8Array, at: number, end: number): number {
    while (at < end) {
      const byte = bytes[at]!;
      if (byte === LF || (byte === CR && bytes[at + 1] !== LF)) {
        this.recorder.lineShift++;
      } else if (byte !== SPACE && byte !== TAB && byte !== CR) {
        break;
      }
      at++;
    }
    return at;
  }

  /** @returns the offset after the value, or -1. */
  private value(bytes: Uint8Array, at: number, end: number, key: Key | null, depth: number): number {
    if (at >= end) {
      return -1;
    }
    const byte = bytes[at]!;
    if (byte === QUOTE || byte === APOSTROPHE) {
      return this.quoted(bytes, at + 1, end, byte, key);
    }
    if (byte === OPEN_BRACE) {
      if (key === null || depth >= DEEPEST) {
        return this.past(bytes, at, end);
      }
      return this.object(bytes, at + 1, end, key, depth + 1);
    }
    if (byte === OPEN_BRACKET || byte === OPEN_PAREN) {
      return this.list(bytes, at, end, key, depth);
    }
    const after = this.number.scan(bytes, at, end);
    if (after > 0) {
      if (!endsValue(bytes, after, end)) {
        return -1;
      }
      if (key !== null) {
        this.recorder.take(key);
      }
      return after;
    }
    return this.word(bytes, at, end, key);
  }

  /** A number in quotes is a number; `"10/438"` is a step and its total. */
  private quoted(bytes: Uint8Array, at: number, end: number, quote: number, key: Key | null): number {
    const after = this.number.scan(bytes, at, end);
    if (after > 0 && key !== null && after < end) {
      if (bytes[after] === quote) {
        this.recorder.take(key);
        return after + 1;
      }
      if (bytes[after] === SLASH && key.meaning.role === 'step') {
        this.recorder.take(key);
      }
    }
    const close = closingQuote(bytes, at, end, quote);
    if (close > 0 && after > 0) {
      // A date or a time of day.
      this.recorder.passDigits(bytes, at, close);
    }
    if (close > 0 && key !== null && key.says !== null) {
      this.told(bytes, at, close, key);
    }
    return close < 0 ? -1 : close + 1;
  }

  /** `"split": "val"`, `"name": "train/loss"`: a text that says what the record's numbers are. */
  private told(bytes: Uint8Array, at: number, close: number, key: Key): void {
    if ((key.says === 'metric' || key.says === 'owner') && close - at <= LONGEST_KEY) {
      this.namesOwner = key.says === 'owner';
      this.nameStart = at;
      this.nameEnd = close;
    } else if (key.says === 'split' && close - at <= LONGEST_SPLIT && saysEval(textOf(bytes, at, close))) {
      this.recorder.setEval();
    }
  }

  /** `"grad_norms": [0.5, 0.25]`: one gradient a layer, first to last. @returns the offset after the list, or -1. */
  private layers(bytes: Uint8Array, at: number, end: number, owner: Key): number {
    const size = this.recorder.size;
    let from = at + 1;
    for (let index = 0; index < MOST_LISTED; index++) {
      const after = this.number.scan(bytes, afterBlanks(bytes, from, end), end);
      const key = after < 0 ? null : this.recorder.keys.ownedBy(owner, String(index), '.');
      if (key === null) {
        break;
      }
      this.recorder.take(key);
      from = afterBlanks(bytes, after, end);
      if (bytes[from] === CLOSE_BRACKET) {
        this.recorder.lineShift += lineEnds(bytes, at, from);
        return from + 1;
      }
      if (bytes[from] !== COMMA) {
        break;
      }
      from++;
    }
    this.recorder.cutBack(size);
    return -1;
  }

  /** A list of exactly one number is that number (`"lr": [0.001]`); other lists are no metrics. */
  private list(bytes: Uint8Array, at: number, end: number, key: Key | null, depth: number): number {
    const inner = afterBlanks(bytes, at + 1, end);
    if (bytes[inner] === OPEN_BRACE && depth < DEEPEST) {
      const measured = this.measuredLayers(bytes, at, end, depth);
      return measured > 0 ? measured : this.past(bytes, at, end);
    }
    const after = this.number.scan(bytes, inner, end);
    if (after > 0 && key !== null) {
      const value = this.number.value;
      const close = afterBlanks(bytes, after, end);
      if (close < end && (bytes[close] === CLOSE_BRACKET || bytes[close] === CLOSE_PAREN)) {
        this.recorder.add(key, value);
        this.recorder.lineShift += lineEnds(bytes, at, close);
        return close + 1;
      }
      const gradients = key.meaning.kind === 'grad-norm' && key.meaning.parameter === null;
      const listed = gradients ? this.layers(bytes, at, end, key) : -1;
      if (listed > 0) {
        return listed;
      }
    }
    return this.past(bytes, at, end);
  }

  /** Passes over a value with brackets, counting its lines. */
  private past(bytes: Uint8Array, at: number, end: number): number {
    const after = skipBalanced(bytes, at, end);
    this.recorder.lineShift += after < 0 ? 0 : lineEnds(bytes, at, after);
    return after;
  }

  /** `true`, `None`, `tensor(0.5, device='cuda:0')`, `np.float64(0.5)`. */
  private word(bytes: Uint8Array, at: number, end: number, key: Key | null): number {
    const start = at;
    while (
      at < end &&
      (isLetter(bytes[at]) || bytes[at] === 46 || bytes[at] === 95 || isWordDigit(bytes[at]))
    ) {
      at++;
    }
    if (at === start) {
      return -1;
    }
    if (at < end && bytes[at] === OPEN_PAREN) {
      const inner = this.number.scan(bytes, afterBlanks(bytes, at + 1, end), end);
      if (inner > 0 && key !== null && (bytes[inner] === CLOSE_PAREN || bytes[inner] === COMMA)) {
        this.recorder.take(key);
      }
      return this.past(bytes, at, end);
    }
    if (isNone(bytes, start, at)) {
      this.recorder.absent.note(key);
    }
    return endsValue(bytes, at, end) ? at : -1;
  }
}

function isWordDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 48 && byte <= 57;
}
