import type { Binding } from './scopes';
import type { PythonSource } from './source';
import type { Expr } from './syntax/ast';

/** What an object does in a training loop. */
export type Role = 'optimizer' | 'scheduler' | 'scaler' | 'accelerator' | 'engine';

const MAX_DEPTH = 6;

/** The part an expression plays: by what it is bound to first, by its name where no binding tells. */
export function roleOf(source: PythonSource, expr: Expr, depth = 0): Role | null {
  if (expr.kind === 'subscript') {
    return roleOf(source, expr.object, depth);
  }
  if (expr.kind === 'call') {
    return depth > 0 ? roleOfConstructor(source, expr) : null;
  }
  for (const binding of depth > MAX_DEPTH ? [] : source.bindings(expr)) {
    source.work.spend(1);
    const role = roleOfBinding(source, binding, depth);
    if (role !== undefined) {
      return role;
    }
  }
  return roleOfWord(lastWord(expr));
}

/** Undefined: the binding says nothing. Null: it says that this is something else. */
function roleOfBinding(source: PythonSource, binding: Binding, depth: number): Role | null | undefined {
  const { kind, value } = binding;
  if (value === null || (kind !== 'assign' && kind !== 'with' && kind !== 'loop')) {
    return undefined;
  }
  if (value.kind === 'name' || value.kind === 'attribute') {
    return kind === 'assign' ? (roleOf(source, value, depth + 1) ?? undefined) : undefined;
  }
  if (value.kind !== 'call') {
    return undefined;
  }
  const name = source.nameOf(value.func);
  const role = roleOfConstructor(source, value);
  // A constructor of something known to be no part of training (`gym.make`, a class of this file) rules the name out.
  return role ?? (name !== null && source.classNamed(name) !== null ? null : undefined);
}

function roleOfConstructor(source: PythonSource, call: Expr): Role | null {
  const name = source.calleeOf(call);
  if (name === null) {
    return null;
  }
  if (/^torch\.optim\.lr_scheduler\./.test(name) || /^get_\w*schedule/.test(lastSegment(name))) {
    return 'scheduler';
  }
  if (
    /^torch\.optim\.(?!swa_utils)[A-Z]\w*$/.test(name) ||
    /^transformers\.(?:AdamW|Adafactor)$/.test(name)
  ) {
    return 'optimizer';
  }
  switch (lastSegment(name)) {
    case 'GradScaler':
      return 'scaler';
    case 'Accelerator':
    case 'Fabric':
      return 'accelerator';
    default: {
      const owner = source.classNamed(name);
      const isOptimizer =
        owner?.node?.kind === 'class' && owner.node.bases.some((base) => baseIsOptimizer(source, base.value));
      return isOptimizer ? 'optimizer' : null;
    }
  }
}

function baseIsOptimizer(source: PythonSource, base: Expr): boolean {
  return /^torch\.optim\.(?!lr_scheduler)/.test(source.nameOf(base) ?? '');
}

function roleOfWord(word: string): Role | null {
  if (/sched/i.test(word)) {
    return 'scheduler';
  }
  if (/scaler$/i.test(word)) {
    return 'scaler';
  }
  if (/optim/i.test(word) || /^opt(?:_|[A-Z0-9]|$)/.test(word) || /_opt(?:_|$)/.test(word)) {
    return 'optimizer';
  }
  if (/^(?:accelerator|fabric)$/i.test(word)) {
    return 'accelerator';
  }
  return /^(?:model_)?engine$/i.test(word) ? 'engine' : null;
}

function lastSegment(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

/** Last word of a name or attribute path. */
export function lastWord(expr: Expr): string {
  switch (expr.kind) {
    case 'name':
      return expr.id;
    case 'attribute':
      return expr.attr;
    case 'subscript':
      return lastWord(expr.object);
    default:
      return '';
  }
}
