import { argumentFor, numberPlace } from '../literals';
import type { Scope } from '../scopes';
import type { PythonSource } from '../source';
import type { CallExpr, Expr, ForStmt, Stmt } from '../syntax/ast';
import { expressionsOf, ownStatements } from '../syntax/walk';
import { callValue } from './calls';
import { binaryValue, compareValue, subscriptValue, unaryValue } from './operators';
import {
  appendAll,
  appendItem,
  type CallableValue,
  type DictValue,
  type Env,
  type ListItem,
  type ListValue,
  listOf,
  literal,
  type ModuleValue,
  truthOf,
  UNKNOWN,
  type Value,
} from './value';

/** Steps one file may take: far above any real constructor, low enough to stay unnoticed. */
const MAX_STEPS = 60_000;
/** Nested constructors and helpers. */
const MAX_CALLS = 12;
/** Longer loops build no architecture; they are run once, as a pattern. */
const MAX_UNROLL = 256;

type Flow = 'next' | 'break' | 'continue' | { readonly returned: Value };

/**
 * Runs constructors and the helpers they call, on values known from the text: what a person does who reads `__init__`
 * to find out which layers there are. Loops of known length are unrolled, branches with an unknown test are both
 * taken and make things uncertain.
 */
export class Interpreter {
  private steps = 0;
  private depth = 0;

  constructor(readonly source: PythonSource) {}

  /** True when the budget is used up: what is built from here on is left out. */
  get exhausted(): boolean {
    return this.steps > MAX_STEPS;
  }

  newEnv(parent: Env | null, self: ModuleValue | null, owner: Scope | null): Env {
    return {
      vars: new Map(),
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
        const scope = this.source.scopeOf(stmt);
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
        if (env.self !== null && this.source.isSelf(target.object)) {
          this.register(env.self, target.attr, value, stmt, stmt, env);
        } else {
          const object = this.evaluate(target.object, env, stmt);
          if (object.kind === 'module') {
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
          object.entries.set(text, { value, node: stmt, stmt, looped: env.looped });
        } else if (object.kind === 'module') {
          this.register(object, text, value, stmt, stmt, env);
        }
        return;
      }
      default:
    }
  }

