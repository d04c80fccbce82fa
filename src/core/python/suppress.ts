import type { Finding } from '../rules/finding';

const IGNORE = /#\s*gradient-inspector:\s*ignore(-file)?(?![\w-])(?:\s*\[([^\]\r\n]*)\])?/g;

/** Lines and the rules that a comment silences there; `all` for a bare `ignore`. */
interface Suppressions {
  readonly wholeFile: boolean;
  readonly byLine: ReadonlyMap<number, ReadonlySet<string> | 'all'>;
}

function readSuppressions(text: string): Suppressions {
  const byLine = new Map<number, ReadonlySet<string> | 'all'>();
  let wholeFile = false;
  let line = 1;
  let from = 0;
  for (const match of text.matchAll(IGNORE)) {
    for (let at = text.indexOf('\n', from); at !== -1 && at < match.index; at = text.indexOf('\n', at + 1)) {
      line++;
      from = at + 1;
    }
    if (match[1] !== undefined) {
      wholeFile = true;
    } else {
      const names = match[2]?.split(',').map((name) => name.trim());
      const scope = names === undefined ? 'all' : new Set(names);
      byLine.set(line, scope);
      // A comment on a line of its own speaks for the next line.
      if (text.slice(from, match.index).trim() === '' && !byLine.has(line + 1)) {
        byLine.set(line + 1, scope);
      }
    }
  }
  return { wholeFile, byLine };
}

/** Drops the findings that a comment in the file asks not to see. */
export function withoutSuppressed(text: string, findings: readonly Finding[]): readonly Finding[] {
  if (!text.includes('gradient-inspector:')) {
    return findings;
  }
  const { wholeFile, byLine } = readSuppressions(text);
  if (wholeFile) {
    return [];
  }
  return findings.filter((finding) => {
    const scope = byLine.get(finding.range.line);
    return !(scope === 'all' || scope?.has(finding.rule) || scope?.has(finding.code));
  });
}
