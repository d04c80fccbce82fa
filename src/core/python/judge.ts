import type { Reread } from '../flow/remedyForecast';
import type { Finding, Severity } from '../rules/finding';
import { oneInCode } from '../rules/oneIncidentInCode';
import { PYTHON_RULES } from '../rules/python/index';
import type { Steps } from '../steps';
import type { PythonFacts } from './facts';

/** Runs every rule; a rule that fails says nothing. */
export function* judge(facts: PythonFacts, read: Reread): Steps<readonly Finding[]> {
  const found: Finding[] = [];
  for (const rule of PYTHON_RULES) {
    try {
      found.push(...rule.check(facts, read));
    } catch {
      // The other rules still speak.
    }
    yield;
  }
  return oneInCode(facts, found);
}

/** The findings of all groups of a file: the gravest first, then by line; once each, though two groups may see it. */
export function inOrder(findings: readonly Finding[]): readonly Finding[] {
  const seen = new Set<string>();
  return findings
    .filter(({ rule, range }) => {
      const place = `${rule} ${range.line}:${range.column}-${range.endLine}:${range.endColumn}`;
      return !seen.has(place) && seen.add(place);
    })
    .sort((a, b) => SEVERITY_ORDER[a.severity] - SEVERITY_ORDER[b.severity] || a.range.line - b.range.line);
}

const SEVERITY_ORDER: Readonly<Record<Severity, number>> = { error: 0, warning: 1, info: 2, hint: 3 };
