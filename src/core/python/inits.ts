import { argumentOf } from './definitions';
import type { InitFact, InitKind, ModelFact } from './facts';
import { argumentFact, numberPlace } from './literals';
import { shortType } from './names';
import type { Scope } from './scopes';
import type { PythonSource } from './source';
import type { CallExpr, Expr, Stmt } from './syntax/ast';
import { childBlocks, expressionsIn } from './syntax/walk';

/** Functions of torch.nn.init and in-place methods of tensors, with the position of their scale argument. */
const FUNCTIONS: Readonly<
  Record<string, { kind: InitKind; scale: readonly [name: string, position: number] | null }>
> = {
  kaiming_normal: { kind: 'kaiming', scale: null },
  kaiming_uniform: { kind: 'kaiming', scale: null },
  xavier_normal: { kind: 'xavier', scale: ['gain', 1] },
  xavier_uniform: { kind: 'xavier', scale: ['gain', 1] },
  orthogonal: { kind: 'orthogonal', scale: ['gain', 1] },
  normal: { kind: 'normal', scale: ['std', 2] },
  trunc_normal: { kind: 'trunc-normal', scale: ['std', 2] },
  uniform: { kind: 'uniform', scale: ['b', 2] },
  constant: { kind: 'constant', scale: ['val', 1] },
  zeros: { kind: 'zeros', scale: null },
  ones: { kind: 'ones', scale: null },
  eye: { kind: 'eye', scale: null },
  dirac: { kind: 'dirac', scale: null },
  sparse: { kind: 'sparse', scale: ['std', 2] },
};

const METHODS: Readonly<
  Record<string, { kind: InitKind; scale: readonly [name: string, position: number] | null }>
> = {
  normal_: { kind: 'normal', scale: ['std', 1] },
  uniform_: { kind: 'uniform', scale: ['to', 1] },
  fill_: { kind: 'constant', scale: ['value', 0] },
  zero_: { kind: 'zeros', scale: null },
};

/** Statements around a call, outermost first, and the branch that was taken at each. */
interface Around {
  readonly stmt: Stmt;
  readonly block: number;
}

/** Every call that writes initial values. */
export function collectInits(source: PythonSource, models: () => readonly ModelFact[]): InitFact[] {
  const out: InitFact[] = [];
  const writes = new Set<Stmt>();
  for (const { call, stmt } of source.allCalls()) {
    if (writtenTensor(source, call) !== null) {
      writes.add(stmt);
    }
  }
  if (writes.size === 0) {
    return out;
  }
  const holding = new Set<Stmt>();
  markHolding(source.body, writes, holding);
  visit(source, source.body, holding, [], (stmt, call, around) => {
    const fact = initFact(source, stmt, call, around, models);
    if (fact !== null) {
      out.push(fact);
    }
  });
  return out;
}

/** Gathers the statements that are among those wanted or around one of them. True when there are any. */
function markHolding(body: readonly Stmt[], wanted: ReadonlySet<Stmt>, holding: Set<Stmt>): boolean {
  let any = false;
  for (const stmt of body) {
    let holds = wanted.has(stmt);
    for (const block of childBlocks(stmt)) {
      holds = markHolding(block, wanted, holding) || holds;
    }
    if (holds) {
      holding.add(stmt);
      any = true;
    }
  }
  return any;
}

function visit(
  source: PythonSource,
  body: readonly Stmt[],
  holding: ReadonlySet<Stmt>,
  around: readonly Around[],
  found: (stmt: Stmt, call: CallExpr, around: readonly Around[]) => void,
): void {
  for (const stmt of body) {
    if (!holding.has(stmt)) {
      continue;
    }
    for (const call of source.callsIn(stmt)) {
      found(stmt, call, around);
    }
    const isDefinition = stmt.kind === 'function' || stmt.kind === 'class';
    childBlocks(stmt).forEach((block, index) => {
      visit(source, block, holding, isDefinition ? [] : [...around, { stmt, block: index }], found);
    });
  }
}

