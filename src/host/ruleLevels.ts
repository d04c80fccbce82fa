import type { Finding, Severity } from '../core/rules/finding';

/** What a person may set a rule to. */
export type RuleLevel = 'off' | Severity;
export type RuleLevels = Readonly<Record<string, RuleLevel>>;

const LEVELS: ReadonlySet<unknown> = new Set<RuleLevel>(['off', 'hint', 'info', 'warning', 'error']);

export function isRuleLevel(value: unknown): value is RuleLevel {
  return LEVELS.has(value);
}

/** The findings a person wants to see, with the severity they gave the rule. */
export function withLevels<F extends Finding>(findings: readonly F[], levels: RuleLevels): readonly F[] {
  return findings.flatMap((finding) => {
    const level = levels[finding.rule] ?? levels[finding.code];
    if (level === undefined) {
      return [finding];
    }
    return level === 'off' ? [] : [{ ...finding, severity: level }];
  });
}
