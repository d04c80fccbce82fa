import { argumentFor, argumentOf, argumentsFor } from './definitions';
import type { PythonFacts } from './facts';
import { instanceCalls } from './objects';
import type { Binding, Scope } from './scopes';
import type { CallExpr, Expr, Stmt } from './syntax/ast';
import { returnedIn } from './syntax/walk';

/** From a use back to where its value is made: names, operations and calls that lie between, at most. */
const MAX_HOPS = 40;
/** Names and calls looked at for one question; a name used twice in each of a row of lines would double them at each. */
const MAX_STEPS = 300;

/** A part of a value: an element of a tuple by its place, or what a loop over it gives in each round. */
export type Part = number | 'each';

/** The parts wanted of a value, outermost first: `[1, 0]` is the first of the second; empty for the value itself. */
export type Path = readonly Part[];

/** What a value comes from: an expression, or a part of what it stands for. */
export interface Origin {
  readonly expr: Expr;
  readonly path: Path;
}

/** One of the places that give a variable its value. */
export interface Place {
  readonly by: Binding['kind'];
  /** Null for a parameter. */
  readonly stmt: Stmt | null;
  /** The value it gives; those of all calls for a parameter. Empty where that cannot be seen. */
  readonly from: readonly Origin[];
}

/**
 * A question about values (how many dimensions has it, how large is it, where is it made) that is answered by following
 * them from their use back to where they are made. An asker says in `judge` what it knows of each expression, and asks
 * `of` for what that is made of; the steps through variables, tuples and calls are {@link placesOf} and {@link handedOn}.
 */
export abstract class Walk<T> {
  private readonly way: { readonly at: object; readonly path: Path }[] = [];
  private steps = 0;

  /**
   * @param unclear the answer where the code does not tell
   * @param circular the answer for a value that is made of itself
   */
  constructor(
    protected readonly facts: PythonFacts,
    private readonly unclear: T,
    private readonly circular: T,
  ) {}

  protected abstract judge(expr: Expr, path: Path): T;

  /** What there is to say of a part of what an expression stands for. */
  of(expr: Expr | undefined, path: Path = []): T {
    return expr === undefined || this.way.length > MAX_HOPS || this.isTired(expr)
      ? this.unclear
      : this.once(expr, path, () => this.judge(expr, path));
  }

  /**
   * An answer, unless the way to it leads through itself. Who looks at all places that bind a variable gives their list, so
   * that a variable which many lines make of itself is gone through once.
   */
  protected once(at: object, path: Path, answer: () => T): T {
    if (this.way.some((one) => one.at === at && isSamePath(one.path, path))) {
      return this.circular;
    }
    this.way.push({ at, path });
    const found = answer();
    this.way.pop();
    return found;
  }

  /** Of each origin; a single unclear answer where there is none. */
  ofAll(origins: readonly Origin[]): readonly T[] {
    return origins.length === 0 ? [this.unclear] : origins.map(({ expr, path }) => this.of(expr, path));
  }

  private isTired({ kind }: Expr): boolean {
    if (kind !== 'name' && kind !== 'attribute' && kind !== 'call') {
      return false;
    }
    this.facts.source.work.spend(1);
    return ++this.steps > MAX_STEPS;
  }
}

function isSamePath(one: Path, other: Path): boolean {
  return one.length === other.length && one.every((part, at) => part === other[at]);
}

const HANDS_ON: ReadonlySet<Binding['kind']> = new Set(['assign', 'unpack', 'loop', 'augmented']);

/** Every place that gives a name or an attribute its value; `bindings` where these are not those that Python finds. */
export function placesOf(
  facts: PythonFacts,
  variable: Expr,
  path: Path,
  bindings: readonly Binding[] = facts.source.bindings(variable),
): readonly Place[] {
  return bindings.map(({ kind, value, path: inTarget, stmt }) => {
    const part: Path = kind === 'loop' ? ['each', ...inTarget, ...path] : [...inTarget, ...path];
    const values =
      kind === 'parameter' ? given(facts, variable) : value !== null && HANDS_ON.has(kind) ? [value] : [];
    return { by: kind, stmt, from: values.map((expr) => ({ expr, path: part })) };
  });
}

