import { LOG_RULES } from './log/index';
import { PYTHON_RULES } from './python/index';
import type { RuleMeta } from './rule';

/** Every rule there is, by code: for pages, tables and reports. */
export const RULES: readonly RuleMeta[] = [...LOG_RULES, ...PYTHON_RULES].map(({ meta }) => meta);
