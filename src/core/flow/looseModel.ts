import type { PythonFacts } from '../python/facts';
import type { Expr, FunctionStmt, Parameter, Stmt } from '../python/syntax/ast';
import { expressionsIn, expressionsOf, statementsIn } from '../python/syntax/walk';

/** A model without a class: code of the file that works with weights of the module level. */
export interface LooseModel {
  readonly name: string;
  readonly at: { readonly start: number };
  /** What it is given: the data. */
  readonly params: readonly Parameter[];
  readonly body: readonly Stmt[];
  /** Module-level names that are weights, or lists and objects that hold some. */
  readonly roots: readonly string[];
  /** Lists of just the weights (`parameters = [W1, b1]`). */
  readonly lists: readonly string[];
}

/** What a training loop without a function of its own is called. */
const loopName = 'training loop';

/** The function of a file that uses the most module-level weights, itself or through others it calls, else the loop that trains them. */
export function looseModel(facts: PythonFacts): LooseModel | null {
  const { roots, lists } = weightNames(facts);
  if (roots.size === 0) return null;
  const functions = facts.body.filter((stmt) => stmt.kind === 'function');
  const named = (body: readonly Stmt[]) => {
    const names = new Set(namesIn(body));
    for (const other of functions)
      if (names.has(other.name)) for (const name of namesIn(other.body)) names.add(name);
    return [...names].filter((name) => roots.has(name));
  };
  let best: { readonly func: FunctionStmt; readonly used: readonly string[] } | null = null;
  for (const func of functions) {
    const used = named(func.body);
    if (used.length > (best?.used.length ?? 0) && !trains(func.body)) best = { func, used };
  }
  if (best !== null) {
    const { func, used } = best;
    // Weights that are handed over are those of the module under the same name.
    const params = func.params.filter((p) => !roots.has(p.name) && !lists.includes(p.name));
    return { name: func.name, at: func, params, body: func.body, roots: used, lists };
  }
  return loopModel(facts.body, named, lists);
}

function trains(body: readonly Stmt[]): boolean {
  return namesIn(body).some((name) => /^(optimi[sz]er|backward|loss|criterion)$/.test(name));
}

/** The loop that calls backward(): what it computes before, without its data and its loss. */
function loopModel(
  body: readonly Stmt[],
  named: (body: readonly Stmt[]) => readonly string[],
  lists: readonly string[],
): LooseModel | null {
  for (const loop of statementsIn(body)) {
    if (loop.kind !== 'for' && loop.kind !== 'while') continue;
    const end = loop.body.findIndex((stmt) => callOn(stmt, 'backward') !== null);
    const loss = callOn(loop.body[end], 'backward');
    const before = loop.body.slice(0, Math.max(0, end)).filter((stmt) => !resets(stmt));
    const at = before.findLastIndex((stmt) => binds(stmt).includes(loss ?? ''));
    const start = before.findIndex((stmt) => named([stmt]).length > 0);
    if (loss === null || at < 0 || start < 0 || start > at) continue;
    const work = before.slice(start, at);
    const output = outputOf(before[at], work);
    const data = new Set(before.slice(0, start).flatMap(binds));
    const used = [...new Set([...namesIn(work), ...(output === null ? [] : namesOf(output))])];
    const params = used.filter((name) => data.has(name)).map((name) => parameter(name, loop));
    if (output === null || params.length === 0) continue;
    const returned: Stmt = { kind: 'return', value: output, start: output.start, end: output.end };
    const whole = [...work, returned];
    return { name: loopName, at: loop, params, body: whole, roots: named(whole), lists };
  }
  return null;
}

function parameter(
  name: string,
  { start, end }: { readonly start: number; readonly end: number },
): Parameter {
  return { name, star: 0, annotation: null, default: null, start, end };
}

/** The name `x` of a statement `x.method()`. */
function callOn(stmt: Stmt | undefined, method: string): string | null {
  if (stmt?.kind !== 'expr' || stmt.value.kind !== 'call') return null;
  const { func } = stmt.value;
  return func.kind === 'attribute' && func.attr === method && func.object.kind === 'name'
    ? func.object.id
    : null;
}

