import type { TextEdit } from '../../text';

/** What *Insert Gradient Logging* does to a file, or why it cannot. */
export type LoggingEdit =
  | { readonly title: string; readonly edits: readonly TextEdit[] }
  | { readonly why: string };

/** Stands beside everything that was inserted, so that it is found again and never inserted twice. */
export const LOGGING_MARKER = '# gradient-inspector: gradient logging';
/** File that the snippets append to. */
export const LOGGING_FILE = 'gradients.jsonl';
/** Steps between two records: frequent enough to see a spike's build-up, at a cost below a percent of a step. */
export const EVERY = 10;
