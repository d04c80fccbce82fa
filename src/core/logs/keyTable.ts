import type { KeyMeaning } from './keyMeaning';
import { meaningOf } from './keys';
import { bytesOf, textOf } from './scan/bytes';
import type { LoggedSeries } from './seriesTable';

/** Most different keys a log may have. Text that invents a key per line must not fill the memory. */
const MOST_KEYS = 50_000;

/** Longest key kept; what is longer is no name. */
export const LONGEST_KEY = 400;

/** What a field's key says, as bits: a record's fields together answer what kind of record it is. */
export const METRIC = 1;
export const STEP = 2;
export const EPOCH = 4;
export const CONFIG = 8;
/** A loss, a gradient, or a bare layer name. */
export const TRAINING = 16;
/** A learning rate or loss scale. */
export const RATE = 32;
/** A setting that may stand beside the numbers of a step. */
export const SETTING = 64;

/** What may be a loss, and is one only if the log shows it: `train`, `mae`. */
export const MAYBE_LOSS = 128;

function flagsOf(meaning: KeyMeaning): number {
  switch (meaning.role) {
    case 'step':
      return STEP;
    case 'epoch':
      return EPOCH;
    case 'config':
      return CONFIG;
    case 'setting':
      return SETTING;
    case 'ignored':
      return 0;
    case 'metric':
      break;
  }
  const { kind } = meaning;
  const mean = meaning.statistic === 'mean' && meaning.parameter !== null;
  const training =
    mean ||
    (kind === 'loss' && !meaning.weak) ||
    kind === 'grad-norm' ||
    kind === 'grad-max' ||
    meaning.layerName;
  const rate = kind === 'learning-rate' || kind === 'loss-scale';
  return (
    METRIC | (meaning.lossName !== null ? MAYBE_LOSS : 0) | (training ? TRAINING : 0) | (rate ? RATE : 0)
  );
}

/** Fields of tables and records that name what the others are about. */
const SAYS_SPLIT = /^(?:split|mode|phase|stage|type|subset|partition|kind|event|set|prefix)$/i;
const SAYS_METRIC = /^(?:name|metric|tag|key)(?:[ _]?name)?$/i;
const SAYS_OWNER = /^(?:layer|param|parameter|module)(?:[ _]?name)?$/i;
const IS_VALUE = /^(?:value|val|scalar)$/i;

type Says = 'split' | 'metric' | 'owner' | 'value' | null;

function saidBy(name: string): Says {
  if (name.length > 12) {
    return null;
  }
  return SAYS_SPLIT.test(name)
    ? 'split'
    : SAYS_METRIC.test(name)
      ? 'metric'
      : SAYS_OWNER.test(name)
        ? 'owner'
        : IS_VALUE.test(name)
          ? 'value'
          : null;
}

/** True for the text of a split field that says evaluation. */
export function saysEval(text: string): boolean {
  return /^(?:val|valid|validation|validate|eval|evaluation|evaluate|test|testing|dev|holdout)(?:[ _-]?(?:set|step|epoch|loss|end))?$/i.test(
    text,
  );
}

const SPOKEN_PART = /^grad(?:ient)?s?(?: norms?)? [a-z_][\w.]{0,60}$/i;

/** One name under which numbers are logged. The same bytes below the same parent are always the same object. */
export class Key {
  /** The key that followed this one last time: the first guess for what follows now. */
  next: Key | null = null;
  /** Next key with the same hash. */
  chain: Key | null = null;
  /** Series that receive its numbers: training, evaluation, summary. */
  readonly series: (LoggedSeries | null)[] = [null, null, null];
  /** The better-known key that a phrase ends in ("with loss" is "loss"); itself when there is none. */
  target: Key = this;
  /** Line on which a text scanner met it last. */
  stamp = -1;
  /** {@link METRIC} and the others. */
  readonly flags: number;
  /** The bytes, four at a time (little endian), as far as they go. */
  readonly words: Int32Array;
  /** Series that receives its numbers in training records. */
  home: LoggedSeries | null = null;
  /** A weight, beside which a bias may be printed. */
  readonly isWeight: boolean;
  /** A parameter's name and nothing else: only its number can tell that it is about a gradient. */
  readonly bareName: boolean;
  /** A gradient's word and a part's name: `grad pde`. */
  readonly spokenPart: boolean;
  /** What a text under this key is about: which split a record belongs to, which metric its value is, which layer it measures. */
  readonly says: Says;
  /** Measures of this name's gradient, where the name owns a line (`fc1.weight: grad mean=…, std=…`). */
  owned: Map<string, Key> | null = null;
  /** This measure in each of several runs that share a log. */
  runs: Map<string, Key> | null = null;
  /** Of which of them this is the measure; null in a log of one run. */
  ofRun: string | null = null;
  /** The name that owns this measure. */
  owner: Key | null = null;

