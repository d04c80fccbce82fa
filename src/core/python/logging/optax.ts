import { insertAfter, insertBefore } from '../../remedies/edits/place';
import { quoted } from '../../remedies/edits/style';
import type { PythonFacts } from '../facts';
import type { Expr, Stmt } from '../syntax/ast';
import { expressionsOf } from '../syntax/walk';
import { EVERY, LOGGING_FILE, LOGGING_MARKER, type LoggingEdit } from './edit';

/** Where an optimizer of Optax turns gradients into updates. */
export interface OptaxUpdate {
  readonly stmt: Stmt;
  /** The gradients, as written. */
  readonly grads: string;
}

/** `tx.update(grads, state)` or `state.apply_gradients(grads=grads)`, the first of the file. */
export function optaxUpdate(facts: PythonFacts): OptaxUpdate | null {
  if (!facts.frameworks.includes('jax') && !facts.frameworks.includes('optax')) {
    return null;
  }
  for (const { call, stmt } of facts.calls) {
    const method = call.func.kind === 'attribute' ? call.func.attr : '';
    const given =
      method === 'apply_gradients'
        ? call.args.find((arg) => arg.name === 'grads')
        : method === 'update' && call.args.length >= 2 && stmt.kind === 'assign'
          ? call.args[0]
          : undefined;
    const grads = given === undefined ? '' : facts.textOf(facts.rangeOf(given.value));
    if (/^[A-Za-z_][\w.]*$/.test(grads) && isGradient(facts, grads)) {
      return { stmt, grads };
    }
  }
  return null;
}

/** Named for it, or what a gradient function returns. */
function isGradient(facts: PythonFacts, name: string): boolean {
  return /grad/i.test(name) || gradientStatement(facts, name) !== null;
}

/** `loss, grads = jax.value_and_grad(f)(params)`: the statement that makes the gradients. */
function gradientStatement(facts: PythonFacts, name: string): (Stmt & { kind: 'assign' }) | null {
  for (const stmt of facts.source.statements()) {
    const isMade =
      stmt.kind === 'assign' &&
      stmt.value?.kind === 'call' &&
      stmt.targets.some((target) => namesIn(target).includes(name)) &&
      expressionsOf(stmt).some((expr) => /^jax\.(?:value_and_)?grad$/.test(facts.nameOf(expr) ?? ''));
    if (isMade) {
      return stmt;
    }
  }
  return null;
}

function namesIn(target: Expr): readonly string[] {
  return target.kind === 'name' ? [target.id] : target.kind === 'tuple' ? target.items.flatMap(namesIn) : [];
}

/** The loss beside the gradients in a tuple of two names. */
function lossBeside(facts: PythonFacts, grads: string): string | null {
  const target = gradientStatement(facts, grads)?.targets[0];
  const [first, second] = target?.kind === 'tuple' ? target.items : [];
  return first?.kind === 'name' && second?.kind === 'name' && second.id === grads ? first.id : null;
}

/** Norms are computed where the gradients are, in a compiled step too, and a callback writes them. */
export function logInJax(facts: PythonFacts, { stmt, grads }: OptaxUpdate): LoggingEdit {
  const { last } = facts.imports;
  const statement = facts.statementOf(stmt);
  const loss = lossBeside(facts, grads);
  const jax = facts.spell('jax') ?? 'jax';
  const unit = facts.indentUnit;
  const q = (text: string) => quoted(facts, text);
  const norms = `${jax}.tree_util.tree_map(lambda g: (abs(g) ** 2).sum() ** 0.5, ${grads})`;
  const call = insertBefore(facts, statement, [
    `${jax}.debug.callback(log_gradients, ${norms}${loss === null ? '' : `, ${loss}`})  ${LOGGING_MARKER}`,
  ]);
  const definition =
    last === null
      ? null
      : insertAfter(facts, last, [
          ...(facts.spell('jax') === null ? ['import jax'] : []),
          ...(facts.imports.bindings.get('json') === 'json' ? [] : ['import json']),
          '',
          '',
          `def log_gradients(norms, loss=None, every=${EVERY}, path=${q(LOGGING_FILE)}):  ${LOGGING_MARKER}`,
          `${unit}"""Append gradient norms, before clipping, as one JSON object a line."""`,
          `${unit}step = log_gradients.step = getattr(log_gradients, ${q('step')}, -1) + 1`,
          `${unit}if step % every or ${jax}.process_index() != 0:`,
          `${unit}${unit}return`,
          `${unit}leaves = ${jax}.tree_util.tree_flatten_with_path(norms)[0]`,
          `${unit}record = {${q('step')}: step, ${q('grad_norm')}: sum(float(n) ** 2 for _, n in leaves) ** 0.5}`,
          `${unit}if loss is not None:`,
          `${unit}${unit}record[${q('loss')}] = float(loss)`,
          `${unit}for keys, norm in leaves:`,
          `${unit}${unit}names = (getattr(k, ${q('key')}, getattr(k, ${q('name')}, getattr(k, ${q('idx')}, k))) for k in keys)`,
          `${unit}${unit}record[${q('grad_norm/')} + ${q('/')}.join(map(str, names))] = float(norm)`,
          `${unit}with open(path, ${q('a')}) as log:`,
          `${unit}${unit}log.write(json.dumps(record) + "\\n")`,
        ]);
  return call === null || definition === null
    ? { why: 'The update shares its line with other statements.' }
    : { title: `Log gradient norms to ${LOGGING_FILE}`, edits: [definition, call] };
}
