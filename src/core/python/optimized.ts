import type { PythonSource } from './source';
import type { Expr } from './syntax/ast';
import { expressionsIn } from './syntax/walk';

/** Names are followed this far: `params`, which is `list(enc.parameters()) + head_params`, is two. */
const MAX_HOPS = 4;

/** `model` in `model.parameters()`, `model.named_parameters()`; null for any other expression. */
function ownerOf(expr: Expr): Expr | null {
  return expr.kind === 'call' &&
    expr.func.kind === 'attribute' &&
    /^(?:named_)?parameters$/.test(expr.func.attr)
    ? expr.func.object
    : null;
}

/**
 * The models whose parameters an optimizer is handed, each once: in `model.parameters()`, in lists and sums of those, in
 * comprehensions that filter them, in groups with settings of their own, and behind a name.
 */
export function parameterOwners(source: PythonSource, params: Expr): readonly Expr[] {
  const found = new Map<string, Expr>();
  const follow = (expr: Expr, hops: number): void => {
    for (const part of expressionsIn(expr)) {
      source.work.spend(1);
      const owner = ownerOf(part);
      if (owner !== null) {
        found.set(source.source(owner), owner);
      } else if (hops > 0 && (part.kind === 'name' || part === expr)) {
        for (const { kind, value } of source.bindings(part)) {
          if (value !== null && value !== part && (kind === 'assign' || kind === 'augmented')) {
            follow(value, hops - 1);
          }
        }
      }
    }
  };
  follow(params, MAX_HOPS);
  return [...found.values()];
}

/** Names and attributes that an optimizer's parameters are written with, those behind a name included. */
export function namesBehind(source: PythonSource, params: Expr): ReadonlySet<string> {
  const found = new Set<string>();
  const follow = (expr: Expr, hops: number): void => {
    for (const part of expressionsIn(expr)) {
      source.work.spend(1);
      const isName = part.kind === 'name' || (part.kind === 'attribute' && source.isSelf(part.object));
      const text = isName ? source.source(part) : '';
      if (text === '' || found.has(text)) {
        continue;
      }
      found.add(text);
      for (const { kind, value } of hops > 0 ? source.bindings(part) : []) {
        if (value !== null && (kind === 'assign' || kind === 'augmented' || kind === 'loop')) {
          follow(value, hops - 1);
        }
      }
    }
  };
  follow(params, MAX_HOPS);
  return found;
}
