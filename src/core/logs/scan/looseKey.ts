import { isOtherLoss } from '../keys';
import type { Key } from '../keyTable';
import { isCompanion, isQualifier } from '../keyWords';
import { BAR, bytesOf, OPEN_PAREN, textOf } from './bytes';
import { AROUND_CLIPPING, isGradient, isKnown, isStatistic, SPOKEN } from './names';
import type { Phrase } from './phrase';
import { isOtherMeasure } from './phraseTail';
import { BLANK, CLASSES } from './textMarks';

/** "first layer grad", "output layer gradient norm" */
const END_LAYER =
  /^(?:first|last|input|output|hidden|top|bottom|final|embedding) layer'?s? grad(?:ient)?s?(?: norm)?$/i;
const ARTICLE = /^(?:the|an?|and|with|its)\s/i;
const PREPOSITION = /^(?:of|by|about|to|from|the|a)$/i;
const LONGEST_PREPOSITION = 5;
/** Between a name and its number in a sentence. */
const VERB = /\s(?:is|was|are)$|(?<=(?:loss|norm))\sof$/i;
const LONGEST_VERB = 3;

/** A key, and where it begins: the words before it are prose. */
export interface LooseKey {
  readonly key: Key;
  readonly start: number;
}

/**
 * The key before a number without separator: an axis, a loss, a norm or a rate; everything else is prose.
 * @param axisOnly a total or a colon follows the number, so it is a step or an epoch or nothing
 */
export function looseKey(phrase: Phrase, bytes: Uint8Array, axisOnly: boolean): LooseKey | null {
  withoutVerb(phrase, bytes);
  const { keys, about, start, end, lastWord: last } = phrase;
  if (bytes[last] === OPEN_PAREN) {
    // "grad norm (before clip) 3.5"
    const whole = keys.find(bytes, start, end);
    return whole !== null && isGradient(whole.target) ? found(phrase.owned(bytes, whole), start) : null;
  }
  const spoken = about.owner === null ? null : SPOKEN.exec(textOf(bytes, start, end));
  if (spoken !== null) {
    const from = end - bytesOf(spoken[0]).length;
    return ownedFrom(phrase, bytes, from);
  }
  if (end - last <= LONGEST_PREPOSITION && PREPOSITION.test(textOf(bytes, last, end))) {
    return null;
  }
  const single = keys.find(bytes, last, end);
  const isAxis = single?.meaning.role === 'step' || single?.meaning.role === 'epoch';
  if (axisOnly || isAxis) {
    return isAxis ? found(single, last) : null;
  }
  if (last === start) {
    return (
      statistic(phrase, bytes, single) ?? known(phrase, bytes, single) ?? companion(phrase, bytes, single)
    );
  }
  const text = textOf(bytes, start, end);
  return (
    ofSeveralWords(phrase, bytes, text) ??
    (isOther(text.toLowerCase(), single)
      ? null
      : (known(phrase, bytes, single) ?? companion(phrase, bytes, single)))
  );
}

/** "loss 0.5 test acc 0.9": curves beside a loss, with the word before them that belongs to their name. */
function companion(phrase: Phrase, bytes: Uint8Array, key: Key | null): LooseKey | null {
  if (key === null || !isCompanion(key.name)) {
    return null;
  }
  const { keys, start, end, lastWord: last } = phrase;
  const before = textOf(bytes, start, last).trimEnd();
  const word = before.slice(before.lastIndexOf(' ') + 1);
  const from = isQualifier(word)
    ? start + bytesOf(before.slice(0, before.length - word.length)).length
    : last;
  return found(keys.find(bytes, from, end), from);
}

/** The key of a phrase's last word. */
function known(phrase: Phrase, bytes: Uint8Array, key: Key | null): LooseKey | null {
  return key !== null && isKnown(key) ? found(phrase.owned(bytes, key), phrase.lastWord) : null;
}

/** "max" behind what it was measured of. */
function statistic(phrase: Phrase, bytes: Uint8Array, key: Key | null): LooseKey | null {
  const { keys, about, end, lastWord: at } = phrase;
  const layer = bytes[at - 1] === OPEN_PAREN ? phrase.layers.last : null;
  if (key === null || (layer === null && !about.ofGradient)) {
    return null;
  }
  const word = textOf(bytes, at, end);
  if (!isStatistic(word)) {
    return null;
  }
  // "enc.0 1e-3 (max 2e-2)"
  return found(layer === null ? phrase.owned(bytes, key) : keys.ownedBy(layer, `grad ${word}`), at);
}

/** "conv1 |g|", "output layer grad norm", "clip rate", "grad norm before clip". @param text of the phrase */
function ofSeveralWords(phrase: Phrase, bytes: Uint8Array, text: string): LooseKey | null {
  const { keys, about, start, end, lastWord: last } = phrase;
  const lettered = bytes[end - 1] === BAR ? phrase.lettered(bytes, text) : null;
  if (lettered !== null) {
    return found(lettered, start);
  }
  const whole = about.owner === null && END_LAYER.test(text) ? keys.find(bytes, start, end) : null;
  if (whole?.meaning.kind === 'grad-norm' && whole.meaning.parameter !== null) {
    return found(whole, start);
  }
  let from = last - 1;
  while (from > start && CLASSES[bytes[from - 1]!] !== BLANK) {
    from--;
  }
  const pair = from < last - 1 ? keys.find(bytes, from, end) : null;
  if (
    pair !== null &&
    !ARTICLE.test(pair.name) &&
    (isKnown(pair) || (about.owner !== null && isGradient(pair)))
  ) {
    return found(phrase.owned(bytes, pair), from);
  }
  const clipped = AROUND_CLIPPING.exec(text);
  const clippedFrom = clipped === null ? -1 : end - bytesOf(clipped[0]).length;
  return clipped === null ? null : found(keys.find(bytes, clippedFrom, end), clippedFrom);
}

function found(key: Key | null, start: number): LooseKey | null {
  return key === null ? null : { key, start };
}

function ownedFrom(phrase: Phrase, bytes: Uint8Array, from: number): LooseKey | null {
  const key = phrase.keys.find(bytes, from, phrase.end);
  return key === null ? null : found(phrase.owned(bytes, key), from);
}

/** "the gradient norm is 1.5": the verb is no part of the name. */
function withoutVerb(phrase: Phrase, bytes: Uint8Array): void {
  const { start, end, lastWord } = phrase;
  if (lastWord > start && end - lastWord <= LONGEST_VERB) {
    const verb = VERB.exec(textOf(bytes, start, end));
    if (verb !== null) {
      phrase.reopen(bytes, start, start + verb.index);
    }
  }
}

/** "momentum norm", "min grad", "packet loss": the words before make something else of a well-known one. @param lower in lower case */
function isOther(lower: string, last: Key | null): boolean {
  return isOtherLoss(lower) || last?.name.toLowerCase() === 'norm' || isOtherMeasure(lower);
}
