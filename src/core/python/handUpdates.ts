import type { PythonSource } from './source';
import type { CallExpr, Expr, Stmt } from './syntax/ast';
import { expressionsIn, expressionsOf, statementsIn } from './syntax/walk';

/** A step of gradient descent that the program takes without an optimizer: `p -= lr * p.grad`, `p.data.add_(p.grad, alpha=-lr)`. */
export interface HandUpdate {
  /** The tensor that is changed, without `.data`. */
  readonly tensor: Expr;
  /** What its gradient, or the momentum that sums it, is multiplied by; a minus sign is left out. */
  readonly rate: Expr;
  /** The update itself, and the statement it stands in. */
  readonly range: { readonly start: number; readonly end: number };
  readonly stmt: Stmt;
}

/** Steps written out take gradients from one of these. */
const GRADIENTS = /\.grad\b|\bautograd\b|\bvalue_and_grad\b/;
/** What an update looks like, for a first glance. */
const CHANGES = /-=|\b(?:sub|add|copy)_\(|-\s*[\w.]*(?:lr|rate|eta|alpha|step)\w*\s*\*/i;

function mayStep(source: PythonSource): boolean {
  return source.mentions(GRADIENTS) && source.mentions(CHANGES);
}

/** Every update written out, in statements and in comprehensions over parameters and their gradients. */
export function handUpdates(source: PythonSource, body: readonly Stmt[]): readonly HandUpdate[] {
  if (!mayStep(source)) {
    return [];
  }
  return statementsIn(body).flatMap((stmt) => {
    const own = updateOf(source, stmt);
    return own === null ? mappedUpdates(source, stmt) : [own];
  });
}

/** The update that a statement is, where it names a gradient, or a loop around it pairs parameters with gradients. */
function updateOf(source: PythonSource, stmt: Stmt): HandUpdate | null {
  const made = subtraction(source, stmt);
  if (made === null) {
    return null;
  }
  const { tensor, change, factor } = made;
  const rate = factor ?? rateIn(source, change);
  return rate === null || !isStep(source, change, factor !== null)
    ? null
    : { tensor, rate: unsigned(rate), range: stmt, stmt };
}

/** What is taken off a tensor; `factor` where the call has it apart. */
interface Subtraction {
  readonly tensor: Expr;
  readonly change: Expr;
  readonly factor: Expr | null;
}

function subtraction(source: PythonSource, stmt: Stmt): Subtraction | null {
  if (stmt.kind === 'augmented') {
    return stmt.op === '-=' ? { tensor: bare(stmt.target), change: stmt.value, factor: null } : null;
  }
  if (stmt.kind === 'assign') {
    const [target] = stmt.targets;
    const { value } = stmt;
    return target !== undefined &&
      value?.kind === 'binary' &&
      value.op === '-' &&
      isSame(source, target, value.left)
      ? { tensor: bare(target), change: value.right, factor: null }
      : null;
  }
  return stmt.kind === 'expr' && stmt.value.kind === 'call' ? inPlace(source, stmt.value) : null;
}

/** `p.sub_(lr * p.grad)`, `p.data.add_(p.grad, alpha=-lr)`, `p.add_(-lr, p.grad)`, `p.copy_(p - lr * p.grad)`. */
function inPlace(source: PythonSource, { func, args }: CallExpr): Subtraction | null {
  const [first, second] = args.filter(({ name }) => name === null);
  if (func.kind !== 'attribute' || first === undefined) {
    return null;
  }
  const tensor = bare(func.object);
  const alpha = args.find(({ name }) => name === 'alpha')?.value ?? null;
  const { value } = first;
  switch (func.attr) {
    case 'sub_':
      return { tensor, change: value, factor: alpha };
    case 'add_':
      if (second !== undefined) {
        return isNegative(value) ? { tensor, change: second.value, factor: value } : null;
      }
      return alpha === null
        ? value.kind === 'binary' && isNegative(value.left)
          ? { tensor, change: value, factor: null }
          : null
        : isNegative(alpha)
          ? { tensor, change: value, factor: alpha }
          : null;
    case 'copy_':
      return value.kind === 'binary' && value.op === '-' && isSame(source, tensor, value.left)
        ? { tensor, change: value.right, factor: null }
        : null;
    default:
      return null;
  }
}

/** `[p - lr * g for p, g in zip(params, grads)]`. */
function mappedUpdates(source: PythonSource, stmt: Stmt): readonly HandUpdate[] {
  return expressionsOf(stmt).flatMap((expr) => {
    if (expr.kind !== 'comprehension' || expr.element.kind !== 'binary' || expr.element.op !== '-') {
      return [];
    }
    const { left, right } = expr.element;
    const [first, second] = expr.generators.flatMap(({ target }) =>
      target.kind === 'tuple' ? target.items : [],
    );
    const pairs =
      first?.kind === 'name' &&
      second?.kind === 'name' &&
      left.kind === 'name' &&
      left.id === first.id &&
      expressionsIn(right).some((one) => one.kind === 'name' && one.id === second.id);
    const rate = pairs ? rateIn(source, right) : null;
    return rate === null ? [] : [{ tensor: left, rate: unsigned(rate), range: expr.element, stmt }];
  });
}

/** A change that is a gradient, or is named like what sums gradients; not a number made of one. */
function isStep(source: PythonSource, change: Expr, hasFactor: boolean): boolean {
  const parts = expressionsIn(change);
  const measures = parts.some(
    (one) =>
      one.kind === 'call' &&
      one.func.kind === 'attribute' &&
      /^(?:norm|sum|mean|item|max)$/.test(one.func.attr),
  );
  return (
    !measures &&
    (hasFactor || change.kind === 'binary') &&
    parts.some(
      (one) =>
        (one.kind === 'attribute' && one.attr === 'grad') ||
        (one.kind === 'name' && /^(?:g|dp|d[wb]|v|vel\w*|buf|m(?:om\w*)?|update)$|grad/i.test(one.id)) ||
        (one.kind === 'subscript' && /vel|grad|mom|buf/i.test(source.source(one.object))),
    )
  );
}

const RATE_NAME = /^(?:lr|eta|rate|alpha|step_?size|learning_?rate)$|(?:^|_)lr$|learning_?rate/i;

/** The factor of a product that is a number, or is named like a rate. */
function rateIn(source: PythonSource, change: Expr): Expr | null {
  if (change.kind !== 'binary' || change.op !== '*') {
    return null;
  }
  const sides = [change.left, change.right];
  return (
    sides.find((side) => unsigned(side).kind === 'number' || RATE_NAME.test(lastName(unsigned(side)))) ??
    sides.flatMap((side) => rateIn(source, side) ?? [])[0] ??
    null
  );
}

function lastName(expr: Expr): string {
  switch (expr.kind) {
    case 'name':
      return expr.id;
    case 'attribute':
      return expr.attr;
    case 'subscript': {
      const [key] = expr.indices;
      return key?.kind === 'string' ? (key.value ?? '') : '';
    }
    default:
      return '';
  }
}

function isNegative(expr: Expr): boolean {
  return (
    (expr.kind === 'unary' && expr.op === '-') ||
    (expr.kind === 'binary' && expr.op === '*' && isNegative(expr.left))
  );
}

function unsigned(expr: Expr): Expr {
  return expr.kind === 'unary' && expr.op === '-' ? expr.operand : expr;
}

function bare(expr: Expr): Expr {
  return expr.kind === 'attribute' && expr.attr === 'data' ? expr.object : expr;
}

function isSame(source: PythonSource, a: Expr, b: Expr): boolean {
  return source.source(bare(a)) === source.source(bare(b));
}

/** What a loop over parameters, or statements in a row, update by hand: the step of a pass. */
export interface HandStep {
  /** The loop, or the first of the statements. */
  readonly stmt: Stmt;
  readonly update: HandUpdate;
  /** `net` where the loop goes over `net.parameters()`; null for tensors. */
  readonly model: string | null;
  /** The tensors as an iterable: `params`, `(w, b)`; null for a model. */
  readonly tensors: string | null;
}

/** The step that a block takes by hand, at the statement where it begins. */
export function handStepsIn(source: PythonSource, body: readonly Stmt[]): ReadonlyMap<Stmt, HandStep> {
  const steps = new Map<Stmt, HandStep>();
  if (!mayStep(source)) {
    return steps;
  }
  const single: { readonly stmt: Stmt; readonly update: HandUpdate }[] = [];
  for (const stmt of body) {
    const step = stmt.kind === 'for' ? loopStep(source, stmt) : null;
    if (step !== null) {
      steps.set(stmt, step);
    }
    const update = updateOf(source, stmt);
    // `w = w - lr * w.grad` makes a new tensor, which has no gradient to reset.
    const inPlace = stmt.kind !== 'assign' || stmt.targets[0]?.kind === 'attribute';
    if (update !== null && inPlace && takesOwnGradient(source, update, stmt)) {
      single.push({ stmt, update });
    }
  }
  const [first] = single;
  if (first !== undefined) {
    const names = single.map(({ update }) => source.source(update.tensor));
    const tensors = names.length === 1 ? `[${names[0]}]` : `(${names.join(', ')})`;
    steps.set(first.stmt, { ...first, model: null, tensors });
  }
  return steps;
}

/** `for p in net.parameters(): p -= lr * p.grad`, also below an `if p.grad is not None`. */
function loopStep(source: PythonSource, stmt: Stmt & { kind: 'for' }): HandStep | null {
  const named = stmt.target.kind === 'tuple' ? stmt.target.items.at(-1) : stmt.target;
  const over = overParameters(source, stmt.iter);
  if (named?.kind !== 'name' || over === null) {
    return null;
  }
  const inside = statementsIn(stmt.body);
  const update = inside
    .flatMap((one) => updateOf(source, one) ?? [])
    .find(({ tensor }) => tensor.kind === 'name' && tensor.id === named.id);
  const reads = inside.some((one) =>
    expressionsOf(one).some(
      (expr) =>
        expr.kind === 'attribute' &&
        expr.attr === 'grad' &&
        expr.object.kind === 'name' &&
        expr.object.id === named.id,
    ),
  );
  return update === undefined || !reads ? null : { stmt, update, ...over };
}

function overParameters(source: PythonSource, iter: Expr): Pick<HandStep, 'model' | 'tensors'> | null {
  if (iter.kind === 'name' || (iter.kind === 'attribute' && source.isSelf(iter.object))) {
    return { model: null, tensors: source.source(iter) };
  }
  if (iter.kind === 'list' || iter.kind === 'tuple') {
    return { model: null, tensors: source.source(iter) };
  }
  return iter.kind === 'call' &&
    iter.func.kind === 'attribute' &&
    /^(?:named_)?parameters$/.test(iter.func.attr) &&
    iter.args.length === 0
    ? { model: source.source(iter.func.object), tensors: null }
    : null;
}

/** `w -= lr * w.grad`: its own gradient, not one that a loop gives a name. */
function takesOwnGradient(source: PythonSource, { tensor }: HandUpdate, stmt: Stmt): boolean {
  const name = source.source(tensor);
  return expressionsOf(stmt).some(
    (one) => one.kind === 'attribute' && one.attr === 'grad' && source.source(one.object) === name,
  );
}
