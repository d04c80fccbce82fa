import type { PythonFacts } from './facts';
import { addTo } from './multimap';
import { calleeClass } from './objects';
import { handedOn, type Origin, type Path, placesOf, Walk } from './origins';
import type { Binding, Scope } from './scopes';
import type { CallExpr, Expr, SequenceExpr, Stmt } from './syntax/ast';
import { expressionsIn, returnedIn } from './syntax/walk';

/** Methods and functions that keep entries of zero and one what they are, or turn numbers that are no more than one of them. */
const KEEPS =
  /^(?:view|reshape|squeeze|unsqueeze|permute|transpose|contiguous|float|double|half|int|long|bool|to|cpu|cuda|clone|type|type_as|expand|repeat|astype|detach|t|triu|tril|tensor|as_tensor|from_numpy|array|asarray|FloatTensor)$/;
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
  return new EdgeWalk(facts).of(expr) === 'edges';
}

class EdgeWalk extends Walk<Held> {
  constructor(facts: PythonFacts) {
    super(facts, null, 'pending');
  }

  protected judge(expr: Expr, path: Path): Held {
    if (expr.kind === 'name' || (expr.kind === 'attribute' && !/^m?T$/.test(expr.attr))) {
      return this.ofVariable(expr, path);
    }
    const origins = handedOn(this.facts, expr, path) ?? this.ofMethod(expr, path);
    if (origins !== null) {
      return together(this.ofAll(origins));
    }
    if (expr.kind === 'attribute') {
      return this.of(expr.object, path);
    }
    if (path.length > 0) {
      return null;
    }
    switch (expr.kind) {
      case 'subscript':
        return expr.indices.some(({ kind }) => kind === 'string') ? null : this.of(expr.object);
      case 'tuple':
      case 'list':
        return isTable(expr) ? 'edges' : null;
      case 'compare':
        return expr.ops.every((op) => /^(?:[<>]=?|[=!]=)$/.test(op)) ? 'edges' : null;
      case 'binary':
        return this.ofBinary(expr.op, expr.left, expr.right);
      case 'call':
        return this.ofCall(expr);
      default:
        return null;
    }
  }

  /** `source.draw(8)` of an object of a class of this file. */
  private ofMethod(expr: Expr, path: Path): readonly Origin[] | null {
    const { facts } = this;
    const func = expr.kind === 'call' && expr.func.kind === 'attribute' ? expr.func : null;
    const owner = func === null ? null : calleeClass(facts, func.object);
    const method = func === null || owner === null ? null : facts.source.methodOf(owner, func.attr);
    return method === null ? null : returnedIn(method.body).map((value) => ({ expr: value, path }));
  }

  private ofBinary(op: string, left: Expr, right: Expr): Held {
    if (op === '-') {
      // Edges without loops, `a - torch.eye(n)`, or the mask that takes them away, `1 - torch.eye(n)`.
      return this.of(right) !== 'diagonal' ? null : isBit(left) ? 'diagonal' : this.of(left);
    }
    return /^[+*&|]$/.test(op) ? together([this.of(left), this.of(right)]) : null;
  }

  private ofCall({ func, args }: CallExpr): Held {
    const name = this.facts.nameOf(func) ?? '';
    const [first, second, third] = args.filter((arg) => arg.name === null).map(({ value }) => value);
    if (!LIBRARY.test(name)) {
      return func.kind === 'attribute' && KEEPS.test(func.attr) ? this.of(func.object) : null;
    }
    const word = name.slice(name.lastIndexOf('.') + 1);
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
        return second !== undefined && third !== undefined && isBit(second) && isBit(third) ? 'edges' : null;
      case 'logical_or':
      case 'logical_and':
      case 'maximum':
        return together([this.of(first), this.of(second)]);
      default:
        return KEEPS.test(word) ? this.of(first) : null;
    }
  }

  private ofVariable(expr: Expr, path: Path): Held {
    const bound = this.facts.source.bindings(expr);
    const places = placesOf(this.facts, expr, path, [...bound, ...this.buffers(expr)]);
    return this.once(bound, path, () => {
      const values = places.flatMap(({ by, stmt, from }) =>
        by === 'augmented' && !(stmt?.kind === 'augmented' && /^[+*&|]=$/.test(stmt.op))
          ? [null]
          : this.ofAll(from),
      );
      const written = this.writes(expr);
      return written === null ? null : together(written ? [...values, 'edges'] : values);
    });
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
        ? [{ kind: 'assign', value, stmt, origin: null, path: [] } satisfies Binding]
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

/** `[[0, 1], [1, 0]]` */
function isTable(expr: SequenceExpr): boolean {
  const entries = expressionsIn(expr).filter(({ kind }) => kind !== 'list');
  return expr.items.length > 1 && expr.items.every((row) => row.kind === 'list') && entries.every(isBit);
}

function isNumber(expr: Expr | undefined, value: number): boolean {
  return expr?.kind === 'number' && expr.value === value;
}

/** 0, 1, True or False. */
function isBit(expr: Expr): boolean {
  return isNumber(expr, 0) || isNumber(expr, 1) || (expr.kind === 'constant' && expr.value !== null);
}
