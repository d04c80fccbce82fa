import type { PlacedCall } from './callIndex';
import type { Scope } from './scopes';
import type { PythonSource } from './source';
import type { Expr, Stmt } from './syntax/ast';

/** Calls of one function or class of a file. */
export function callsOfScope(source: PythonSource, target: Scope): readonly PlacedCall[] {
  const { node } = target;
  if (node === null) {
    return [];
  }
  const isMethod = target.kind === 'function' && target.parent?.kind === 'class';
  const isForward = isMethod && /^(?:forward|__call__)$/.test(node.name);
  const ofObjects = isForward ? callsOfObjects(source, target.parent?.node ?? null) : [];
  const named = source.callsNamed(node.name).filter(({ call }) => {
    source.work.spend(1);
    if (isMethod) {
      const { func } = call;
      return (
        func.kind === 'attribute' &&
        (source.helperOf(call) === target || makes(source, func.object, target.parent?.node ?? null))
      );
    }
    return isNamed(source, call.func, node);
  });
  return ofObjects.length === 0 ? named : [...named, ...ofObjects];
}

/** `net(x)` where the one value of `net`, or of `self.net`, is an object of a class: what runs its forward. */
function callsOfObjects(source: PythonSource, owner: Stmt | null): readonly PlacedCall[] {
  return owner?.kind !== 'class' || source.callsNamed(owner.name).length === 0
    ? []
    : source.allCalls().filter(({ call: { func } }) => {
        source.work.spend(1);
        const isHeld = func.kind === 'name' || (func.kind === 'attribute' && source.isSelf(func.object));
        return isHeld && source.nameOf(func) !== owner.name && makes(source, func, owner);
      });
}

/** Is an expression an object of a class: `Trainer(net)`, or a name that is given that? */
function makes(source: PythonSource, expr: Expr, owner: Stmt | null): boolean {
  let value = expr.kind === 'call' ? expr : source.valueOf(expr);
  while (
    value?.kind === 'call' &&
    value.func.kind === 'attribute' &&
    /^(?:to|cuda|cpu)$/.test(value.func.attr)
  ) {
    value = value.func.object;
  }
  return owner !== null && value?.kind === 'call' && isNamed(source, value.func, owner);
}

function isNamed(source: PythonSource, func: Expr, definition: Stmt): boolean {
  return func.kind === 'name' && source.bindings(func).some((binding) => binding.stmt === definition);
}

/** Is a layer of torch.nn or keras, or a class of the file, built anywhere in a scope? */
export function findBuilds(source: PythonSource, scope: Scope): boolean {
  return source.callsWithin(scope).some(({ call }) => {
    const name = source.nameOf(call.func);
    return (
      name !== null && (/^(?:torch\.nn|keras\.layers)\.[A-Z]/.test(name) || source.classNamed(name) !== null)
    );
  });
}
