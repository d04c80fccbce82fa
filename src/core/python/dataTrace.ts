import { argumentFor } from './definitions';
import type { PythonFacts } from './facts';
import { lossUses } from './outputs';
import type { Binding } from './scopes';
import type { CallExpr, Expr, FunctionStmt, Stmt } from './syntax/ast';
import { expressionsIn, expressionsOf, statementsIn } from './syntax/walk';

/** Where a tensor that training reads is made. */
export interface MadeTensor {
  /** What it is made of: the last expression before it is only cut, cast or handed on. */
  readonly expr: Expr;
  /** The assignment of it to one variable; null where it has none, or is changed afterwards. */
  readonly made: Holder | null;
  /** The unpacking that hands it on to the code that trains, `x, y = load()`; null where it is handed on otherwise. */
  readonly unpacked: (Holder & { readonly call: CallExpr; readonly index: number }) | null;
}

/** A statement, and the variable that holds the tensor after it. */
export interface Holder {
  readonly stmt: Stmt;
  readonly variable: string;
}

/** Names, cuts and calls followed from the loop back to where a tensor is made. */
const MAX_HOPS = 16;
/** Methods that hand values on in another shape, type or place. */
const KEEPS_VALUES =
  /^(?:view|reshape|flatten|squeeze|unsqueeze|permute|transpose|contiguous|float|double|to|cpu|cuda|clone|type|byte|expand|astype|detach)$/;

/** What the trained model is given, as far as one definition leads there; each place once. */
export function inputsOf(facts: PythonFacts): readonly MadeTensor[] {
  return once(modelCalls(facts).flatMap((call) => traced(facts, call.args[0]?.value)));
}

/** What a model without a class is given: a function of the file that multiplies by its own matrices and gives the loss its input. */
export function rawInputsOf(facts: PythonFacts): readonly MadeTensor[] {
  const calls = lossUses(facts).flatMap(({ input }) => {
    const value = facts.valueOf(input);
    const node = value?.kind === 'call' ? facts.source.helperOf(value)?.node : undefined;
    return value?.kind === 'call' && node?.kind === 'function' && multiplies(facts, node) ? [value] : [];
  });
  return once(calls.flatMap((call) => call.args.flatMap(({ value }) => traced(facts, value))));
}

function multiplies(facts: PythonFacts, node: FunctionStmt): boolean {
  return statementsIn(node.body).some((stmt) =>
    expressionsOf(stmt)
      .flatMap(expressionsIn)
      .some(
        (expr) =>
          (expr.kind === 'binary' && expr.op === '@') ||
          (expr.kind === 'call' &&
            /^torch\.(?:nn\.functional\.(?:linear|conv\dd)|matmul|mm)$/.test(facts.nameOf(expr.func) ?? '')),
      ),
  );
}

/** What its outputs are compared with, by a loss or a difference. */
export function targetsOf(facts: PythonFacts): readonly MadeTensor[] {
  const given = lossUses(facts).map(({ call }) => call.args[1]?.value);
  const calls = new Set<Expr>(modelCalls(facts));
  const isOutput = (expr: Expr): boolean => {
    const value = expr.kind === 'name' ? facts.valueOf(expr) : expr;
    return value !== null && expressionsIn(value).some((one) => calls.has(one));
  };
  const compared = facts.calls.flatMap(({ call }) => {
    const parts = call.func.kind === 'attribute' ? expressionsIn(call.func.object) : [];
    return parts.flatMap((one) =>
      one.kind !== 'binary' || one.op !== '-'
        ? []
        : isOutput(one.left)
          ? [one.right]
          : isOutput(one.right)
            ? [one.left]
            : [],
    );
  });
  return once([...given, ...compared].flatMap((expr) => traced(facts, expr)));
}

function once(found: readonly MadeTensor[]): readonly MadeTensor[] {
  return found.filter((one, at) => found.findIndex(({ expr }) => expr === one.expr) === at);
}

/** Calls of the model that an optimizer trains. */
function modelCalls(facts: PythonFacts): readonly CallExpr[] {
  const names = new Set(facts.optimizers.map(({ model }) => model).filter((name) => name !== null));
  // A helper is handed the model under a name of its own: `loss_of(model, x, y)`.
  for (const { name } of facts.models) {
    names.add(name);
  }
  return facts.calls.flatMap(({ call }) => (names.has(facts.textOf(facts.rangeOf(call.func))) ? [call] : []));
}

function traced(facts: PythonFacts, expr: Expr | undefined): readonly MadeTensor[] {
  const found = expr === undefined ? null : follow(facts, expr, [], null, 0);
  return found === null ? [] : [found];
}

/** Elements wanted of tuples, outermost first: `[1, 0]` is the first of the second; empty for the value itself. */
type Path = readonly number[];

