import { argumentOf, argumentsFor } from './definitions';
import type { PythonFacts } from './facts';
import { addTo } from './multimap';
import { calleeClass, instanceCalls } from './objects';
import type { Binding, Scope } from './scopes';
import type { CallExpr, Expr, Stmt } from './syntax/ast';
import { expressionsIn, statementsIn } from './syntax/walk';

/** Names, calls and operations are followed this far back from a product to where its matrix is made. */
const MAX_HOPS = 24;
/** A matrix of more parts than this is nobody's adjacency. */
const MAX_STEPS = 300;
/** Methods and functions that keep entries of zero and one what they are, or turn numbers that are no more than one of them. */
const KEEPS =
  /^(?:view|reshape|squeeze|unsqueeze|permute|transpose|contiguous|float|double|half|int|long|bool|to|cpu|cuda|clone|type|type_as|expand|repeat|astype|detach|t|triu|tril|tensor|as_tensor|from_numpy|array|asarray|FloatTensor|logical_or|logical_and|maximum)$/;
/** Methods that change a tensor in place and leave its entries zero or one. */
const KEEPS_IN_PLACE = /^(?:fill_diagonal_|requires_grad_|triu_|tril_|zero_|t_)$/;
/** Libraries whose functions are meant. */
const LIBRARY = /^(?:torch|numpy|jax\.numpy)\./;

/**
 * What an expression holds: `edges`, zeros and ones (or small sums of them) that code draws or compares to; `diagonal`, an
 * identity or zeros; `pending`, a variable made of itself. Null for all else: something divides it, or it cannot be seen.
 */
type Held = 'edges' | 'diagonal' | 'pending' | null;

/**
 * Is a matrix an adjacency that nothing normalises: made of comparisons, draws of zero and one, or ones written at the
 * edges, and only cut, cast, turned, added to its transpose or an identity since? False where one step is unclear.
 */
export function isPlainAdjacency(facts: PythonFacts, expr: Expr): boolean {
  return new Trace(facts).held(expr, [], 0) === 'edges';
}

class Trace {
  private readonly open = new Set<string>();
  private steps = 0;

  constructor(private readonly facts: PythonFacts) {}

  held(expr: Expr, path: readonly number[], hops: number): Held {
    this.facts.source.work.spend(1);
    if (hops > MAX_HOPS || ++this.steps > MAX_STEPS) {
      return null;
    }
    switch (expr.kind) {
      case 'name':
        return this.ofVariable(expr, path, hops);
      case 'attribute':
        return /^(?:T|mT)$/.test(expr.attr)
          ? this.held(expr.object, path, hops + 1)
          : this.ofVariable(expr, path, hops);
      case 'subscript':
        return path.length > 0 || expr.indices.some(({ kind }) => kind === 'string')
          ? null
          : this.held(expr.object, path, hops + 1);
      case 'tuple':
      case 'list':
        return this.ofItems(expr.items, expr, path, hops);
      case 'compare':
        return path.length === 0 && expr.ops.every((op) => /^(?:[<>]=?|[=!]=)$/.test(op)) ? 'edges' : null;
      case 'binary':
        return path.length > 0 ? null : this.ofBinary(expr.op, expr.left, expr.right, hops);
      case 'call':
        return this.ofCall(expr, path, hops);
      default:
        return null;
    }
  }

  private ofItems(items: readonly Expr[], expr: Expr, path: readonly number[], hops: number): Held {
    const [first, ...rest] = path;
    if (first !== undefined) {
      const item = items[first];
      return item === undefined ? null : this.held(item, rest, hops + 1);
    }
    // `[[0, 1], [1, 0]]`
    const isTable = items.length > 1 && items.every((row) => row.kind === 'list');
    const entries = expressionsIn(expr).filter(({ kind }) => kind !== 'list');
    return isTable && entries.every(isBit) ? 'edges' : null;
  }

