import type { PlacedCall } from './callIndex';
import type { Scope } from './scopes';
import type { PythonSource } from './source';

/** Calls of one function or class of a file. */
export function callsOfScope(source: PythonSource, target: Scope): readonly PlacedCall[] {
  const { node } = target;
  if (node === null) {
    return [];
  }
  const isMethod = target.kind === 'function' && target.parent?.kind === 'class';
  return source.callsNamed(node.name).filter(({ call }) => {
    source.work.spend(1);
    if (isMethod) {
      return call.func.kind === 'attribute' && source.helperOf(call) === target;
    }
    return call.func.kind === 'name' && source.bindings(call.func).some((binding) => binding.stmt === node);
  });
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
