import { BARE_GRADIENT } from '../gradientKeys';
import type { Key } from '../keyTable';
import { UNNAMED } from '../lossNames';
import type { Recorder } from '../recorder';
import { COLON, isDigit, SPACE, skipSpaces, textOf } from './bytes';
import type { LineNumbers } from './lineNumbers';
import { looseKey } from './looseKey';
import { isKnown } from './names';
import { type NumberScanner, WHOLE } from './number';
import type { Phrase } from './phrase';
import type { PrintedNumbers } from './printedNumbers';
import { CLASSES, isBar, WORD } from './textMarks';

/** Words that a number completes to a name: "Layer 3". */
const NUMBERED =
  /^(?:layer|block|stage|conv|fc|linear|dense|head|level|lstm|gru|encoder|decoder|param|parameter)$/i;

const COMPACT = /^(e(?:p(?:och)?)?[-_]?)(\d{1,6})([-_./:]?(?:b|s|i|it|st|step|batch|iter)[-_]?)(\d{1,9})$/i;

/** Letters and digits of an epoch in one word. */
const LONGEST_ALONE = 11;
/** The word, and what stands behind it. */
const EPOCH_ALONE =
  /^(?:e[-_]?(\d{1,4})(?=\s{0,3}[|:]\s{0,3}[a-z])|ep(?:och)?[-_]?(\d{1,5})(?=\s{0,3}[|:,]?\s{0,3}[a-z]))/i;

/** `s120 loss=0.5`, `it40: loss=0.5`: the letters may as well mean a stage or a sample; how it grows tells. */
const STEP_ALONE = /^(?:s|it)[-_]?(\d{1,9})(?=\s{0,3}[|:,]?\s{1,3}[a-z|∥‖])/i;

/** "Cost after iteration 100: 0.5": the axis says what cost it is. */
const AFTER_AXIS = /^(?:the )?(?:cost|error) after (?:iteration|epoch|step)$/i;

/** "Loss at 100: 0.5": no word says what is counted. */
const AT_COUNT = /^(?:the )?(?:\w{1,20} )?(?:loss|cost|error|objective) (?:at|after|@)$/i;

const BAR_BEHIND = /^:\s{1,4}\d{1,3}%\|/;

