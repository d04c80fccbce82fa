import type { PythonFacts } from '../../python/facts';
import type { CallExpr, Stmt } from '../../python/syntax/ast';
import { expressionsOf } from '../../python/syntax/walk';
import type { PythonRule, RuleMeta } from '../rule';
import { finding } from './support';

const meta: RuleMeta = {
  code: 'GI405',
  name: 'updates-not-applied',
  title: 'Optax computes updates that nobody applies',
  severity: 'error',
  subject: 'python',
  remedies: [],
  doc: {
    sees: '`updates, state = optimizer.update(grads, ...)` of an Optax optimizer in a function that never uses `updates` again.',
    why: '`update` only computes the change. Without `optax.apply_updates` the parameters stay what they were and the loss does not move.',
    reference: {
      title: 'Optax, Getting started',
      url: 'https://optax.readthedocs.io/en/latest/getting_started.html',
    },
    whenWrong: 'When only the optimizer state is wanted, for example to warm it up.',
    example: `import jax
import optax

tx = optax.adam(1e-3)

def step(params, state, x, loss):
    grads = jax.grad(loss)(params, x)
    updates, state = tx.update(grads, state, params)
    return params, state
`,
    better: `import jax
import optax

tx = optax.adam(1e-3)

def step(params, state, x, loss):
    grads = jax.grad(loss)(params, x)
    updates, state = tx.update(grads, state, params)
    params = optax.apply_updates(params, updates)
    return params, state
`,
  },
};

export const updatesNotApplied: PythonRule = {
  meta,
  check(facts) {
    if (!facts.frameworks.includes('optax')) {
      return [];
    }
    return facts.calls.flatMap(({ call, stmt }) => {
      const updates = isOptaxUpdate(facts, call) ? updatesOf(stmt, call) : null;
      if (updates === null || isUsed(facts, stmt, updates)) {
        return [];
      }
      return [
        finding(meta, {
          message: `\`${updates}\` is computed but never applied: the parameters do not change.`,
          range: facts.rangeOf(call),
        }),
      ];
    });
  },
};

/** `tx.update(...)` with tx made by optax. */
function isOptaxUpdate(facts: PythonFacts, call: CallExpr): boolean {
  if (call.func.kind !== 'attribute' || call.func.attr !== 'update') {
    return false;
  }
  const made = facts.valueOf(call.func.object);
  return made?.kind === 'call' && (facts.nameOf(made.func) ?? '').startsWith('optax.');
}

/** First name of `updates, state = call`. */
function updatesOf(stmt: Stmt, call: CallExpr): string | null {
  const target = stmt.kind === 'assign' && stmt.value === call ? stmt.targets[0] : undefined;
  const first = target?.kind === 'tuple' ? target.items[0] : undefined;
  return first?.kind === 'name' ? first.id : null;
}

/** Is a name read anywhere in the function around a statement, apart from being bound there? */
function isUsed(facts: PythonFacts, binding: Stmt, name: string): boolean {
  const scope = facts.scopeOf(binding);
  return facts.source.statements().some((stmt) => {
    const same = stmt !== binding && facts.scopeOf(stmt) === scope;
    return same && expressionsOf(stmt).some((expr) => expr.kind === 'name' && expr.id === name);
  });
}
