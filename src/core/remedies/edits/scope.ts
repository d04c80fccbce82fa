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
 * of it or of a function around it, or one of the module, imports included.
 */
export function isVisible(facts: PythonFacts, name: string, line: number): boolean {
  const { source } = facts;
  const first = name.split('.')[0] ?? name;
  const indent = /^[ \t\f]*/.exec(source.text.slice(source.lines.startOf(line)))?.[0].length ?? 0;
  return source.bindingsOf(first, source.scopeAt(source.lines.startOf(line) + indent)).length > 0;
}