  /** Sets an attribute; a module becomes a child under that name. */
  register(owner: ModuleValue, key: string, value: Value, node: Expr | Stmt, stmt: Stmt, env: Env): void {
    owner.fields.set(key, value);
    if (value.kind !== 'module') {
      return;
    }
    const at = owner.children.findIndex((child) => child.key === key && key !== '*');
    const child = { key, value, node, stmt, owner: env.owner, looped: env.looped };
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

  /** Appends the items of a list to a container, keyed by position. */
  addChildren(container: ModuleValue, list: ListValue, env: Env): void {
    const unsure = container.children.some((child) => child.key === '*') || env.uncertain;
    list.items.forEach((item, index) => {
      if (item.value.kind === 'module') {
        const certain = !unsure && index < list.certain;
        const key = certain ? String(container.children.length) : '*';
        const { value, node, stmt, looped } = item;
        container.children.push({ key, value, node, stmt, owner: env.owner, looped: looped || !certain });
      } else {
        // Something unseen takes a place: later positions are unknown.
        container.children.push({
          key: unsure ? '*' : String(container.children.length),
          value: this.opaque('', null, item.stmt),
          node: item.node,
          stmt: item.stmt,
          owner: env.owner,
          looped: item.looped,
        });
      }
    });
  }

  /** A module nobody can see into. */
  opaque(type: string, call: CallExpr | null, stmt: Stmt): ModuleValue {
    return {
      kind: 'module',
      type,
      call,
      stmt,
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
        return this.nameValue(expr, env, stmt);
      case 'attribute':
        return this.attributeValue(expr, env, stmt);
      case 'call':
        return callValue(this, expr, env, stmt);
      case 'list':
      case 'tuple':
      case 'set':
        return this.displayValue(expr.items, env, stmt);
      case 'dict':
        return this.dictValue(expr, env, stmt);
      case 'comprehension':
        return this.comprehensionValue(expr, env, stmt);
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
          return this.staticNumber(expr);
        }
        const key = index.kind === 'slice' ? null : this.evaluate(index, env, stmt);
        const slice = index.kind === 'slice' ? this.source.source(index) : null;
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

  /** What the text alone says about a number: constants, options, configuration fields. */
  private staticNumber(expr: Expr): Value {
    const found = numberPlace(this.source, expr);
    return found === null ? UNKNOWN : literal(found.value);
  }

  private stringValue(expr: Expr & { kind: 'string' }, env: Env, stmt: Stmt): Value {
    if (expr.value !== null) {
      return literal(expr.value);
    }
    // `f"layer{i}"`: with every part known, the text; otherwise a pattern.
    let text = this.source
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

  private nameValue(expr: Expr & { kind: 'name' }, env: Env, stmt: Stmt): Value {
    for (let at: Env | null = env; at !== null; at = at.parent) {
      const value = at.vars.get(expr.id);
      if (value !== undefined) {
        return value;
      }
    }
    if (env.self !== null && this.source.isSelf(expr)) {
      return env.self;
    }
    const bindings = this.source.bindings(expr);
    const [first] = bindings;
    if (bindings.length === 1 && first?.kind === 'assign' && first.value !== null && first.stmt !== null) {
      const isModuleLevel = this.source.functionAt(first.stmt.start) === null;
      return isModuleLevel ? this.evaluate(first.value, this.newEnv(null, null, null), stmt) : UNKNOWN;
    }
    return this.callableNamed(expr);
  }

  /** A class, function or framework name. */
  private callableNamed(expr: Expr): Value {
    const name = this.source.nameOf(expr);
    if (name === null) {
      return UNKNOWN;
    }
    const scope = expr.kind === 'name' ? this.definedAs(expr) : null;
    return { kind: 'callable', name, scope, lambda: null, bound: [] };
  }

  private definedAs(expr: Expr): Scope | null {
    const stmt = this.source.bindings(expr).at(-1)?.stmt;
    return stmt?.kind === 'class' || stmt?.kind === 'function' ? this.source.scopeOf(stmt) : null;
  }

  private attributeValue(expr: Expr & { kind: 'attribute' }, env: Env, stmt: Stmt): Value {
    const name = this.source.nameOf(expr);
    if (name !== null && expr.object.kind === 'name' && !this.isVariable(expr.object.id, env)) {
      const found = numberPlace(this.source, expr);
      return found === null
        ? { kind: 'callable', name, scope: null, lambda: null, bound: [] }
        : literal(found.value);
    }
    const object = this.evaluate(expr.object, env, stmt);
    if (object.kind === 'module') {
      const field = object.fields.get(expr.attr);
      if (field !== undefined) {
        return field;
      }
    }
    return name !== null && object.kind === 'callable'
      ? { kind: 'callable', name, scope: null, lambda: null, bound: [] }
      : this.staticNumber(expr);
  }

  private isVariable(id: string, env: Env): boolean {
    for (let at: Env | null = env; at !== null; at = at.parent) {
      if (at.vars.has(id)) {
        return true;
      }
    }
    return false;
  }

  private displayValue(items: readonly Expr[], env: Env, stmt: Stmt): ListValue {
    const list = listOf([]);
    for (const item of items) {
      if (item.kind === 'starred') {
        const [inner] = item.parts;
        const value = inner === undefined ? UNKNOWN : this.evaluate(inner, env, stmt);
        this.spread(list, value, item, env, stmt);
      } else {
        const value = this.evaluate(item, env, stmt);
        appendItem(
          list,
          { value, node: item, stmt: value.kind === 'module' ? value.stmt : stmt, looped: false },
          false,
        );
      }
    }
    return list;
  }

  /** Adds `*value` to a list. */
  spread(list: ListValue, value: Value, node: Expr, env: Env, stmt: Stmt): void {
    if (value.kind === 'list') {
      appendAll(list, value, false);
    } else if (value.kind === 'module') {
      appendAll(
        list,
        listOf(value.children.map(({ value: inner, ...rest }) => ({ value: inner, ...rest }))),
        false,
      );
    } else {
      appendItem(list, { value: UNKNOWN, node, stmt, looped: env.looped }, true);
    }
  }

  private dictValue(expr: Expr & { kind: 'dict' }, env: Env, stmt: Stmt): DictValue {
    const entries = new Map<string, ListItem>();
    for (const entry of expr.entries) {
      const value = this.evaluate(entry.value, env, stmt);
      if (entry.key === null) {
        for (const [key, item] of value.kind === 'dict' ? value.entries : []) {
          entries.set(key, item);
        }
        continue;
      }
      const key = this.evaluate(entry.key, env, stmt);
      const text = key.kind === 'literal' ? String(key.value) : '*';
      entries.set(text, { value, node: entry.value, stmt, looped: env.looped });
    }
    return { kind: 'dict', entries };
  }

  private comprehensionValue(expr: Expr & { kind: 'comprehension' }, env: Env, stmt: Stmt): Value {
    const inner = this.newEnv(env, env.self, env.owner);
    inner.looped = true;
    const list = listOf([]);
    const entries = new Map<string, ListItem>();
    const emit = (uncertain: boolean): void => {
      const value = this.evaluate(expr.element, inner, stmt);
      const item = { value, node: expr.element, stmt, looped: true };
      if (expr.form === 'dict') {
        const key = expr.key === null ? UNKNOWN : this.evaluate(expr.key, inner, stmt);
        entries.set(key.kind === 'literal' ? String(key.value) : '*', item);
      } else {
        appendItem(list, item, uncertain);
      }
    };
    const descend = (index: number, uncertain: boolean): void => {
      const generator = expr.generators[index];
      if (generator === undefined) {
        emit(uncertain);
        return;
      }
      const iter = this.evaluate(generator.iter, inner, stmt);
      const known =
        iter.kind === 'list' && iter.certain >= iter.items.length && iter.items.length <= MAX_UNROLL;
      const values = known ? iter.items.map((item) => item.value) : [UNKNOWN];
      for (const value of values) {
        this.bind(generator.target, value, inner, stmt);
        const tests = generator.conditions.map((test) => truthOf(this.evaluate(test, inner, stmt)));
        if (!tests.includes(false)) {
          descend(index + 1, uncertain || !known || tests.includes(null));
        }
      }
    };
    descend(0, env.uncertain);
    return expr.form === 'dict' ? { kind: 'dict', entries } : list;
  }

  /** Binds a function's parameters to the values of a call. */
  bindParameters(scope: Scope, call: { name: string | null; value: Value }[], env: Env, skip: number): void {
    if (scope.node?.kind !== 'function') {
      return;
    }
    const named = new Map(call.filter((arg) => arg.name !== null).map((arg) => [arg.name, arg.value]));
    const positional = call.filter((arg) => arg.name === null).map((arg) => arg.value);
    let at = 0;
    const dummy = scope.node;
    for (const param of scope.node.params.slice(skip)) {
      if (param.star === 1) {
        const rest = positional
          .slice(at)
          .map((value) => ({ value, node: dummy, stmt: dummy, looped: false }));
        env.vars.set(param.name, listOf(rest));
        at = positional.length;
        continue;
      }
      if (param.star === 2) {
        env.vars.set(param.name, { kind: 'dict', entries: new Map() });
        continue;
      }
      const given = named.get(param.name) ?? positional[at];
      if (!named.has(param.name)) {
        at++;
      }
      const fallback =
        param.default === null ? UNKNOWN : this.evaluate(param.default, this.newEnv(null, null, null), dummy);
      env.vars.set(param.name, given ?? fallback);
    }
  }

  /** Binds a function's parameters to what all calls in the file agree on. */
  bindKnownParameters(scope: Scope, env: Env, skip: number): void {
    if (scope.node?.kind !== 'function') {
      return;
    }
    for (const param of scope.node.params.slice(skip)) {
      const given = argumentFor(this.source, scope, param.name);
      const fresh = this.newEnv(null, null, null);
      env.vars.set(param.name, given === null ? UNKNOWN : this.evaluate(given, fresh, scope.node));
    }
  }
}

/** Of two possible values the one that is a module, and then not for certain. */
export function preferred(first: Value, second: Value): Value {
  const isPlain = (value: Value): boolean => value.kind === 'literal' && value.value === null;
  const isIdentity = (value: Value): boolean => value.kind === 'module' && value.type === 'torch.nn.Identity';
  if (first.kind === 'module' && second.kind === 'module') {
    if (isIdentity(first)) {
      return second;
    }
    if (!isIdentity(second) && second.type !== first.type) {
      first.exact = false;
    }
    return first;
  }
  if (second.kind === 'module' || isPlain(first)) {
    return second;
  }
  return first.kind === 'module' || isPlain(second) ? first : UNKNOWN;
}

function isConditional(stmt: Stmt): boolean {
  return stmt.kind === 'if' || stmt.kind === 'for' || stmt.kind === 'while';
}

/** Does a loop build layers, as against train? */
function buildsSomething(loop: ForStmt): boolean {
  let builds = false;
  for (const stmt of ownStatements(loop.body)) {
    builds ||=
      stmt.kind === 'augmented' ||
      (stmt.kind === 'assign' && stmt.targets.some((target) => target.kind !== 'name'));
    for (const expr of expressionsOf(stmt)) {
      if (expr.kind !== 'call') {
        continue;
      }
      const word =
        expr.func.kind === 'attribute' ? expr.func.attr : expr.func.kind === 'name' ? expr.func.id : '';
      if (word === 'backward' || word === 'step' || word === 'no_grad') {
        return false;
      }
      builds ||= /^(?:append|extend|insert|add_module|register_module|setattr|add)$/.test(word);
    }
  }
  return builds;
}

export type { CallableValue };