/** The rest of a line whose first number has no name and no unit. */
const WITH_GRADIENT = /^\s{0,4}[(,;|[].{0,80}(?:grad|∇|[|‖∥]g[|‖∥])/i;
const LONGEST_REST = 120;

const UNIT = /^(?:mini)?(?:batch(?:es)?|iters?|iterations?|steps?)$/i;

/** Numbers that no separator stands before: values of well-known keys ("loss 0.5"), progress bars, counts. */
export class LooseNumbers {
  private readonly recorder: Recorder;
  private readonly number: NumberScanner;
  private readonly phrase: Phrase;
  private readonly printed: PrintedNumbers;

  constructor(private readonly line: LineNumbers) {
    this.recorder = line.recorder;
    this.number = line.number;
    this.phrase = line.phrase;
    this.printed = line.printed;
  }

  /** A number with no separator before it: the value of a well-known key, or a progress bar. */
  at(bytes: Uint8Array, at: number, end: number): number {
    let after = this.number.scan(bytes, at, end);
    if (after < 0) {
      return -1;
    }
    const total = this.number.whole ? this.printed.totalAfter(bytes, after, end) : -1;
    if (total > 0 && (isBar(bytes, total, end) || isBehindBar(bytes, at, this.line.start))) {
      this.line.bar = this.number.last;
      this.line.barAt = total;
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
    if (total > 0 && this.phrase.start < 0 && this.opensLine(at) && isFollowedByWord(bytes, total, end)) {
      // "  200/4000  loss 0.5": how far the run is, as in `[200/4000]`.
      this.line.bar = this.number.last;
      this.line.barAt = total;
      return total;
    }
    if (
      this.phrase.start < 0 &&
      total < 0 &&
      this.opensLine(at) &&
      this.number.whole &&
      isCount(bytes, after, end)
    ) {
      const count = this.recorder.keys.named('line_count');
      if (count !== null) {
        this.line.put(count);
        return after;
      }
    }
    if (this.phrase.start < 0) {
      const unnamed =
        total < 0 && this.isUnnamed(bytes, at, after, end) ? this.recorder.keys.named(UNNAMED) : null;
      if (unnamed === null) {
        this.passLoose(bytes, at, after, total);
      } else {
        this.line.put(unnamed);
      }
      return total > 0 ? total : after;
    }
    const value = this.number.last;
    const colon = bytes[after] === COLON && this.number.whole;
    const { start: phraseStart, end: phraseEnd } = this.phrase;
    const loose = looseKey(this.phrase, bytes, total > 0 || colon);
    let key = loose?.key ?? null;
    if (key?.name === BARE_GRADIENT && (!this.phrase.measured || this.line.isAdversary(key))) {
      // "3.5 g": a weight.
      key = null;
    }
    if (
      key === null &&
      colon &&
      this.phrase.isStage(bytes) &&
      BAR_BEHIND.test(textOf(bytes, after, Math.min(end, after + 12)))
    ) {
      // "train 3:  10%|█ | 3/30": the stage of an epoch.
      key = this.recorder.keys.named('epoch');
    }
    if (key === null && colon && AT_COUNT.test(textOf(bytes, phraseStart, phraseEnd))) {
      key = this.recorder.keys.named('line_count');
    }
    if (key === null && total < 0 && !colon && !this.number.whole) {
      key = this.phrase.layerBehind(bytes);
      this.number.last = value;
    }
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
      // "loss 0.5 test acc 0.9 grad norm 1.5": behind a metric it says what this number is, not what the line is about.
      if (!this.phrase.measured && !this.phrase.isIdentifier(bytes)) {
        this.phrase.noteSplit(bytes);
      }
      this.phrase.drop();
      this.passLoose(bytes, at, after, total);
      return total > 0 ? total : after;
    }
    const keyStart = loose?.start ?? this.phrase.lastWord;
    if (!this.phrase.measured || isKnown(key)) {
      // "loss 0.5 for test acc 0.9"
      this.phrase.noteSplit(bytes, keyStart);
    }
    this.line.emit(key, value);
    if (colon && keyStart > phraseStart) {
      // "Gradient norm for fc1 at epoch 4: 0.5": what stands before the epoch is the key.
      const whole = AFTER_AXIS.test(textOf(bytes, phraseStart, phraseEnd));
      this.phrase.reopen(bytes, phraseStart, whole ? phraseEnd : keyStart);
    }
    return total > 0 ? total : after;
  }

  /** `Epoch 1/3: 0.75 (grad 1.5)`: a fraction behind a step or epoch and a colon, on a line that speaks of gradients. */
  private isUnnamed(bytes: Uint8Array, at: number, after: number, end: number): boolean {
    const { recorder } = this;
    let from = at;
    while (from > this.line.start && bytes[from - 1] === SPACE) {
      from--;
    }
    return (
      bytes[from - 1] === COLON &&
      from < at &&
      !this.number.whole &&
      after === this.number.to &&
      recorder.size === 1 &&
      recorder.hasAxis() &&
      WITH_GRADIENT.test(textOf(bytes, after, Math.min(end, after + LONGEST_REST)))
    );
  }

  /** Nothing but blanks stands before it on the line. */
  private opensLine(at: number): boolean {
    return this.recorder.size === 0 && this.line.bar === null && at === this.line.start;
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
    this.line.put(key);
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

  /** `ep1-b200`, `E01B0200`, `e3_s40`: epoch and batch in one word. */
  compact(bytes: Uint8Array, at: number, to: number): boolean {
    const match = to - at > 24 ? null : COMPACT.exec(textOf(bytes, at, to));
    const { keys } = this.recorder;
    if (match === null && (at !== this.line.start || to - at > LONGEST_ALONE)) {
      return false;
    }
    const epoch = keys.named('epoch');
    if (match === null) {
      return epoch !== null && this.alone(epoch, bytes, at, to);
    }
    const step = keys.named('batch');
    if (epoch === null || step === null) {
      return false;
    }
    const from = at + (match[1]?.length ?? 0);
    const middle = from + (match[2]?.length ?? 0);
    this.number.scan(bytes, from, middle);
    this.line.put(epoch);
    const last = middle + (match[3]?.length ?? 0);
    this.number.scan(bytes, last, last + (match[4]?.length ?? 0));
    this.line.put(step);
    return true;
  }

  /** `E03 | loss 0.5`, `ep12: loss=0.5`: a word that opens the line; a number behind it would be its own. */
  private alone(epoch: Key, bytes: Uint8Array, at: number, to: number): boolean {
    const text = textOf(bytes, at, Math.min(bytes.length, to + 12));
    const match = EPOCH_ALONE.exec(text);
    const step = match === null ? STEP_ALONE.exec(text) : null;
    const key = step === null ? epoch : this.recorder.keys.named('line_count');
    const digits = (match?.[1] ?? match?.[2] ?? step?.[1] ?? '').length;
    if (digits === 0 || key === null) {
      return false;
    }
    this.number.scan(bytes, to - digits, to);
    this.line.put(key);
    return true;
  }

  /** `第3轮` and `第500步`: epoch 3, step 500. */
  counted(bytes: Uint8Array, at: number, to: number): boolean {
    const match = to - at > 30 ? null : /^第(\d{1,12})(轮|个?epoch|步|次)/i.exec(textOf(bytes, at, to));
    const key =
      match === null ? null : this.recorder.keys.named(/[步次]/.test(match[2] ?? '') ? 'step' : 'epoch');
    if (match === null || key === null) {
      return false;
    }
    this.line.emit(key, { value: Number(match[1]), from: -1, to: -1, kind: WHOLE });
    return true;
  }
}

function numberFollows(bytes: Uint8Array, at: number, end: number): boolean {
  const from = skipSpaces(bytes, at, end);
  const sign = bytes[from] === 45 || bytes[from] === 43 ? 1 : 0;
  return from > at && from + sign < end && isDigit(bytes[from + sign]);
}

/** A day of the month is followed by a time, a fraction by anything; a count of steps by the first measure's name. */
function isFollowedByWord(bytes: Uint8Array, at: number, end: number): boolean {
  const from = skipSpaces(bytes, at, end);
  const byte = bytes[from]! | 32;
  return from > at && from < end && byte >= 97 && byte <= 122;
}

/** `100 loss 0.5`, `100 | 0.5`, `100: loss 0.5`; no time, no date and no number with a unit. */
function isCount(bytes: Uint8Array, at: number, end: number): boolean {
  const next = bytes[at] === COLON ? at + 1 : at;
  const from = skipSpaces(bytes, next, end);
  return from > next && from < end && !isDigit(bytes[from]);
}

/** `10%|##   | 5/400 loss=0.5`: a bar whose brackets somebody left out. */
function isBehindBar(bytes: Uint8Array, at: number, lineStart: number): boolean {
  return (
    bytes[at - 1] === 32 &&
    bytes[at - 2] === 124 &&
    /\d%\|/.test(textOf(bytes, Math.max(lineStart, at - 120), at))
  );
}
