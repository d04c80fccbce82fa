import type { PythonFacts } from './facts';
import { addTo } from './multimap';
import { reachingBindings } from './reaching';
import type { Binding, Scope } from './scopes';
import type { Expr, Stmt } from './syntax/ast';
import { childExpressions, expressionsIn, ownExpressions } from './syntax/walk';

/** What an expression may be made of, through names, containers, calls and methods of the file; rather too much than too little. */
export interface Origins {
  /** The names that are read, each as the list of its bindings. */
  readonly names: ReadonlySet<readonly Binding[]>;
  /** Attributes that are read, of whatever object. */
  readonly attributes: ReadonlySet<string>;
  readonly classes: ReadonlySet<Scope>;
  /** Where the gradient ends on its way back; empty where cuts were passed over. */
  readonly cuts: readonly GradientCut[];
}

/** A place that no gradient passes on its way back from the loss. */
export interface GradientCut {
  /** What the gradient does not reach. */
  readonly expr: Expr;
  /** How it is cut, as written: `detach()`. */
  readonly how: string;
  /** What cuts it: the expression, or the head of the block or function without gradients. */
  readonly place: { readonly start: number; readonly end: number };
}

/** Code that works out gradients without `backward()`, or that switches them on within a block that is without. */
const ELSEWHERE = /enable_grad|set_grad_enabled|func\.(?:grad|vmap|vjp)|functional_call|\bjvp\b/;

/** Everything that the losses of a file's backward passes are made of; null where gradients are made in ways of their own. */
export function originsOfLosses(facts: PythonFacts, passCuts: boolean): Origins | null {
  const { source } = facts;
  if (source.mentions(ELSEWHERE)) {
    return null;
  }
  const known = (passCuts ? passing : stopping).get(facts);
  if (known !== undefined) {
    return known;
  }
  const backward = [...source.callsNamed('backward'), ...source.callsNamed('manual_backward')];
  const found = originsOf(
    facts,
    [...backward, ...source.callsOfNamed(/^torch\.autograd\.grad$/)].map(({ call }) => call),
    passCuts,
  );
  (passCuts ? passing : stopping).set(facts, found);
  return found;
}

const passing = new WeakMap<PythonFacts, Origins>();
const stopping = new WeakMap<PythonFacts, Origins>();

/** What some expressions may be made of. `passCuts`: also what no gradient would reach. */
export function originsOf(facts: PythonFacts, starts: readonly Expr[], passCuts: boolean): Origins {
  return new Search(facts, passCuts).from(starts);
}

/** A block or function that runs without gradients. */
interface Shut {
  readonly start: number;
  readonly end: number;
  readonly how: string;
  readonly place: GradientCut['place'];
}

class Search {
  private readonly names = new Set<readonly Binding[]>();
  private readonly attributes = new Set<string>();
  private readonly classes = new Set<Scope>();
  private readonly functions = new Set<Scope>();
  private readonly bound = new Set<Binding>();
  private readonly seen = new Set<Expr>();
  private readonly cuts: GradientCut[] = [];
  private readonly waiting: Expr[] = [];
  private readonly shut: readonly Shut[];
  private readonly given: ReadonlyMap<string, readonly Expr[]>;

  constructor(
    private readonly facts: PythonFacts,
    private readonly passCuts: boolean,
  ) {
    this.shut = passCuts ? [] : shutParts(facts);
    this.given = givenLater(facts);
  }

  from(starts: readonly Expr[]): Origins {
    this.waiting.push(...starts);
    for (let next = this.waiting.pop(); next !== undefined; next = this.waiting.pop()) {
      if (!this.seen.has(next)) {
        this.seen.add(next);
        this.facts.source.work.spend(1);
        this.meet(next);
      }
    }
    const { names, attributes, classes, cuts } = this;
    return { names, attributes, classes, cuts };
  }

