import type { PythonFacts } from '../../python/facts';
import type { TextRange } from '../../text';

/** Was the scaler of this name made with a literal `enabled=False`? Looks at the last one made above a place. */
export function scalerIsDisabled(facts: PythonFacts, scaler: string, at: TextRange): boolean {
  const made = facts.calls.filter(({ call, stmt }) => {
    if (stmt.kind !== 'assign' || stmt.value !== call || !facts.nameOf(call.func)?.endsWith('GradScaler')) {
      return false;
    }
    const target = stmt.targets[0];
    const range = facts.rangeOf(stmt);
    return target !== undefined && facts.textOf(facts.rangeOf(target)) === scaler && range.line < at.line;
  });
  const enabled = made.at(-1)?.call.args.find((arg) => arg.name === 'enabled')?.value;
  return enabled?.kind === 'constant' && enabled.value === false;
}
