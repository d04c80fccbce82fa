import type { PythonFacts } from '../../python/facts';
import type { CallExpr } from '../../python/syntax/ast';

/** Calls of a function or constructor, by its canonical name. */
export function callsOf(facts: PythonFacts, name: RegExp): readonly CallExpr[] {
  return facts.calls.flatMap(({ call }) => (name.test(facts.nameOf(call.func) ?? '') ? [call] : []));
}
