import type { Tracer } from './forward';
import type { Held, Vars } from './forwardPaths';
import { activationOf, isDropout, isNorm } from './layers';
import { shortType } from './names';
import type { Scope } from './scopes';
import type { PythonSource } from './source';
import type { CallExpr, Expr, Stmt } from './syntax/ast';

/** Helpers are followed this deep. */
const MAX_INLINE = 4;

/** What an expression holds; steps are added for what happens in it. */
export function traceExpression(tracer: Tracer, expr: Expr, vars: Vars, stmt: Stmt | null): Held {
  switch (expr.kind) {
    case 'name': {
      const path = tracer.loose && !vars.has(expr.id) ? tracer.paths.of(expr, vars) : null;
      return path === null ? (vars.get(expr.id) ?? null) : { kind: 'module', path };
    }
    case 'attribute': {
      const path = tracer.paths.of(expr, vars);
      return path === null ? traceExpression(tracer, expr.object, vars, stmt) : { kind: 'module', path };
    }
    case 'subscript': {
      const path = tracer.paths.of(expr, vars);
      if (path !== null) {
        return { kind: 'module', path };
      }
      const object = traceExpression(tracer, expr.object, vars, stmt);
      const [index] = expr.indices;
      if (object?.kind === 'many' && index?.kind === 'number') {
        return object.items.at(index.value) ?? null;
      }
      return object;
    }
    case 'call':
      return call(tracer, expr, vars, stmt);
    case 'binary':
      return combine(
        tracer,
        expr.op,
        traceExpression(tracer, expr.left, vars, stmt),
        traceExpression(tracer, expr.right, vars, stmt),
        expr,
        stmt,
      );
    case 'tuple':
    case 'list':
      return { kind: 'many', items: expr.items.map((item) => traceExpression(tracer, item, vars, stmt)) };
    case 'conditional': {
      const held = [expr.whenTrue, expr.whenFalse].map((part) => traceExpression(tracer, part, vars, stmt));
      const real = held.filter((one) => one !== null);
      if (real.length === 2) {
        tracer.exact = false;
        return tracer.add('other', 'branch', held, expr, stmt, null);
      }
      return real[0] ?? null;
    }
    case 'unary':
      return traceExpression(tracer, expr.operand, vars, stmt);
    case 'comprehension': {
      const inner: Vars = new Map(vars);
      for (const generator of expr.generators) {
        tracer.loopModules(generator.iter, generator.target, inner);
      }
      return traceExpression(tracer, expr.element, inner, stmt);
    }
    case 'walrus': {
      const held = traceExpression(tracer, expr.value, vars, stmt);
      tracer.bind(expr.target, held, vars);
      return held;
    }
    case 'starred':
    case 'await':
      return expr.parts[0] === undefined ? null : traceExpression(tracer, expr.parts[0], vars, stmt);
    default:
      return null;
  }
}

/** What an operator makes of two values. */
export function combine(
  tracer: Tracer,
  op: string,
  left: Held,
  right: Held,
  node: Expr | Stmt,
  stmt: Stmt | null,
): Held {
  const weight = op === '@' ? weightAmong(tracer, [left, right]) : null;
  if (weight !== null) {
    return multiplied(tracer, weight, [left, right], node, stmt);
  }
  const a = left?.kind === 'module' ? null : left;
  const b = right?.kind === 'module' ? null : right;
  if (a === null || b === null) {
    return a ?? b;
  }
  const kind = op === '+' || op === '-' ? 'add' : op === '*' ? 'multiply' : 'other';
  return tracer.add(kind, op === '@' ? 'matmul' : op, [a, b], node, stmt, null);
}

/** The weight of one's own among the operands of a product: `nn.Parameter`, also transposed. */
function weightAmong(tracer: Tracer, operands: readonly Held[]): string | null {
  const paths = operands.flatMap((held) => (held?.kind === 'module' ? [held.path] : []));
  const found = paths.filter((path) => /Parameter$/.test(tracer.paths.typeAt(path)));
  return found.length === 1 && paths.length === 1 ? (found[0] ?? null) : null;
}

/** A product with a weight is what a linear layer does. */
function multiplied(
  tracer: Tracer,
  path: string,
  operands: readonly Held[],
  node: Expr | Stmt,
  stmt: Stmt | null,
): Held {
  const values = operands.filter((held) => held !== null && held.kind !== 'module');
  return values.length === 0
    ? null
    : tracer.add('module', tracer.paths.typeAt(path), values, node, stmt, { path });
}

/** Functions that multiply by a weight they are handed. */
const PRODUCT = /^torch\.(?:matmul|mm|bmm|nn\.functional\.(?:linear|conv[123]d))$/;

