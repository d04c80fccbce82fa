import type { PythonFacts } from '../../python/facts';
import type { TextEdit } from '../../text';
import { insertAfter } from './place';

/** How a file writes a canonical name, with the import it needs first, if any. */
export interface Spelling {
  readonly name: string;
  readonly edits: readonly TextEdit[];
}

/**
 * The way a file can write a canonical name (`torch.nn.init.zeros_`), adding an `import` of its package after the
 * last import when nothing there gives it; null when there is no place for one.
 */
export function spell(facts: PythonFacts, canonical: string): Spelling | null {
  const name = facts.spell(canonical);
  if (name !== null) {
    return { name, edits: [] };
  }
  const root = canonical.split('.')[0] ?? canonical;
  if (facts.imports.last === null || facts.imports.bindings.has(root)) {
    return null;
  }
  const edit = insertAfter(facts, facts.imports.last, [`import ${root}`]);
  return edit === null ? null : { name: canonical, edits: [edit] };
}
