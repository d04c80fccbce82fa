import type { Split } from '../../run/series';
import { bytesOf, CLOSE_PAREN, COLON, EQUALS, LESS, skipSpaces, textOf } from './bytes';
import { hasEvalLetter } from './names';

/** Levels that logging libraries print before a message. */
const LEVEL = /^(?:INFO|DEBUG|WARN|WARNING|ERROR|NOTICE|TRACE|CRITICAL|SUCCESS)$/;

const EVAL_WORDS: ReadonlySet<string> = new Set([
  'val',
  'valid',
  'validation',
  'eval',
  'evaluation',
  'test',
  'dev',
  'validate',
  'validating',
  'evaluate',
  'evaluating',
]);

/** Longest "Training" or "Averaged stats" that is looked at. */
export const LONGEST_LABEL = 16;
const UNDERSCORE = 95;
const LONGEST_REMARK = 40;
/** Words, no numbers of their own: "(before clipping)", "(L2)", "(%)". */
const REMARK = /^(?:(?:[a-z_%][\w%.²/-]*(?: |$))+|(?:param )?group \d{1,3})$/i;

/** No other remark stands between a name and a number without a separator. */
const ABOUT_CLIPPING =
  /^(?:(?:before|after|pre|post|un)[- ]?(?:clip(?:ped|ping)?|(?:un)?scal(?:ed|ing))|clipped|unclipped|raw)$/i;
/** A number, NaN or infinity begins like this. */
const NUMBER = bytesOf('0123456789.-+nNiI');

/** Where the words before a number stand, and what can be told from them alone. */
export class WordSpan {
  /** First byte; -1 when no word was read. */
  start = -1;
  end = -1;
  /** Where the last word begins. */
  lastWord = -1;
  /** The line says that it is about validation or testing. */
  split: Split = 'train';

  /** Opens a phrase anew that a step or epoch interrupted, without the word before it ("at", "in"). */
  reopen(bytes: Uint8Array, start: number, to: number): void {
    const text = textOf(bytes, start, to);
    const kept = text.replace(/(?:\s(?:at|in|on|of|for|after|during|@))?\s{0,8}$/, '');
    this.start = start;
    this.end = start + bytesOf(kept).length;
    const word = kept.lastIndexOf(' ');
    this.lastWord = start + bytesOf(kept.slice(0, word + 1)).length;
  }

  /** `<loss>=0.5`, as SageMaker's metrics are written: the words so far stand in angle brackets. */
  isTagged(bytes: Uint8Array, at: number): boolean {
    return this.start > 0 && this.end === at && bytes[this.start - 1] === LESS;
  }

  /** What an arrow points from: without the dash that is part of it. */
  cutDash(bytes: Uint8Array): void {
    if (this.lastWord > this.start && this.end === this.lastWord + 1 && bytes[this.lastWord] === 45) {
      this.reopen(bytes, this.start, this.lastWord);
    }
  }

  /** `grad norm (before clipping): 3.5`, `grad norm (clipped) 1.0`: the remark belongs to the name. @returns the offset after it, or -1. */
  remark(bytes: Uint8Array, at: number, end: number): number {
    if (this.start < 0) {
      return -1;
    }
    let to = at + 1;
    while (to < end && to - at <= LONGEST_REMARK && bytes[to] !== CLOSE_PAREN) {
      to++;
    }
    const next = skipSpaces(bytes, to + 1, end);
    if (
      next >= end ||
      bytes[to] !== CLOSE_PAREN ||
      !(bytes[next] === COLON || bytes[next] === EQUALS
        ? REMARK.test(textOf(bytes, at + 1, to))
        : next > to + 1 && NUMBER.includes(bytes[next]!) && ABOUT_CLIPPING.test(textOf(bytes, at + 1, to)))
    ) {
      return -1;
    }
    this.lastWord = at;
    this.end = to + 1;
    return next;
  }

  /** The phrase names a stage of the run, such as "Training". */
  isStage(bytes: Uint8Array): boolean {
    return /^(?:train(?:ing)?|test(?:ing)?|val(?:idation|idating|id)?|eval(?:uation|uating)?)$/i.test(
      textOf(bytes, this.start, Math.min(this.end, this.start + LONGEST_LABEL)),
    );
  }

  /** The phrase is the level of a logging library: no part of a name. */
  isLevel(bytes: Uint8Array): boolean {
    const length = this.end - this.start;
    const first = bytes[this.start]!;
    return (
      length >= 4 &&
      length <= 8 &&
      first >= 67 &&
      first <= 87 &&
      LEVEL.test(textOf(bytes, this.start, this.end))
    );
  }

  /** The phrase is one name of a program ("val_corr"): it says what its number is, not what the line is about. */
  isIdentifier(bytes: Uint8Array): boolean {
    return this.start === this.lastWord && bytes.subarray(this.start, this.end).includes(UNDERSCORE);
  }

  /** Looks for a word such as "validation" in the phrase, up to `to`. */
  noteSplit(bytes: Uint8Array, to = this.end): void {
    if (this.start < 0 || this.split !== 'train') {
      return;
    }
    const length = to - this.start;
    if (length < 3 || length > 60 || !hasEvalLetter(bytes, this.start, to)) {
      return;
    }
    for (const word of textOf(bytes, this.start, to)
      .toLowerCase()
      .split(/[\s()_]+/)) {
      if (EVAL_WORDS.has(word)) {
        this.split = 'eval';
      }
    }
  }
}
