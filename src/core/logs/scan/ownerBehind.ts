import type { Key, KeyTable } from '../keyTable';
import { isLayerName } from '../layerWords';
import {
  APOSTROPHE,
  CLOSE_BRACKET,
  CLOSE_PAREN,
  COLON,
  EQUALS,
  isDigit,
  OPEN_PAREN,
  QUOTE,
  skipSpaces,
} from './bytes';
import { isGradient, isOwner, NO_LAYER } from './names';

/** A parameter or layer that stands in brackets behind its measure. */
export interface OwnerBehind {
  readonly owner: Key;
  /** The offset after the closing bracket. */
  readonly after: number;
}

/**
 * `grad norm (fc1.weight): 0.5`, `grad_norm["fc1.weight"] = 0.5`: the owner stands behind its measure.
 * @param measured where the words before the bracket stand
 * @param at the opening bracket
 */
export function ownerBehind(
  keys: KeyTable,
  bytes: Uint8Array,
  measured: { readonly start: number; readonly end: number },
  at: number,
  end: number,
): OwnerBehind | null {
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
    return null;
  }
  if (bytes[from] === QUOTE || bytes[from] === APOSTROPHE) {
    from++;
    to--;
  }
  const measure = keys.find(bytes, measured.start, measured.end);
  const name = to > from ? keys.find(bytes, from, to) : null;
  if (name === null || measure === null || !isGradient(measure)) {
    return null;
  }
  const part = measure.meaning.parameter === null && isPart(name.name, close === CLOSE_BRACKET);
  if (!isOwner(name.name) && !part) {
    return null;
  }
  return { owner: name, after };
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
