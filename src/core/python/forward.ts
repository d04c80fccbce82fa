import { lengthOf } from './arithmetic';
import type { ForwardFacts, ForwardLoop, ForwardStep, ModuleEntry } from './facts';
import { activationOf, isDropout, isNorm } from './layers';
import { shortType } from './names';
import type { Scope } from './scopes';
import type { PythonSource } from './source';
import type { CallExpr, Expr, ForStmt, Stmt } from './syntax/ast';

const MAX_INLINE = 4;
const MAX_STEPS = 2000;

/** What a class's forward does with its modules. `modules` is the class's tree. */
export function forwardFacts(
  source: PythonSource,
  forward: Scope,
  modules: readonly ModuleEntry[],
): ForwardFacts {
  const tracer = new Tracer(source, modules);
  tracer.trace(forward);
  return { steps: tracer.steps, loops: tracer.loops, exact: tracer.exact };
}

/** What a variable holds: a value (step), a module (path), several values, or nothing known. */
type Held =
  | { readonly kind: 'step'; readonly id: number }
  | { readonly kind: 'module'; readonly path: string }
  | { readonly kind: 'many'; readonly items: readonly Held[] }
  | null;

type Vars = Map<string, Held>;

class Tracer {
  readonly steps: ForwardStep[] = [];
  readonly loops: ForwardLoop[] = [];
  exact = true;
  private loop = -1;
  private depth = 0;
  private readonly paths: ReadonlyMap<string, ModuleEntry>;

  constructor(
    private readonly source: PythonSource,
    modules: readonly ModuleEntry[],
  ) {
    const paths = new Map<string, ModuleEntry>();
    for (const entry of modules) {
      if (!paths.has(entry.path)) {
        paths.set(entry.path, entry);
      }
    }
    this.paths = paths;
  }

  trace(forward: Scope): void {
    if (forward.node?.kind !== 'function') {
      return;
    }
    const vars: Vars = new Map();
    for (const param of forward.node.params.slice(1)) {
      vars.set(param.name, this.add('input', param.name, [], param, null, null));
    }
    this.run(forward.node.body, vars, null);
  }

  private add(
    op: ForwardStep['op'],
    name: string,
    inputs: readonly Held[],
    node: { readonly start: number; readonly end: number },
    stmt: Stmt | null,
    more: { path?: string; callee?: Expr; argument?: Expr | undefined } | null,
  ): Held {
    if (this.steps.length >= MAX_STEPS) {
      this.exact = false;
      return null;
    }
    const id = this.steps.length;
    const { source } = this;
    const target =
      stmt?.kind === 'assign' && stmt.value?.start === node.start && stmt.value.end === node.end
        ? stmt.targets[0]
        : undefined;
    const callee = more?.callee;
    this.steps.push({
      id,
      op,
      name,
      path: more?.path ?? null,
      inputs: inputs.flatMap((held) => stepsIn(held)),
      range: source.range(node),
      callee:
        callee === undefined
          ? null
          : source.range(
              callee.kind === 'attribute' && source.nameOf(callee) === null && !source.isSelf(callee.object)
                ? { start: callee.attrStart, end: callee.end }
                : callee,
            ),
      statement: stmt === null ? null : source.statement(stmt),
      argument: more?.argument === undefined ? null : source.source(more.argument),
      target: target === undefined ? null : source.source(target),
      loop: this.loop,
    });
    return { kind: 'step', id };
  }

  /** Runs statements; `results` collects returned values of an inlined helper. */
  private run(body: readonly Stmt[], vars: Vars, results: Held[] | null): void {
    for (const stmt of body) {
      this.runStatement(stmt, vars, results);
    }
  }