  private ofBinary(op: string, left: Expr, right: Expr, hops: number): Held {
    if (op === '-') {
      // Edges without loops, `a - torch.eye(n)`, or the mask that takes them away, `1 - torch.eye(n)`.
      const taken = this.held(right, [], hops + 1);
      return taken !== 'diagonal' ? null : isBit(left) ? 'diagonal' : this.held(left, [], hops + 1);
    }
    return /^[+*&|]$/.test(op)
      ? together([this.held(left, [], hops + 1), this.held(right, [], hops + 1)])
      : null;
  }

  private ofCall(call: CallExpr, path: readonly number[], hops: number): Held {
    const { facts } = this;
    const helper = facts.source.helperOf(call) ?? this.methodOf(call);
    if (helper?.node?.kind === 'function') {
      const body = statementsIn(
        helper.node.body,
        (stmt) => stmt.kind !== 'function' && stmt.kind !== 'class',
      );
      const returns = body.flatMap((stmt) =>
        stmt.kind === 'return' && stmt.value !== null ? [stmt.value] : [],
      );
      return together(returns.map((value) => this.held(value, path, hops + 1)));
    }
    if (path.length > 0) {
      return null;
    }
    const name = facts.nameOf(call.func) ?? '';
    const [first, second, third] = call.args.filter((arg) => arg.name === null).map(({ value }) => value);
    const word = name.slice(name.lastIndexOf('.') + 1);
    if (LIBRARY.test(name)) {
      switch (word) {
        case 'bernoulli':
          return 'edges';
        case 'eye':
        case 'identity':
        case 'zeros':
        case 'zeros_like':
          return 'diagonal';
        case 'randint':
          return isNumber(first, 0) && isNumber(second, 2) ? 'edges' : null;
        case 'where':
          return second !== undefined && third !== undefined && isBit(second) && isBit(third)
            ? 'edges'
            : null;
        case 'logical_or':
        case 'logical_and':
        case 'maximum':
          return together(
            [first, second].map((one) => (one === undefined ? null : this.held(one, [], hops + 1))),
          );
        default:
          return KEEPS.test(word) && first !== undefined ? this.held(first, [], hops + 1) : null;
      }
    }
    const { func } = call;
    if (func.kind !== 'attribute') {
      return null;
    }
    return KEEPS.test(func.attr) && !/^logical|^maximum/.test(func.attr)
      ? this.held(func.object, [], hops + 1)
      : null;
  }

  /** `source.draw(8)` of an object of a class of this file. */
  private methodOf({ func }: CallExpr): Scope | null {
    if (func.kind !== 'attribute') {
      return null;
    }
    const owner = calleeClass(this.facts, func.object);
    return owner === null ? null : this.facts.source.methodOf(owner, func.attr);
  }

  private ofVariable(expr: Expr, path: readonly number[], hops: number): Held {
    const { source } = this.facts;
    const bindings = [...source.bindings(expr), ...this.buffers(expr)];
    const scope = source.scopeAt(expr.start);
    const owner = bindings[0]?.stmt?.start ?? scope.start;
    const key = `${owner}:${source.source(expr)}:${path.join('.')}`;
    if (this.open.has(key)) {
      return 'pending';
    }
    this.open.add(key);
    const values = bindings.map((binding) => this.ofBinding(expr, binding, path, hops));
    this.open.delete(key);
    const written = this.writes(expr);
    return written === null ? null : together(written ? [...values, 'edges'] : values);
  }

  private ofBinding(expr: Expr, binding: Binding, path: readonly number[], hops: number): Held {
    const { kind, value, index, stmt } = binding;
    switch (kind) {
      case 'parameter':
        return expr.kind === 'name' ? this.ofParameter(expr.id, expr, path, hops) : null;
      case 'assign':
        return value === null ? null : this.held(value, path, hops + 1);
      case 'unpack':
        return value === null ? null : this.held(value, [index, ...path], hops + 1);
      case 'augmented':
        return stmt?.kind === 'augmented' && /^[+*&|]=$/.test(stmt.op)
          ? this.held(stmt.value, [], hops + 1)
          : null;
      default:
        return null;
    }
  }

