import { definition } from './definitions';
import type { Branch, LoopEvent, LoopEventKind } from './facts';
import { type HandStep, handStepsIn } from './handUpdates';
import { argumentFact } from './literals';
import { lastWord, roleOf } from './roles';
import type { Scope } from './scopes';
import type { PythonSource } from './source';
import type { CallExpr, Expr, Stmt } from './syntax/ast';
import { childBlocks } from './syntax/walk';

/** Helpers are followed this deep: `fit` calls `train_step` calls `reset_grad`. */
export const MAX_HELPER_DEPTH = 3;

/** An event of a training loop, with the loops it stands in. */
export interface PlacedEvent {
  readonly event: LoopEvent;
  /** Loops around it in its own function, outermost first. */
  readonly loops: readonly Stmt[];
}

/** Where a walk over statements is: in the function itself, or in a helper it calls. */
interface Walk {
  readonly helper: { readonly call: CallExpr; readonly stmt: Stmt; readonly name: string } | null;
  readonly depth: number;
  readonly visited: ReadonlySet<Scope>;
}

/** What statements do to gradients, in the order it happens; helpers of the file are followed. */
export function eventsOf(source: PythonSource, body: readonly Stmt[], walk: Walk): PlacedEvent[] {
  const out: PlacedEvent[] = [];
  visit(source, body, [], [], walk, out);
  return out;
}

const NO_STEPS: ReadonlyMap<Stmt, HandStep> = new Map();
const NO_EVENTS: readonly LoopEvent[] = [];

function visit(
  source: PythonSource,
  body: readonly Stmt[],
  branches: readonly Branch[],
  loops: readonly Stmt[],
  walk: Walk,
  out: PlacedEvent[],
  /** Inside a loop that is one step as a whole. */
  isUpdated = false,
): void {
  const byHand = isUpdated ? NO_STEPS : handStepsIn(source, body);
  for (const stmt of body) {
    source.work.spend(1);
    if (stmt.kind === 'function' || stmt.kind === 'class') {
      continue;
    }
    const step = byHand.get(stmt);
    if (step !== undefined) {
      out.push({ event: handEvent(source, step, branches, walk), loops });
    }
    for (const event of statementEvents(source, stmt, branches, walk)) {
      out.push({ event, loops });
    }
    childBlocks(stmt).forEach((block, index) => {
      const branch = branchOf(source, stmt, index);
      const inner = branch === null ? branches : [...branches, branch];
      const around = (stmt.kind === 'for' || stmt.kind === 'while') && index === 0 ? [...loops, stmt] : loops;
      visit(source, block, inner, around, walk, out, isUpdated || step !== undefined);
    });
  }
}

/** A step taken without an optimizer: an event of the statement that takes it as a whole. */
function handEvent(
  source: PythonSource,
  { stmt, update, model, tensors }: HandStep,
  branches: readonly Branch[],
  { helper }: Walk,
): LoopEvent {
  return {
    kind: 'step',
    call: source.range(helper?.call ?? update.range),
    statement: source.statement(helper?.stmt ?? stmt),
    subject: model ?? tensors ?? '',
    byHand: model === null ? 'tensors' : 'model',
    scaled: false,
    scaler: null,
    name: '',
    args: [],
    guards: branches.map((branch) => branch.test),
    branches,
    helper: helper?.name ?? null,
  };
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
): readonly LoopEvent[] {
  const calls = source.callsIn(stmt);
  const clears = stmt.kind === 'assign' && stmt.value?.kind === 'constant' && stmt.value.value === null;
  if (calls.length === 0 && !clears) {
    return NO_EVENTS;
  }
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
  if (clears) {
    for (const target of stmt.targets) {
      if (target.kind === 'attribute' && target.attr === 'grad') {
        events.push(make('zero-grad', stmt, source.source(target.object), null));
      }
    }
  }
  // Arguments are evaluated before the call around them.
  for (const call of calls.toReversed()) {
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

/** `trainer.train_step(batch)`: the method of the file's class that the object is made from. */
function methodCalled(source: PythonSource, { func }: CallExpr): Scope | null {
  if (func.kind !== 'attribute' || func.object.kind !== 'name') {
    return null;
  }
  const value = definition(source, func.object);
  const name = value?.kind === 'call' ? source.nameOf(value.func) : null;
  const owner = name === null ? null : source.classNamed(name);
  return owner === null ? null : source.methodOf(owner, func.attr);
}

function helperEvents(
  source: PythonSource,
  stmt: Stmt,
  call: CallExpr,
  branches: readonly Branch[],
  walk: Walk,
): LoopEvent[] {
  const target = walk.depth < MAX_HELPER_DEPTH ? (source.helperOf(call) ?? methodCalled(source, call)) : null;
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
