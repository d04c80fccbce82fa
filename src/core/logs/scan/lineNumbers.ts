import { BARE_GRADIENT } from '../gradientKeys';
import { type Key, keyStandsAt } from '../keyTable';
import type { Recorder } from '../recorder';
import { COLON, COMMA, EQUALS, isDigit, SLASH, SPACE, skipSpaces } from './bytes';
import type { NumberRead, NumberScanner } from './number';
import { Phrase } from './phrase';
import { PrintedNumbers } from './printedNumbers';
import { endsNumber } from './textMarks';

const DISCRIMINATOR = /(?:^|[ _/.-])d$/i;

/** The numbers of one line of text on their way into the record: each key once, with what the words around it say. */
export class LineNumbers {
  /** The line looks like source code or a comparison, so its numbers mean nothing. */
  code = false;
  /** Position of a progress bar on the line. */
  bar: NumberRead | null = null;
  /** Where the bar's bracket begins. */
  barAt = 0;
  /** Where the line's first word begins. */
  start = 0;
  /** What parts names and numbers all along the line, `step;10;loss;0.5`; 0 where nothing does. */
  cells = 0;
  readonly number: NumberScanner;
  readonly phrase: Phrase;
  readonly printed: PrintedNumbers;
  private last: Key | null = null;
  /** Counts lines. */
  private stamp = 0;

  constructor(readonly recorder: Recorder) {
    this.number = recorder.number;
    this.phrase = new Phrase(recorder.keys);
    this.printed = new PrintedNumbers(recorder);
  }

  /** Starts a line. */
  begin(bytes: Uint8Array, start: number, end: number): void {
    this.code = false;
    this.bar = null;
    this.cells = 0;
    this.stamp++;
    this.start = skipSpaces(bytes, start, end);
    this.phrase.begin(this.start);
  }

  /** The key that came next the last time, followed by a separator and a number: the common case, in one comparison. */
  guess(bytes: Uint8Array, at: number, end: number): number {
    const guess = this.last === null ? null : this.last.next;
    if (
      guess === null ||
      guess.parent !== null ||
      this.phrase.about.owner !== null ||
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

  /** `d=0.5 g=1.2`: behind a discriminator's, a generator's loss, and no gradient. */
  isAdversary(key: Key): boolean {
    return key.name === BARE_GRADIENT && this.last !== null && DISCRIMINATOR.test(this.last.name);
  }

  /** Adds a number that was read before. */
  emit(key: Key, number: NumberRead): void {
    this.number.last = number;
    this.put(key);
  }

  /** Adds the number that was read last, unless the line or the key says that it is none to keep. */
  put(key: Key): void {
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
}
