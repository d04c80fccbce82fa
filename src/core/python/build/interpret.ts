import { numberPlace } from '../literals';
import { basesOf, type Program } from '../program';
import type { Scope } from '../scopes';
import type { PythonSource } from '../source';
import type { CallExpr, Expr, ForStmt, OtherExpr, Stmt } from '../syntax/ast';
import { callValue } from './calls';
import { buildsSomething, isConditional, preferred } from './choice';
import { comprehensionValue, dictValue, displayValue } from './collections';
import { binaryValue, compareValue, subscriptValue, unaryValue } from './operators';
import {
  appendAll,
  appendItem,
  type Env,
  itemOfChild,
  type ListValue,
  listOf,
  literal,
  type ModuleValue,
  type RecordValue,
  truthOf,
  UNKNOWN,
  type Value,
} from './value';

/** Steps one file may take: far above any real constructor, low enough to stay unnoticed. */
const MAX_STEPS = 60_000;
/** Nested constructors and helpers. */
const MAX_CALLS = 12;
/** Longer loops build no architecture; they are run once, as a pattern. */
export const MAX_UNROLL = 256;

type Flow = 'next' | 'break' | 'continue' | { readonly returned: Value };

/**
 * Runs constructors and the helpers they call, on values known from the text: what a person does who reads `__init__`
 * to find out which layers there are. Loops of known length are unrolled, branches with an unknown test are both
 * taken and make things uncertain.
 */
export class Interpreter {
  private steps = 0;
  private depth = 0;

  /** @param program the files that imports are followed into; null to stay in one file */
  constructor(readonly program: Program | null = null) {}

  /** True when the budget is used up: what is built from here on is left out. */
  get exhausted(): boolean {
    return this.steps > MAX_STEPS;
  }

  newEnv(
    source: PythonSource,
    parent: Env | null,
    self: ModuleValue | RecordValue | null,
    owner: Scope | null,
  ): Env {
    return {
      vars: new Map(),
      source,
      self,
      owner,
      parent,
      looped: parent?.looped ?? false,
      uncertain: false,
    };
  }

  /** Runs a function's body. Returns what it returns. */
  callScope(scope: Scope, env: Env): Value {
    if (this.depth >= MAX_CALLS || this.exhausted) {
      return UNKNOWN;
    }
    this.depth++;
    const flow = this.run(scope.body, env);
    this.depth--;
    return typeof flow === 'object' ? flow.returned : literal(null);
  }

  run(body: readonly Stmt[], env: Env): Flow {
    let returned: Value | null = null;
    for (const stmt of body) {
      const flow = this.runStatement(stmt, env);
      if (typeof flow === 'object') {
        // A return under an unknown test may not be the one taken: go on, prefer the first that is a module.
        returned = returned === null ? flow.returned : preferred(returned, flow.returned);
        if (!env.uncertain && !isConditional(stmt)) {
          return { returned };
        }
      } else if (flow !== 'next') {
        return flow;
      }
    }
    return returned === null ? 'next' : { returned };
  }

  private runStatement(stmt: Stmt, env: Env): Flow {
    this.steps++;
    if (this.exhausted) {
      return 'next';
    }
    switch (stmt.kind) {
      case 'expr':
        this.evaluate(stmt.value, env, stmt);
        return 'next';
      case 'assign':
        if (stmt.value !== null) {
          const value = this.evaluate(stmt.value, env, stmt);
          for (const target of stmt.targets) {
            this.bind(target, value, env, stmt);
          }
        }
        return 'next';
      case 'augmented':
        this.augment(stmt.target, stmt.op, this.evaluate(stmt.value, env, stmt), env, stmt);
        return 'next';
      case 'return':
        return { returned: stmt.value === null ? literal(null) : this.evaluate(stmt.value, env, stmt) };
      case 'if':
        return this.runIf(stmt, env);
      case 'for':
        return this.runFor(stmt, env);
      case 'while':
        return this.maybe(env, () => this.run(stmt.body, env), true);
      case 'with':
        return this.run(stmt.body, env);
      case 'try':
        return this.run([...stmt.body, ...stmt.orelse, ...stmt.final], env);
      case 'other':
        return stmt.keyword === 'break' || stmt.keyword === 'continue' ? stmt.keyword : 'next';
      case 'function': {
        const scope = env.source.scopeOf(stmt);
        env.vars.set(stmt.name, { kind: 'callable', name: stmt.name, scope, lambda: null, bound: [] });
        return 'next';
      }
      default:
        return 'next';
    }
  }

