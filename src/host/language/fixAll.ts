import type { Fix } from '../../core/rules/finding';
import type { TextEdit } from '../../core/text';

/** The fixes that can be made together: one whose edits touch an earlier one's waits for the next time. */
export function nonOverlapping(fixes: readonly Fix[]): readonly Fix[] {
  const taken: TextEdit[] = [];
  return fixes.filter(({ edits }) => {
    const isFree = edits.every((edit) => taken.every((other) => !touch(edit, other)));
    if (isFree) {
      taken.push(...edits);
    }
    return isFree;
  });
}

function touch(a: TextEdit, b: TextEdit): boolean {
  return !isBefore(a, b) && !isBefore(b, a);
}

/** Ends before the other starts; two insertions at one place touch. */
function isBefore(a: TextEdit, b: TextEdit): boolean {
  return a.endLine < b.line || (a.endLine === b.line && a.endColumn < b.column);
}