  private runStatement(stmt: Stmt, vars: Vars, results: Held[] | null): void {
    switch (stmt.kind) {
      case 'expr':
        this.value(stmt.value, vars, stmt);
        return;
      case 'assign':
        if (stmt.value !== null) {
          const held = this.value(stmt.value, vars, stmt);
          for (const target of stmt.targets) {
            this.bind(target, held, vars);
          }
        }
        return;
      case 'augmented': {
        const old = this.value(stmt.target, vars, stmt);
        const added = this.value(stmt.value, vars, stmt);
        this.bind(stmt.target, this.combine(stmt.op.slice(0, -1), old, added, stmt, stmt), vars);
        return;
      }
      case 'return': {
        const held = stmt.value === null ? null : this.value(stmt.value, vars, stmt);
        if (results !== null) {
          results.push(held);
        } else if (stmt.value !== null) {
          this.add('output', 'return', [held], stmt, stmt, null);
        }
        return;
      }
      case 'if': {
        this.value(stmt.test, vars, stmt);
        const other: Vars = new Map(vars);
        this.run(stmt.body, vars, results);
        this.run(stmt.orelse, other, results);
        this.merge(vars, other, stmt);
        return;
      }
      case 'for':
        this.runFor(stmt, vars, results);
        return;
      case 'while':
        this.inLoop(
          { range: this.source.range(stmt), variable: null, over: null, count: null, outer: this.loop },
          () => this.run(stmt.body, vars, results),
        );
        return;
      case 'with':
        for (const item of stmt.items) {
          this.value(item.value, vars, stmt);
        }
        this.run(stmt.body, vars, results);
        return;
      case 'try':
        this.run([...stmt.body, ...stmt.orelse, ...stmt.final], vars, results);
        return;
      default:
    }
  }

  private merge(vars: Vars, other: Vars, stmt: Stmt): void {
    for (const [name, held] of other) {
      const mine = vars.get(name) ?? null;
      if (mine?.kind === 'step' && held?.kind === 'step' && mine.id !== held.id) {
        this.exact = false;
        vars.set(name, this.add('other', 'branch', [mine, held], stmt, null, null));
      } else if (mine === null) {
        vars.set(name, held);
      }
    }
  }

  private inLoop(loop: ForwardLoop, body: () => void): void {
    const outer = this.loop;
    this.loops.push(loop);
    this.loop = this.loops.length - 1;
    body();
    this.loop = outer;
  }

  private runFor(stmt: ForStmt, vars: Vars, results: Held[] | null): void {
    const over = this.loopModules(stmt.iter, stmt.target, vars);
    this.value(stmt.iter, vars, stmt);
    const entry = over === null ? undefined : this.entriesUnder(over);
    const loop: ForwardLoop = {
      range: this.source.range(stmt),
      variable: stmt.target.kind === 'name' ? stmt.target.id : null,
      over,
      count: entry?.count ?? lengthOf(this.source, stmt.iter),
      outer: this.loop,
    };
    this.inLoop(loop, () => this.run(stmt.body, vars, results));
  }

  private entriesUnder(path: string): ModuleEntry | undefined {
    return this.paths.get(`${path}.*`);
  }

  /** Binds a loop's variables to the modules of the lists it runs over. Returns the (first) list's path. */
  private loopModules(iter: Expr, target: Expr, vars: Vars): string | null {
    const path = this.pathOf(iter, vars);
    if (path !== null) {
      this.bind(target, { kind: 'module', path: `${path}.*` }, vars);
      return path;
    }
    if (iter.kind !== 'call' || iter.func.kind === 'subscript') {
      this.bind(target, null, vars);
      return null;
    }
    const name =
      iter.func.kind === 'name' ? iter.func.id : iter.func.kind === 'attribute' ? iter.func.attr : '';
    const args = iter.args.map((arg) => arg.value);
    const parts = target.kind === 'tuple' ? target.items : [];
    if ((name === 'enumerate' || name === 'items') && parts.length === 2) {
      const list = name === 'items' && iter.func.kind === 'attribute' ? iter.func.object : args[0];
      const [index, item] = parts;
      if (index !== undefined) {
        this.bind(index, null, vars);
      }
      return list === undefined || item === undefined ? null : this.loopModules(list, item, vars);
    }
    if (name === 'zip') {
      const found = args.map((arg, i) => {
        const part = parts[i];
        return part === undefined ? null : this.loopModules(arg, part, vars);
      });
      return found.find((one) => one !== null) ?? null;
    }
    if (name === 'reversed' || name === 'list') {
      return args[0] === undefined ? null : this.loopModules(args[0], target, vars);
    }
    if (name === 'values' || name === 'children') {
      return iter.func.kind === 'attribute' ? this.loopModules(iter.func.object, target, vars) : null;
    }
    const inputs = this.value(iter, vars, null);
    this.bind(target, inputs, vars);
    return null;
  }