  private runIf(stmt: Stmt & { kind: 'if' }, env: Env): Flow {
    const truth = truthOf(this.evaluate(stmt.test, env, stmt));
    if (truth !== null) {
      return this.run(truth ? stmt.body : stmt.orelse, env);
    }
    const first = this.maybe(env, () => this.run(stmt.body, env));
    const second = this.maybe(env, () => this.run(stmt.orelse, env));
    const returns = [first, second].flatMap((flow) => (typeof flow === 'object' ? [flow.returned] : []));
    const [one, other] = returns;
    if (one === undefined) {
      return 'next';
    }
    return { returned: other === undefined ? one : preferred(one, other) };
  }

  /** Runs what may happen or not. */
  private maybe(env: Env, body: () => Flow, looped = false): Flow {
    const before = { uncertain: env.uncertain, looped: env.looped };
    env.uncertain = true;
    env.looped = env.looped || looped;
    const flow = body();
    env.uncertain = before.uncertain;
    env.looped = before.looped;
    return flow;
  }

  private runFor(stmt: ForStmt, env: Env): Flow {
    const iter = this.evaluate(stmt.iter, env, stmt);
    const items = iter.kind === 'list' && iter.certain >= iter.items.length ? iter.items : null;
    if (items === null || items.length > MAX_UNROLL || !buildsSomething(stmt)) {
      const first = iter.kind === 'list' ? iter.items[0]?.value : undefined;
      this.bind(stmt.target, first?.kind === 'module' ? first : UNKNOWN, env, stmt);
      const flow = this.maybe(env, () => this.run(stmt.body, env), true);
      return typeof flow === 'object' ? flow : 'next';
    }
    const before = env.looped;
    env.looped = true;
    let result: Flow = 'next';
    for (const item of items) {
      this.bind(stmt.target, item.value, env, stmt);
      const flow = this.run(stmt.body, env);
      if (flow === 'break' && !env.uncertain) {
        break;
      }
      if (typeof flow === 'object') {
        result = flow;
        break;
      }
    }
    env.looped = before;
    return result;
  }

  /** Binds a target. Attributes of the object under construction are registered when they hold modules. */
  bind(target: Expr, value: Value, env: Env, stmt: Stmt): void {
    switch (target.kind) {
      case 'name':
        env.vars.set(target.id, value);
        return;
      case 'attribute':
        if (env.self !== null && env.source.isSelf(target.object)) {
          this.register(env.self, target.attr, value, stmt, stmt, env);
        } else {
          const object = this.evaluate(target.object, env, stmt);
          if (object.kind === 'module' || object.kind === 'record') {
            this.register(object, target.attr, value, stmt, stmt, env);
          }
        }
        return;
      case 'tuple':
      case 'list':
        target.items.forEach((item, index) => {
          const known = value.kind === 'list' && value.certain >= value.items.length;
          const part = known ? value.items[index]?.value : undefined;
          this.bind(item, part ?? UNKNOWN, env, stmt);
        });
        return;
      case 'subscript': {
        const object = this.evaluate(target.object, env, stmt);
        const [index] = target.indices;
        const key = index === undefined ? UNKNOWN : this.evaluate(index, env, stmt);
        const text = key.kind === 'literal' ? String(key.value) : '*';
        if (object.kind === 'dict') {
          // What is registered under the key later on is shown where it is made.
          const node = stmt.kind === 'assign' ? (stmt.value ?? stmt) : stmt;
          object.entries.set(text, { value, node, stmt, source: env.source, looped: env.looped });
        } else if (object.kind === 'module') {
          this.register(object, text, value, stmt, stmt, env);
        }
        return;
      }
      default:
    }
  }