function initFact(
  source: PythonSource,
  stmt: Stmt,
  call: CallExpr,
  around: readonly Around[],
  models: () => readonly ModelFact[],
): InitFact | null {
  const written = writtenTensor(source, call);
  if (written === null) {
    return null;
  }
  const { kind, scale, tensor, name } = written;
  const scaleArg = scale === null ? null : argumentOf(call, scale[0], scale[1]);
  const tests = testsAround(around);
  const scope = source.functionAt(call.start);
  return {
    kind,
    name,
    call: source.range(call),
    statement: source.statement(stmt),
    target: source.source(tensor),
    writes: writesOf(source, tensor, tests),
    args: call.args.map((arg) => argumentFact(source, arg)),
    scale: scaleArg === null ? null : numberPlace(source, scaleArg),
    layerTypes: tests.flatMap((test) => isinstanceTypes(source, test)),
    paths: pathsOf(source, tensor, around),
    root: rootOf(source, tensor, around, scope, models),
    sweeps: sweeps(source, around, scope),
    conditions: tests.map((test) => source.source(test)),
    nameFilter: nameFilterOf(source, tests),
  };
}

interface Written {
  readonly kind: InitKind;
  readonly scale: readonly [string, number] | null;
  readonly tensor: Expr;
  readonly name: string;
}

function writtenTensor(source: PythonSource, call: CallExpr): Written | null {
  const name = source.nameOf(call.func);
  const first = call.args[0]?.value;
  if (name?.startsWith('torch.nn.init.') && first !== undefined) {
    const word = name.slice('torch.nn.init.'.length).replace(/_$/, '');
    const known = Object.hasOwn(FUNCTIONS, word) ? FUNCTIONS[word] : undefined;
    return {
      kind: known?.kind ?? 'other',
      scale: known?.scale ?? null,
      tensor: withoutData(first),
      name: shortType(name),
    };
  }
  if (call.func.kind !== 'attribute' || !Object.hasOwn(METHODS, call.func.attr)) {
    return null;
  }
  const method = METHODS[call.func.attr];
  const tensor = withoutData(call.func.object);
  const viaData = tensor !== call.func.object;
  const isParameter = tensor.kind === 'attribute' && /^(?:weight|bias)/.test(tensor.attr);
  const isGradient = tensor.kind === 'attribute' && tensor.attr === 'grad';
  if (method === undefined || isGradient || !(viaData || isParameter)) {
    return null;
  }
  return { ...method, tensor, name: call.func.attr };
}

function withoutData(expr: Expr): Expr {
  return expr.kind === 'attribute' && expr.attr === 'data' ? expr.object : expr;
}

/** Conditions that hold where the call stands; those of an else branch are left out. */
function testsAround(around: readonly Around[]): Expr[] {
  return around.flatMap(({ stmt, block }) => (stmt.kind === 'if' && block === 0 ? [stmt.test] : []));
}

