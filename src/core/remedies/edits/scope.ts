import type { FunctionFact, PythonFacts } from '../../python/facts';

/** Every function and method of a file. */
function functionsOf(facts: PythonFacts): readonly FunctionFact[] {
  return [...facts.functions, ...facts.classes.flatMap((one) => one.methods)];
}

/** Innermost function around a line; null at module level. */
export function functionAt(facts: PythonFacts, line: number): FunctionFact | null {
  let best: FunctionFact | null = null;
  for (const one of functionsOf(facts)) {
    const inside = one.range.line <= line && line <= one.range.endLine;
    if (inside && (best === null || one.range.line >= best.range.line)) {
      best = one;
    }
  }
  return best;
}

/**
 * True when a name, or `self.name`, certainly means something on a line: a parameter of the function, a variable
 * assigned in it or at module level above every function.
 */
export function isVisible(facts: PythonFacts, name: string, line: number): boolean {
  const first = name.split('.')[0] ?? name;
  const inside = functionAt(facts, line);
  if (inside !== null) {
    if (inside.params.some((param) => param.name === first)) {
      return true;
    }
    if (assigns(facts.textOf(inside.range), first, true)) {
      return true;
    }
  }
  return assigns(facts.text, first, false);
}

/** True when text assigns a plain name: indented (in a function's own text), or at the start of a line. */
function assigns(text: string, name: string, indented: boolean): boolean {
  const start = indented ? '[ \\t]*' : '';
  const escaped = name.replace(/[^\w]/g, '\\$&');
  return new RegExp(
    `^${start}(?:[\\w, ]*\\W)?${escaped}(?:\\s*,[\\w, ]*)?\\s*(?::[^=\\n]{1,80})?=[^=]`,
    'm',
  ).test(text);
}
