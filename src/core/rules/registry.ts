import { explodingGradient } from './log/exploding-gradient';
import { nonFinite } from './log/non-finite';
import { vanishingGradient } from './log/vanishing-gradient';
import { PYTHON_RULES } from './python';
import type { LogRule, RuleMeta } from './rule';

/** Rules on logs, by code. */
export const LOG_RULES: readonly LogRule[] = [nonFinite, explodingGradient, vanishingGradient];

/** Every rule there is, by code: for pages, tables and reports. */
export const RULES: readonly RuleMeta[] = [...LOG_RULES, ...PYTHON_RULES].map(({ meta }) => meta);

export { PYTHON_RULES };