function sweeps(source: PythonSource, around: readonly Around[], scope: Scope | null): boolean {
  const loops = around.filter(({ stmt }) => stmt.kind === 'for');
  const overAll = loops.some(
    ({ stmt }) =>
      stmt.kind === 'for' &&
      /\.(?:named_)?(?:modules|parameters)\(|state_dict\(/.test(source.source(stmt.iter)),
  );
  const name = scope?.node?.name;
  const applied = source.callsNamed('apply').some(({ call }) => {
    const arg = call.args[0]?.value;
    return (arg?.kind === 'name' && arg.id === name) || (arg?.kind === 'attribute' && arg.attr === name);
  });
  return overAll || applied;
}

function isinstanceTypes(source: PythonSource, test: Expr): string[] {
  return expressionsIn(test).flatMap((expr) => {
    if (expr.kind !== 'call' || expr.func.kind !== 'name' || expr.func.id !== 'isinstance') {
      return [];
    }
    const types = expr.args[1]?.value;
    const items = types?.kind === 'tuple' ? types.items : types === undefined ? [] : [types];
    return items.flatMap((item) => {
      const name = source.nameOf(item);
      return name === null ? [] : [shortType(name)];
    });
  });
}

function writesOf(source: PythonSource, tensor: Expr, tests: readonly Expr[]): InitFact['writes'] {
  const text = source.source(tensor);
  if (/weight_hh|recurrent/.test(text)) {
    return 'recurrent';
  }
  if (/bias/.test(text)) {
    return 'bias';
  }
  if (/weight/.test(text)) {
    return 'weight';
  }
  const filters = tests.map((test) => source.source(test)).join(' and ');
  if (/weight_hh/.test(filters)) {
    return 'recurrent';
  }
  if (/["']bias/.test(filters) && !/not in/.test(filters)) {
    return 'bias';
  }
  return /["']weight|\.dim\(\)\s*(?:>=?|==)\s*[12]|\.ndim\s*(?:>=?|==)\s*[12]|len\(\w+\.shape\)/.test(filters)
    ? 'weight'
    : 'any';
}

function nameFilterOf(source: PythonSource, tests: readonly Expr[]): string | null {
  const parts = tests
    .flatMap((test) => expressionsIn(test))
    .filter((expr) => expr.kind === 'compare' && expr.operands[0]?.kind === 'string')
    .map((expr) => source.source(expr));
  return parts.length === 0 ? null : parts.join(' and ');
}

/** Module paths of `self.fc.weight`, or of a loop variable over `self.layers`; null when it goes over everything. */
function pathsOf(source: PythonSource, tensor: Expr, around: readonly Around[]): string[] | null {
  const holder =
    tensor.kind === 'attribute' && /^(?:weight|bias|in_proj|gamma|beta|alpha)/.test(tensor.attr)
      ? tensor.object
      : tensor;
  const direct = selfPath(source, holder);
  if (direct !== null) {
    return [direct];
  }
  if (holder.kind !== 'name') {
    return null;
  }
  for (const { stmt } of [...around].reverse()) {
    if (stmt.kind === 'for' && source.source(stmt.target).split(/\W+/).includes(holder.id)) {
      const lists = stmt.iter.kind === 'list' || stmt.iter.kind === 'tuple' ? stmt.iter.items : null;
      const found =
        lists === null ? [listPath(source, stmt.iter)] : lists.map((item) => selfPath(source, item));
      const known = found.filter((path): path is string => path !== null);
      return known.length === found.length ? known : null;
    }
  }
  return null;
}

function listPath(source: PythonSource, iter: Expr): string | null {
  const path = selfPath(source, iter);
  return path === null ? null : `${path}.*`;
}

/** `self.a.b[0]` as `a.b.0`. */
function selfPath(source: PythonSource, expr: Expr): string | null {
  if (expr.kind === 'attribute') {
    if (source.isSelf(expr.object)) {
      return expr.attr;
    }
    const base = selfPath(source, expr.object);
    return base === null ? null : `${base}.${expr.attr}`;
  }
  if (expr.kind === 'subscript') {
    const base = selfPath(source, expr.object);
    const [index] = expr.indices;
    const key = index?.kind === 'number' ? String(index.value) : index?.kind === 'string' ? index.value : '*';
    return base === null ? null : `${base}.${key}`;
  }
  return null;
}

/** The class whose modules are written, or the root of a model without a class. */
function rootOf(
  source: PythonSource,
  tensor: Expr,
  around: readonly Around[],
  scope: Scope | null,
  known: () => readonly ModelFact[],
): string | null {
  const owner = source.classAt(tensor.start);
  if (owner !== null) {
    return owner.node?.name ?? null;
  }
  const models = known();
  const first = expressionsIn(tensor).at(-1);
  const loop = [...around].reverse().find(({ stmt }) => stmt.kind === 'for')?.stmt;
  const base =
    loop?.kind === 'for'
      ? expressionsIn(loop.iter).find((expr) => models.some((model) => model.name === source.source(expr)))
      : first;
  const named = base === undefined ? undefined : models.find((model) => model.name === source.source(base));
  if (named !== undefined) {
    return named.root;
  }
  // `def init_weights(m): ...` handed to `model.apply(...)` or `self.apply(...)`.
  const handed = source.callsNamed('apply').find(({ call }) => {
    const arg = call.args[0]?.value;
    return call.func.kind === 'attribute' && arg?.kind === 'name' && arg.id === scope?.name;
  })?.call;
  if (handed?.func.kind !== 'attribute') {
    return null;
  }
  const { object } = handed.func;
  if (source.isSelf(object)) {
    return source.classAt(handed.start)?.node?.name ?? null;
  }
  return models.find((model) => model.name === source.source(object))?.root ?? null;
}