  private bind(target: Expr, held: Held, vars: Vars): void {
    if (target.kind === 'name') {
      vars.set(target.id, held);
    } else if (target.kind === 'tuple' || target.kind === 'list') {
      target.items.forEach((item, index) => {
        this.bind(item, held?.kind === 'many' ? (held.items[index] ?? null) : held, vars);
      });
    } else if (target.kind === 'attribute' || target.kind === 'subscript') {
      const known = target.object.kind === 'name' ? vars.get(target.object.id) : undefined;
      if (
        target.kind === 'subscript' &&
        target.object.kind === 'name' &&
        held !== null &&
        known === undefined
      ) {
        vars.set(target.object.id, held);
      }
    }
  }

  /** Path of the registered module an expression denotes; null when it denotes none. */
  private pathOf(expr: Expr, vars: Vars): string | null {
    if (expr.kind === 'name') {
      const held = vars.get(expr.id);
      return held?.kind === 'module' ? held.path : null;
    }
    if (expr.kind === 'attribute') {
      const base = this.source.isSelf(expr.object) ? '' : this.pathOf(expr.object, vars);
      const path = base === null ? null : base === '' ? expr.attr : `${base}.${expr.attr}`;
      return path !== null && this.paths.has(path) ? path : null;
    }
    if (expr.kind === 'subscript') {
      const base = this.pathOf(expr.object, vars);
      const [index] = expr.indices;
      if (base === null || index === undefined) {
        return null;
      }
      if (index.kind === 'slice') {
        return base;
      }
      const key =
        index.kind === 'number' ? String(index.value) : index.kind === 'string' ? index.value : null;
      return key !== null && this.paths.has(`${base}.${key}`) ? `${base}.${key}` : `${base}.*`;
    }
    if (expr.kind === 'call' && expr.func.kind === 'name' && expr.func.id === 'getattr') {
      const name = expr.args[1]?.value;
      const isOwn = expr.args[0] !== undefined && this.source.isSelf(expr.args[0].value);
      return isOwn && name?.kind === 'string' && name.value !== null && this.paths.has(name.value)
        ? name.value
        : null;
    }
    return null;
  }

  private value(expr: Expr, vars: Vars, stmt: Stmt | null): Held {
    switch (expr.kind) {
      case 'name':
        return vars.get(expr.id) ?? null;
      case 'attribute': {
        const path = this.pathOf(expr, vars);
        return path === null ? this.value(expr.object, vars, stmt) : { kind: 'module', path };
      }
      case 'subscript': {
        const path = this.pathOf(expr, vars);
        if (path !== null) {
          return { kind: 'module', path };
        }
        const object = this.value(expr.object, vars, stmt);
        const [index] = expr.indices;
        if (object?.kind === 'many' && index?.kind === 'number') {
          return object.items.at(index.value) ?? null;
        }
        return object;
      }
      case 'call':
        return this.call(expr, vars, stmt);
      case 'binary':
        return this.combine(
          expr.op,
          this.value(expr.left, vars, stmt),
          this.value(expr.right, vars, stmt),
          expr,
          stmt,
        );
      case 'tuple':
      case 'list':
        return { kind: 'many', items: expr.items.map((item) => this.value(item, vars, stmt)) };
      case 'conditional': {
        const held = [expr.whenTrue, expr.whenFalse].map((part) => this.value(part, vars, stmt));
        const real = held.filter((one) => one !== null);
        if (real.length === 2) {
          this.exact = false;
          return this.add('other', 'branch', held, expr, stmt, null);
        }
        return real[0] ?? null;
      }
      case 'unary':
        return this.value(expr.operand, vars, stmt);
      case 'comprehension': {
        const inner: Vars = new Map(vars);
        for (const generator of expr.generators) {
          this.loopModules(generator.iter, generator.target, inner);
        }
        return this.value(expr.element, inner, stmt);
      }
      case 'walrus': {
        const held = this.value(expr.value, vars, stmt);
        this.bind(expr.target, held, vars);
        return held;
      }
      case 'starred':
      case 'await':
        return expr.parts[0] === undefined ? null : this.value(expr.parts[0], vars, stmt);
      default:
        return null;
    }
  }

  private combine(op: string, left: Held, right: Held, node: Expr | Stmt, stmt: Stmt | null): Held {
    const a = left?.kind === 'module' ? null : left;
    const b = right?.kind === 'module' ? null : right;
    if (a === null || b === null) {
      return a ?? b;
    }
    const kind = op === '+' || op === '-' ? 'add' : op === '*' ? 'multiply' : 'other';
    return this.add(kind, op === '@' ? 'matmul' : op, [a, b], node, stmt, null);
  }