  /** Sets an attribute; a module becomes a child under that name. */
  register(
    owner: ModuleValue | RecordValue,
    key: string,
    value: Value,
    node: Expr | Stmt,
    stmt: Stmt,
    env: Env,
    source = env.source,
  ): void {
    owner.fields.set(key, value);
    if (value.kind !== 'module' || owner.kind === 'record') {
      return;
    }
    const at = owner.children.findIndex((child) => child.key === key && key !== '*');
    const child = { key, value, node, stmt, source, owner: env.owner, looped: env.looped };
    if (at === -1) {
      owner.children.push(child);
      return;
    }
    const before = owner.children[at]?.value;
    if (env.uncertain && before !== undefined && before.type !== value.type) {
      value.exact = false;
    }
    owner.children[at] = child;
  }

  private augment(target: Expr, op: string, value: Value, env: Env, stmt: Stmt): void {
    const old = this.evaluate(target, env, stmt);
    if (op === '+=' && old.kind === 'list' && value.kind === 'list') {
      appendAll(old, value, env.uncertain, env.looped);
      return;
    }
    if (op === '+=' && old.kind === 'module' && value.kind === 'list') {
      this.addChildren(old, value, env);
      return;
    }
    this.bind(target, env.uncertain ? UNKNOWN : binaryValue(op.slice(0, -1), old, value), env, stmt);
  }

  /**
   * Appends the items of a list to a container, keyed by position.
   * @param fresh the container is being made: what is made in a branch has its items for certain
   */
  addChildren(container: ModuleValue, list: ListValue, env: Env, fresh = false): void {
    const unsure = container.children.some((child) => child.key === '*') || (env.uncertain && !fresh);
    list.items.forEach((item, index) => {
      const certain = !unsure && index < list.certain;
      container.children.push({
        key: certain ? String(container.children.length) : '*',
        // Something unseen takes a place too.
        value: item.value.kind === 'module' ? item.value : this.opaque('', null, item.stmt, item.source),
        node: item.node,
        stmt: item.stmt,
        source: item.source,
        owner: env.owner,
        looped: item.looped || !certain,
      });
    });
  }

  /** A module nobody can see into. */
  opaque(type: string, call: CallExpr | null, stmt: Stmt, source: PythonSource): ModuleValue {
    return {
      kind: 'module',
      type,
      call,
      stmt,
      source,
      scope: null,
      values: [],
      children: [],
      fields: new Map(),
      through: [],
      exact: true,
      known: false,
    };
  }

