import type { Split } from '../../run/series';
import { isParameterName } from '../keys';
import type { Key, KeyTable } from '../keyTable';
import { OPEN_PAREN, skipSpaces, textOf } from './bytes';
import { BLANK, CLASSES } from './textMarks';

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

/** The words before a number: they name its key, or say what the line is about. */
export class Phrase {
  /** First byte; -1 when no word was read. */
  start = -1;
  end = -1;
  /** Where the last word begins. */
  lastWord = -1;
  /** The line says that it is about validation or testing. */
  split: Split = 'train';
  /** Set inside `grad norms {…}`. */
  group: Key | null = null;
  /** Where the key that {@link wellKnown} found begins. */
  keyStart = -1;
  private subjectStart = -1;
  private subjectLast = -1;
  private subjectEnd = -1;
  private lineStart = 0;

  constructor(private readonly keys: KeyTable) {}

  /** Starts a line. */
  begin(lineStart: number): void {
    this.split = 'train';
    this.group = null;
    this.lineStart = lineStart;
    this.subjectStart = -1;
    this.drop();
  }

  drop(): void {
    this.start = -1;
    this.end = -1;
    this.lastWord = -1;
  }

  /** A number was read: what the line was about before is used up. */
  close(): void {
    this.drop();
    this.subjectStart = -1;
  }

  /** The phrase before a colon that no number follows: what the following keys may be about. */
  takeSubject(bytes: Uint8Array): void {
    this.noteSplit(bytes);
    this.subjectStart = this.start;
    this.subjectEnd = this.end;
    this.subjectLast = this.lastWord;
    this.drop();
  }

  /** The key before a number without separator: an axis, a loss, a norm or a rate; everything else is prose. */
  wellKnown(bytes: Uint8Array, axisOnly: boolean): Key | null {
    const keys = this.keys;
    const last = this.lastWord;
    const single = keys.find(bytes, last, this.end);
    this.keyStart = last;
    if (axisOnly || single?.meaning.role === 'step' || single?.meaning.role === 'epoch') {
      return single !== null && (single.meaning.role === 'step' || single.meaning.role === 'epoch')
        ? single
        : null;
    }
    if (last > this.start) {
      let from = last - 1;
      while (from > this.start && CLASSES[bytes[from - 1]!] !== BLANK) {
        from--;
      }
      const pair = from < last - 1 ? keys.find(bytes, from, this.end) : null;
      if (pair !== null && isKnown(pair)) {
        this.keyStart = from;
        return pair;
      }
    }
    return single !== null && isKnown(single) ? single : null;
  }

  /** The key a bracket belongs to: `Epoch`, `Step`, `Epoch(train)`. */
  axisKey(bytes: Uint8Array): Key | null {
    let to = this.end;
    for (let at = this.lastWord; at < this.end; at++) {
      if (bytes[at] === OPEN_PAREN) {
        to = at;
        break;
      }
    }
    const key = this.keys.find(bytes, this.lastWord, to);
    return key !== null && (key.meaning.role === 'step' || key.meaning.role === 'epoch') ? key : null;
  }

  /** The key before a separator, with the subject in front of it where it names a parameter. */
  key(bytes: Uint8Array): Key | null {
    const keys = this.keys;
    if (this.group !== null) {
      return keys.find(bytes, this.start, this.end, null);
    }
    const owner = this.subjectStart >= 0 ? this.ownerStart(bytes) : -1;
    if (owner >= 0) {
      const whole = keys.find(bytes, this.start, this.end);
      if (whole !== null && whole.meaning.kind !== 'other' && whole.meaning.parameter === null) {
        return keys.find(bytes, owner, this.end);
      }
    }
    const key = keys.find(bytes, this.start, this.end);
    if (key !== null && this.lastWord > this.start && key.target === key) {
      if (!isKnown(key)) {
        this.retarget(bytes, key);
      } else if (/^(?:grads|gradients|grad norms|gradient norms)\s/i.test(key.name)) {
        // "grads a.weight=1 b.weight=2": the first word is about all of them.
        key.target = keys.find(bytes, this.lastWord, this.end) ?? key;
      }
    }
    return key;
  }

  /** Where the parameter begins that the subject names, its last word at least; -1 when it names none. */
  private ownerStart(bytes: Uint8Array): number {
    const subject = textOf(bytes, this.subjectStart, this.subjectEnd);
    if (isSubject(subject) || (this.subjectStart === this.lineStart && isLoneName(subject))) {
      return this.subjectStart;
    }
    const last =
      this.subjectLast > this.subjectStart && isSubject(textOf(bytes, this.subjectLast, this.subjectEnd));
    return last ? this.subjectLast : -1;
  }

  /** A phrase that no dictionary knows may end in words that it does: "grads enc.weight", "with loss". */
  private retarget(bytes: Uint8Array, key: Key): void {
    for (let from = this.start; from < this.lastWord; ) {
      while (from < this.lastWord && CLASSES[bytes[from]!] !== BLANK) {
        from++;
      }
      from = skipSpaces(bytes, from, this.end);
      const shorter = this.keys.find(bytes, from, this.end);
      if (shorter !== null && isKnown(shorter) && shorter.meaning.role !== 'config') {
        key.target = shorter;
        return;
      }
    }
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
