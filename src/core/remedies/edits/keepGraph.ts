import type { PythonFacts } from '../../python/facts';
import type { CallExpr, Expr, Stmt } from '../../python/syntax/ast';
import { childBlocks, expressionsOf } from '../../python/syntax/walk';
import type { Fix } from '../../rules/finding';
import type { TextEdit, TextRange } from '../../text';
import { fixOf, replace } from './place';

/** A place where a model keeps the gradient from layers that its optimizer is to train. */
export interface Cut {
  readonly range: TextRange;
  readonly what: string;
  /** What cuts it, in a word: `detach()`; absent for what needs more. */
  readonly how?: string;
  /** The layer that one `detach()` cuts off, as an attribute of its model; null where it is not one layer. */
  readonly layer: string | null;
  readonly edits: readonly TextEdit[];
}

/** Weights from elsewhere are frozen on purpose; random ones hardly ever. */
const LOADED =
  /from_pretrained|load_state_dict|pretrained\s*=|torch\.load\(|weights\s*=|\b(?:ema|teacher|momentum_encoder)/i;

/** `with torch.no_grad():` and `.detach()` around a model's own layers in forward, and layers that are frozen untrained. */
export function cutsOf(facts: PythonFacts): readonly Cut[] {
  if (facts.source.mentions(LOADED)) {
    return [];
  }
  const forwards = facts.classes.flatMap(({ forward, modules, methods }) => {
    if (forward === null || modules.length === 0) {
      return [];
    }
    const text = facts.textOf(forward.range);
    const called = methods.filter(({ name }) => name !== 'forward' && text.includes(`self.${name}(`));
    return [forward, ...called];
  });
  const inForward = (stmt: Stmt) => {
    const { line } = facts.rangeOf(stmt);
    return forwards.some(({ range }) => range.line <= line && line <= range.endLine);
  };
  return facts.source
    .statements()
    .flatMap((stmt) =>
      inForward(stmt) ? [...noGrad(facts, stmt), ...detached(facts, stmt)] : frozen(facts, stmt),
    );
}

function noGrad(facts: PythonFacts, stmt: Stmt): readonly Cut[] {
  const [item, another] = stmt.kind === 'with' ? stmt.items : [];
  const block = childBlocks(stmt)[0] ?? [];
  const [first, last] = [block[0], block[block.length - 1]];
  const isNoGrad = item !== undefined && /^torch\.no_grad\(\)$|^no_grad\(\)$/.test(textOf(facts, item.value));
  if (!isNoGrad || another !== undefined || first === undefined || last === undefined) {
    return [];
  }
  if (!block.some((inner) => callsOwnModule(facts, inner))) {
    return [];
  }
  const { indent } = facts.statementOf(stmt);
  const inner = facts.statementOf(first);
  const header = facts.rangeOf(stmt).line;
  const [from, to] = [inner.range.line, facts.rangeOf(last).endLine];
  const deeper = inner.indent.length - indent.length;
  if (from === header || deeper <= 0) {
    return [];
  }
  const lines = facts.text.split(/\r?\n/);
  const edits: TextEdit[] = [{ line: header, column: 1, endLine: from, endColumn: 1, newText: '' }];
  for (let line = from; line <= to; line++) {
    if ((lines[line - 1] ?? '').startsWith(inner.indent)) {
      edits.push({
        line,
        column: indent.length + 1,
        endLine: line,
        endColumn: inner.indent.length + 1,
        newText: '',
      });
    }
  }
  const range = facts.rangeOf(item.value);
  return [
    { range, what: 'torch.no_grad() keeps the gradient from the layers called in it', layer: null, edits },
  ];
}

function callsOwnModule(facts: PythonFacts, stmt: Stmt): boolean {
  return expressionsOf(stmt).some((expr) => expr.kind === 'call' && ownModule(facts, expr) !== null);
}

/** `encoder` in `self.encoder(x)` of a registered module; null for other calls. */
function ownModule(facts: PythonFacts, call: CallExpr): string | null {
  const name = /^self\.(\w+)$/.exec(textOf(facts, call.func))?.[1];
  const isModule = facts.modules.some(({ path }) => path === name || path.endsWith(`.${name}`));
  return name !== undefined && isModule ? name : null;
}

function detached(facts: PythonFacts, stmt: Stmt): readonly Cut[] {
  return expressionsOf(stmt).flatMap((expr) => {
    const cut = detachedIn(expr) ?? steppedIn(facts, expr);
    if (cut === null) {
      return [];
    }
    const made = madeBy(facts, cut.object);
    const layer =
      made === null || made.layer !== null
        ? (made?.layer ?? null)
        : layerBehind(facts, stmt, made.name, expr);
    if (layer === null) {
      return [];
    }
    const range =
      cut.instead === null ? facts.rangeOf({ start: cut.object.end, end: expr.end }) : facts.rangeOf(expr);
    const what = `${cut.how} keeps the gradient from the layers before it`;
    const edit = cut.instead === null ? replace(range, '') : replace(facts.rangeOf(expr), cut.instead);
    return [{ range, what, layer, how: cut.how, edits: [edit] }];
  });
}

interface CutExpr {
  readonly object: Expr;
  readonly how: string;
  /** What to write in place of the whole expression; null: only what follows the object goes. */
  readonly instead: string | null;
}

/** What `x.detach()` and `x.data` cut off; null for other expressions. */
function detachedIn(expr: Expr): CutExpr | null {
  if (expr.kind === 'attribute' && expr.attr === 'data') {
    return { object: expr.object, how: '.data', instead: null };
  }
  return expr.kind === 'call' && expr.func.kind === 'attribute' && expr.func.attr === 'detach'
    ? { object: expr.func.object, how: 'detach()', instead: null }
    : null;
}

/** Functions that are flat between their jumps: their gradient is zero everywhere. */
const STEPS = /^(?:round|sign|sgn|floor|ceil|trunc)$/;

/** `(x > 0).float()`, `x.round()` and `torch.sign(x)`: steps, through which no gradient passes. A slope takes their place. */
function steppedIn(facts: PythonFacts, expr: Expr): CutExpr | null {
  if (expr.kind !== 'call' || expr.func.kind !== 'attribute') {
    return null;
  }
  const { object, attr } = expr.func;
  const torch = facts.spell('torch');
  const slope = (of: Expr, by: string): string | null =>
    torch === null ? null : `${torch}.${by}(${textOf(facts, of)})`;
  if (/^(?:float|to|type)$/.test(attr) && object.kind === 'compare' && object.operands.length === 2) {
    const [left, right] = object.operands;
    const isLeft = right?.kind === 'number';
    return left === undefined || !isLeft
      ? null
      : { object: left, how: 'a comparison', instead: slope(left, 'sigmoid') };
  }
  if (!STEPS.test(attr)) {
    return null;
  }
  const isFunction = facts.nameOf(expr.func) === `torch.${attr}`;
  const of = isFunction ? expr.args[0]?.value : object;
  const instead =
    of === undefined ? null : /^sgn?$|^sign$/.test(attr) ? slope(of, 'tanh') : textOf(facts, of);
  return of === undefined || instead === null ? null : { object: of, how: `${attr}()`, instead };
}

/** Wrappers around a layer's output that are looked through: `torch.relu(self.enc(x))[:, -1].mean(1)`. */
const MOST_WRAPPERS = 8;

/** The layer of the model that an expression is made by, or the name that holds what it is made of. */
function madeBy(
  facts: PythonFacts,
  expr: Expr,
): { readonly layer: string; readonly name: '' } | { readonly layer: null; readonly name: string } | null {
  let at: Expr | undefined = expr;
  for (let depth = 0; depth < MOST_WRAPPERS && at !== undefined; depth++) {
    if (at.kind === 'name') {
      return { layer: null, name: at.id };
    }
    if (at.kind === 'subscript') {
      at = at.object;
      continue;
    }
    if (at.kind !== 'call') {
      return null;
    }
    const layer = ownModule(facts, at);
    if (layer !== null) {
      return { layer, name: '' };
    }
    at = /^(?:torch|F|nn\.functional|torch\.nn\.functional)\.\w+$/.test(textOf(facts, at.func))
      ? at.args[0]?.value
      : at.func.kind === 'attribute' && textOf(facts, at.func.object) !== 'self'
        ? at.func.object
        : undefined;
  }
  return null;
}

/**
 * The layer whose output a name holds that goes on only detached: `z = self.encoder(x)`, then `z = z.detach()` or
 * `return z.detach()` with no use of z between them, or `ctx = z.detach()` with no other use of z at all. Null otherwise: a copy
 * kept aside cuts nothing.
 */
function layerBehind(facts: PythonFacts, stmt: Stmt, name: string, cut: Expr): string | null {
  const scope = facts.scopeOf(stmt);
  const others = facts.source.statements().filter((one) => one !== stmt && facts.scopeOf(one) === scope);
  const made = others.findLast(
    (one) =>
      one.kind === 'assign' && one.end <= stmt.start && one.targets.some((target) => binds(target, name)),
  );
  if (made?.kind !== 'assign' || made.value?.kind !== 'call') {
    return null;
  }
  const isUsed = (one: string, start: number, end: number): boolean =>
    new RegExp(`(?<![\\w.])${one}(?!\\w)`).test(textOf(facts, { start, end }));
  const scopeEnd = Math.max(stmt.end, ...others.map((one) => one.end));
  const isReplaced =
    (stmt.kind === 'return' || stmt.kind === 'assign') &&
    stmt.value === cut &&
    (stmt.kind === 'return' || stmt.targets.some((target) => binds(target, name)));
  // `out, h = self.rnn(x)`: where out is used, the layer gets its gradient through it.
  const beside = made.targets.flatMap((target) => (target.kind === 'tuple' ? target.items : []));
  const isElsewhere =
    beside.some((one) => one.kind !== 'name' || (one.id !== name && isUsed(one.id, made.end, scopeEnd))) ||
    isUsed(name, made.end, isReplaced ? stmt.start : cut.start) ||
    (!isReplaced && isUsed(name, cut.end, scopeEnd));
  return isElsewhere ? null : ownModule(facts, made.value);
}

/** True for `name` and for a tuple that holds it: `out, name = self.rnn(x)`. */
function binds(target: Expr, name: string): boolean {
  return target.kind === 'name'
    ? target.id === name
    : target.kind === 'tuple' && target.items.some((item) => item.kind === 'name' && item.id === name);
}

/** `p.requires_grad = False` and `requires_grad_(False)`. */
function frozen(facts: PythonFacts, stmt: Stmt): readonly Cut[] {
  const what = 'requires_grad is False, so these layers keep their random weights';
  const cut = (value: Expr): readonly Cut[] => {
    const range = facts.rangeOf(value);
    return value.kind === 'constant' && value.value === false
      ? [{ range, what, layer: null, edits: [replace(range, 'True')] }]
      : [];
  };
  if (stmt.kind === 'assign' && stmt.value !== null) {
    const isFlag = stmt.targets.some(
      (target) => target.kind === 'attribute' && target.attr === 'requires_grad',
    );
    return isFlag ? cut(stmt.value) : [];
  }
  return expressionsOf(stmt).flatMap((expr) => {
    const isCall =
      expr.kind === 'call' && expr.func.kind === 'attribute' && expr.func.attr === 'requires_grad_';
    const value = isCall ? expr.args[0]?.value : undefined;
    return value === undefined ? [] : cut(value);
  });
}

function textOf(facts: PythonFacts, node: { readonly start: number; readonly end: number }): string {
  return facts.textOf(facts.rangeOf(node));
}

/** Lets the gradient through to all layers. */
export function joinGraph(facts: PythonFacts): readonly Fix[] {
  return cutsOf(facts).flatMap(({ edits }) =>
    fixOf(facts, 'keep-graph', 'Let the gradient reach these layers', 'unsafe', edits),
  );
}