  private call(expr: CallExpr, vars: Vars, stmt: Stmt | null): Held {
    const { func } = expr;
    const path = this.pathOf(func, vars);
    if (path !== null) {
      const inputs = this.args(expr, vars, stmt);
      const type = this.paths.get(path)?.type ?? 'unknown';
      return this.add('module', type, inputs, expr, stmt, {
        path,
        callee: func,
        argument: expr.args[0]?.value,
      });
    }
    const helper = this.source.helperOf(expr);
    if (helper !== null && this.depth < MAX_INLINE) {
      return this.inline(expr, helper, vars, stmt);
    }
    const name = this.functionName(func);
    if (name !== null) {
      const inputs = this.args(expr, vars, stmt);
      return this.library(name, expr, inputs, stmt, func, expr.args[0]?.value);
    }
    if (func.kind === 'attribute') {
      // `x.relu()`, `x.view(...)`
      const object = this.value(func.object, vars, stmt);
      const inputs = [object, ...this.args(expr, vars, stmt)];
      return inputs.every((held) => held === null)
        ? null
        : this.library(`torch.${func.attr}`, expr, inputs, stmt, func, func.object);
    }
    const inputs = this.args(expr, vars, stmt);
    return inputs.some((held) => held !== null) ? this.add('other', 'call', inputs, expr, stmt, null) : null;
  }

  /** Canonical function; an attribute that holds one (`self.act = F.relu`) is looked through. */
  private functionName(func: Expr): string | null {
    const named = this.source.nameOf(func);
    if (named !== null && (func.kind === 'name' || named.includes('.'))) {
      return named;
    }
    if (func.kind === 'attribute' && this.source.isSelf(func.object)) {
      const value = this.source.valueOf(func);
      return value === null || value === func ? null : this.source.nameOf(value);
    }
    return null;
  }

  private args(expr: CallExpr, vars: Vars, stmt: Stmt | null): Held[] {
    return expr.args.map((arg) => this.value(arg.value, vars, stmt));
  }

  private library(
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
      return this.add('activation', short, inputs, node, stmt, more);
    }
    if (isNorm(name)) {
      return this.add('norm', short, inputs, node, stmt, more);
    }
    if (isDropout(name)) {
      return this.add('dropout', short, inputs, node, stmt, more);
    }
    switch (name) {
      case 'torch.cat':
      case 'torch.concat':
      case 'torch.stack':
        return this.add('concat', name, inputs, node, stmt, more);
      case 'torch.add':
        return this.add('add', name, inputs, node, stmt, more);
      case 'torch.mul':
        return this.add('multiply', name, inputs, node, stmt, more);
      default:
        return inputs.some((held) => held !== null && held.kind !== 'module')
          ? this.add('other', name, inputs, node, stmt, more)
          : null;
    }
  }

  /** Follows a method or function of the file with the values it is given. */
  private inline(expr: CallExpr, helper: Scope, vars: Vars, stmt: Stmt | null): Held {
    if (helper.node?.kind !== 'function') {
      return null;
    }
    const inner: Vars = new Map();
    const isMethod = helper.parent?.kind === 'class';
    const isStatic = helper.node.decorators.some((one) => one.kind === 'name' && one.id === 'staticmethod');
    const params = helper.node.params.slice(isMethod && !isStatic ? 1 : 0);
    const held = this.args(expr, vars, stmt);
    params.forEach((param, index) => {
      const named = expr.args.findIndex((arg) => arg.name === param.name);
      inner.set(param.name, held[named === -1 ? index : named] ?? null);
    });
    const results: Held[] = [];
    this.depth++;
    this.run(helper.node.body, inner, results);
    this.depth--;
    const real = results.filter((one) => one !== null);
    if (real.length > 1) {
      this.exact = false;
      return this.add('other', 'branch', real, expr, stmt, null);
    }
    return real[0] ?? null;
  }
}

function stepsIn(held: Held): readonly number[] {
  if (held === null || held.kind === 'module') {
    return [];
  }
  return held.kind === 'step' ? [held.id] : held.items.flatMap((item) => stepsIn(item));
}
