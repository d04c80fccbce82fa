import type { PythonFacts } from './facts';
import { numberPlace } from './literals';

/** What a length of sequences is called. */
const LENGTH_NAME =
  /^(?:seq(?:uence)?_?len(?:gth)?|n_?steps|time_?steps|num_steps|context_len(?:gth)?|bptt(?:_?(?:len(?:gth)?|steps))?|window(?:_?(?:size|len(?:gth)?))?)$/i;
/** A stretch of the second axis: `data[:, s:s + 10]`. */
const WINDOW = /\[\s{0,4}:\s{0,4},\s{0,4}(\w{1,40})\s{0,4}:\s{0,4}(\w{1,40})\s{0,4}\+\s{0,4}(\d{1,6})\b/g;

/** Lengths of sequences that the file names or cuts, in steps; empty where it does not tell. */
export function sequenceLengths(facts: PythonFacts): readonly number[] {
  const named = facts.source.scopes.flatMap(({ bindings }) =>
    [...bindings].flatMap(([name, list]) =>
      LENGTH_NAME.test(name)
        ? list.flatMap(({ value }) => (value === null ? [] : [numberPlace(facts.source, value)?.value ?? 0]))
        : [],
    ),
  );
  return [...named.filter((value) => value > 0), ...windowsOf(facts)];
}

function windowsOf(facts: PythonFacts): readonly number[] {
  const lines = facts.source.mentions(/\[\s{0,4}:\s{0,4},/) ? facts.source.view.own.matchAll(WINDOW) : [];
  return [...lines].flatMap(([, from, again, length]) => (from === again ? [Number(length)] : []));
}

/** Is state carried over stretches of a stream, and cut off between them? Then what is near is what is learned (truncated backpropagation). */
export function carriesState(facts: PythonFacts): boolean {
  return facts.source.mentions(
    /\b(?:h|hx|hidden|hid|state|states|h_?n|h_?0|hc|memory|v)\.detach_?\(\)|repackage_hidden/,
  );
}
