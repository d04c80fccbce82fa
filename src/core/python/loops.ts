import type { Branch, LoopEvent, LoopEventKind, TrainingLoop } from './facts';
import { argumentFact } from './literals';
import { lastWord, roleOf } from './roles';
import type { Scope } from './scopes';
import type { PythonSource } from './source';
import type { CallExpr, Expr, Stmt } from './syntax/ast';
import { childBlocks, ownStatements } from './syntax/walk';

/** Helpers are followed this deep: `fit` calls `train_step` calls `reset_grad`. */
const MAX_HELPER_DEPTH = 3;

interface PlacedEvent {
  readonly event: LoopEvent;
  /** Loops around it in its own function, outermost first. */
  readonly loops: readonly Stmt[];
}

/** Training loops, and functions that hold one pass of a loop. */
export function collectLoops(source: PythonSource): TrainingLoop[] {
  const found: TrainingLoop[] = [];
  if (source.callsNamed('backward').length + source.callsNamed('manual_backward').length === 0) {
    return found;
  }
  const names = namesThatReach(source);
  for (const scope of source.scopes) {
    if (scope.kind !== 'class' && mayReach(source, scope, names)) {
      found.push(...loopsOfScope(source, scope));
    }
  }
  return found;
}

/** Last words of the calls that may lead to a backward pass, through helpers of the file. */
function namesThatReach(source: PythonSource): ReadonlySet<string> {
  const names = new Set(['backward', 'manual_backward']);
  for (let depth = 0; depth < MAX_HELPER_DEPTH; depth++) {
    const before = names.size;
    for (const scope of source.scopes) {
      if (scope.node?.kind === 'function' && mayReach(source, scope, names)) {
        names.add(scope.node.name);
      }
    }
    if (names.size === before) {
      break;
    }
  }
  return names;
}

function mayReach(source: PythonSource, scope: Scope, names: ReadonlySet<string>): boolean {
  for (const name of names) {
    const calls = source.callsNamed(name);
    if (calls.some(({ call }) => scope.start <= call.start && call.end <= scope.end)) {
      return true;
    }
  }
  return false;
}

function loopsOfScope(source: PythonSource, scope: Scope): TrainingLoop[] {
  const events = eventsOf(source, scope.body, { helper: null, depth: 0, visited: new Set([scope]) });
  if (!events.some(({ event }) => event.kind === 'backward')) {
    return [];
  }
  const loops = ownStatements(scope.body).filter((stmt) => stmt.kind === 'for' || stmt.kind === 'while');
  const inside = (loop: Stmt): PlacedEvent[] => events.filter((placed) => placed.loops.includes(loop));
  const complete = loops.filter((loop) => isComplete(inside(loop)));
  const innermost = complete.filter(
    (loop) => !complete.some((other) => other !== loop && contains(loop, other)),
  );
  const out = innermost.map((loop) =>
    trainingLoop(source, scope, 'loop', loop, inside(loop), eventsAfter(events, loop)),
  );
  // What lies outside those loops: one pass written in a function body, or in a loop that never steps.
  const rest = events.filter(({ loops: around }) => !innermost.some((loop) => around.includes(loop)));
  if (scope.node !== null && isComplete(rest) && rest.some(({ event }) => event.helper === null)) {
    out.push(trainingLoop(source, scope, 'function', scope.node, rest, []));
  }
  return out;
}

/** What follows a loop in its function, up to the next backward pass. */
function eventsAfter(events: readonly PlacedEvent[], loop: Stmt): readonly LoopEvent[] {
  const last = events.findLastIndex((placed) => placed.loops.includes(loop));
  const following = events.slice(last + 1).map(({ event }) => event);
  const next = following.findIndex((event) => event.kind === 'backward');
  return next === -1 ? following : following.slice(0, next);
}

function isComplete(events: readonly PlacedEvent[]): boolean {
  const has = (kind: LoopEventKind): boolean => events.some(({ event }) => event.kind === kind);
  return has('backward') && has('step');
}

function contains(outer: Stmt, inner: Stmt): boolean {
  return outer.start <= inner.start && inner.end <= outer.end;
}

function trainingLoop(
  source: PythonSource,
  scope: Scope,
  kind: TrainingLoop['kind'],
  node: Stmt,
  placed: readonly PlacedEvent[],
  after: readonly LoopEvent[],
): TrainingLoop {
  const { line } = source.range(node);
  const events = placed.map(({ event }) => {
    // Forks outside the loop do not guard its events.
    const own =
      kind === 'loop' ? event.branches.findIndex((one) => one.kind === 'loop' && one.line === line) : -1;
    const branches = event.branches.slice(own + 1);
    return { ...event, branches, guards: branches.map((branch) => branch.test) };
  });
  const body = childBlocks(node)[0] ?? [];
  return {
    kind,
    range: source.range(node),
    scope: scope.name === '' ? null : scope.name,
    events,
    after,
    firstStatement: body[0] === undefined ? null : source.statement(body[0]),
    model: modelOf(source, scope, placed),
    mayReset: mayReset(source, node, events),
  };
}

