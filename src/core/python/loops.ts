import type { LoopEvent, LoopEventKind, TrainingLoop } from './facts';
import { eventsOf, MAX_HELPER_DEPTH, type PlacedEvent } from './loopEvents';
import { lastWord } from './roles';
import type { Scope } from './scopes';
import type { PythonSource } from './source';
import type { CallExpr, Expr, Stmt } from './syntax/ast';
import { childBlocks, ownStatements } from './syntax/walk';

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