/** The place whose value a use sees: the last one before it, else the first, which a loop brings round. */
export function latest(places: readonly Place[], use: Expr): Place | undefined {
  const isBefore = ({ by, stmt }: Place) =>
    stmt === null || (by === 'loop' || by === 'with' ? stmt.start : stmt.end) <= use.start;
  return places.filter(isBefore).at(-1) ?? places[0];
}

/** What the calls in a file hand to the parameter that a name is, those of a module's objects included; its default where there are none. */
function given(facts: PythonFacts, name: Expr): readonly Expr[] {
  if (name.kind !== 'name') {
    return [];
  }
  const { source } = facts;
  const method = source.functionAt(name.start);
  if (method?.node?.kind === 'function' && method.parent?.kind === 'class' && isRun(method.node.name)) {
    const position = method.node.params.findIndex((param) => param.name === name.id) - 1;
    const handed = instanceCalls(facts, method.parent).map((call) => argumentOf(call, name.id, position));
    const seen = handed.filter((value) => value !== null);
    return position >= 0 && seen.length === handed.length ? seen : [];
  }
  const scope = source.scopeAt(name.start);
  const known = argumentFor(source, scope, name.id);
  return argumentsFor(source, scope, name.id) ?? (known === null ? [] : [known]);
}

/** A method that runs when its object is called. */
function isRun(name: string): boolean {
  return name === 'forward' || name === '__call__';
}

/**
 * What an expression hands on as it is: an item of a tuple, what a function of this file returns, the elements of iterators
 * and of data sets made of tensors. Null where it is something else; empty where it cannot be seen.
 */
export function handedOn(facts: PythonFacts, expr: Expr, path: Path): readonly Origin[] | null {
  const [first, ...rest] = path;
  if (expr.kind === 'tuple' || expr.kind === 'list') {
    const items = first === 'each' ? expr.items : first === undefined ? undefined : expr.items[first];
    const isClear = !expr.items.some(({ kind }) => kind === 'starred');
    return first === undefined
      ? null
      : isClear && items !== undefined
        ? [items].flat().map((item) => ({ expr: item, path: rest }))
        : [];
  }
  if (expr.kind !== 'call') {
    return null;
  }
  const scope = facts.source.helperOf(expr);
  const yielded = scope === null || first !== 'each' ? [] : yieldedIn(scope);
  if (yielded.length > 0) {
    return yielded.map((value) => ({ expr: value, path: rest }));
  }
  return scope?.node?.kind === 'function'
    ? returnedIn(scope.body).map((value) => ({ expr: value, path }))
    : fromLibrary(facts.nameOf(expr.func) ?? '', expr, path);
}

/** What a function yields, each time as one expression. */
function yieldedIn({ statements }: Scope): readonly Expr[] {
  return statements.flatMap((stmt) =>
    stmt.kind === 'expr' && stmt.value.kind === 'yield' ? (stmt.value.parts[0] ?? []) : [],
  );
}

function fromLibrary(name: string, { args }: CallExpr, path: Path): readonly Origin[] | null {
  const plain = args.filter((arg) => arg.name === null && arg.star === 0).map(({ value }) => value);
  const on = (expr: Expr | undefined, part: Path): readonly Origin[] =>
    expr === undefined ? [] : [{ expr, path: part }];
  const [first, second, ...rest] = path;
  switch (name.slice(name.lastIndexOf('.') + 1)) {
    case 'tqdm':
    case 'iter':
    case 'Subset':
      return on(plain[0], path);
    case 'next':
      return on(plain[0], ['each', ...path]);
    case 'enumerate':
      return first === 'each' && second === 1 ? on(plain[0], ['each', ...rest]) : [];
    case 'random_split':
      return typeof first === 'number' ? on(plain[0], path.slice(1)) : [];
    case 'zip':
      return first === 'each' && typeof second === 'number' ? on(plain[second], ['each', ...rest]) : [];
    case 'TensorDataset': {
      // A sample of a loop, or one that an index takes out.
      const [at, ...part] = first === 'each' ? path.slice(1) : path;
      return typeof at === 'number' ? on(plain[at], ['each', ...part]) : [];
    }
    default:
      return null;
  }
}
