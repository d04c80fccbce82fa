import { lengthOf } from './arithmetic';
import type { ForwardFacts, ForwardLoop, ForwardStep, ModuleEntry } from './facts';
import { combine, traceExpression } from './forwardExpressions';
import { type Held, ModulePaths, stepsIn, type Vars } from './forwardPaths';
import type { Scope } from './scopes';
import type { PythonSource } from './source';
import type { Expr, ForStmt, Stmt } from './syntax/ast';
import { childBlocks } from './syntax/walk';

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

/**
 * What training code does with modules that are variables: the body of the loop (or function) around a backward pass, up to
 * its loss. Null where there is none, or where it uses none of them.
 */
export function looseFlow(
  source: PythonSource,
  scope: Scope,
  modules: readonly ModuleEntry[],
): ForwardFacts | null {
  for (const { call } of source.callsNamed('backward')) {
    if (call.start < scope.start || call.end > scope.end) {
      continue;
    }
    const tracer = new Tracer(source, modules, true);
    tracer.run(bodyAround(source.scopeAt(call.start).body, call), new Map(), null);
    const { steps, loops, exact } = tracer;
    if (steps.some((step) => step.op === 'module') && steps.some((step) => step.op === 'output')) {
      return { steps, loops, exact };
    }
  }
  return null;
}

/** The statements of the innermost loop around a place; all of them where there is no loop. */
function bodyAround(body: readonly Stmt[], at: { readonly start: number }): readonly Stmt[] {
  const holds = (stmt: Stmt | undefined) =>
    stmt !== undefined && stmt.start <= at.start && at.start < stmt.end;
  let best = body;
  for (let stmts: readonly Stmt[] = body; ; ) {
    const around = stmts.find(holds);
    const inner = around === undefined ? undefined : childBlocks(around).find((block) => block.some(holds));
    if (around === undefined || inner === undefined) {
      return best;
    }
    if (around.kind === 'for' || around.kind === 'while') {
      best = inner;
    }
    stmts = inner;
  }
}

/** Follows values through forward, statement by statement. */
export class Tracer {
  readonly steps: ForwardStep[] = [];
  readonly loops: ForwardLoop[] = [];
  exact = true;
  private loop = -1;
  /** Helpers being followed. */
  depth = 0;
  readonly paths: ModulePaths;

  constructor(
    readonly source: PythonSource,
    modules: readonly ModuleEntry[],
    /** The modules are variables, and the values end in a backward pass. */
    readonly loose = false,
  ) {
    this.paths = new ModulePaths(source, modules, loose);
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

  add(
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
  run(body: readonly Stmt[], vars: Vars, results: Held[] | null): void {
    for (const stmt of body) {
      this.runStatement(stmt, vars, results);
    }
  }

  private runStatement(stmt: Stmt, vars: Vars, results: Held[] | null): void {
    switch (stmt.kind) {
      case 'expr':
        traceExpression(this, stmt.value, vars, stmt);
        return;
      case 'assign':
        if (stmt.value !== null) {
          const held = traceExpression(this, stmt.value, vars, stmt);
          for (const target of stmt.targets) {
            this.bind(target, held, vars);
          }
        }
        return;
      case 'augmented': {
        const old = traceExpression(this, stmt.target, vars, stmt);
        const added = traceExpression(this, stmt.value, vars, stmt);
        this.bind(stmt.target, combine(this, stmt.op.slice(0, -1), old, added, stmt, stmt), vars);
        return;
      }
      case 'return': {
        const held = stmt.value === null ? null : traceExpression(this, stmt.value, vars, stmt);
        if (results !== null) {
          results.push(held);
        } else if (stmt.value !== null) {
          this.add('output', 'return', [held], stmt, stmt, null);
        }
        return;
      }
      case 'if': {
        traceExpression(this, stmt.test, vars, stmt);
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
          traceExpression(this, item.value, vars, stmt);
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
    traceExpression(this, stmt.iter, vars, stmt);
    const entry = over === null ? undefined : this.paths.under(over);
    const loop: ForwardLoop = {
      range: this.source.range(stmt),
      variable: stmt.target.kind === 'name' ? stmt.target.id : null,
      over,
      count: entry?.count ?? lengthOf(this.source, stmt.iter),
      outer: this.loop,
    };
    this.inLoop(loop, () => this.run(stmt.body, vars, results));
  }

  /** Binds a loop's variables to the modules of the lists it runs over. Returns the (first) list's path. */
  loopModules(iter: Expr, target: Expr, vars: Vars): string | null {
    const path = this.paths.of(iter, vars);
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
    const inputs = traceExpression(this, iter, vars, null);
    this.bind(target, inputs, vars);
    return null;
  }

  bind(target: Expr, held: Held, vars: Vars): void {
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
}