  evaluate(expr: Expr, env: Env, stmt: Stmt): Value {
    this.steps++;
    if (this.exhausted) {
      return UNKNOWN;
    }
    switch (expr.kind) {
      case 'number':
        return literal(expr.value);
      case 'constant':
        return literal(expr.value);
      case 'string':
        return this.stringValue(expr, env, stmt);
      case 'name':
        return this.nameValue(expr, env);
      case 'attribute':
        return this.attributeValue(expr, env, stmt);
      case 'call':
        return callValue(this, expr, env, stmt);
      case 'list':
      case 'tuple':
      case 'set':
        return displayValue(this, expr.items, env, stmt);
      case 'dict':
        return dictValue(this, expr, env, stmt);
      case 'comprehension':
        return comprehensionValue(this, expr, env, stmt);
      case 'binary':
        if (expr.op === 'and' || expr.op === 'or') {
          const left = this.evaluate(expr.left, env, stmt);
          const truth = truthOf(left);
          if (truth === null) {
            return preferred(left, this.evaluate(expr.right, env, stmt));
          }
          return truth === (expr.op === 'or') ? left : this.evaluate(expr.right, env, stmt);
        }
        return binaryValue(
          expr.op,
          this.evaluate(expr.left, env, stmt),
          this.evaluate(expr.right, env, stmt),
        );
      case 'unary':
        return unaryValue(expr.op, this.evaluate(expr.operand, env, stmt));
      case 'compare':
        return compareValue(
          expr.ops,
          expr.operands.map((operand) => this.evaluate(operand, env, stmt)),
        );
      case 'conditional': {
        const truth = truthOf(this.evaluate(expr.test, env, stmt));
        if (truth !== null) {
          return this.evaluate(truth ? expr.whenTrue : expr.whenFalse, env, stmt);
        }
        return preferred(this.evaluate(expr.whenTrue, env, stmt), this.evaluate(expr.whenFalse, env, stmt));
      }
      case 'subscript': {
        const object = this.evaluate(expr.object, env, stmt);
        const [index] = expr.indices;
        if (object.kind === 'unknown' || index === undefined) {
          return this.staticNumber(expr, env);
        }
        const key = index.kind === 'slice' ? null : this.evaluate(index, env, stmt);
        const slice = index.kind === 'slice' ? this.sliceText(index, env, stmt) : null;
        return subscriptValue(object, key, slice);
      }
      case 'lambda':
        return { kind: 'callable', name: null, scope: null, lambda: { node: expr, env }, bound: [] };
      case 'walrus': {
        const value = this.evaluate(expr.value, env, stmt);
        this.bind(expr.target, value, env, stmt);
        return value;
      }
      default:
        return UNKNOWN;
    }
  }

  /** A slice with the values of its bounds in place of their expressions. */
  private sliceText(slice: OtherExpr, env: Env, stmt: Stmt): string {
    let text = '';
    let at = slice.start;
    for (const part of slice.parts) {
      const value = this.evaluate(part, env, stmt);
      text += env.source.source({ start: at, end: part.start });
      text += value.kind === 'literal' && typeof value.value === 'number' ? String(value.value) : '?';
      at = part.end;
    }
    return text + env.source.source({ start: at, end: slice.end });
  }

  /** What the text alone says about a number: constants, options, configuration fields. */
  private staticNumber(expr: Expr, env: Env): Value {
    const found = numberPlace(env.source, expr);
    return found === null ? UNKNOWN : literal(found.value);
  }

