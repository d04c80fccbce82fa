import { isOtherLoss } from '../keys';
import type { Key, KeyTable } from '../keyTable';
import { isLayerName } from '../layerWords';
import {
  APOSTROPHE,
  bytesOf,
  CLOSE_BRACKET,
  CLOSE_PAREN,
  COLON,
  EQUALS,
  isDigit,
  LESS,
  OPEN_BRACKET,
  OPEN_PAREN,
  QUOTE,
  skipSpaces,
  textOf,
} from './bytes';
import {
  AROUND_CLIPPING,
  governs,
  hasDot,
  isGradient,
  isKnown,
  isLabel,
  isLoneName,
  isOwner,
  isStatistic,
  isSubject,
  mayOwn,
  NO_LAYER,
  SPOKEN,
} from './names';
import { isOtherMeasure, knownTail } from './phraseTail';
import { BLANK, CLASSES } from './textMarks';
import { LONGEST_LABEL, WordSpan } from './wordSpan';

/** "first layer grad", "output layer gradient norm" */
const END_LAYER =
  /^(?:first|last|input|output|hidden|top|bottom|final|embedding) layer'?s? grad(?:ient)?s?(?: norm)?$/i;
/** "fc1 |w|", "fc1 g": a layer, and a letter for what is measured of it. */
const ONE_LETTER = / \|?[gw]\|?$/;
/** "gradient norm of conv1" */
const SPOKEN_OF = / (?:of|for|in|at|wrt|w\.r\.t\.?)$/;
/** What may follow "Layer:" or "Param:". */
const OWNER_NAME = /^[\w.\-/[\]]+(?: \d+)?$/;
const ARTICLE = /^(?:the|an?|and|with|its)\s/i;
/** Between a name and its number in a sentence. */
const VERB = /\s(?:is|was|are)$|(?<=(?:loss|norm))\sof$/i;
/** Of a gradient, and no measure of its size. */
const OTHER_STATISTIC = /^grad(?:ient)?s?[ _](?:min|minimum|var|variance|median|shape)$/i;
/** "Averaged stats: loss: 20.0": an epoch's means, no point of their own. */
const SUMMARY = /^averaged? (?:stats|metrics)$/i;

/** The words before a number: they name its key, or say what the line is about. */
export class Phrase extends WordSpan {
  /** Set inside `grad norms {…}`. */
  group: Key | null = null;
  /** Where the key that {@link wellKnown} found begins. */
  keyStart = -1;
  /** The parameter or layer that the line is about: what its statistics belong to. */
  owner: Key | null = null;
  /** The weight whose gradient the line named last: "bias grad norm" behind it is that of the same layer. */
  private sibling: string | null = null;
  /** A statistic of the owner's gradient was named: a mean or deviation that follows is one too. */
  private ofGradient = false;
  /** A line above said that what follows is about gradients. */
  announced = false;
  /** Behind a word that means gradients, unknown names are layers, and this is what was measured of each: "grad norm". */
  private measure: string | null = null;
  /** Only names that nothing but parts of a network have are layers: no colon and no plural announced them. */
  private onlyParts = false;
  /** The layer that was measured last. */
  private lastLayer: Key | null = null;
  /** Inside `'grads': {`, over the ends of lines. */
  braceOpen = false;
  /** The lines above said that names are layers. */
  governed = false;
  /** The line has given a metric. */
  private measured = false;
  /** The line ended right behind the colon of a phrase. */
  openEnd = false;
  private subjectStart = -1;
  private subjectLast = -1;
  private subjectEnd = -1;
  private lineStart = 0;

  constructor(private readonly keys: KeyTable) {
    super();
  }

  /** Starts a line. */
  begin(lineStart: number): void {
    this.split = 'train';
    this.group = null;
    this.owner = null;
    this.sibling = null;
    this.ofGradient = this.announced;
    this.braceOpen &&= this.governed;
    this.measure = this.governed ? 'grad norm' : null;
    this.onlyParts = false;
    this.lastLayer = null;
    this.measured = false;
    this.openEnd = false;
    this.lineStart = lineStart;
    this.subjectStart = -1;
    this.drop();
  }

