import type { LoopEvent, LoopEventKind, TrainingLoop } from './facts';
import { eventsOf, MAX_HELPER_DEPTH, type PlacedEvent } from './loopEvents';
import { addTo } from './multimap';
import { parameterOwners } from './optimized';
import { lastWord } from './roles';
import type { Scope } from './scopes';
import type { PythonSource } from './source';
import type { CallExpr, Expr, Stmt } from './syntax/ast';
import { childBlocks, ownStatements } from './syntax/walk';
import { orElse } from './work';

/** Training loops, and functions that hold one pass of a loop. */
export function collectLoops(source: PythonSource): TrainingLoop[] {
  const found: TrainingLoop[] = [];
  if (source.callsNamed('backward').length + source.callsNamed('manual_backward').length === 0) {
    return found;
  }
  const reaching = scopesThatReach(source);
  for (const scope of source.scopes) {
    if (scope.kind !== 'class' && reaching.has(scope)) {
      found.push(...orElse(() => loopsOfScope(source, scope), []));
    }
  }
  return found;
}

/** Scopes with a call in them that may lead to a backward pass, through helpers of the file. */
function scopesThatReach(source: PythonSource): ReadonlySet<Scope> {
  const reaching = new Set<Scope>();
  const seen = new Set<string>();
  let words = ['backward', 'manual_backward'];
  for (let depth = 0; depth <= MAX_HELPER_DEPTH; depth++) {
    const next: string[] = [];
    for (const word of words) {
      seen.add(word);
      for (const { call } of source.callsNamed(word)) {
        for (
          let scope: Scope | null = source.scopeAt(call.start);
          scope !== null && !reaching.has(scope);
          scope = scope.parent
        ) {
          reaching.add(scope);
          if (scope.node?.kind === 'function' && !seen.has(scope.node.name)) {
            next.push(scope.node.name);
          }
        }
      }
    }
    words = next;
  }
  return reaching;
}

/** A pass of more events is written by a program: comparing each with each would only take time. */
const MAX_EVENTS = 1000;

function loopsOfScope(source: PythonSource, scope: Scope): TrainingLoop[] {
  // A function that only calls those that train is no pass itself: what they do need not be gathered again for it.
  const isPlain = !scope.statements.some(({ kind }) => kind === 'for' || kind === 'while');
  if (isPlain && eventsOf(source, scope.body, withoutHelpers).length === 0) {
    return [];
  }
  const events = eventsOf(source, scope.body, { helper: null, depth: 0, visited: new Set([scope]) });
  if (!events.some(({ event }) => event.kind === 'backward')) {
    return [];
  }
  const byLoop = new Map<Stmt, PlacedEvent[]>();
  const lastIn = new Map<Stmt, number>();
  for (const [index, placed] of events.entries()) {
    for (const loop of placed.loops) {
      addTo(byLoop, loop, placed);
      lastIn.set(loop, index);
    }
  }
  const inside = (loop: Stmt): readonly PlacedEvent[] => byLoop.get(loop) ?? [];
  const complete = scope.statements.filter(
    (stmt) => (stmt.kind === 'for' || stmt.kind === 'while') && isComplete(inside(stmt)),
  );
  // Outer loops come before those inside them.
  const innermost = complete.filter((loop, at) => {
    const next = complete[at + 1];
    return next === undefined || !contains(loop, next);
  });
  const out = innermost.flatMap((loop) => {
    const placed = inside(loop);
    const after = eventsAfter(events, lastIn.get(loop) ?? events.length);
    return placed.length > MAX_EVENTS ? [] : [trainingLoop(source, scope, 'loop', loop, placed, after)];
  });
  // What lies outside those loops: one pass written in a function body, or in a loop that never steps.
  const covered = new Set<Stmt>(innermost);
  const rest = events.filter(({ loops: around }) => !around.some((loop) => covered.has(loop)));
  if (
    scope.node !== null &&
    rest.length <= MAX_EVENTS &&
    isComplete(rest) &&
    rest.some(({ event }) => event.helper === null)
  ) {
    out.push(trainingLoop(source, scope, 'function', scope.node, rest, []));
  }
  return out;
}

/** What a function does to gradients itself. */
const withoutHelpers = { helper: null, depth: MAX_HELPER_DEPTH, visited: new Set<Scope>() };

/** What follows a loop in its function, up to the next backward pass. `last` is the index of the loop's last event. */
function eventsAfter(events: readonly PlacedEvent[], last: number): readonly LoopEvent[] {
  const following: LoopEvent[] = [];
  for (let at = last + 1; at < events.length && following.length < MAX_EVENTS; at++) {
    const event = events[at]?.event;
    if (event === undefined || event.kind === 'backward') {
      break;
    }
    following.push(event);
  }
  return following;
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
  // A model is handed to every function there is.
  const steps = events.filter((event) => event.kind === 'step' && event.byHand !== 'model');
  const optimizers = new Set(steps.map((event) => event.subject));
  const known = new Set(['step', 'unscale_', 'minimize', 'print', 'len']);
  for (const stmt of ownStatements(childBlocks(node)[0] ?? [])) {
    const isBound = stmt.kind === 'assign' && stmt.targets.some((one) => bindsOneOf(source, one, optimizers));
    if (isBound && !isLightningOptimizer(stmt.value)) {
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

/** `self.optimizers()` of a LightningModule: the same optimizers at every call. */
function isLightningOptimizer(value: Expr | null): boolean {
  return value?.kind === 'call' && value.func.kind === 'attribute' && value.func.attr === 'optimizers';
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
  if (step === undefined || step.byHand !== undefined) {
    return step?.byHand === 'model' ? step.subject : null;
  }
  const known = optimizersOf(source).get(step.subject) ?? [];
  // The same name may hold another optimizer in another function: this one's come first.
  const here = known.find(({ call }) => scope.start <= call.start && call.end <= scope.end);
  const found = here ?? known[0];
  return found === undefined ? null : source.source(found.model);
}

interface MadeOptimizer {
  readonly call: CallExpr;
  readonly model: Expr;
}

/** The optimizers of a file over a model's parameters, by the variable that holds them. */
const optimizersByName = new WeakMap<PythonSource, ReadonlyMap<string, readonly MadeOptimizer[]>>();

function optimizersOf(source: PythonSource): ReadonlyMap<string, readonly MadeOptimizer[]> {
  const known = optimizersByName.get(source);
  if (known !== undefined) {
    return known;
  }
  const found = new Map<string, MadeOptimizer[]>();
  for (const { call } of source.callsOfNamed(/^torch\.optim\.(?!.*lr_scheduler)/)) {
    const params = call.args[0]?.value;
    const [model, another] = params === undefined ? [] : parameterOwners(source, params);
    const name = model === undefined ? null : assignedName(source, call);
    if (model !== undefined && another === undefined && name !== null) {
      addTo(found, name, { call, model });
    }
  }
  optimizersByName.set(source, found);
  return found;
}

/** Variable a call's value is assigned to. */
export function assignedName(source: PythonSource, call: CallExpr): string | null {
  const stmt = source.statementAround(call);
  return stmt?.kind === 'assign' && stmt.value === call && stmt.targets[0] !== undefined
    ? source.source(stmt.targets[0])
    : null;
}