  /** What every call of a function, or of the objects of a class, hands to it. */
  private ofParameter(id: string, expr: Expr, path: readonly number[], hops: number): Held {
    const { source } = this.facts;
    const scope = source.functionAt(expr.start);
    if (scope?.node?.kind !== 'function' || !scope.node.params.some(({ name }) => name === id)) {
      return null;
    }
    const owner = scope.parent?.kind === 'class' ? scope.parent : null;
    const position = scope.node.params.findIndex(({ name }) => name === id) - (owner === null ? 0 : 1);
    const given =
      owner !== null && /^(?:forward|__call__)$/.test(scope.node.name)
        ? instanceCalls(this.facts, owner).map((call) => argumentOf(call, id, position))
        : argumentsFor(source, scope, id);
    return together((given ?? []).map((one) => (one === null ? null : this.held(one, path, hops + 1))));
  }

  /** `self.register_buffer("adj", adj)` gives `self.adj` its value. */
  private buffers(expr: Expr): readonly Binding[] {
    const { source } = this.facts;
    if (expr.kind !== 'attribute' || !source.isSelf(expr.object)) {
      return [];
    }
    const owner = source.classAt(expr.start);
    return source.callsNamed('register_buffer').flatMap(({ call, stmt }) => {
      const [name, value] = call.args.map((arg) => arg.value);
      const isIt = name?.kind === 'string' && name.value === expr.attr && value !== undefined;
      return isIt && source.classAt(call.start) === owner
        ? [{ kind: 'assign', value, stmt, origin: null, index: -1 } satisfies Binding]
        : [];
    });
  }

  /**
   * What the file writes into a variable's entries: true for ones and zeros at some of them, false for nothing, null for
   * anything else, in place of the whole too (`adj[i] /= degree[i]`, `adj.div_(degree)`).
   */
  private writes(expr: Expr): boolean | null {
    const { source } = this.facts;
    const found = writesOf(this.facts).get(source.source(expr)) ?? [];
    return found.some(({ one }) => one === null)
      ? null
      : found.some(({ one, scope }) => one === true && scope === source.functionAt(expr.start));
  }
}

/** A write into a variable's entries: of ones, of zeros, or (null) of anything else. */
interface Write {
  readonly one: boolean | null;
  /** Function it is in. */
  readonly scope: Scope | null;
}

const writesOfFile = new WeakMap<PythonFacts, ReadonlyMap<string, readonly Write[]>>();

/** What a file writes into entries, by the text of the variable. */
function writesOf(facts: PythonFacts): ReadonlyMap<string, readonly Write[]> {
  const known = writesOfFile.get(facts);
  if (known !== undefined) {
    return known;
  }
  const { source } = facts;
  const found = new Map<string, Write[]>();
  const add = (object: Expr, stmt: Stmt, one: boolean | null) =>
    addTo(found, source.source(object), { one, scope: source.functionAt(stmt.start) });
  for (const stmt of source.statements()) {
    if (stmt.kind === 'assign' || stmt.kind === 'augmented') {
      const value = stmt.kind === 'assign' ? stmt.value : null;
      for (const target of stmt.kind === 'assign' ? stmt.targets : [stmt.target]) {
        if (target.kind === 'subscript') {
          add(target.object, stmt, value !== null && isBit(value) ? isNumber(value, 1) : null);
        }
      }
    } else if (stmt.kind === 'expr' && stmt.value.kind === 'call') {
      const { func } = stmt.value;
      if (func.kind === 'attribute' && /[^_]_$/.test(func.attr) && !KEEPS_IN_PLACE.test(func.attr)) {
        add(func.object, stmt, null);
      }
    }
  }
  writesOfFile.set(facts, found);
  return found;
}

/** What several parts are together: edges where one is, nothing where one is unclear. */
function together(parts: readonly Held[]): Held {
  return parts.length === 0 || parts.includes(null)
    ? null
    : parts.includes('edges')
      ? 'edges'
      : parts.includes('diagonal')
        ? 'diagonal'
        : 'pending';
}

function isNumber(expr: Expr | undefined, value: number): boolean {
  return expr?.kind === 'number' && expr.value === value;
}

/** 0, 1, True or False. */
function isBit(expr: Expr): boolean {
  return isNumber(expr, 0) || isNumber(expr, 1) || (expr.kind === 'constant' && expr.value !== null);
}
