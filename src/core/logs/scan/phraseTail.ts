import { isForeign } from '../gradientKeys';
import { isOtherLoss } from '../keys';
import type { Key, KeyTable } from '../keyTable';
import { skipSpaces, textOf } from './bytes';
import { isGradient, isKnown, isPathToAxis } from './names';
import { BLANK, CLASSES } from './textMarks';
import type { WordSpan } from './wordSpan';

/** "Min Gradient" is not the gradient. */
const OTHER_MEASURE = /^(?:min|minimum|var|variance|median|lowest|smallest|mean|avg|average)[ _]grad/i;

/** @param lower in lower case */
export function isOtherMeasure(lower: string): boolean {
  return isForeign(lower) || OTHER_MEASURE.test(lower);
}

/** A phrase that no dictionary knows may end in words that it does: "grads enc.weight", "with loss". Null when it does not. */
export function knownTail(
  keys: KeyTable,
  bytes: Uint8Array,
  { start, lastWord, end }: WordSpan,
  { name }: Key,
): Key | null {
  if (isOtherLoss(name.toLowerCase()) || isOtherMeasure(name.toLowerCase())) {
    return null;
  }
  for (let from = start; from < lastWord; ) {
    while (from < lastWord && CLASSES[bytes[from]!] !== BLANK) {
      from++;
    }
    from = skipSpaces(bytes, from, end);
    const shorter = keys.find(bytes, from, end);
    if (
      shorter !== null &&
      isKnown(shorter) &&
      !shorter.meaning.weak &&
      (shorter.meaning.lossName ?? '') === '' &&
      !isPathToAxis(shorter) &&
      shorter.meaning.role !== 'config'
    ) {
      return ownedByName(keys, textOf(bytes, start, from).trimEnd(), shorter) ?? shorter;
    }
  }
  return null;
}

/** A name as programs have them: "user_emb", "enc.proj", "fc1". */
const NAME = /^(?=.*[_.\d])[A-Za-z_][\w.]{1,60}$/;
/** Words that say which step, statistic or split a number is of, and no part of a network. */
const NO_PART =
  /^(?:train(?:ing)?|val|valid(?:ation)?|test|eval|total|global|overall|all|avg|average|mean|max|min|median|running|smoothed|ema|sum|norm|l[12]|current|cur|last|prev|best|raw|un|pre|post|before|after|clip(?:ped|ping)?|scaled?|unscaled|step|iter|iteration|epoch|batch|update|lr|loss|acc|time|num|rank|gpu|node|worker|seed|fold|run|info|debug|log|grads?|gradients?)?\d*$/i;

/** `user_emb mean|g|=5e-5`: a single name of a program before a gradient's measure is what it is the gradient of. */
function ownedByName(keys: KeyTable, before: string, measure: Key): Key | null {
  const isOfGradient = isGradient(measure) && measure.meaning.parameter === null;
  if (!isOfGradient || !NAME.test(before) || before.split(/[._]/).some((word) => NO_PART.test(word))) {
    return null;
  }
  const owner = keys.named(before);
  return owner === null ? null : keys.ownedBy(owner, measure.name);
}