  /** Forgets the phrase. @param bytes given where it ends by a mark: it may have named what the line is about. */
  drop(bytes?: Uint8Array): void {
    if (bytes !== undefined && this.start >= 0) {
      this.noteOwner(bytes);
    }
    this.start = -1;
    this.end = -1;
    this.lastWord = -1;
  }

  /** `<loss>=0.5`, as SageMaker's metrics are written: the words so far stand in angle brackets. */
  isTagged(bytes: Uint8Array, at: number): boolean {
    return this.start > 0 && this.end === at && bytes[this.start - 1] === LESS;
  }

  /** A number was read for a key. */
  noteWeight(key: Key): void {
    const { role, kind, parameter } = key.target.meaning;
    this.measured ||= role === 'metric';
    if (kind === 'grad-norm' && parameter === null) {
      // "grad_norm=0.5, enc=0.1, dec=0.2"
      this.measure ??= 'grad norm';
      this.onlyParts = true;
    } else if (kind !== 'other' && kind !== 'grad-norm' && kind !== 'grad-max') {
      this.measure = null;
    } else if (
      role === 'metric' &&
      key.owner === null &&
      parameter === null &&
      !isStatistic(key.target.name)
    ) {
      this.measure = null;
    }
    if (key.target.isWeight) {
      this.sibling = key.target.meaning.parameter;
    }
  }

  /** A number was read: what the line was about before is used up. */
  close(): void {
    this.drop();
    this.subjectStart = -1;
  }

  /** True when the phrase so far is one parameter's name: the words that follow are about it. */
  becomesOwner(bytes: Uint8Array): boolean {
    if (this.start !== this.lastWord || !hasDot(bytes, this.start, this.end)) {
      return false;
    }
    this.noteOwner(bytes);
    return this.owner !== null;
  }

  /** The line began with a measure of this owner's gradient. */
  adopt(owner: Key): void {
    this.owner = owner;
    this.ofGradient = true;
  }

  /** The line is about the layer of this number. */
  adoptLayer(word: string, index: number): void {
    this.owner = this.keys.named(`${word.replace(/_?(?:idx|id|index|num)$/i, '')} ${index}`);
    this.close();
  }

  private noteOwner(bytes: Uint8Array, subject = false): void {
    if (this.owner !== null || this.end - this.start > 200 || this.group !== null) {
      return;
    }
    if (
      this.lastWord > this.start &&
      this.lastWord - this.start <= LONGEST_LABEL &&
      isLabel(textOf(bytes, this.start, this.lastWord).trimEnd())
    ) {
      this.noteLabelled(bytes);
      return;
    }
    const part = subject && isLayerName(textOf(bytes, this.start, this.end));
    const labelled = this.subjectStart >= 0 && isLabel(textOf(bytes, this.subjectStart, this.subjectEnd));
    const key =
      labelled || part || mayOwn(bytes, this.start, this.end)
        ? this.keys.find(bytes, this.start, this.end)
        : null;
    if (key !== null && (part || (labelled ? OWNER_NAME.test(key.name) : isOwner(key.name)))) {
      this.owner = key;
    }
  }

  /** "Layer conv1 | grad norm 0.5", "Param 3 | …": a label and a name. */
  private noteLabelled(bytes: Uint8Array): void {
    const numbered = isDigit(bytes[this.lastWord]);
    const key = this.keys.find(bytes, numbered ? this.start : this.lastWord, this.end);
    if (key !== null && OWNER_NAME.test(key.name)) {
      this.owner = key;
    }
  }

  /**
   * `grad norm (fc1.weight): 0.5`, `grad_norm["fc1.weight"] = 0.5`: the owner stands behind its measure.
   * @returns the offset after the closing bracket, or -1.
   */
  ownerInside(bytes: Uint8Array, at: number, end: number): number {
    const close = bytes[at] === OPEN_PAREN ? CLOSE_PAREN : CLOSE_BRACKET;
    let from = at + 1;
    let to = from;
    while (to < end && to - from < 200 && bytes[to] !== close) {
      to++;
    }
    const after = to + 1;
    const next = skipSpaces(bytes, after, end);
    const bare = next > after && next < end && isDigit(bytes[next]);
    if (to >= end || bytes[to] !== close || (!bare && bytes[next] !== COLON && bytes[next] !== EQUALS)) {
      return -1;
    }
    if (bytes[from] === QUOTE || bytes[from] === APOSTROPHE) {
      from++;
      to--;
    }
    const measure = this.keys.find(bytes, this.start, this.end);
    const name = to > from ? this.keys.find(bytes, from, to) : null;
    if (name === null || measure === null || !isGradient(measure)) {
      return -1;
    }
    const part = measure.meaning.parameter === null && isPart(name.name, close === CLOSE_BRACKET);
    if (!isOwner(name.name) && !part) {
      return -1;
    }
    this.owner = name;
    return after;
  }

