import type { PythonFacts } from '../../python/facts';

/** A string literal in the quotes that the file uses most. */
export function quoted(facts: PythonFacts, text: string): string {
  const single = facts.text.split("'").length;
  const double = facts.text.split('"').length;
  const quote = single > double ? "'" : '"';
  return quote + text + quote;
}

/** The first of the names that the file does not use at all; the last one with an underscore when it uses them all. */
export function freeName(facts: PythonFacts, names: readonly string[]): string {
  const free = names.find((name) => !usesWord(facts.text, name));
  return free ?? `${names[names.length - 1]}_`;
}

function usesWord(text: string, word: string): boolean {
  return new RegExp(`(?<![\\w.])${word}(?!\\w)`).test(text);
}
