import type { PythonFacts } from '../../python/facts';
import type { CallExpr, Expr, Stmt } from '../../python/syntax/ast';
import { expressionsOf, statementsIn } from '../../python/syntax/walk';
import type { Fix } from '../../rules/finding';
import type { TextEdit } from '../../text';
import type { RemedyTarget } from '../remedy';
import { modelOf } from './model';
import { spell } from './names';
import { fixOf, insertAfter, replace } from './place';
import { openForgetGates, withoutArgument, withoutMatrixInit } from './recurrent';
import { freeName } from './style';

/**
 * Replaces a model's one vanilla recurrent layer by an LSTM whose forget gates start open, with the second state that it
 * carries. Nothing where the layer is used in a way that this cannot follow.
 */
export function useLstm(facts: PythonFacts, target: RemedyTarget): readonly Fix[] {
  const model = modelOf(facts, target);
  const cells = (model?.modules ?? []).filter((entry) => /^nn\.RNN(?:Cell)?$/.test(entry.type));
  const [cell, another] = cells;
  const name = cell?.path.split('.').pop() ?? '';
  if (cell?.callee == null || another !== undefined || cell.path.includes('*')) {
    return [];
  }
  const type = cell.type.replace('RNN', 'LSTM');
  const spelled = spell(facts, `torch.${type}`);
  const gates = openForgetGates(facts, cell);
  const calls = callsOf(facts, name);
  const uses = calls.map((call) => (type === 'nn.LSTM' ? layerUse(facts, call) : cellUse(facts, call)));
  const isWritten = facts.inits.some(({ target: written }) => written.includes(`${name}.weight`));
  if (spelled === null || gates === null || uses.length === 0 || uses.includes(null) || isWritten) {
    return [];
  }
  return fixOf(
    facts,
    'lstm',
    'Replace the vanilla recurrent layer by an LSTM with open forget gates',
    'unsafe',
    [
      ...spelled.edits,
      replace(cell.callee, spelled.name),
      ...withoutArgument(cell, 'nonlinearity'),
      ...withoutMatrixInit(facts, cell),
      ...gates,
      ...uses.flatMap((edits) => edits ?? []),
    ],
  );
}

interface Use {
  readonly call: CallExpr;
  readonly stmt: Stmt;
}

function callsOf(facts: PythonFacts, name: string): readonly Use[] {
  return facts.calls.filter(({ call }) => facts.textOf(facts.rangeOf(call.func)) === `self.${name}`);
}

/** `out, h = self.rnn(x)` becomes `out, (h, _) = self.rnn(x)`; the layer makes its own first state. */
function layerUse(facts: PythonFacts, { call, stmt }: Use): readonly TextEdit[] | null {
  const [target, another] = stmt.kind === 'assign' ? stmt.targets : [];
  if (call.args.length !== 1 || another !== undefined) {
    return null;
  }
  if (
    stmt.kind === 'assign' &&
    stmt.value === call &&
    target?.kind === 'tuple' &&
    target.items.length === 2
  ) {
    const [, state] = target.items;
    const text = state === undefined ? '' : facts.textOf(facts.rangeOf(state));
    return state === undefined || !/^\w+$/.test(text)
      ? null
      : text === '_'
        ? []
        : [replace(facts.rangeOf(state), `(${text}, _)`)];
  }
  const around = expressionsOf(stmt).find((one) => one.kind === 'subscript' && one.object === call);
  const [index] = around?.kind === 'subscript' ? around.indices : [];
  return index?.kind === 'number' && index.value === 0 ? [] : null;
}

/** `h = self.cell(x, h)` in a loop becomes `h, c = self.cell(x, (h, c))`, with `c` beside the first `h`. */
function cellUse(facts: PythonFacts, { call, stmt }: Use): readonly (TextEdit | null)[] | null {
  const [target, another] = stmt.kind === 'assign' ? stmt.targets : [];
  const state = call.args[1]?.value;
  if (
    stmt.kind !== 'assign' ||
    stmt.value !== call ||
    target?.kind !== 'name' ||
    another !== undefined ||
    call.args.length !== 2 ||
    state?.kind !== 'name' ||
    state.id !== target.id
  ) {
    return null;
  }
  const first = firstValue(facts, target, stmt);
  const zeros = spell(facts, 'torch.zeros_like');
  if (first === null || zeros === null) {
    return null;
  }
  const c = freeName(facts, ['c', 'cell_state', 'memory']);
  return [
    ...zeros.edits,
    insertAfter(facts, facts.statementOf(first), [`${c} = ${zeros.name}(${target.id})`]),
    replace(facts.rangeOf(target), `${target.id}, ${c}`),
    replace(facts.rangeOf(state), `(${state.id}, ${c})`),
  ];
}

/** The one other assignment of a state, before the loop; null where there are more. */
function firstValue(facts: PythonFacts, state: Expr & { kind: 'name' }, update: Stmt): Stmt | null {
  const scope = facts.source.functionAt(update.start);
  const others = statementsIn(scope?.body ?? []).filter(
    (stmt) =>
      stmt !== update &&
      stmt.kind === 'assign' &&
      stmt.targets.some((one) => one.kind === 'name' && one.id === state.id),
  );
  const [only, another] = others;
  return only !== undefined && another === undefined && only.start < update.start ? only : null;
}
