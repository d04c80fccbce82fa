import { isParameterName } from '../keys';
import type { Key, KeyTable } from '../keyTable';
import { isLayerName } from '../layerWords';
import { isDigit, OPEN_BRACKET, OPEN_PAREN, textOf } from './bytes';
import { LayerScope, SPOKEN_OF } from './layerScope';
import { LineOwner } from './lineOwner';
import { hasDot, isKnown, isLabel, isLoneName, isOwner, mayGovern, mayOwn } from './names';
import { ownerBehind } from './ownerBehind';
import { knownTail } from './phraseTail';
import { Subject } from './subject';
import { LONGEST_LABEL, WordSpan } from './wordSpan';

/** "fc1 |w|", "fc1 g", "fc1 mean|g|": a layer, and a letter for what is measured of it. */
const ONE_LETTER = / (?:\|?[gw]\|?|(?:mean|avg|max|rms)_?\|{1,2}(?:g|grad)\|{1,2})$/;
/** What may follow "Layer:" or "Param:". */
const OWNER_NAME = /^[\w.\-/[\]]+(?: \d+)?$/;
/** "Averaged stats: loss: 20.0": an epoch's means, no point of their own. */
const SUMMARY = /^averaged? (?:stats|metrics)$/i;

/** The words before a number: they name its key, or say what the line is about. */
export class Phrase extends WordSpan {
  /** Set inside `grad norms {…}`. */
  group: Key | null = null;
  /** The parameter or layer that the line is about. */
  readonly about: LineOwner;
  /** The line has given a metric. */
  measured = false;
  /** The line ended right behind the colon of a phrase. */
  openEnd = false;
  private readonly subject = new Subject();
  private lineStart = 0;
  /** Whether unknown names are layers here. */
  readonly layers: LayerScope;

  constructor(readonly keys: KeyTable) {
    super();
    this.layers = new LayerScope(keys);
    this.about = new LineOwner(keys);
  }