  private meet(expr: Expr): void {
    const cut = this.passCuts ? null : this.cutAt(expr);
    if (cut !== null) {
      this.cuts.push(cut);
      return;
    }
    // What a function of the file is handed counts where the function uses it.
    const isHelper = expr.kind === 'call' && this.takesPart(expr);
    this.waiting.push(...(isHelper ? [expr.func] : childExpressions(expr)));
    if (expr.kind === 'name') {
      this.meetName(expr);
    } else if (expr.kind === 'attribute') {
      this.meetAttribute(expr.attr);
    }
  }

  /** Is this a call of a function of the file that only reads what it is handed? */
  private takesPart(call: Expr): boolean {
    const scope = this.facts.source.helperOf(call);
    return (
      scope?.statements.some((stmt) => stmt.kind === 'return') === true &&
      !scope.statements.some(
        (stmt) =>
          (stmt.kind === 'expr' && stmt.value.kind === 'call') ||
          stmt.kind === 'function' ||
          ((stmt.kind === 'assign' || stmt.kind === 'augmented') &&
            (stmt.kind === 'assign' ? stmt.targets : [stmt.target]).some(
              ({ kind }) => kind === 'subscript' || kind === 'attribute',
            )),
      )
    );
  }

  private cutAt(expr: Expr): GradientCut | null {
    const around = this.shut.find(({ start, end }) => start <= expr.start && expr.end <= end);
    if (around !== undefined) {
      return { expr, how: around.how, place: around.place };
    }
    const how = cutOf(this.facts, expr);
    return how === null ? null : { expr, how, place: expr };
  }

  private meetName(expr: Expr & { kind: 'name' }): void {
    const { source } = this.facts;
    const bindings = source.bindings(expr);
    if (!this.names.has(bindings)) {
      this.names.add(bindings);
      this.waiting.push(...(this.given.get(expr.id) ?? []));
    }
    for (const binding of reachingBindings(source, bindings, expr)) {
      if (this.bound.has(binding)) {
        continue;
      }
      this.bound.add(binding);
      this.meetBinding(binding);
      if (binding.kind === 'parameter') {
        this.meetParameter(source.scopeAt(expr.start), expr.id);
      }
    }
  }

  private meetBinding({ kind, value, stmt, path }: Binding): void {
    const scope =
      stmt?.kind === 'function' || stmt?.kind === 'class' ? this.facts.source.scopeOf(stmt) : null;
    if (scope !== null) {
      this.meetScope(scope);
    } else if (value !== null) {
      const isPlain = value.kind === 'tuple' && value.items.every((item) => item.kind !== 'starred');
      const part = kind === 'unpack' && isPlain ? value.items[path[0] ?? 0] : undefined;
      this.waiting.push(part ?? value);
    }
  }

  /** What calls hand to a function that may be this one. */
  private meetParameter(from: Scope, name: string): void {
    let owner: Scope | null = from;
    while (owner !== null && owner.bindings.get(name) === undefined) {
      owner = owner.parent;
    }
    if (owner?.node?.kind !== 'function') {
      return;
    }
    const isMethod = owner.parent?.kind === 'class';
    const isInit = isMethod && owner.node.name === '__init__';
    const word = (isInit ? owner.parent?.node : owner.node)?.name ?? '';
    const index = owner.node.params.findIndex((one) => one.name === name) - (isMethod ? 1 : 0);
    for (const { call } of this.facts.source.callsNamed(word)) {
      const isPlain = call.args.every(({ star }) => star === 0);
      call.args.forEach((arg, at) => {
        if (!isPlain || arg.name === name || (arg.name === null && at === index)) {
          this.waiting.push(arg.value);
        }
      });
    }
  }

  private meetAttribute(attr: string): void {
    if (this.attributes.has(attr)) {
      return;
    }
    this.attributes.add(attr);
    const { source } = this.facts;
    this.waiting.push(...(this.given.get(attr) ?? []));
    for (const scope of source.scopesNamed(attr)) {
      this.meetScope(scope);
    }
    for (const scope of source.scopes) {
      for (const binding of scope.kind === 'class' ? (scope.attributes.get(attr) ?? []) : []) {
        this.meetBinding(binding);
      }
    }
  }