function resets(stmt: Stmt): boolean {
  return namesIn([stmt]).some((name) => /^(zero_grad|grad)$/.test(name));
}

function binds(stmt: Stmt): string[] {
  return stmt.kind === 'assign' ? stmt.targets.flatMap(namesOf) : [];
}

/** What the loss is taken of: the first argument of a loss function, else the last result that the loss mentions. */
function outputOf(loss: Stmt | undefined, work: readonly Stmt[]): Expr | null {
  if (loss?.kind !== 'assign' || loss.value === null) return null;
  const { value } = loss;
  const first = value.kind === 'call' ? value.args.find((arg) => arg.star === 0) : undefined;
  if (first !== undefined) return first.value;
  const mentioned = namesOf(value);
  for (const stmt of work.toReversed()) {
    const target = stmt.kind === 'assign' ? stmt.targets[0] : undefined;
    if (target?.kind === 'name' && mentioned.includes(target.id)) return target;
  }
  return null;
}

function namesOf(expr: Expr): string[] {
  return expressionsIn(expr).flatMap((e) =>
    e.kind === 'name' ? [e.id] : e.kind === 'attribute' ? [e.attr] : [],
  );
}

function namesIn(body: readonly Stmt[]): string[] {
  return statementsIn(body)
    .flatMap(expressionsOf)
    .flatMap((e) => (e.kind === 'name' ? [e.id] : e.kind === 'attribute' ? [e.attr] : []));
}

/** A list of things that have names already (`[W1, b1]`, `[p for layer in layers for p in layer.parameters()]`). */
function gathers(value: Expr): boolean {
  if (value.kind === 'comprehension') return true;
  if (value.kind === 'binary') return value.op === '+' && gathers(value.left) && gathers(value.right);
  if (value.kind === 'dict') return value.entries.every((entry) => entry.value.kind === 'name');
  return (
    (value.kind === 'list' || value.kind === 'tuple') &&
    value.items.every((item) => /^(name|attribute|subscript|starred)$/.test(item.kind) || gathers(item))
  );
}

/**
 * Module-level names that are made as weights (`nn.Parameter(...)`, a tensor that is to be trained), and those behind a list
 * whose members are told to be (`for p in parameters: p.requires_grad = True`).
 */
function weightNames(facts: PythonFacts): {
  readonly roots: ReadonlySet<string>;
  readonly lists: readonly string[];
} {
  const made = new Map<string, Expr>();
  for (const stmt of facts.body)
    if (stmt.kind === 'assign' && stmt.value !== null && stmt.targets[0]?.kind === 'name')
      made.set(stmt.targets[0].id, stmt.value);
  const marks = (span: { readonly start: number; readonly end: number }) =>
    /\brequires_grad/.test(facts.text.slice(span.start, span.end));
  const roots = new Set<string>();
  for (const [name, value] of made) {
    if (/\bParameter\(|\brequires_grad(_\(|\s*=\s*True)/.test(facts.text.slice(value.start, value.end)))
      roots.add(name);
    if (new RegExp(`\\b${name}\\.requires_grad(_\\(|\\s*=\\s*True)`).test(facts.text)) roots.add(name);
  }
  const lists = new Set<string>();
  const follow = (expr: Expr, depth: number) => {
    for (const name of namesOf(expr)) {
      const value = made.get(name);
      if (value === undefined || roots.has(name)) continue;
      const holds = gathers(value);
      if (holds) lists.add(name);
      if (holds && depth > 0) follow(value, depth - 1);
      else roots.add(name);
    }
  };
  for (const stmt of facts.source.statements()) {
    if (stmt.kind === 'for' && marks(stmt)) follow(stmt.iter, 2);
    for (const expr of expressionsOf(stmt))
      if (expr.kind === 'comprehension' && marks(expr))
        for (const part of expr.generators) follow(part.iter, 2);
  }
  return { roots, lists: [...lists] };
}
