import type { RemedyId, RemedyText } from '../core/remedies/remedy';

type CodeHalf = typeof import('./code');

let loaded: CodeHalf | undefined;

/**
 * The half of the engine that reads code, loaded when the first Python file with a framework, the first finding or the
 * first rule page asks for it: compiling it would take longer than activation may.
 */
export function codeHalf(): CodeHalf {
  // A call of `require` with a path that the bundler leaves alone: in dist/ it is a bundle beside this one.
  loaded ??= require('./code.js') as CodeHalf;
  return loaded;
}

/** What there is to read about a remedy. */
export function remedyText(id: RemedyId): RemedyText | undefined {
  return codeHalf().remedyById(id);
}