  private meetScope(scope: Scope): void {
    const { source } = this.facts;
    if (scope.kind === 'function' && !this.functions.has(scope)) {
      this.functions.add(scope);
      for (const stmt of scope.statements) {
        if (stmt.kind === 'return' && stmt.value !== null) {
          this.waiting.push(stmt.value);
        } else {
          this.waiting.push(...ownExpressions(stmt).filter(yields));
        }
      }
    } else if (scope.kind === 'class' && scope.node?.kind === 'class' && !this.classes.has(scope)) {
      this.classes.add(scope);
      this.waiting.push(...scope.node.bases.map(({ value }) => value));
      for (const name of ['forward', '__call__', '__iter__', '__next__', '__getitem__']) {
        const method = source.methodOf(scope, name);
        if (method !== null) {
          this.meetScope(method);
        }
      }
    }
  }
}

function yields(expr: Expr): boolean {
  return expressionsIn(expr).some(({ kind }) => kind === 'yield' || kind === 'await');
}

/** How an expression ends the way of the gradient; null where it does not. */
function cutOf(facts: PythonFacts, expr: Expr): string | null {
  if (expr.kind === 'attribute') {
    return expr.attr === 'data' && expr.object.kind !== 'name' ? '`.data`' : null;
  }
  if (expr.kind !== 'call') {
    return null;
  }
  if (expr.func.kind === 'attribute' && /^(?:detach_?|item|numpy|tolist)$/.test(expr.func.attr)) {
    return expr.args.length === 0 ? `\`${expr.func.attr}()\`` : null;
  }
  return facts.nameOf(expr.func) === 'torch.tensor' ? 'The copy by `torch.tensor()`' : null;
}

const NO_GRAD = /^torch\.(?:autograd\.(?:grad_mode\.)?)?(?:no_grad|inference_mode)$/;

function shutParts(facts: PythonFacts): readonly Shut[] {
  if (!facts.source.mentions(/no_grad|inference_mode/)) {
    return [];
  }
  return facts.source.statements().flatMap((stmt) => {
    const heads =
      stmt.kind === 'with'
        ? stmt.items.map(({ value }) => value)
        : stmt.kind === 'function'
          ? stmt.decorators
          : [];
    const place = heads.find((head) =>
      NO_GRAD.test(facts.nameOf(head.kind === 'call' ? head.func : head) ?? ''),
    );
    const { body } = stmt as { readonly body?: readonly Stmt[] };
    const [first, last] = [body?.[0], body?.at(-1)];
    return place === undefined || first === undefined || last === undefined
      ? []
      : [{ start: first.start, end: last.end, how: `\`${facts.textOf(facts.rangeOf(place))}\``, place }];
  });
}

/** What is put into an object after it was made, by the last word of its name: `kept.append(x)`, `kept[i] = x`, `out.add_(x)`. */
function givenLater(facts: PythonFacts): ReadonlyMap<string, readonly Expr[]> {
  const known = given.get(facts);
  if (known !== undefined) {
    return known;
  }
  const found = new Map<string, Expr[]>();
  const put = (into: Expr, value: Expr): void => {
    const word = into.kind === 'name' ? into.id : into.kind === 'attribute' ? into.attr : null;
    if (word !== null) {
      addTo(found, word, value);
    } else if (into.kind === 'subscript') {
      put(into.object, value);
    }
  };
  for (const stmt of facts.source.statements()) {
    if (stmt.kind === 'expr' && stmt.value.kind === 'call' && stmt.value.func.kind === 'attribute') {
      for (const { value } of stmt.value.args) {
        put(stmt.value.func.object, value);
      }
    } else if (stmt.kind === 'assign' && stmt.value !== null) {
      for (const target of stmt.targets) {
        if (target.kind === 'subscript' || target.kind === 'attribute') {
          put(target, stmt.value);
          if (!facts.source.isSelf(target.object)) {
            put(target.object, stmt.value);
          }
        }
      }
    } else if (stmt.kind === 'augmented' && stmt.target.kind !== 'name') {
      put(stmt.target, stmt.value);
    }
  }
  given.set(facts, found);
  return found;
}

const given = new WeakMap<PythonFacts, ReadonlyMap<string, readonly Expr[]>>();
