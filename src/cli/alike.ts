/** Names that share a whole word with what was typed, or are a slip away from it: `; is it one of …?`, or nothing. */
export function alike(typed: string, known: readonly string[]): string {
  const wanted = typed.toLowerCase();
  const words = wanted.split(/[^a-z0-9]+/).filter((word) => word.length > 2);
  const near = known
    .filter((name) => words.some((word) => name.split('-').includes(word)) || distance(wanted, name) <= SLIP)
    .sort((a, b) => distance(wanted, a) - distance(wanted, b))
    .slice(0, MOST_NAMES);
  return near.length === 0 ? '' : `; did you mean ${near.join(', ')}?`;
}

/** Letters that a slip of the fingers changes. */
const SLIP = 2;
const MOST_NAMES = 3;

/** Levenshtein's distance: letters to insert, remove or replace. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (const [i, letter] of [...a.slice(0, LONGEST_NAME)].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries()) {
      const replaced = (row[j] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** No rule has a longer name; what is typed may have any length. */
const LONGEST_NAME = 60;
