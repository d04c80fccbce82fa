import type { TextRange } from '../text';
import type { PythonFacts } from './facts';
import type { Scope } from './scopes';
import type { CallExpr, Expr, Stmt } from './syntax/ast';
import { expressionsIn, returnedIn } from './syntax/walk';

/** A recurrence written out in a forward pass: `h = torch.tanh(self.wx(x_t) + self.wh(h))`. */
export interface PlainRecurrence {
  readonly range: TextRange;
  readonly activation: string;
}

/** Loops of so few passes are a network with shared layers, and not one over time. */
const FEW_STEPS = 10;

/** Recurrences without gates or shortcuts that a module's method runs over a sequence. */
export function plainRecurrences(facts: PythonFacts): readonly PlainRecurrence[] {
  if (!facts.source.mentions(/\b(?:tanh|relu|sigmoid)\b/)) {
    return [];
  }
  const methods = facts.classes.flatMap(({ kind, methods: all }) =>
    kind === 'module' || kind === 'lightning' ? all : [],
  );
  const loops = facts.source.statements().filter((stmt) => stmt.kind === 'for');
  const written = loops.flatMap((stmt) => {
    const found = runsOverTime(facts, stmt.iter) ? inLoop(facts, stmt) : [];
    return found.filter(({ range: { line } }) =>
      methods.some(({ range }) => range.line <= line && line <= range.endLine),
    );
  });
  return [...written, ...stateCells(facts).flatMap((cell) => inCell(facts, cell))];
}

/** A function that a loop over time hands its state, to get the next one: `h = self.cell(x[t], h)`. */
export interface StateCell {
  readonly scope: Scope;
  /** The parameter that is the state. */
  readonly state: string;
  /** Parameters that are not. */
  readonly inputs: readonly string[];
}

/** Methods and modules of the file that carry a state through a loop, each once. */
export function stateCells(facts: PythonFacts): readonly StateCell[] {
  const found = new Map<Scope, StateCell>();
  for (const loop of facts.source.statements()) {
    if (loop.kind !== 'for' || !runsOverTime(facts, loop.iter)) {
      continue;
    }
    for (const stmt of loop.body) {
      const [target] = stmt.kind === 'assign' ? stmt.targets : [];
      const call = stmt.kind === 'assign' ? stmt.value : null;
      if (target?.kind !== 'name' || call?.kind !== 'call') {
        continue;
      }
      const at = call.args.findIndex(({ value }) => value.kind === 'name' && value.id === target.id);
      const scope = at === -1 || call.args.length < 2 ? null : calledScope(facts, call);
      if (scope?.node?.kind === 'function') {
        const params = scope.node.params
          .slice(scope.parent?.kind === 'class' ? 1 : 0)
          .map(({ name }) => name);
        const state = call.args[at]?.name ?? params[at];
        if (state !== undefined) {
          found.set(scope, { scope, state, inputs: params.filter((name) => name !== state) });
        }
      }
    }
  }
  return [...found.values()];
}

/** The function behind a call, or the forward of the module of the file that is called. */
function calledScope(facts: PythonFacts, call: CallExpr): Scope | null {
  const helper = facts.source.helperOf(call);
  if (helper !== null) {
    return helper;
  }
  const { func } = call;
  const own = func.kind === 'attribute' && facts.source.isSelf(func.object) ? func.attr : null;
  const made = own === null ? facts.valueOf(func) : null;
  const type =
    own === null
      ? made?.kind === 'call'
        ? facts.nameOf(made.func)
        : null
      : facts.modules.find(({ path }) => path === own || path.endsWith(`.${own}`))?.type;
  const owner = type == null ? null : facts.source.classNamed(type);
  return owner === null ? null : facts.source.methodOf(owner, 'forward');
}

/** A cell that returns its state squashed, and nothing else of it. */
function inCell(facts: PythonFacts, { scope, state, inputs }: StateCell): readonly PlainRecurrence[] {
  const [only, another] = returnedIn(scope.body);
  const value = only?.kind === 'name' ? facts.valueOf(only) : only;
  const squashed = value?.kind === 'call' && another === undefined ? squashedBy(value) : null;
  const inner = squashed === null ? [] : expressionsIn(squashed.argument);
  const readsInput = inner.some((one) => one.kind === 'name' && inputs.includes(one.id));
  return value?.kind === 'call' &&
    squashed !== null &&
    readsInput &&
    inner.some((one) => carries(facts, one, state, []))
    ? [{ range: facts.rangeOf(value), activation: squashed.activation }]
    : [];
}

