import type { Split } from '../../run/series';
import { isNone } from '../absentGradients';
import type { Key } from '../keyTable';
import type { Recorder } from '../recorder';
import { Brackets } from './brackets';
import { BAR, COLON, DOT, EQUALS, isDigit, OPEN_PAREN, TAB, textOf } from './bytes';
import { LineNumbers } from './lineNumbers';
import { looseKey } from './looseKey';
import { LooseNumbers } from './looseNumbers';
import { Marks } from './marks';
import type { NumberScanner } from './number';
import type { Phrase } from './phrase';
import {
  afterJoined,
  afterNormBars,
  afterParen,
  BLANK,
  CLASSES,
  closedSoon,
  decorationLength,
  isDrawnBar,
  isMissing,
  MARK,
  SYMBOL,
  tensorNumber,
  WORD,
} from './textMarks';

/** Longest line that is searched for numbers word by word; a longer one is a dump. */
const LONGEST_TEXT = 64 * 1024;

/** First byte of 第, "number …". */
const COUNTED = 0xe7;

/**
 * Reads the numbers of a line of free text: `key: value`, `key=value`, `key value` for well-known keys, `Epoch [1/10]`,
 * progress bars, Python dicts, in any mixture. Adds fields to the recorder; whether they are a record is not decided here.
 */
export class TextScanner {
  /** The line has a word such as "overflow" or "skipping". */
  alarm = false;
  /** The line looks like source code or a comparison, so its numbers mean nothing. */
  get code(): boolean {
    return this.line.code;
  }

  /** The line is about one parameter or layer. */
  get owned(): boolean {
    return this.phrase.about.owner !== null;
  }

  /** A line above said that what follows is about gradients. */
  set announced(value: boolean) {
    this.phrase.about.announced = value;
  }

  /** A brace behind a word that means gradients is still open: the lines below are in it. */
  get braceOpen(): boolean {
    return this.phrase.layers.braceOpen;
  }

  /** A heading above said that names are layers. */
  set governed(value: boolean) {
    this.phrase.layers.governed = value;
  }

  /** The line ends in words without a number: "Gradient norms:". */
  get openEnd(): boolean {
    return this.phrase.openEnd;
  }

  private readonly line: LineNumbers;
  private readonly number: NumberScanner;
  private readonly phrase: Phrase;
  private readonly marks: Marks;
  private readonly loose: LooseNumbers;

  constructor(private readonly recorder: Recorder) {
    const line = new LineNumbers(recorder);
    this.line = line;
    this.number = line.number;
    this.phrase = line.phrase;
    const brackets = new Brackets(recorder, line.printed, line.phrase, {
      emit: (key, number) => line.emit(key, number),
      progress: (value) => {
        line.bar ??= value;
      },
      lineStart: () => line.start,
    });
    this.marks = new Marks(line, brackets);
    this.loose = new LooseNumbers(line);
  }

  /** Evaluation when the line says that it is about validation or testing; summary for an epoch's means. */
  get split(): Split {
    return this.phrase.split;
  }

  /** The parameter that the line named and gave no number for: "enc.weight:", with its measures on the lines below. */
  heading: Key | null = null;

  /** @param owner what the line is about, when the lines above say so. */
  scan(bytes: Uint8Array, start: number, end: number, owner: Key | null = null): void {
    this.alarm = false;
    this.heading = null;
    this.line.begin(bytes, start, end);
    this.phrase.about.owner = owner;
    if (end - start > LONGEST_TEXT) {
      return;
    }
    this.words(bytes, start, end);
    const named = this.phrase.openEnd || this.phrase.isLoneParameter(bytes);
    this.heading = named && this.recorder.size === 0 ? this.phrase.about.owner : null;
    if (this.line.bar !== null && this.recorder.size > 0 && this.phrase.split !== 'eval') {
      const key = this.recorder.keys.named('progress bar');
      if (key !== null) {
        this.number.last = this.line.bar;
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
        const after = this.marks.at(bytes, at, end, byte);
        at = after < 0 ? this.token(bytes, at, end, 1) : after;
        if (this.line.code) {
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
        const guessed = this.line.guess(bytes, at, end);
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

  /** A word or a number between blanks. @returns the offset after it. */
  private token(bytes: Uint8Array, at: number, end: number, blanks: number): number {
    const first = bytes[at]!;
    if ((first >= 43 && first <= 57) || first === 110 || first === 78 || first === 105 || first === 73) {
      const after = this.loose.at(bytes, at, end);
      if (after > 0) {
        return after;
      }
    }
    if ((first === 116 || first === 110) && this.phrase.start >= 0) {
      const inner = tensorNumber(bytes, at, end);
      if (inner > at && this.loose.at(bytes, inner, end) > 0) {
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
        const joined = byte === COLON ? afterJoined(bytes, at, to, end) : -1;
        if (joined > 0) {
          to = joined;
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
    if (letters && isMissing(bytes, at, to) && bytes[to] !== COLON && bytes[to] !== EQUALS) {
      // "loss n/a grad_norm 0.5": no number, and no part of the next name.
      if (this.phrase.start >= 0 && isNone(bytes, at, to)) {
        this.recorder.absent.note(looseKey(this.phrase, bytes, false)?.key ?? null);
      }
      this.phrase.noteSplit(bytes);
      this.phrase.drop();
      return to;
    }
    if (!letters && this.phrase.start >= 0 && isLeader(bytes, at, to) && this.phrase.mayLead(bytes)) {
      return to;
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
      // Names in a column of their own are padded: the words behind the blanks are still about them.
      this.phrase.becomesOwner(bytes) ||
      blanks > 1 ||
      this.phrase.isLevel(bytes)
    ) {
      this.phrase.noteSplit(bytes);
      if (blanks > 1) {
        // "grads  enc.0=0.1  enc.1=0.2"
        this.phrase.governAhead(bytes);
      }
      this.phrase.start = at;
    }
    if (
      ((first | 32) === 101 || (first | 32) === 115 || (first | 32) === 105) &&
      isDigit(bytes[to - 1]) &&
      this.phrase.start === at &&
      this.loose.compact(bytes, at, to)
    ) {
      return to;
    }
    if (first === COUNTED && this.loose.counted(bytes, at, to)) {
      return to;
    }
    this.phrase.lastWord = at;
    this.phrase.end = to;
    if ((first | 32) === 111 || (first | 32) === 115 || (first | 32) === 102) {
      this.noteAlarm(bytes, at, to);
    }
    return to;
  }

  private noteAlarm(bytes: Uint8Array, at: number, to: number): void {
    const length = to - at;
    if (length >= 5 && length <= 12 && /^(?:overflow|skipping|found)/i.test(textOf(bytes, at, to))) {
      this.alarm = true;
    }
  }
}

/** `conv1.weight ........ 0.5`: dots that lead the eye to a number. */
function isLeader(bytes: Uint8Array, at: number, to: number): boolean {
  for (let dot = at; dot < to; dot++) {
    if (bytes[dot] !== DOT) {
      return false;
    }
  }
  return to - at > 1;
}
