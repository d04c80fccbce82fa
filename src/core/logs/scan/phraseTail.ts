import { isForeign } from '../gradientKeys';
import { isOtherLoss } from '../keys';
import type { Key, KeyTable } from '../keyTable';
import { skipSpaces } from './bytes';
import { isKnown, isPathToAxis } from './names';
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
      return shorter;
    }
  }
  return null;
}
