import type { Recorder } from '../recorder';
import type { Brackets } from './brackets';
import {
  APOSTROPHE,
  BAR,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  CLOSE_PAREN,
  COLON,
  COMMA,
  EQUALS,
  GREATER,
  HASH,
  isDigit,
  OPEN_BRACE,
  OPEN_BRACKET,
  OPEN_PAREN,
  QUOTE,
  SEMICOLON,
  SPACE,
  textOf,
} from './bytes';
import { KeyedNumbers } from './keyedNumbers';
import type { LineNumbers } from './lineNumbers';
import type { NumberScanner } from './number';
import { quotedOwner } from './ownerBehind';
import type { Phrase } from './phrase';
import { afterNormBars, endsNumber } from './textMarks';

/** A longer line is a table's row. */
const LONGEST_CELLS = 4000;
/** `step;10;loss;0.5`: a name and a number in turn, to the end of the line, parted by the same sign. */
const CELLS =
  /^[a-z_|][\w .:/|()-]{0,80}([;,]) ?(?:[-+]?\d[\d.]{0,24}(?:e[-+]?\d{1,3})?|nan|[-+]?inf)(?:\1 ?[a-z_\d|][\w .:/|()-]{0,80}\1 ?(?:[-+]?\d[\d.]{0,24}(?:e[-+]?\d{1,3})?|nan|[-+]?inf)){1,600}\1?\s{0,4}$/i;

function isCells(bytes: Uint8Array, at: number, end: number): boolean {
  return end - at <= LONGEST_CELLS && CELLS.test(textOf(bytes, at, end));
}

/** Punctuation marks of a line: they separate a key from its value, open brackets, or end what was said. */
export class Marks {
  private readonly recorder: Recorder;
  private readonly number: NumberScanner;
  private readonly phrase: Phrase;
  private readonly keyed: KeyedNumbers;

  constructor(
    private readonly line: LineNumbers,
    private readonly brackets: Brackets,
  ) {
    this.recorder = line.recorder;
    this.number = line.number;
    this.phrase = line.phrase;
    this.keyed = new KeyedNumbers(line, brackets);
  }

  /** @returns where to go on; -1 where the mark opens a word: the bars of `|g|` */
  at(bytes: Uint8Array, at: number, end: number, byte: number): number {
    if (byte === COLON || byte === EQUALS) {
      return this.keyed.separator(bytes, at, end, byte);
    }
    if (byte === OPEN_BRACE) {
      return this.keyed.brace(bytes, at, end);
    }
    if ((byte === SEMICOLON || byte === COMMA) && this.phrase.start >= 0) {
      if (this.phrase.start === this.line.start && isCells(bytes, this.line.start, end)) {
        this.line.cells = byte;
      }
      if (this.line.cells === byte) {
        return this.keyed.separator(bytes, at, end, COLON);
      }
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
    if (byte === OPEN_BRACKET && this.phrase.start >= 0) {
      const listed = this.brackets.list(bytes, at, end);
      if (listed > 0) {
        return listed;
      }
      // "grads [('conv1', 0.5), …]"
      this.phrase.govern(bytes);
    }
    if (byte === OPEN_PAREN) {
      const opening = this.brackets.opening(bytes, at, end);
      if (opening > 0) {
        return opening;
      }
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
      this.phrase.noteGroup(bytes);
      this.phrase.drop(bytes);
      if (inner > 0 && bytes[inner] === CLOSE_PAREN) {
        this.recorder.pass(at + 1, inner);
        return inner + 1;
      }
      return at + 1;
    }
    if (byte === BAR && afterNormBars(bytes, at, end) > 0) {
      return -1;
    }
    if (byte === CLOSE_PAREN || byte === BAR) {
      this.phrase.about.endGroup();
    }
    if (byte === CLOSE_BRACE) {
      this.phrase.group = null;
      this.phrase.layers.end();
      this.phrase.layers.braceOpen = false;
    } else if (byte === CLOSE_BRACKET && this.phrase.start >= 0) {
      this.phrase.governTag(bytes);
    } else if (byte === BAR || byte === CLOSE_BRACKET) {
      this.phrase.layers.end();
    }
    if (byte === GREATER && bytes[at + 1] === EQUALS && this.phrase.isTagged(bytes, at)) {
      return at + 1;
    }
    if (byte === GREATER && this.phrase.start >= 0 && bytes[at + 1] === SPACE) {
      // "conv1 -> grad 0.1", "conv1 > 0.1"
      return this.keyed.arrow(bytes, at, end);
    }
    if (byte === HASH && isDigit(bytes[at + 1]) && this.phrase.start >= 0) {
      return at + 1;
    }
    if ((byte === QUOTE || byte === APOSTROPHE) && this.phrase.start >= 0) {
      const after = bytes[at + 1] === COLON ? at + 1 : this.quoted(bytes, at, end);
      if (after > 0) {
        return after;
      }
    }
    this.phrase.noteSplit(bytes);
    this.phrase.drop(bytes);
    return at + 1;
  }

  /** "Gradient norm of layer 'fc1' is 0.125". @returns the offset after the number, or -1 */
  private quoted(bytes: Uint8Array, at: number, end: number): number {
    const owned = quotedOwner(this.recorder.keys, bytes, this.phrase, at, end);
    const after = owned === null ? -1 : this.number.scan(bytes, owned.after, end);
    if (owned === null || after < 0 || !endsNumber(bytes, after, end)) {
      return -1;
    }
    this.line.emit(owned.owner, this.number.last);
    return after;
  }
}
