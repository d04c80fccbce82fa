import type { Program } from '../program';
import type { Scope } from '../scopes';
import type { PythonSource } from '../source';
import type { CallExpr, Expr, ForStmt, Stmt } from '../syntax/ast';
import { buildsSomething, isConditional, preferred } from './choice';
import { expressionValue } from './expressions';
import { binaryValue } from './operators';
import {
  appendAll,
  appendItem,
  type BuildPlan,
  type Env,
  itemOfChild,
  type ListValue,
  listOf,
  literal,
  MadeModule,
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

  /** A task put off: it runs as deep in calls as it would have run now. */
  later(task: () => void): Pick<BuildPlan, 'depth' | 'build'> {
    const { depth } = this;
    const build = (): void => {
      const before = this.depth;
      this.depth = depth;
      try {
        task();
      } finally {
        this.depth = before;
      }
    };
    return { depth, build };
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
    env.source.work.spend(1);
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
    // Children that are no fields have numbers for keys: a name seen first needs no search.
    const mayBeThere = owner.fields.has(key) || /^\d/.test(key);
    owner.fields.set(key, value);
    if (value.kind !== 'module' || owner.kind === 'record') {
      return;
    }
    const at = mayBeThere ? owner.children.findIndex((child) => child.key === key && key !== '*') : -1;
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
  opaque(
    type: string,
    call: CallExpr | null,
    stmt: Stmt,
    source: PythonSource,
    scope: Scope | null = null,
  ): ModuleValue {
    return new MadeModule(type, call, stmt, source, scope, [], false);
  }

  evaluate(expr: Expr, env: Env, stmt: Stmt): Value {
    this.steps++;
    env.source.work.spend(1);
    if (this.exhausted) {
      return UNKNOWN;
    }
    return expressionValue(this, expr, env, stmt);
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