  constructor(
    readonly name: string,
    readonly bytes: Uint8Array,
    readonly hash: number,
    readonly parent: Key | null,
    readonly meaning: KeyMeaning,
  ) {
    this.flags = flagsOf(meaning);
    const { parameter } = meaning;
    this.isWeight = meaning.kind === 'grad-norm' && parameter !== null && /[ .]weight$/i.test(parameter);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.words = new Int32Array(bytes.length >> 2);
    for (let index = 0; index < this.words.length; index++) {
      this.words[index] = view.getInt32(index * 4, true);
    }
    this.says = saidBy(name);
    this.spokenPart = meaning.kind === 'grad-norm' && parameter !== null && SPOKEN_PART.test(name);
    this.bareName = meaning.parameter !== null && meaning.parameter === name;
  }
}

/** True when the key's bytes stand at `at`, wholly before `end`; `view` shows the same bytes. */
export function keyStandsAt(key: Key, view: DataView, bytes: Uint8Array, at: number, end: number): boolean {
  const known = key.bytes;
  const length = known.length;
  if (at + length > end) {
    return false;
  }
  const words = key.words;
  let index = 0;
  for (let word = 0; word < words.length; word++, index += 4) {
    if (view.getInt32(at + index, true) !== words[word]) {
      return false;
    }
  }
  for (; index < length; index++) {
    if (bytes[at + index] !== known[index]) {
      return false;
    }
  }
  return true;
}

/** Finds keys by their bytes, without making a string of a key that is already known. */
export class KeyTable {
  private slots: (Key | null)[] = new Array(256).fill(null);
  private count = 0;
  /** Keys that found no room. */
  refused = 0;

  /** @param meaning reads a key's text; a format may know its own keys better than the dictionary. */
  constructor(private readonly meaning: (name: string) => KeyMeaning = meaningOf) {}

  /** The key with these bytes below `parent`; null when it is too long or the table is full. */
  find(bytes: Uint8Array, start: number, end: number, parent: Key | null = null): Key | null {
    let hash = parent === null ? 0x811c9dc5 : parent.hash ^ 0x9e3779b9;
    for (let at = start; at < end; at++) {
      hash = Math.imul(hash ^ bytes[at]!, 0x01000193);
    }
    hash ^= hash >>> 15;
    for (let key = this.slots[hash & (this.slots.length - 1)] ?? null; key !== null; key = key.chain) {
      if (key.hash === hash && key.parent === parent && sameBytes(key.bytes, bytes, start, end)) {
        return key;
      }
    }
    if (end - start > LONGEST_KEY || this.count >= MOST_KEYS) {
      this.refused++;
      return null;
    }
    const text = textOf(bytes, start, end);
    const name = parent === null ? text : `${parent.name}.${text}`;
    return this.insert(new Key(name, bytes.slice(start, end), hash, parent, this.meaning(name)));
  }

  /** The key of a text that some format made up itself. */
  named(name: string): Key | null {
    const bytes = bytesOf(name);
    return this.find(bytes, 0, bytes.length);
  }

  /** The gradient measure of a parameter or layer: what "`owner`: grad `measure`" would say. */
  ownedBy(owner: Key, measure: string, joint = ': '): Key | null {
    const known = owner.owned?.get(measure);
    if (known !== undefined) {
      return known;
    }
    const key = this.named(`${owner.name}${joint}${measure}`);
    if (key !== null) {
      key.owner = owner;
      owner.owned ??= new Map();
      owner.owned.set(measure, key);
    }
    return key;
  }

  /** The same measure in one of several runs that share a log: "run0 loss". */
  inRun(key: Key, run: string): Key {
    const known = key.runs?.get(run);
    if (known !== undefined) {
      return known;
    }
    if (this.count >= MOST_KEYS) {
      this.refused++;
      return key;
    }
    this.count++;
    const name = `${run} ${key.name}`;
    const made = new Key(name, bytesOf(name), 0, null, key.meaning);
    made.ofRun = run;
    key.runs ??= new Map();
    key.runs.set(run, made);
    return made;
  }

  private insert(key: Key): Key {
    if (this.count >= this.slots.length) {
      this.grow();
    }
    const slot = key.hash & (this.slots.length - 1);
    key.chain = this.slots[slot] ?? null;
    this.slots[slot] = key;
    this.count++;
    return key;
  }

  private grow(): void {
    const old = this.slots;
    this.slots = new Array(old.length * 4).fill(null);
    for (const first of old) {
      for (let key = first; key !== null; ) {
        const following: Key | null = key.chain;
        const slot = key.hash & (this.slots.length - 1);
        key.chain = this.slots[slot] ?? null;
        this.slots[slot] = key;
        key = following;
      }
    }
  }
}

function sameBytes(known: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (known.length !== end - start) {
    return false;
  }
  for (let index = 0; index < known.length; index++) {
    if (known[index] !== bytes[start + index]) {
      return false;
    }
  }
  return true;
}
