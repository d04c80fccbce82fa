import type { Stmt } from '../../python/syntax/ast';
import { isMainGuard, plainConstant } from './members';
import type { Reader } from './reader';
import { NeedShape, Unreadable } from './values';

/** Steps for one module-level value. */
export const constantSteps = 5000;

/** Module level: definitions and constants; what cannot be read is passed over. */
export function runModule(reader: Reader, body: readonly Stmt[]): void {
  for (const stmt of body) {
    if (stmt.kind === 'import') {
      for (const b of stmt.bindings) reader.globals.vars.set(b.local, { kind: 'native', name: b.origin });
    } else if (stmt.kind === 'class' || stmt.kind === 'function' || stmt.kind === 'assign') {
      if (stmt.kind === 'assign' && !plainConstant(stmt.value)) continue;
      try {
        reader.within(constantSteps, () => reader.execute(stmt, reader.globals));
      } catch (error) {
        if (!(error instanceof Unreadable || error instanceof NeedShape)) throw error;
      }
    } else if (stmt.kind === 'try' || (stmt.kind === 'if' && !isMainGuard(stmt.test))) {
      runModule(reader, stmt.body);
    }
  }
}