function follow(
  facts: PythonFacts,
  expr: Expr,
  path: Path,
  made: MadeTensor['made'],
  hops: number,
): MadeTensor | null {
  if (hops > MAX_HOPS) {
    return null;
  }
  switch (expr.kind) {
    case 'name':
    case 'attribute':
      return ofName(facts, expr, path, hops);
    case 'subscript':
      return follow(facts, expr.object, path, null, hops + 1);
    case 'tuple':
    case 'list': {
      const [first, ...rest] = path;
      const item = first === undefined ? undefined : expr.items[first];
      return item === undefined ? null : follow(facts, item, rest, null, hops + 1);
    }
    case 'call':
      return ofCall(facts, expr, path, made, hops);
    default:
      return path.length > 0 ? null : { expr, made, unpacked: null };
  }
}

function ofName(facts: PythonFacts, expr: Expr, path: Path, hops: number): MadeTensor | null {
  const bindings = facts.source.bindings(expr);
  if (bindings.some(({ kind }) => kind === 'augmented')) {
    return null;
  }
  const binding = latest(bindings, expr.start);
  if (binding?.kind === 'parameter' && expr.kind === 'name') {
    const given = argumentFor(facts.source, facts.source.scopeAt(expr.start), expr.id);
    return given === null || given === expr ? null : follow(facts, given, path, null, hops + 1);
  }
  if (binding === undefined || binding.value === null || binding.value === expr) {
    return null;
  }
  const inner = binding.index >= 0 ? [binding.index, ...path] : path;
  switch (binding.kind) {
    case 'assign': {
      const variable = facts.textOf(facts.rangeOf(expr));
      const made = binding.stmt !== null && path.length === 0 ? { stmt: binding.stmt, variable } : null;
      return follow(facts, binding.value, path, made, hops + 1);
    }
    case 'unpack': {
      const found = follow(facts, binding.value, inner, null, hops + 1);
      const unpacked = path.length === 0 ? unpackedBy(facts, expr, binding) : null;
      return found === null || unpacked === null ? found : { ...found, unpacked };
    }
    case 'loop':
      return follow(facts, binding.value, inner, null, hops + 1);
    default:
      return null;
  }
}

/** `x, y = load()` of a function of this file. */
function unpackedBy(facts: PythonFacts, expr: Expr, { value, stmt, index }: Binding): MadeTensor['unpacked'] {
  return expr.kind !== 'name' ||
    stmt === null ||
    value?.kind !== 'call' ||
    facts.source.helperOf(value) === null
    ? null
    : { stmt, variable: expr.id, call: value, index };
}

/** The binding that a use sees: the last one before it, else the first. */
function latest(bindings: readonly Binding[], use: number): Binding | undefined {
  const before = bindings.filter(({ stmt }) => stmt === null || stmt.start <= use);
  return before.at(-1) ?? bindings[0];
}

function ofCall(
  facts: PythonFacts,
  call: CallExpr,
  path: Path,
  made: MadeTensor['made'],
  hops: number,
): MadeTensor | null {
  const { func } = call;
  const name = facts.nameOf(func) ?? '';
  const plain = call.args.filter((arg) => arg.name === null && arg.star === 0).map(({ value }) => value);
  const on = (expr: Expr | undefined, inner: Path) =>
    expr === undefined ? null : follow(facts, expr, inner, null, hops + 1);
  if (func.kind === 'attribute' && KEEPS_VALUES.test(func.attr) && !/^(?:torch|numpy)\./.test(name)) {
    // `X = torch.tensor(...).float()`: the variable holds what it is made of.
    return follow(facts, func.object, path, made, hops + 1);
  }
  const [first = -1, ...rest] = path;
  const word = name.slice(name.lastIndexOf('.') + 1);
  switch (word) {
    case 'DataLoader':
    case 'Subset':
    case 'tqdm':
    case 'iter':
    case 'next':
      return on(plain[0], path);
    case 'enumerate':
      return first === 1 ? on(plain[0], rest) : null;
    case 'random_split':
      return first >= 0 ? on(plain[0], rest) : null;
    case 'zip':
    case 'TensorDataset':
      return first >= 0 ? on(plain[first], rest) : null;
    default:
      break;
  }
  const scope = facts.source.helperOf(call);
  if (scope?.node?.kind !== 'function') {
    return path.length > 0 || /Dataset|Loader|^open$/.test(name)
      ? null
      : { expr: call, made, unpacked: null };
  }
  const body = statementsIn(scope.node.body, (stmt) => stmt.kind !== 'function' && stmt.kind !== 'class');
  const returns = body.flatMap((stmt) => (stmt.kind === 'return' && stmt.value !== null ? [stmt.value] : []));
  const [only, another] = returns;
  return only === undefined || another !== undefined ? null : on(only, path);
}
