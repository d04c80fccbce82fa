import type { Key, KeyTable } from '../keyTable';
import { plainName } from '../keyWords';
import { isLayerName } from '../layerWords';
import { textOf } from './bytes';
import {
  isGradient,
  isGradientWord,
  isOwner,
  isStatistic,
  isSubject,
  mayGovern,
  withOtherStatistic,
} from './names';
import { LONGEST_LABEL, type WordSpan } from './wordSpan';

/** Of a gradient, and no measure of its size. */
const OTHER_STATISTIC = /^grad(?:ient)?s?[ _](?:min|minimum|var|variance|median|shape)$/i;

/** Statistics that say nothing of how large a gradient is. */
const NO_SIZE = /^(?:min|var)$/i;

const GRADIENT = /grad|^[|‖∥∇]|\|g\|/i;

/** The name itself says that a gradient is meant, in whatever language. */
function saysGradient(name: string): boolean {
  return GRADIENT.test(name) || (/[^ -~]/.test(name) && GRADIENT.test(plainName(name)));
}

/** What the whole model has besides gradients, and statistics are printed of. */
const WEIGHTS = /^(?:weights?|params?|parameters?)$/i;
const OTHERS = /^(?:act(?:ivation)?s?|outputs?|updates?|logits|features?)$/i;

/** The first word of the names of a group's statistics; empty where the words begin none. */
function groupOf(words: string): string {
  return isGradientWord(words)
    ? 'grad'
    : WEIGHTS.test(words)
      ? 'param'
      : OTHERS.test(words)
        ? words.toLowerCase()
        : '';
}

interface Word {
  readonly start: number;
  readonly end: number;
}

/** The parameter or layer that a line is about: what the statistics on it belong to. */
export class LineOwner {
  owner: Key | null = null;
  /** A statistic of the owner's gradient was named: a mean or deviation that follows is one too. */
  ofGradient = false;
  /** A line above said that what follows is about gradients. */
  announced = false;
  /** What statistics that follow are of, in the whole model: `grad: min=0 max=0.5 norm=1.5`. */
  private group = '';

  /** The weight whose gradient the line named last: "bias grad norm" behind it is that of the same layer. */
  private sibling: string | null = null;

  constructor(private readonly keys: KeyTable) {}

  /** A line begins. */
  begin(): void {
    this.owner = null;
    this.sibling = null;
    this.ofGradient = this.announced;
    this.group = '';
  }

  /** A group of numbers begins under these words. */
  noteGroup(words: string): void {
    this.group = this.owner === null ? groupOf(words) : '';
    // "fc1.weight gradient: mean=…", "fc1.weight grad shape=…"
    this.ofGradient ||= this.owner !== null && (isGradientWord(words) || OTHER_STATISTIC.test(words));
  }

  /**
   * `grad fc1.weight: mean 1e-3 norm 0.5`, `fc1.weight gradient: mean=…`, `enc.0 grad range [-0.1, 0.2] norm 0.5`: the line is about the gradient of that parameter.
   * @returns whether it is
   */
  noteGradient(bytes: Uint8Array, { start, end, lastWord }: WordSpan): boolean {
    if (lastWord <= start || !mayGovern(bytes, start, end)) {
      return false;
    }
    const isBehind =
      lastWord - start <= LONGEST_LABEL && isGradientWord(textOf(bytes, start, lastWord).trimEnd());
    const before = isBehind ? null : withOtherStatistic(textOf(bytes, start, end));
    const name = isBehind ? textOf(bytes, lastWord, end) : (before ?? '');
    if (!isOwner(name) && !isSubject(name) && !(before !== null && isLayerName(before))) {
      return false;
    }
    this.owner = this.keys.named(name);
    this.ofGradient ||= this.owner !== null;
    return this.owner !== null;
  }

  /** The group has ended. */
  endGroup(): void {
    this.group = '';
  }

  /** "max" alone, in a group of the whole model. */
  inGroup(key: Key): Key {
    const { name } = key.target;
    return this.group !== '' && isStatistic(name) && !NO_SIZE.test(name)
      ? (this.keys.named(`${this.group} ${name}`) ?? key)
      : key;
  }

  /**
   * A measure without a parameter of its own belongs to the owner.
   * @param word where the last word of the key stands in the bytes
   * @param alone it is the only one: "norm", not "weight norm"
   */
  measureOf(key: Key, bytes: Uint8Array, word: Word, alone: boolean): Key {
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
    const named = saysGradient(key.target.name);
    if (OTHER_STATISTIC.test(key.target.name)) {
      // "grad min=-0.1 max=0.2 norm=1.5": what follows is of the gradient too.
      this.ofGradient = true;
      return this.keys.ownedBy(owner, key.target.name) ?? key;
    }
    if (
      named
        ? isGradient(key.target)
        : alone && this.ofGradient && isStatistic(textOf(bytes, word.start, word.end))
    ) {
      this.ofGradient = true;
      const measure = named ? key.target.name : `grad ${textOf(bytes, word.start, word.end)}`;
      return this.keys.ownedBy(owner, measure) ?? key;
    }
    return key;
  }

  /** A number was read for a key. */
  noteWeight({ target }: Key): void {
    if (target.isWeight) {
      this.sibling = target.meaning.parameter;
    }
  }

  /** `Layer 0 weight grad norm: 0.5, bias grad norm: 0.1`: the bias is Layer 0's. */
  ofSibling(key: Key): Key {
    const { parameter } = key.target.meaning;
    const bias = this.sibling !== null && parameter !== null && /^bias$/i.test(parameter) && isGradient(key);
    return bias ? (this.keys.named(`${this.sibling?.replace(/weight$/i, '')}${key.name}`) ?? key) : key;
  }
}