  /** Starts a line. */
  begin(lineStart: number): void {
    this.split = 'train';
    this.group = null;
    this.about.begin();
    this.layers.begin();
    this.measured = false;
    this.openEnd = false;
    this.lineStart = lineStart;
    this.subject.drop();
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

  /** A number was read for a key. */
  noteWeight(key: Key): void {
    this.measured ||= key.target.meaning.role === 'metric';
    this.layers.noteNumber(key);
    this.about.noteWeight(key);
  }

  /** Dots may lead from here to a number: from a parameter's name, and from anything below a heading that speaks of gradients. */
  mayLead(bytes: Uint8Array): boolean {
    return (
      this.about.announced ||
      (this.start === this.lastWord && isParameterName(textOf(bytes, this.start, this.end)))
    );
  }

  /** A number was read: what the line was about before is used up. */
  close(): void {
    this.drop();
    this.subject.drop();
  }

  /** True when the phrase so far is one parameter's name: the words that follow are about it. */
  becomesOwner(bytes: Uint8Array): boolean {
    if (this.start !== this.lastWord || !hasDot(bytes, this.start, this.end)) {
      return false;
    }
    const before = this.about.owner;
    if (before !== null && this.measured) {
      // "fc1.weight norm 0.5 fc2.weight norm 0.4": the next one. What is none may yet be a layer: "mlp.2 mean|g|".
      this.about.owner = null;
      this.noteOwner(bytes);
      const next = this.about.owner !== null;
      this.about.owner ??= before;
      return next;
    }
    this.noteOwner(bytes);
    return this.about.owner !== null;
  }

  /** The line is a parameter's name and nothing else: it becomes what the line is about. */
  isLoneParameter(bytes: Uint8Array): boolean {
    const isLone =
      this.start === this.lineStart &&
      this.start === this.lastWord &&
      hasDot(bytes, this.start, this.end) &&
      isParameterName(textOf(bytes, this.start, this.end));
    if (isLone) {
      this.noteOwner(bytes);
    }
    return isLone;
  }

  /** The line began with a measure of this owner's gradient. */
  adopt(owner: Key): void {
    this.about.owner = owner;
    this.about.ofGradient = true;
  }

  /** The line is about the layer of this number. */
  adoptLayer(word: string, index: number): void {
    this.about.owner = this.keys.named(`${word.replace(/_?(?:idx|id|index|num)$/i, '')} ${index}`);
    this.close();
  }

  private noteOwner(bytes: Uint8Array, subject = false): void {
    if (this.about.owner !== null || this.end - this.start > 200 || this.group !== null) {
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
    if (this.about.noteGradient(bytes, this)) {
      return;
    }
    const part = subject && isLayerName(textOf(bytes, this.start, this.end));
    const labelled = this.subject.isLabel(bytes);
    const key =
      labelled || part || mayOwn(bytes, this.start, this.end)
        ? this.keys.find(bytes, this.start, this.end)
        : null;
    if (key !== null && (part || (labelled ? OWNER_NAME.test(key.name) : isOwner(key.name)))) {
      this.about.owner = key;
    }
  }

  /** A bracket opens behind the phrase, or it ends in a colon: `grad(min=0, max=0.5)`, `fc1.weight: grad shape=(3, 4) norm=0.5`. */
  noteGroup(bytes: Uint8Array): void {
    if (this.start >= 0 && this.end - this.start <= LONGEST_LABEL) {
      this.about.noteGroup(textOf(bytes, this.start, this.end));
    }
  }

  /** "Layer conv1 | grad norm 0.5", "Param 3 | …": a label and a name. */
  private noteLabelled(bytes: Uint8Array): void {
    const numbered = isDigit(bytes[this.lastWord]);
    const key = this.keys.find(bytes, numbered ? this.start : this.lastWord, this.end);
    if (key !== null && OWNER_NAME.test(key.name)) {
      this.about.owner = key;
    }
  }

  /**
   * `grad norm (fc1.weight): 0.5`: see {@link ownerBehind}.
   * @returns the offset after the closing bracket, or -1.
   */
  ownerInside(bytes: Uint8Array, at: number, end: number): number {
    const behind = ownerBehind(this.keys, bytes, { start: this.start, end: this.end }, at, end);
    this.about.owner = behind?.owner ?? this.about.owner;
    return behind?.after ?? -1;
  }

  /** A measure without a parameter of its own belongs to the line's owner. */
  owned(bytes: Uint8Array, key: Key): Key {
    if (this.about.owner === null) {
      return this.lastWord <= this.start ? this.about.inGroup(key) : key;
    }
    return this.about.measureOf(
      key,
      bytes,
      { start: this.lastWord, end: this.end },
      this.lastWord <= this.start,
    );
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
    if (this.about.owner !== null && this.measured && this.lastWord === this.start) {
      // "fc1: w=4.2 g=0.1 fc2: w=3.1 g=0.2"
      const before = this.about.owner;
      this.about.owner = null;
      this.noteOwner(bytes, true);
      this.about.owner ??= before;
    } else {
      this.noteOwner(bytes, true);
    }
    this.noteGroup(bytes);
    this.govern(bytes);
    this.subject.take(this);
    this.drop();
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
      return name === null ? null : (this.layers.measureOf(name) ?? name);
    }
    const owner = this.about.owner === null ? this.subject.ownerStart(bytes, this.lineStart) : -1;
    if (owner >= 0) {
      const whole = keys.find(bytes, this.start, this.end);
      if (whole !== null && whole.meaning.kind !== 'other' && whole.meaning.parameter === null) {
        return keys.find(bytes, owner, this.end);
      }
    }
    const key = keys.find(bytes, this.start, this.end);
    const lettered = key === null ? null : this.lettered(bytes, key.name);
    if (lettered !== null) {
      return lettered;
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
    const layer = key === null ? null : this.layers.measureOf(key);
    if (layer !== null) {
      return layer;
    }
    return key === null ? null : this.owned(bytes, this.about.ofSibling(key));
  }

  /** `fc1 |g|`, `user_emb mean|g|`: a layer in front of a letter. @param text the phrase */
  lettered(bytes: Uint8Array, text: string): Key | null {
    if (this.lastWord <= this.start || !ONE_LETTER.test(text)) {
      return null;
    }
    const layer = textOf(bytes, this.start, this.lastWord).trimEnd();
    const opens = this.start === this.lineStart && text.endsWith('|') && isLoneName(layer);
    if (!isLayerName(layer) && !isOwner(layer) && !opens) {
      return null;
    }
    this.about.owner = this.keys.named(layer);
    const measure = this.keys.find(bytes, this.lastWord, this.end);
    return measure === null ? null : this.owned(bytes, measure);
  }

  /** A brace opens behind the phrase. */
  openBrace(bytes: Uint8Array): void {
    this.govern(bytes);
    this.layers.braceOpen = this.layers.named;
  }

  /** The phrase ends, and no number stands behind it: from here on names are layers if it means gradients. */
  govern(bytes: Uint8Array): void {
    this.layers.govern(this.start < 0 ? '' : textOf(bytes, this.start, this.end));
  }

  /** A wide gap ends the phrase: names behind it are layers if it means gradients, else all stays as it was. */
  governAhead(bytes: Uint8Array): void {
    if (this.start >= 0 && mayGovern(bytes, this.start, this.end)) {
      this.layers.governBy(textOf(bytes, this.start, this.end));
    }
  }

  /** `[grad] enc.0 1e-3`: the word in brackets that opens a line is about all of it. */
  governTag(bytes: Uint8Array): void {
    if (this.start === this.lineStart + 1 && bytes[this.lineStart] === OPEN_BRACKET) {
      this.govern(bytes);
      this.about.ofGradient ||= this.layers.named;
    } else {
      this.layers.end();
    }
  }

  /** `grad norm enc 0.1 dec 0.2`: the layer that the phrase ends in, where what stands before it means gradients. */
  layerBehind(bytes: Uint8Array): Key | null {
    if (
      this.lastWord > this.start &&
      !this.layers.governBy(textOf(bytes, this.start, this.lastWord).trimEnd())
    ) {
      return null;
    }
    const name = this.layers.named ? this.keys.find(bytes, this.lastWord, this.end) : null;
    return name === null ? null : this.layers.measureOf(name);
  }
}
