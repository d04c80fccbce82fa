import type { PythonFacts } from '../../python/facts';
import type { CallExpr, Stmt } from '../../python/syntax/ast';
import { expressionsOf } from '../../python/syntax/walk';
import { insertAfter } from '../../remedies/edits/place';
import type { Fix } from '../finding';
import type { PythonRule, RuleMeta } from '../rule';
import { finding, unsafeFix } from './support';

const meta: RuleMeta = {
  code: 'GI405',
  name: 'updates-not-applied',
  title: 'Optax computes updates that nobody applies',
  severity: 'error',
  subject: 'python',
  remedies: ['apply-updates'],
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
          fixes: fixesFor(facts, call, stmt, updates),
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

/** `params = optax.apply_updates(params, updates)` below, where the call names the parameters and code after it takes them on. */
function fixesFor(facts: PythonFacts, call: CallExpr, stmt: Stmt, updates: string): readonly Fix[] {
  const params =
    call.args.find((arg) => arg.name === 'params')?.value ??
    (call.args.slice(0, 3).every((arg) => arg.name === null && arg.star === 0)
      ? call.args[2]?.value
      : undefined);
  const library = facts.spell('equinox') ?? facts.spell('optax');
  if (params?.kind !== 'name' || library === null || !isTakenOn(facts, stmt, params.id)) {
    return [];
  }
  const line = `${params.id} = ${library}.apply_updates(${params.id}, ${updates})`;
  const edit = insertAfter(facts, facts.statementOf(stmt), [line]);
  return edit === null
    ? []
    : [unsafeFix(facts, 'apply-updates', `Apply the updates to ${params.id}`, [edit], true)];
}

/** Is a name read after a statement, in its function or by the next turn of a loop around it? */
function isTakenOn(facts: PythonFacts, stmt: Stmt, name: string): boolean {
  const scope = facts.scopeOf(stmt);
  const all = facts.source.statements().filter((one) => one !== stmt && facts.scopeOf(one) === scope);
  const loop = all.findLast(
    (one) => (one.kind === 'for' || one.kind === 'while') && one.start < stmt.start && stmt.end <= one.end,
  );
  return all.some(
    (one) =>
      (one.start >= stmt.end || (loop !== undefined && one.start > loop.start)) &&
      expressionsOf(one).some((expr) => expr.kind === 'name' && expr.id === name),
  );
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
