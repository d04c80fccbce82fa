import { argumentOf, argumentsFor } from './definitions';
import { type DrawnValues, drawnValues } from './drawnValues';
import type { InitFact, InitKind, LiteralPlace, ModelFact } from './facts';
import { initPlace } from './initPlace';
import { argumentFact, numberPlace } from './literals';
import { shortType } from './names';
import type { Scope } from './scopes';
import type { PythonSource } from './source';
import type { AssignStmt, CallExpr, Expr, Stmt } from './syntax/ast';
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
export interface Around {
  readonly stmt: Stmt;
  readonly block: number;
}

/** Every call that writes initial values. */
export function collectInits(source: PythonSource, models: () => readonly ModelFact[]): InitFact[] {
  const out: InitFact[] = [];
  const writes = new Set<Stmt>();
  for (const { call, stmt } of source.allCalls()) {
    if (writtenTensor(source, call, stmt) !== null) {
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
  const written = writtenTensor(source, call, stmt);
  if (written === null) {
    return null;
  }
  const { kind, scale, tensor, name, drawn } = written;
  const scaleArg = scale === null ? null : argumentOf(call, scale[0], scale[1]);
  const tests = testsAround(around);
  const scope = source.functionAt(call.start);
  const place = initPlace(source, tensor, around, scope, models);
  return {
    kind,
    name,
    call: source.range(call),
    statement: source.statement(stmt),
    target: source.source(tensor),
    writes: writesOf(source, tensor, tests),
    args: drawn === undefined ? call.args.map((arg) => argumentFact(source, arg)) : [],
    scale:
      drawn !== undefined
        ? drawn.scale
        : scaleArg === null
          ? null
          : (numberPlace(source, scaleArg) ?? usualScale(source, scaleArg)),
    layerTypes: [...tests, ...filtersOf(around)].flatMap((test) => isinstanceTypes(source, test)),
    paths: place.paths,
    root: place.root,
    makers: place.makers.map((maker) => source.range(maker)),
    sweeps: place.sweeps || isApplied(source, scope),
    conditions: tests.map((test) => source.source(test)),
    nameFilter: nameFilterOf(source, tests),
  };
}

/** The number that most calls hand to a helper which is called with several. */
function usualScale(source: PythonSource, expr: Expr): LiteralPlace | null {
  const given =
    expr.kind === 'name' && source.bindings(expr).every(({ kind }) => kind === 'parameter')
      ? (argumentsFor(source, source.scopeAt(expr.start), expr.id) ?? [])
      : [];
  const places = given.flatMap((value) => numberPlace(source, value) ?? []);
  const times = ({ value }: LiteralPlace): number => places.filter((one) => one.value === value).length;
  return places.length < given.length ? null : (places.toSorted((a, b) => times(b) - times(a))[0] ?? null);
}

interface Written {
  readonly kind: InitKind;
  readonly scale: readonly [string, number] | null;
  readonly tensor: Expr;
  readonly name: string;
  /** Values drawn elsewhere that the tensor is given. */
  readonly drawn?: DrawnValues;
}

function writtenTensor(source: PythonSource, call: CallExpr, stmt: Stmt): Written | null {
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
  if (stmt.kind === 'assign' && stmt.value === call) {
    return assignedTensor(source, stmt);
  }
  const isCopy = call.func.kind === 'attribute' && call.func.attr === 'copy_' && first !== undefined;
  if (call.func.kind !== 'attribute' || !(isCopy || Object.hasOwn(METHODS, call.func.attr))) {
    return null;
  }
  const method = METHODS[call.func.attr];
  const tensor = withoutData(call.func.object);
  const viaData = tensor !== call.func.object;
  const isParameter = tensor.kind === 'attribute' && /^(?:weight|bias)/.test(tensor.attr);
  const isGradient = tensor.kind === 'attribute' && tensor.attr === 'grad';
  if (isGradient || !(viaData || isParameter || isSwept(source, tensor))) {
    return null;
  }
  const drawn = isCopy && first !== undefined ? drawnValues(source, first) : null;
  return drawn !== null
    ? { kind: drawn.kind, scale: null, tensor, name: call.func.attr, drawn }
    : method === undefined || isCopy
      ? null
      : { ...method, tensor, name: call.func.attr };
}

/** `layer.weight = nn.Parameter(torch.randn(n, m))`, `p.data = torch.randn_like(p)`; what a class makes for itself, `self.weight = ...`, is its own matrix. */
function assignedTensor(source: PythonSource, stmt: AssignStmt): Written | null {
  const [target, another] = stmt.targets;
  if (target?.kind !== 'attribute' || another !== undefined || stmt.value === null) {
    return null;
  }
  const tensor = withoutData(target);
  const isWeight =
    tensor.kind === 'attribute' && /^(?:weight|bias)/.test(tensor.attr) && !source.isSelf(tensor.object);
  const drawn = isWeight || isSwept(source, tensor) ? drawnValues(source, stmt.value) : null;
  return drawn === null ? null : { kind: drawn.kind, scale: null, tensor, name: '=', drawn };
}

/** A loop's name for each parameter of a model. */
function isSwept(source: PythonSource, tensor: Expr): boolean {
  return (
    tensor.kind === 'name' &&
    source
      .bindings(tensor)
      .some(
        ({ kind, value }) =>
          kind === 'loop' && value !== null && /\.(?:named_)?parameters\(/.test(source.source(value)),
      )
  );
}

function withoutData(expr: Expr): Expr {
  return expr.kind === 'attribute' && expr.attr === 'data' ? expr.object : expr;
}

/** Conditions that hold where the call stands; those of an else branch are left out. */
function testsAround(around: readonly Around[]): Expr[] {
  return around.flatMap(({ stmt, block }) => (stmt.kind === 'if' && block === 0 ? [stmt.test] : []));
}

/** Is the function handed to `model.apply(...)`? */
function isApplied(source: PythonSource, scope: Scope | null): boolean {
  const name = scope?.node?.name;
  return source.callsNamed('apply').some(({ call }) => {
    const arg = call.args[0]?.value;
    return (arg?.kind === 'name' && arg.id === name) || (arg?.kind === 'attribute' && arg.attr === name);
  });
}

/** Filters within what the loops go over: `[m for m in net.modules() if isinstance(m, nn.Linear)]`. */
function filtersOf(around: readonly Around[]): Expr[] {
  return around.flatMap(({ stmt }) => (stmt.kind === 'for' && stmt.iter.kind !== 'name' ? [stmt.iter] : []));
}

function isinstanceTypes(source: PythonSource, test: Expr): string[] {
  return expressionsIn(test).flatMap((expr) => {
    const types = testedType(expr);
    const items = types?.kind === 'tuple' ? types.items : types === undefined ? [] : [types];
    return items.flatMap((item) => {
      const name = source.nameOf(item);
      return name === null ? [] : [shortType(name)];
    });
  });
}

/** `nn.Linear` in `isinstance(m, nn.Linear)`, `type(m) == nn.Linear` and `type(m) in (nn.Linear,)`. */
function testedType(expr: Expr): Expr | undefined {
  if (expr.kind === 'call') {
    const isTest = expr.func.kind === 'name' && expr.func.id === 'isinstance';
    return isTest ? expr.args[1]?.value : undefined;
  }
  const [left, right] = expr.kind === 'compare' ? expr.operands : [];
  const isType = left?.kind === 'call' && left.func.kind === 'name' && left.func.id === 'type';
  return isType ? right : undefined;
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
