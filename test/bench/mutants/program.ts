/** A Python program as lines, and the small edits that defects are made of. Line numbers are 1-based. */

/** A program with a defect in it. */
export interface Mutant {
  readonly text: string;
  /** Where the defect stands: the changed lines, and for what was taken away also the lines it was missing for. */
  readonly lines: readonly number[];
}

/** A known, realistic defect. */
export interface Operator {
  readonly id: string;
  /** What a person did wrong. */
  readonly says: string;
  /** The edit makes the program wrong whether or not it still trains: a warning on a passing mutant is no false alarm. */
  readonly alwaysWrong?: boolean;
  /** Null: the program has no place for this defect. */
  apply(lines: readonly string[]): Mutant | null;
}

export const BACKWARD = /\.backward\(/;
export const OPTIMIZER_STEP = /\b(?:opt\w*|optim\w*|self\.opt\w*|\w+_opt\w*|opt_\w+)\.step\(\)/;
export const ZERO_GRAD = /\.zero_grad\(/;
export const OPTIMIZER = /=\s*(?:torch\.)?(?:optim\.)?(?:Adam|AdamW|SGD|RMSprop|Adagrad)\(/;

/** Replaces in every line that matches; null where none does. */
export function replaceIn(
  lines: readonly string[],
  pattern: RegExp,
  by: string | ((...groups: string[]) => string),
  most = Number.POSITIVE_INFINITY,
): Mutant | null {
  const changed: number[] = [];
  const text = lines.map((line, at) => {
    if (changed.length >= most || /^\s*#/.test(line)) {
      return line;
    }
    const next = typeof by === 'string' ? line.replace(pattern, by) : line.replace(pattern, by);
    if (next !== line) {
      changed.push(at + 1);
    }
    return next;
  });
  return changed.length === 0 ? null : { text: text.join('\n'), lines: changed };
}

/** Takes matching lines away. The places are where they stood and every line that matches `missedBy`. */
export function dropLines(lines: readonly string[], pattern: RegExp, missedBy?: RegExp): Mutant | null {
  const kept: string[] = [];
  const places: number[] = [];
  for (const line of lines) {
    if (!pattern.test(line)) {
      kept.push(line);
    } else if (/;/.test(line) || /^\s*(?:if|for|with|else)\b/.test(line)) {
      return null;
    } else {
      places.push(Math.max(1, kept.length));
    }
  }
  if (places.length === 0) {
    return null;
  }
  const missing =
    missedBy === undefined ? [] : kept.flatMap((line, at) => (missedBy.test(line) ? [at + 1] : []));
  return { text: kept.join('\n'), lines: [...places, ...missing] };
}

/** Puts lines after the last line of the first statement that matches, with its indentation. */
export function insertAfter(
  lines: readonly string[],
  pattern: RegExp,
  added: readonly string[] | ((match: RegExpExecArray) => readonly string[]),
): Mutant | null {
  for (const [at, line] of lines.entries()) {
    const match = pattern.exec(line);
    if (match !== null) {
      const end = endOfStatement(lines, at);
      const indent = /^\s*/.exec(line)?.[0] ?? '';
      const more = (typeof added === 'function' ? added(match) : added).map((text) => indent + text);
      return {
        text: [...lines.slice(0, end + 1), ...more, ...lines.slice(end + 1)].join('\n'),
        lines: more.map((_, k) => end + 2 + k),
      };
    }
  }
  return null;
}

/** Index of the line that closes what the line at `at` opens. */
export function endOfStatement(lines: readonly string[], at: number): number {
  let depth = 0;
  for (let k = at; k < lines.length; k++) {
    for (const char of lines[k] ?? '') {
      depth += '([{'.includes(char) ? 1 : ')]}'.includes(char) ? -1 : 0;
    }
    if (depth <= 0) {
      return k;
    }
  }
  return at;
}

/** Moves the first line that matches `what` behind (or before) the first later (earlier) line that matches `target`. */
export function moveLine(
  lines: readonly string[],
  what: RegExp,
  target: RegExp,
  where: 'before' | 'after',
): Mutant | null {
  const from = lines.findIndex((line) => what.test(line));
  const line = lines[from];
  if (line === undefined || /;/.test(line) || endOfStatement(lines, from) !== from) {
    return null;
  }
  const near = [...lines.keys()].filter((at) => Math.abs(at - from) <= 12 && target.test(lines[at] ?? ''));
  const to = near.find((at) => (where === 'after' ? at > from : at < from));
  if (to === undefined || indentOf(lines[to]) !== indentOf(line) || /;/.test(lines[to] ?? '')) {
    return null;
  }
  const rest = lines.filter((_, at) => at !== from);
  const place = where === 'after' ? to : to;
  rest.splice(place, 0, line);
  return { text: rest.join('\n'), lines: [place + 1] };
}

export function indentOf(line: string | undefined): number {
  return /^\s*/.exec(line ?? '')?.[0].length ?? 0;
}

/** A mutant with more places: lines of the new text that match. */
export function alsoAt(mutant: Mutant | null, pattern: RegExp): Mutant | null {
  return mutant === null
    ? null
    : {
        text: mutant.text,
        lines: [
          ...mutant.lines,
          ...mutant.text.split('\n').flatMap((line, at) => (pattern.test(line) ? [at + 1] : [])),
        ],
      };
}
