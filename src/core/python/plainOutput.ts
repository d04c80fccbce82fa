import { activationOf, isWeightLayer } from './layers';
import { shortType } from './names';
import type { Scope } from './scopes';
import type { PythonSource } from './source';
import type { Expr, Stmt } from './syntax/ast';

/**
 * Does what a class's forward returns come from a linear or convolution layer, for certain: `return self.head(x)`, and
 * `self.head = nn.Linear(...)` in the constructor and nowhere else? Most models end like that, and then nothing has to be
 * built to tell that no activation follows.
 */
export function endsInPlainLayer(source: PythonSource, owner: Scope): boolean {
  const returned = onlyReturn(source.methodOf(owner, 'forward'));
  if (returned?.kind !== 'call' || returned.func.kind !== 'attribute') {
    return false;
  }
  const { object, attr } = returned.func;
  const isName = activationOf(`torch.${attr}`) !== null;
  if (!source.isSelf(object) || isName || source.helperOf(returned) !== null) {
    return false;
  }
  const [only, another] = owner.attributes.get(attr) ?? [];
  if (only?.kind !== 'assign' || only.value?.kind !== 'call' || another !== undefined) {
    return false;
  }
  const made = source.nameOf(only.value.func);
  return made !== null && isTorchLayer(made) && isOfConstructor(owner, only.stmt);
}

/** The value of a function's only `return`, where that always runs. */
export function onlyReturn(scope: Scope | null): Expr | null {
  const returns = (scope?.statements ?? []).filter((stmt) => stmt.kind === 'return');
  const [only] = returns;
  return returns.length === 1 && only?.kind === 'return' && scope?.body.includes(only) ? only.value : null;
}

function isTorchLayer(name: string): boolean {
  return name.startsWith('torch.nn.') && isWeightLayer(shortType(name));
}

/** Is it a statement of the class's own constructor that always runs? */
function isOfConstructor(owner: Scope, stmt: Stmt | null): boolean {
  const init = owner.bindings.get('__init__')?.at(-1)?.stmt;
  return stmt !== null && init?.kind === 'function' && init.body.includes(stmt);
}
