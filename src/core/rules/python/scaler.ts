import type { PythonFacts } from '../../python/facts';

/** Is the scaler of this name made with a literal `enabled=False`? */
export function scalerIsDisabled(facts: PythonFacts, scaler: string): boolean {
  return facts.calls.some(({ call, stmt }) => {
    if (stmt.kind !== 'assign' || stmt.value !== call || !facts.nameOf(call.func)?.endsWith('GradScaler')) {
      return false;
    }
    const target = stmt.targets[0];
    const named = target !== undefined && facts.textOf(facts.rangeOf(target)) === scaler;
    const enabled = call.args.find((arg) => arg.name === 'enabled')?.value;
    return named && enabled?.kind === 'constant' && enabled.value === false;
  });
}
