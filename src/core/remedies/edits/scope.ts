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
    if (binds(facts.textOf(inside.range), first, '[ \\t]*')) {
      return true;
    }
  }
  return binds(facts.text, first, '');
}

/** True when text gives a plain name a value (assignment, loop, `as`) at the start of a line, after `indent`. */
function binds(text: string, name: string, indent: string): boolean {
  const word = name.replace(/[^\w]/g, '\\$&');
  const others = '(?:\\w+[ \\t]*,[ \\t]*)';
  const list = `${others}{0,8}${word}(?:[ \\t]*,[ \\t]*\\w+){0,8}`;
  const assigned = new RegExp(`^${indent}${list}[ \\t]*(?::[^=\\n]{1,80})?=(?!=)`, 'm');
  const looped = new RegExp(`^${indent}(?:async )?for ${list}[ \\t]+in\\b`, 'm');
  const opened = new RegExp(`^${indent}with [^\\n]{1,200} as ${word}:`, 'm');
  return assigned.test(text) || looped.test(text) || opened.test(text);
}