function runsOverTime(facts: PythonFacts, iter: Expr): boolean {
  if (iter.kind === 'list' || iter.kind === 'tuple') {
    return false;
  }
  if (iter.kind !== 'call' || facts.nameOf(iter.func) !== 'range') {
    return true;
  }
  const last = iter.args[iter.args.length - 1]?.value;
  const value = last?.kind === 'name' ? facts.valueOf(last) : last;
  return value?.kind !== 'number' || value.value > FEW_STEPS;
}

function inLoop(facts: PythonFacts, loop: Extract<Stmt, { kind: 'for' }>): readonly PlainRecurrence[] {
  const ticks = expressionsIn(loop.target).flatMap((one) => (one.kind === 'name' ? [one.id] : []));
  return loop.body.flatMap((stmt) => {
    const [target] = stmt.kind === 'assign' ? stmt.targets : [];
    const call = stmt.kind === 'assign' ? stmt.value : null;
    if (target?.kind !== 'name' || call?.kind !== 'call') {
      return [];
    }
    const squashed = squashedBy(call);
    const inner = squashed === null ? [] : expressionsIn(squashed.argument);
    // A pass that reads nothing of its own is an iteration towards a fixed point, or layers that share weights.
    const readsInput = inner.some((one) => one.kind === 'name' && ticks.includes(one.id));
    return squashed !== null && readsInput && inner.some((one) => carries(facts, one, target.id, ticks))
      ? [{ range: facts.rangeOf(call), activation: squashed.activation }]
      : [];
  });
}

/** `torch.tanh(z)`, `F.relu(z)`, `z.tanh()`. */
function squashedBy(call: CallExpr): { readonly activation: string; readonly argument: Expr } | null {
  const { func } = call;
  const activation = func.kind === 'attribute' ? func.attr : func.kind === 'name' ? func.id : '';
  if (!/^(?:tanh|relu|sigmoid)$/.test(activation)) {
    return null;
  }
  const argument = call.args[0]?.value ?? (func.kind === 'attribute' ? func.object : undefined);
  return argument === undefined ? null : { activation, argument };
}

/** `self.wh(h)`, `self.cell(torch.cat([x, h], 1))`, `h @ self.w`: one matrix, the same at every step. */
function carries(facts: PythonFacts, expr: Expr, state: string, ticks: readonly string[]): boolean {
  const reads = (one: Expr) => expressionsIn(one).some((name) => name.kind === 'name' && name.id === state);
  if (expr.kind === 'binary' && expr.op === '@') {
    return (
      reads(expr) &&
      !ticks.some((tick) => isIndexedBy(expr.right, tick) || isIndexedBy(expr.left, tick, state))
    );
  }
  if (expr.kind !== 'call' || expr.func.kind !== 'attribute') {
    return false;
  }
  const own = /^self\.(\w+)$/.exec(facts.textOf(facts.rangeOf(expr.func)))?.[1];
  const isLinear = facts.modules.some(
    ({ path, type }) => type === 'nn.Linear' && (path === own || path.endsWith(`.${own}`)),
  );
  const isProduct = /^torch\.(?:mm|matmul|nn\.functional\.linear)$/.test(facts.nameOf(expr.func) ?? '');
  return ((own !== undefined && isLinear) || isProduct) && expr.args.some((arg) => reads(arg.value));
}

/** Is this another matrix in each pass: `self.w[t]`? What holds the state itself may well be indexed. */
function isIndexedBy(expr: Expr, tick: string, except?: string): boolean {
  return expressionsIn(expr).some(
    (one) =>
      one.kind === 'subscript' &&
      !(one.object.kind === 'name' && one.object.id === except) &&
      one.indices.some((index) =>
        expressionsIn(index).some((name) => name.kind === 'name' && name.id === tick),
      ),
  );
}