const RESET_NAME = /(?:zero|reset|clear)_?grad/i;

function mayReset(source: PythonSource, node: Stmt, events: readonly LoopEvent[]): boolean {
  const optimizers = new Set(events.filter((event) => event.kind === 'step').map((event) => event.subject));
  const known = new Set(['step', 'unscale_', 'minimize', 'print', 'len']);
  for (const stmt of ownStatements(childBlocks(node)[0] ?? [])) {
    if (stmt.kind === 'assign' && stmt.targets.some((target) => bindsOneOf(source, target, optimizers))) {
      return true;
    }
    for (const call of source.callsIn(stmt)) {
      const word = lastWord(call.func);
      const handed = call.args.some((arg) => optimizers.has(source.source(arg.value)));
      if (RESET_NAME.test(word) || (handed && !known.has(word))) {
        return true;
      }
      if (source.scopesNamed(word).some((scope) => resets(source, scope))) {
        return true;
      }
    }
  }
  return false;
}

function bindsOneOf(source: PythonSource, target: Expr, names: ReadonlySet<string>): boolean {
  return target.kind === 'tuple'
    ? target.items.some((item) => names.has(source.source(item)))
    : names.has(source.source(target));
}

function resets(source: PythonSource, scope: Scope): boolean {
  return scope.node !== null && RESET_NAME.test(source.source(scope.node));
}

/** The model whose parameters the stepping optimizer holds. */
function modelOf(source: PythonSource, scope: Scope, placed: readonly PlacedEvent[]): string | null {
  const step = placed.find(({ event }) => event.kind === 'step')?.event;
  if (step === undefined) {
    return null;
  }
  const calls = source.optimizerCalls().map(({ call }) => call);
  const isHere = (call: CallExpr): boolean => scope.start <= call.start && call.end <= scope.end;
  // The same name may hold another optimizer in another function: this one's come first.
  for (const call of [...calls.filter(isHere), ...calls.filter((one) => !isHere(one))]) {
    const params = call.args[0]?.value;
    const model = params === undefined ? null : parametersOwner(params);
    const assigned = assignedName(source, call);
    if (model !== null && assigned === step.subject) {
      return source.source(model);
    }
  }
  return null;
}

/** `model` in `model.parameters()`. */
export function parametersOwner(expr: Expr): Expr | null {
  return expr.kind === 'call' && expr.func.kind === 'attribute' && expr.func.attr === 'parameters'
    ? expr.func.object
    : null;
}

/** Variable a call's value is assigned to. */
export function assignedName(source: PythonSource, call: CallExpr): string | null {
  const stmt = source.statementAround(call);
  return stmt?.kind === 'assign' && stmt.value === call && stmt.targets[0] !== undefined
    ? source.source(stmt.targets[0])
    : null;
}

interface Walk {
  readonly helper: { readonly call: CallExpr; readonly stmt: Stmt; readonly name: string } | null;
  readonly depth: number;
  readonly visited: ReadonlySet<Scope>;
}

function eventsOf(source: PythonSource, body: readonly Stmt[], walk: Walk): PlacedEvent[] {
  const out: PlacedEvent[] = [];
  visit(source, body, [], [], walk, out);
  return out;
}

function visit(
  source: PythonSource,
  body: readonly Stmt[],
  branches: readonly Branch[],
  loops: readonly Stmt[],
  walk: Walk,
  out: PlacedEvent[],
): void {
  for (const stmt of body) {
    if (stmt.kind === 'function' || stmt.kind === 'class') {
      continue;
    }
    for (const event of statementEvents(source, stmt, branches, walk)) {
      out.push({ event, loops });
    }
    childBlocks(stmt).forEach((block, index) => {
      const branch = branchOf(source, stmt, index);
      const inner = branch === null ? branches : [...branches, branch];
      const around = (stmt.kind === 'for' || stmt.kind === 'while') && index === 0 ? [...loops, stmt] : loops;
      visit(source, block, inner, around, walk, out);
    });
  }
}

/** The fork that the n-th block of a statement stands under; null where the block always runs. */
function branchOf(source: PythonSource, stmt: Stmt, index: number): Branch | null {
  const { line } = source.range(stmt);
  switch (stmt.kind) {
    case 'if': {
      const negated = stmt.test.kind === 'unary' && stmt.test.op === 'not' ? stmt.test.operand : null;
      const holds = (index === 0) === (negated === null);
      return { kind: holds ? 'then' : 'else', test: source.source(negated ?? stmt.test), line };
    }
    case 'for':
      return { kind: 'loop', test: source.source(stmt.iter), line };
    case 'while':
      return { kind: 'loop', test: source.source(stmt.test), line };
    case 'try':
      return index > 0 && index <= stmt.handlers.length ? { kind: 'except', test: '', line } : null;
    case 'match':
      return { kind: 'case', test: `${source.source(stmt.subject)} ${index}`, line };
    default:
      return null;
  }
}