  /** A measure without a parameter of its own belongs to the line's owner. */
  owned(bytes: Uint8Array, key: Key): Key {
    const owner = this.owner;
    const { meaning } = key.target;
    if (owner === null) {
      return key;
    }
    if (isGradient(key.target) && /^(?:weight|bias)$/i.test(meaning.parameter ?? '')) {
      return this.keys.ownedBy(owner, key.target.name, owner.name.includes(' ') ? ' ' : '.') ?? key;
    }
    if (key.target.name === 'g') {
      // "fc1: w=4.2 g=0.1"
      return this.keys.ownedBy(owner, 'grad norm') ?? key;
    }
    // "max" alone is nobody's, but of a gradient it is one.
    const isRole = meaning.role === 'metric' || (meaning.role === 'ignored' && this.ofGradient);
    if (!isRole || meaning.parameter !== null) {
      return key;
    }
    if (meaning.weak && !this.ofGradient && !this.announced && key.target.name.toLowerCase() === 'norm') {
      // "fc1.weight norm 0.5": of the weight, as far as the line says.
      return this.keys.ownedBy(owner, 'param norm') ?? key;
    }
    if (meaning.kind === 'weight-norm') {
      return this.keys.ownedBy(owner, key.target.name) ?? key;
    }
    // "|g|" says it in signs.
    const named = /grad|^[|‖∥]/i.test(key.target.name);
    if (OTHER_STATISTIC.test(key.target.name)) {
      // "grad min=-0.1 max=0.2 norm=1.5": what follows is of the gradient too.
      this.ofGradient = true;
      return this.keys.ownedBy(owner, key.target.name) ?? key;
    }
    // "norm" alone, not "weight norm".
    const alone = this.lastWord <= this.start;
    if (
      named
        ? isGradient(key.target)
        : alone && this.ofGradient && isStatistic(textOf(bytes, this.lastWord, this.end))
    ) {
      this.ofGradient = true;
      const measure = named ? key.target.name : `grad ${textOf(bytes, this.lastWord, this.end)}`;
      return this.keys.ownedBy(owner, measure) ?? key;
    }
    return key;
  }

  /** The phrase before a colon that no number follows: what the following keys may be about. */
  takeSubject(bytes: Uint8Array): void {
    if (
      !this.measured &&
      SUMMARY.test(textOf(bytes, this.start, Math.min(this.end, this.start + LONGEST_LABEL)))
    ) {
      this.split = 'summary';
    } else if (!this.measured) {
      // "loss 0.5, val: n/a": what stands behind a number does not change what it was.
      this.noteSplit(bytes);
    }
    if (this.owner !== null && this.measured && this.lastWord === this.start) {
      // "fc1: w=4.2 g=0.1 fc2: w=3.1 g=0.2"
      const before = this.owner;
      this.owner = null;
      this.noteOwner(bytes, true);
      this.owner ??= before;
    } else {
      this.noteOwner(bytes, true);
    }
    this.govern(bytes);
    this.subjectStart = this.start;
    this.subjectEnd = this.end;
    this.subjectLast = this.lastWord;
    this.drop();
  }

  /** "the gradient norm is 1.5": the verb is no part of the name. */
  private withoutVerb(bytes: Uint8Array): void {
    const length = this.end - this.lastWord;
    if (this.lastWord > this.start && length <= 3) {
      const verb = VERB.exec(textOf(bytes, this.start, this.end));
      if (verb !== null) {
        this.reopen(bytes, this.start, this.start + verb.index);
      }
    }
  }