function call(tracer: Tracer, expr: CallExpr, vars: Vars, stmt: Stmt | null): Held {
  const { func } = expr;
  const path = tracer.paths.of(func, vars);
  if (path !== null) {
    const inputs = args(tracer, expr, vars, stmt);
    const type = tracer.paths.typeAt(path);
    return tracer.add('module', type, inputs, expr, stmt, {
      path,
      callee: func,
      argument: expr.args[0]?.value,
    });
  }
  const helper = tracer.source.helperOf(expr);
  if (helper !== null && tracer.depth < MAX_INLINE) {
    return inline(tracer, expr, helper, vars, stmt);
  }
  const name = functionName(tracer.source, func);
  if (name !== null) {
    const inputs = args(tracer, expr, vars, stmt);
    const operands = PRODUCT.test(name) ? inputs.slice(0, 2) : [];
    const weight = weightAmong(tracer, operands);
    if (weight !== null) {
      return multiplied(tracer, weight, operands, expr, stmt);
    }
    return library(tracer, name, expr, inputs, stmt, func, expr.args[0]?.value);
  }
  if (tracer.loose && func.kind === 'attribute' && func.attr === 'backward') {
    return tracer.add(
      'output',
      'backward',
      [traceExpression(tracer, func.object, vars, stmt)],
      expr,
      stmt,
      null,
    );
  }
  if (func.kind === 'attribute') {
    // `x.relu()`, `x.view(...)`
    const object = traceExpression(tracer, func.object, vars, stmt);
    // `w.t()`, `w.transpose(0, 1)`: the same weight.
    if (object?.kind === 'module' && /^(?:t|transpose|permute|contiguous)$/.test(func.attr)) {
      return object;
    }
    const inputs = [object, ...args(tracer, expr, vars, stmt)];
    return inputs.every((held) => held === null)
      ? null
      : library(tracer, `torch.${func.attr}`, expr, inputs, stmt, func, func.object);
  }
  const inputs = args(tracer, expr, vars, stmt);
  return inputs.some((held) => held !== null) ? tracer.add('other', 'call', inputs, expr, stmt, null) : null;
}

/** Canonical function; an attribute that holds one (`self.act = F.relu`) is looked through. */
function functionName(source: PythonSource, func: Expr): string | null {
  const named = source.nameOf(func);
  if (named !== null && (func.kind === 'name' || named.includes('.'))) {
    return named;
  }
  if (func.kind === 'attribute' && source.isSelf(func.object)) {
    const value = source.valueOf(func);
    return value === null || value === func ? null : source.nameOf(value);
  }
  return null;
}

function args(tracer: Tracer, expr: CallExpr, vars: Vars, stmt: Stmt | null): Held[] {
  return expr.args.map((arg) => traceExpression(tracer, arg.value, vars, stmt));
}

function library(
  tracer: Tracer,
  name: string,
  node: Expr,
  inputs: readonly Held[],
  stmt: Stmt | null,
  callee: Expr,
  argument: Expr | undefined,
): Held {
  const more = { callee, argument };
  const short = shortType(name);
  if (activationOf(name) !== null) {
    return tracer.add('activation', short, inputs, node, stmt, more);
  }
  if (isNorm(name)) {
    return tracer.add('norm', short, inputs, node, stmt, more);
  }
  if (isDropout(name)) {
    return tracer.add('dropout', short, inputs, node, stmt, more);
  }
  switch (name) {
    case 'torch.cat':
    case 'torch.concat':
    case 'torch.stack':
      return tracer.add('concat', name, inputs, node, stmt, more);
    case 'torch.add':
      return tracer.add('add', name, inputs, node, stmt, more);
    case 'torch.mul':
      return tracer.add('multiply', name, inputs, node, stmt, more);
    default:
      return inputs.some((held) => held !== null && held.kind !== 'module')
        ? tracer.add('other', name, inputs, node, stmt, more)
        : null;
  }
}

/** Follows a method or function of the file with the values it is given. */
function inline(tracer: Tracer, expr: CallExpr, helper: Scope, vars: Vars, stmt: Stmt | null): Held {
  if (helper.node?.kind !== 'function') {
    return null;
  }
  const inner: Vars = new Map();
  const isMethod = helper.parent?.kind === 'class';
  const isStatic = helper.node.decorators.some((one) => one.kind === 'name' && one.id === 'staticmethod');
  const params = helper.node.params.slice(isMethod && !isStatic ? 1 : 0);
  const held = args(tracer, expr, vars, stmt);
  params.forEach((param, index) => {
    const named = expr.args.findIndex((arg) => arg.name === param.name);
    inner.set(param.name, held[named === -1 ? index : named] ?? null);
  });
  const results: Held[] = [];
  tracer.depth++;
  tracer.run(helper.node.body, inner, results);
  tracer.depth--;
  const real = results.filter((one) => one !== null);
  if (real.length > 1) {
    tracer.exact = false;
    return tracer.add('other', 'branch', real, expr, stmt, null);
  }
  return real[0] ?? null;
}