  private stringValue(expr: Expr & { kind: 'string' }, env: Env, stmt: Stmt): Value {
    if (expr.value !== null) {
      return literal(expr.value);
    }
    // `f"layer{i}"`: with every part known, the text; otherwise a pattern.
    let text = env.source
      .source(expr)
      .replace(/^[rbfuRBFU]*(['"]{3}|['"])/, '')
      .replace(/(['"]{3}|['"])$/, '');
    for (const part of expr.parts) {
      const value = this.evaluate(part, env, stmt);
      const shown = value.kind === 'literal' ? String(value.value) : '*';
      text = text.replace(/\{[^{}]*\}/, shown);
    }
    return literal(text);
  }

  private nameValue(expr: Expr & { kind: 'name' }, env: Env): Value {
    for (let at: Env | null = env; at !== null; at = at.parent) {
      const value = at.vars.get(expr.id);
      if (value !== undefined) {
        return value;
      }
    }
    if (env.self !== null && env.source.isSelf(expr)) {
      return env.self;
    }
    const bindings = env.source.bindings(expr);
    const [first] = bindings;
    if (bindings.length === 1 && first?.kind === 'assign' && first.value !== null && first.stmt !== null) {
      const isModuleLevel = env.source.functionAt(first.stmt.start) === null;
      return isModuleLevel
        ? this.evaluate(first.value, this.newEnv(env.source, null, null, null), first.stmt)
        : UNKNOWN;
    }
    return this.callableNamed(expr, env);
  }

  /** A class, function or framework name. */
  private callableNamed(expr: Expr, env: Env): Value {
    const name = env.source.nameOf(expr);
    if (name === null) {
      return UNKNOWN;
    }
    const scope = expr.kind === 'name' ? this.definedAs(expr, env) : null;
    return scope === null
      ? this.imported(name, env)
      : { kind: 'callable', name, scope, lambda: null, bound: [] };
  }

  /** What a name of another file stands for: a class, a function, a constant; a library's name otherwise. */
  private imported(name: string, env: Env): Value {
    const found = this.program?.definition(name, env.source) ?? null;
    const stmt = found?.value === null ? null : (found?.source.body[0] ?? null);
    if (found?.value != null && stmt !== null) {
      return this.evaluate(found.value, this.newEnv(found.source, null, null, null), stmt);
    }
    const scope = found?.scope ?? null;
    return { kind: 'callable', name: scope?.node?.name ?? name, scope, lambda: null, bound: [] };
  }

  private definedAs(expr: Expr, env: Env): Scope | null {
    const stmt = env.source.bindings(expr).at(-1)?.stmt;
    return stmt?.kind === 'class' || stmt?.kind === 'function' ? env.source.scopeOf(stmt) : null;
  }

  private attributeValue(expr: Expr & { kind: 'attribute' }, env: Env, stmt: Stmt): Value {
    const name = env.source.nameOf(expr);
    if (name !== null && expr.object.kind === 'name' && !this.isVariable(expr.object.id, env)) {
      const found = numberPlace(env.source, expr);
      const held =
        found === null && env.source.classNamed(expr.object.id) !== null
          ? this.evaluate(expr.object, env, stmt)
          : null;
      const constant =
        held?.kind === 'callable' && held.scope !== null ? this.classConstant(held.scope, expr.attr) : null;
      return found === null ? (constant ?? this.imported(name, env)) : literal(found.value);
    }
    const object = this.evaluate(expr.object, env, stmt);
    if (object.kind === 'module' || object.kind === 'record') {
      const field = object.fields.get(expr.attr);
      if (field !== undefined) {
        return field;
      }
    }
    const constant =
      'scope' in object && object.scope !== null ? this.classConstant(object.scope, expr.attr) : null;
    if (constant !== null) {
      return constant;
    }
    return name !== null && object.kind === 'callable'
      ? { kind: 'callable', name, scope: null, lambda: null, bound: [] }
      : this.staticNumber(expr, env);
  }

  /** `expansion = 4` in the body of a class or of one it extends. */
  private classConstant(owner: Scope, attr: string, depth = 0): Value | null {
    const bindings = owner.kind === 'class' ? (owner.bindings.get(attr) ?? []) : [];
    const [only] = bindings;
    if (only !== undefined) {
      const { stmt, value, kind } = only;
      return bindings.length === 1 && kind === 'assign' && value !== null && stmt !== null
        ? this.evaluate(value, this.newEnv(owner.source, null, null, null), stmt)
        : null;
    }
    for (const base of depth > MAX_CALLS ? [] : basesOf(owner, this.program)) {
      const found = this.classConstant(base, attr, depth + 1);
      if (found !== null) {
        return found;
      }
    }
    return null;
  }

  private isVariable(id: string, env: Env): boolean {
    for (let at: Env | null = env; at !== null; at = at.parent) {
      if (at.vars.has(id)) {
        return true;
      }
    }
    return false;
  }

  /** Adds `*value` to a list. */
  spread(list: ListValue, value: Value, node: Expr, env: Env, stmt: Stmt): void {
    if (value.kind === 'list') {
      appendAll(list, value, false);
    } else if (value.kind === 'module') {
      appendAll(list, listOf(value.children.map(itemOfChild)), false);
    } else {
      appendItem(list, { value: UNKNOWN, node, stmt, source: env.source, looped: env.looped }, true);
    }
  }
}