  /** The key before a number without separator: an axis, a loss, a norm or a rate; everything else is prose. */
  wellKnown(bytes: Uint8Array, axisOnly: boolean): Key | null {
    const keys = this.keys;
    this.withoutVerb(bytes);
    const last = this.lastWord;
    const single = keys.find(bytes, last, this.end);
    this.keyStart = last;
    const spoken = this.owner === null ? null : SPOKEN.exec(textOf(bytes, this.start, this.end));
    if (spoken !== null) {
      this.keyStart = this.end - bytesOf(spoken[0]).length;
      const key = keys.find(bytes, this.keyStart, this.end);
      return key === null ? null : this.owned(bytes, key);
    }
    if (this.end - last < 6 && /^(?:of|by|about|to|from|the|a)$/i.test(textOf(bytes, last, this.end))) {
      return null;
    }
    if (axisOnly || single?.meaning.role === 'step' || single?.meaning.role === 'epoch') {
      return single !== null && (single.meaning.role === 'step' || single.meaning.role === 'epoch')
        ? single
        : null;
    }
    const inParens = this.lastLayer !== null && last === this.start && bytes[last - 1] === OPEN_PAREN;
    if (inParens && this.lastLayer !== null && isStatistic(textOf(bytes, last, this.end))) {
      // "enc.0 1e-3 (max 2e-2)"
      return this.keys.ownedBy(this.lastLayer, `grad ${textOf(bytes, last, this.end)}`);
    }
    if (this.ofGradient && last === this.start && isStatistic(textOf(bytes, last, this.end))) {
      return single === null ? null : this.owned(bytes, single);
    }
    if (last > this.start) {
      let from = last - 1;
      while (from > this.start && CLASSES[bytes[from - 1]!] !== BLANK) {
        from--;
      }
      const whole =
        this.owner === null && END_LAYER.test(textOf(bytes, this.start, this.end))
          ? keys.find(bytes, this.start, this.end)
          : null;
      if (whole?.meaning.kind === 'grad-norm' && whole.meaning.parameter !== null) {
        this.keyStart = this.start;
        return whole;
      }
      const pair = from < last - 1 ? keys.find(bytes, from, this.end) : null;
      if (
        pair !== null &&
        !ARTICLE.test(pair.name) &&
        (isKnown(pair) || (this.owner !== null && isGradient(pair)))
      ) {
        this.keyStart = from;
        return this.owned(bytes, pair);
      }
      const clipped = AROUND_CLIPPING.exec(textOf(bytes, this.start, this.end));
      if (clipped !== null) {
        this.keyStart = this.end - bytesOf(clipped[0]).length;
        return keys.find(bytes, this.keyStart, this.end);
      }
    }
    const foreign = last > this.start && isOther(textOf(bytes, this.start, this.end).toLowerCase(), single);
    return single !== null && isKnown(single) && !foreign ? this.owned(bytes, single) : null;
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
      const name = keys.find(bytes, this.start, this.end, null);
      return name === null ? null : (this.layer(name) ?? name);
    }
    const owner = this.subjectStart >= 0 && this.owner === null ? this.ownerStart(bytes) : -1;
    if (owner >= 0) {
      const whole = keys.find(bytes, this.start, this.end);
      if (whole !== null && whole.meaning.kind !== 'other' && whole.meaning.parameter === null) {
        return keys.find(bytes, owner, this.end);
      }
    }
    const key = keys.find(bytes, this.start, this.end);
    if (key !== null && this.lastWord > this.start && ONE_LETTER.test(key.name)) {
      const layer = textOf(bytes, this.start, this.lastWord).trimEnd();
      if (isLayerName(layer) || isOwner(layer)) {
        this.owner = keys.named(layer);
        const measure = keys.find(bytes, this.lastWord, this.end);
        return measure === null ? null : this.owned(bytes, measure);
      }
    }
    if (key !== null && this.lastWord > this.start && /grad|∇/i.test(key.name)) {
      // "grads a.weight=1 b.weight=2": the first word is about all of them.
      const told =
        key.meaning.kind === 'grad-norm' &&
        key.meaning.parameter !== null &&
        SPOKEN_OF.test(textOf(bytes, this.start, this.lastWord).trimEnd());
      const layer = told ? null : this.layerBehind(bytes);
      if (layer !== null) {
        return layer;
      }
    }
    if (key !== null && this.lastWord > this.start && key.target === key && !isKnown(key)) {
      key.target = knownTail(keys, bytes, this, key) ?? key;
    }
    const layer = key === null ? null : this.layer(key);
    if (layer !== null) {
      return layer;
    }
    return key === null ? null : this.owned(bytes, this.ofSibling(key));
  }

  /** A brace opens behind the phrase. */
  openBrace(bytes: Uint8Array): void {
    this.govern(bytes);
    this.braceOpen = this.measure !== null;
  }

  /** What an arrow points from: without the dash that is part of it. */
  cutDash(bytes: Uint8Array): void {
    if (this.lastWord > this.start && this.end === this.lastWord + 1 && bytes[this.lastWord] === 45) {
      this.reopen(bytes, this.start, this.lastWord);
    }
  }

  /** The phrase ends, and no number stands behind it: from here on names are layers if it means gradients. */
  govern(bytes: Uint8Array): void {
    this.measure = this.start < 0 ? null : governs(textOf(bytes, this.start, this.end));
    this.onlyParts = false;
  }

  /** `[grad] enc.0 1e-3`: the word in brackets that opens a line is about all of it. */
  governTag(bytes: Uint8Array): void {
    if (this.start === this.lineStart + 1 && bytes[this.lineStart] === OPEN_BRACKET) {
      this.govern(bytes);
      this.ofGradient ||= this.measure !== null;
    } else {
      this.endLayers();
    }
  }

  /** Behind a word that means gradients, a single word that no dictionary knows is a layer. */
  private isLayer({ meaning, name }: Key): boolean {
    const unknown =
      meaning.role === 'metric' &&
      (meaning.kind === 'other' || (meaning.kind === 'grad-norm' && meaning.parameter === name));
    return (
      unknown &&
      /^[A-Za-z_\d][\w.\-/]*$/.test(name) &&
      !/^\d+$/.test(name) &&
      !NO_LAYER.test(name) &&
      (!this.onlyParts || isLayerName(name) || meaning.layerName)
    );
  }

  /** The layer's measure, where the words so far have said that this name is one; null elsewhere. */
  layer(key: Key): Key | null {
    if (this.measure === null || !this.isLayer(key)) {
      return null;
    }
    this.lastLayer = key;
    // A parameter's whole name says by itself that its norm is meant.
    return key.meaning.kind === 'grad-norm' && this.measure === 'grad norm'
      ? key
      : this.keys.ownedBy(key, this.measure);
  }

  /** `grad norm enc 0.1 dec 0.2`: the layer that the phrase ends in, where what stands before it means gradients. */
  layerBehind(bytes: Uint8Array): Key | null {
    if (this.lastWord > this.start) {
      const before = textOf(bytes, this.start, this.lastWord).trimEnd();
      const measure = governs(before.replace(SPOKEN_OF, ''));
      if (measure === null) {
        return null;
      }
      this.measure = measure;
      this.onlyParts = !/s$/i.test(before) && !SPOKEN_OF.test(before);
    }
    const name = this.measure === null ? null : this.keys.find(bytes, this.lastWord, this.end);
    return name === null ? null : this.layer(name);
  }

  /** A bar or a bracket ends what "gradients:" began. */
  endLayers(): void {
    this.measure = null;
  }

  /** `Layer 0 weight grad norm: 0.5, bias grad norm: 0.1`: the bias is Layer 0's. */
  private ofSibling(key: Key): Key {
    const { parameter } = key.target.meaning;
    const bias = this.sibling !== null && parameter !== null && /^bias$/i.test(parameter) && isGradient(key);
    return bias ? (this.keys.named(`${this.sibling?.replace(/weight$/i, '')}${key.name}`) ?? key) : key;
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
}

/** May stand in brackets behind a gradient word as what it is the gradient of. @param square "(L2)" is a remark, "[conv1]" an index */
function isPart(name: string, square: boolean): boolean {
  const word = name.replaceAll(' ', '_');
  return (
    isLayerName(word) ||
    (square &&
      /^[A-Za-z\d][\w.\-/ ]{0,60}$/.test(name) &&
      !NO_LAYER.test(name) &&
      !/^(?:l\d|before|after|pre|post)/i.test(name))
  );
}

/** "momentum norm", "min grad", "packet loss": the words before make something else of a well-known one. @param lower in lower case */
function isOther(lower: string, last: Key | null): boolean {
  return isOtherLoss(lower) || last?.name.toLowerCase() === 'norm' || isOtherMeasure(lower);
}
