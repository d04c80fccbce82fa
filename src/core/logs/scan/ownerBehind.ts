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
  textOf,
} from './bytes';
import { governs, isGradient, isOwner, NO_LAYER } from './names';

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

/** What is measured, and that it is of something: "Gradient norm of layer". */
const MEASURED_OF =
  /^(.{1,60}?) (?:of|for|in|at)(?: (?:the )?(?:layer|module|param(?:eter)?|block|tensor))?$/i;
/** The quote that closes a name, and what leads to its number. */
const LEADS_ON =
  /^(["'`])([A-Za-z_\d][\w.\-/ ]{0,100})\1(?:[ \t]{0,3}(?:is|was|[:=])?[ \t]{0,3})(?=[-+\d.ni])/i;
const LONGEST_QUOTED = 120;

/**
 * "Gradient norm of layer 'fc1' is 0.125": the name stands in quotes.
 * @param measured where the words before the quote stand
 * @returns the measure of that name, and where its number begins; null where something else is quoted
 */
export function quotedOwner(
  keys: KeyTable,
  bytes: Uint8Array,
  measured: { readonly start: number; readonly end: number },
  at: number,
  end: number,
): OwnerBehind | null {
  const words = MEASURED_OF.exec(textOf(bytes, measured.start, measured.end))?.[1];
  const measure = words === undefined ? null : governs(words);
  if (measure === null) {
    return null;
  }
  const [text, , name = ''] = LEADS_ON.exec(textOf(bytes, at, Math.min(end, at + LONGEST_QUOTED))) ?? [];
  const owner = text === undefined ? null : keys.named(name);
  const owned = owner === null ? null : keys.ownedBy(owner, measure);
  return text === undefined || owned === null ? null : { owner: owned, after: at + text.length };
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