function statementEvents(
  source: PythonSource,
  stmt: Stmt,
  branches: readonly Branch[],
  walk: Walk,
): LoopEvent[] {
  const events: LoopEvent[] = [];
  const placedAt = walk.helper ?? { call: null, stmt, name: null };
  const make = (
    kind: LoopEventKind,
    at: { start: number; end: number },
    subject: string,
    call: CallExpr | null,
    scaler: string | null = null,
  ): LoopEvent => ({
    kind,
    call: source.range(placedAt.call ?? at),
    statement: source.statement(placedAt.stmt),
    subject,
    scaled: scaler !== null,
    scaler,
    name: call === null ? '' : (source.nameOf(call.func) ?? lastWord(call.func)),
    args: call === null ? [] : call.args.map((arg) => argumentFact(source, arg)),
    guards: branches.map((branch) => branch.test),
    branches,
    helper: placedAt.name,
  });
  if (stmt.kind === 'assign' && stmt.value?.kind === 'constant' && stmt.value.value === null) {
    for (const target of stmt.targets) {
      if (target.kind === 'attribute' && target.attr === 'grad') {
        events.push(make('zero-grad', stmt, source.source(target.object), null));
      }
    }
  }
  // Arguments are evaluated before the call around them.
  for (const call of source.callsIn(stmt).toReversed()) {
    const event = callEvent(source, call, make);
    if (event !== null) {
      events.push(event);
      continue;
    }
    events.push(...helperEvents(source, stmt, call, branches, walk));
  }
  return events;
}

type MakeEvent = (
  kind: LoopEventKind,
  at: { start: number; end: number },
  subject: string,
  call: CallExpr | null,
  scaler?: string | null,
) => LoopEvent;

function callEvent(source: PythonSource, call: CallExpr, make: MakeEvent): LoopEvent | null {
  const { func } = call;
  const named = source.nameOf(func);
  const word = named?.startsWith('torch.') ? named.slice(named.lastIndexOf('.') + 1) : lastWord(func);
  const receiver = func.kind === 'attribute' ? func.object : null;
  const firstArg = call.args[0]?.value;
  const text = (expr: Expr | null | undefined): string => (expr == null ? '' : source.source(expr));
  if (/^clip_grad(?:_norm|_norm_|_value_|ient|ients|s_with_norm_|s|_by_norm)?$/.test(word)) {
    return make('clip', call, text(firstArg ?? receiver), call);
  }
  if (receiver === null) {
    return null;
  }
  switch (word) {
    case 'backward':
    case 'manual_backward':
      return backwardEvent(source, call, receiver, make);
    case 'zero_grad':
      return make('zero-grad', call, text(receiver), call);
    case 'zero_': {
      const grad = receiver.kind === 'attribute' && receiver.attr === 'data' ? receiver.object : receiver;
      return grad.kind === 'attribute' && grad.attr === 'grad'
        ? make('zero-grad', call, text(grad.object), call)
        : null;
    }
    case 'unscale_':
      return make('unscale', call, text(firstArg), call, text(receiver));
    case 'update':
      return roleOf(source, receiver) === 'scaler'
        ? make('scaler-update', call, '', call, text(receiver))
        : null;
    case 'step': {
      const role = roleOf(source, receiver);
      if (role === 'scaler') {
        return make('step', call, text(firstArg), call, text(receiver));
      }
      if (role === 'optimizer' || role === 'engine') {
        return make('step', call, text(receiver), call);
      }
      return role === 'scheduler' ? make('scheduler-step', call, text(receiver), call) : null;
    }
    default:
      return null;
  }
}

function backwardEvent(
  source: PythonSource,
  call: CallExpr,
  receiver: Expr,
  make: MakeEvent,
): LoopEvent | null {
  const firstArg = call.args[0]?.value;
  // `scaler.scale(loss).backward()`
  if (receiver.kind === 'call' && receiver.func.kind === 'attribute' && receiver.func.attr === 'scale') {
    const scaled = receiver.args[0]?.value ?? receiver;
    return make('backward', call, source.source(scaled), call, source.source(receiver.func.object));
  }
  const role = roleOf(source, receiver);
  if (role === 'accelerator' || role === 'engine' || lastWord(call.func) === 'manual_backward') {
    return make('backward', call, firstArg === undefined ? '' : source.source(firstArg), call);
  }
  const name = source.nameOf(receiver);
  if (name === 'torch.autograd' || name === 'torch.distributed.autograd') {
    return make('backward', call, firstArg === undefined ? '' : source.source(firstArg), call);
  }
  return make('backward', call, source.source(receiver), call);
}

function helperEvents(
  source: PythonSource,
  stmt: Stmt,
  call: CallExpr,
  branches: readonly Branch[],
  walk: Walk,
): LoopEvent[] {
  const target = walk.depth < MAX_HELPER_DEPTH ? source.helperOf(call) : null;
  if (target === null || walk.visited.has(target)) {
    return [];
  }
  const helper = walk.helper ?? { call, stmt, name: target.name };
  const visited = new Set(walk.visited).add(target);
  return eventsOf(source, target.body, { helper, depth: walk.depth + 1, visited }).map(({ event }) => ({
    ...event,
    branches: [...branches, ...event.branches],
    guards: [...branches, ...event.branches].map((branch) => branch.test),
  }));
}
