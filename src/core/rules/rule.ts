import type { Reread } from '../flow/remedyForecast';
import type { PythonFacts } from '../python/facts';
import type { RemedyId } from '../remedies/remedy';
import type { RunFacts } from '../run/facts';
import type { Finding, LogFinding, Severity } from './finding';

/** The page of a rule: what README tables, `media/rules/<name>.md`, hovers and `explain` print. Markdown, own words. */
export interface RuleDoc {
  /** What it sees: the exact condition, with its thresholds and where they come from. */
  readonly sees: string;
  /** Why it matters. */
  readonly why: string;
  /** Paper or documentation page behind it. */
  readonly reference: { readonly title: string; readonly url: string };
  /** When it is wrong or harmless. */
  readonly whenWrong: string;
  /** A log or program that fires it (a test runs the rule on it). */
  readonly example: string;
  /** The same, mended: the rule must stay silent on it. */
  readonly better: string;
}

export interface RuleMeta {
  /** `GI001`. */
  readonly code: string;
  /** Kebab-case, names the pattern and not the remedy: reads well after "ignore". */
  readonly name: string;
  readonly title: string;
  readonly severity: Severity;
  readonly subject: 'log' | 'python';
  /** Every remedy the rule may name. */
  readonly remedies: readonly RemedyId[];
  readonly doc: RuleDoc;
}

/** Judges a run. Pure: the same facts give the same answer. */
export interface LogRule {
  readonly meta: RuleMeta;
  /** Does the part of {@link check} that takes long on a long run, in steps of a few milliseconds; may be left out. */
  ahead?(facts: RunFacts): Iterable<void>;
  /** Findings, or the reason why there was no signal to judge. */
  check(facts: RunFacts): readonly LogFinding[] | { readonly notChecked: string };
}

/** Judges one Python file. */
export interface PythonRule {
  readonly meta: RuleMeta;
  /**
   * @param reread reads the text that a fix would leave, for rules that weigh their fixes; absent where texts cannot be read
   */
  check(facts: PythonFacts, reread?: Reread): readonly Finding[];
}
