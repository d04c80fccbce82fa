import { addTo } from '../python/multimap';
import type { CallExpr, Expr, FunctionStmt, Stmt } from '../python/syntax/ast';
import { callsOf, childBlocks, expressionsIn, expressionsOf, statementsIn } from '../python/syntax/walk';
import type { Reader } from './interp/reader';
import { type ClassValue, isKind, type ObjectValue, Scope, unknown, type Value } from './interp/values';

/** A call of a class or function somewhere in the file, and the statements that lead to it. */
interface Site {
  readonly call: CallExpr;
  readonly statement: Stmt;
  /** Function around it; null at module level. */
  readonly inside: FunctionStmt | null;
  /** Statements before it that may define what its arguments use, outermost block first. */
  readonly earlier: readonly Stmt[];
  readonly later: readonly Stmt[];
}

/** Where the file first builds an object of a class for its own sake; null when it does not. */
export function firstCall(body: readonly Stmt[], name: string): CallExpr | null {
  return indexOf(body).get(name)?.[0]?.().call ?? null;
}

/** Every call of `name` outside classes (a class is built for its own sake there, not as a part of another). */
function sitesOf(body: readonly Stmt[], name: string): Site[] {
  return (indexOf(body).get(name) ?? []).map((site) => site());
}

/** The sites of a file by the name that is called; what stands around one is put together where it is asked for. */
type SiteIndex = ReadonlyMap<string, readonly (() => Site)[]>;

/** Every reading of every model of a file asks for some. */
const siteIndexes = new WeakMap<readonly Stmt[], SiteIndex>();

function indexOf(body: readonly Stmt[]): SiteIndex {
  const known = siteIndexes.get(body);
  if (known !== undefined) return known;
  const index = new Map<string, (() => Site)[]>();
  const walk = (block: readonly Stmt[], inside: FunctionStmt | null, earlier: () => readonly Stmt[]) => {
    block.forEach((statement, i) => {
      if (statement.kind === 'class') return;
      const before = () => [...earlier(), ...block.slice(0, i)];
      for (const call of callsOf(statement)) {
        const name = calledName(call.func);
        if (name !== null)
          addTo(index, name, () => ({
            call,
            statement,
            inside,
            earlier: before(),
            later: block.slice(i + 1),
          }));
      }
      const nested = statement.kind === 'function' ? statement : inside;
      for (const inner of childBlocks(statement))
        walk(inner, nested, statement.kind === 'function' ? () => [] : before);
    });
  };
  walk(body, null, () => []);
  siteIndexes.set(body, index);
  return index;
}

function calledName(func: Expr): string | null {
  return func.kind === 'name' ? func.id : null;
}

/** Stands for a size that only the data knows (`len(vocab)`). */
const assumedSize = 64;

/** Functions that are followed to learn what their parameters are. */
const followDepth = 4;

/** The scope a call stands in: parameters by their defaults or by how the function is called, then what precedes it. */
function scopeOf(reader: Reader, site: Site, depth: number): Scope {
  const scope = new Scope(reader.globals);
  if (site.inside !== null) bindParameters(reader, site.inside, scope, depth);
  for (const stmt of leadingTo(reader, site)) runQuietly(reader, stmt, scope);
  return scope;
}

/** The statements before a call that its arguments depend on, in order: a slice backwards from the names it uses. */
function leadingTo(reader: Reader, site: Site): Stmt[] {
  const needed = new Set(site.call.args.flatMap((arg) => namesIn(arg.value)));
  const out: Stmt[] = [];
  for (const stmt of [...site.earlier].reverse()) {
    if (!leadsUp(reader, stmt) || !touches(stmt, needed)) continue;
    for (const expr of expressionsOf(stmt)) if (expr.kind === 'name') needed.add(expr.id);
    out.unshift(stmt);
  }
  return out;
}

function namesIn(expr: Expr): string[] {
  return expressionsIn(expr).flatMap((part) => (part.kind === 'name' ? [part.id] : []));
}

/** Whether a statement defines or changes one of the names. */
function touches(stmt: Stmt, names: ReadonlySet<string>): boolean {
  if (stmt.kind === 'import') return stmt.bindings.some((b) => names.has(b.local));
  if (stmt.kind === 'function' || stmt.kind === 'class') return names.has(stmt.name);
  if (stmt.kind === 'assign') return stmt.targets.some((t) => namesIn(t).some((n) => names.has(n)));
  if (stmt.kind === 'augmented') return namesIn(stmt.target).some((n) => names.has(n));
  return stmt.kind === 'expr' && namesIn(stmt.value).some((n) => names.has(n));
}

function bindParameters(reader: Reader, func: FunctionStmt, scope: Scope, depth: number): void {
  const missing = func.params.filter((p) => p.default === null && p.star === 0);
  for (const p of func.params) {
    const value = p.default;
    if (p.star === 2) scope.vars.set(p.name, { kind: 'dict', entries: new Map() });
    else if (p.star === 1) scope.vars.set(p.name, { kind: 'tuple', items: [] });
    else if (value !== null)
      scope.vars.set(
        p.name,
        reader.tolerate(() => reader.evaluate(value, reader.globals)),
      );
    else scope.vars.set(p.name, unknown(`argument ${p.name}`));
  }
  if (missing.length === 0 || depth >= followDepth) return;
  const site = sitesOf(reader.facts.body, func.name).find((s) => s.inside !== func);
  if (site === undefined) return;
  const outer = scopeOf(reader, site, depth + 1);
  const positional = site.call.args.filter((a) => a.name === null && a.star === 0);
  func.params.forEach((p, i) => {
    const given = site.call.args.find((a) => a.name === p.name) ?? (p.star === 0 ? positional[i] : undefined);
    if (given !== undefined)
      scope.vars.set(
        p.name,
        reader.tolerate(() => reader.evaluate(given.value, outer)),
      );
  });
}

/** Statements run for what they define: never loops, which train. */
function leadsUp(reader: Reader, stmt: Stmt): boolean {
  if (stmt.kind === 'assign' || stmt.kind === 'augmented' || stmt.kind === 'import') return true;
  if (stmt.kind === 'expr') return /add_argument|set_defaults|append|update/.test(reader.excerpt(stmt));
  return stmt.kind === 'function' || stmt.kind === 'class';
}

/** Steps a statement may take that is run only for what it may define. */
const quietSteps = 5000;

function runQuietly(reader: Reader, stmt: Stmt, scope: Scope): void {
  reader.tolerate(() =>
    reader.within(quietSteps, () => {
      reader.execute(stmt, scope);
      return null;
    }),
  );
}

/** An object of a class (known to the file by `name`), built as the file builds it where that can be read, else with its defaults. Null: its arguments are not known. */
export function buildClass(reader: Reader, cls: ClassValue, name = cls.name): ObjectValue | null {
  const init = cls.members.get('__init__');
  const wanted = isKind(init, 'function')
    ? init.params
        .slice(1)
        .filter(
          (p) => p.default === null && p.star === 0 && p.name !== '' && p.name !== '*' && p.name !== '/',
        )
    : [];
  for (const site of sitesOf(reader.facts.body, name)) {
    const scope = scopeOf(reader, site, 0);
    const given = reader.readArgs(site.call.args, scope);
    const names = isKind(init, 'function') ? init.params.slice(1).map((p) => p.name) : [];
    const assumed = (value: Value, name: string): Value => {
      if (!isKind(value, 'unknown')) return value;
      reader.assumeSize(name, assumedSize);
      return assumedSize;
    };
    const positional = given.positional.map((value, i) => assumed(value, names[i] ?? `argument ${i + 1}`));
    const keywords = new Map<string, Value>();
    for (const [name, value] of given.keywords) {
      if (!isKind(value, 'unknown')) keywords.set(name, value);
      else if (wanted.some((p) => p.name === name)) keywords.set(name, assumed(value, name));
    }
    if (!wanted.every((p) => keywords.has(p.name) || names.indexOf(p.name) < positional.length)) continue;
    const object = reader.construct(cls, { positional, keywords });
    if (!isKind(object, 'object')) continue;
    bindResult(reader, site, object, scope);
    return object;
  }
  if (wanted.length > 0) return null;
  const object = reader.construct(cls, { positional: [], keywords: new Map() });
  return isKind(object, 'object') ? object : null;
}

/** An object of a class as another class of the file builds it for itself: the first one found. */
export function buildInside(reader: Reader, cls: ClassValue): ObjectValue | null {
  for (const other of reader.globals.vars.values()) {
    if (!isKind(other, 'class') || other === cls || other.statement === null) continue;
    const { start, end } = other.statement;
    if (!new RegExp(`\\b${cls.name}\\b`).test(reader.facts.text.slice(start, end))) continue;
    reader.tolerate(() => buildClass(reader, other));
    const found = reader.built.find((object) => object.cls === cls);
    if (found !== undefined) return found;
  }
  return null;
}

/** Variables that are given what a function of the file makes of library layers (`model = create()`), and where. */
export function madeByFunctions(reader: Reader): { readonly name: string; readonly at: Stmt }[] {
  const { body, text } = reader.facts;
  const functions = body.filter((stmt) => stmt.kind === 'function');
  const builds = (func: FunctionStmt, depth: number): boolean => {
    if (/\bSequential\(/.test(text.slice(func.start, func.end))) return true;
    const called = new Set(
      statementsIn(func.body)
        .flatMap(callsOf)
        .flatMap((call) => calledName(call.func) ?? []),
    );
    return depth > 0 && functions.some((other) => called.has(other.name) && builds(other, depth - 1));
  };
  return functions
    .filter((func) => builds(func, 2))
    .flatMap((func) => sitesOf(body, func.name))
    .flatMap(({ statement }) => {
      const target = statement.kind === 'assign' ? statement.targets[0] : undefined;
      if (target?.kind !== 'name') return [];
      const made = reader.tolerate(() =>
        reader.within(quietSteps, () => buildVariable(reader, target.id, statement.start)),
      );
      const isPlain = isKind(made, 'object') && made.cls.native?.startsWith('nn.') === true;
      return isPlain ? [{ name: target.id, at: statement }] : [];
    });
}

/** Gives the variable its object and runs the statements after it that initialise it. */
function bindResult(reader: Reader, site: Site, object: ObjectValue, scope: Scope): void {
  const { statement } = site;
  const target = statement.kind === 'assign' ? statement.targets[0] : undefined;
  if (target?.kind !== 'name') return;
  scope.vars.set(target.id, object);
  if (statement.kind === 'assign' && statement.value !== null && statement.value !== site.call) {
    // model = Net().apply(init)
    const value = statement.value;
    if (/\.apply\(/.test(reader.facts.text.slice(value.start, value.end)))
      applyChained(reader, value, object, scope);
  }
  runInitialisers(reader, site.later, target.id, scope);
}

function applyChained(reader: Reader, value: Expr, object: ObjectValue, scope: Scope): void {
  if (value.kind !== 'call' || value.func.kind !== 'attribute' || value.func.attr !== 'apply') return;
  const argument = value.args[0];
  if (argument === undefined) return;
  const func = reader.tolerate(() => reader.evaluate(argument.value, scope));
  reader.tolerate(() =>
    reader.call(
      { kind: 'bound', self: object, method: 'apply' },
      { positional: [func], keywords: new Map() },
    ),
  );
}

/** What a statement after `model = Net()` must look like to be an initialisation of it. */
const initialises = /\.apply\(|init|parameters\(\)|modules\(\)|\.(weight|bias)\b|_\(/;
const trains = /optim|\.step\(|backward|DataLoader|loss|criterion|clip_grad|\.grad\b/i;

function runInitialisers(reader: Reader, later: readonly Stmt[], name: string, scope: Scope): void {
  for (const stmt of later.slice(0, 40)) {
    const text = reader.facts.text.slice(stmt.start, stmt.end);
    const mentions = new RegExp(`\\b${name.replace(/\W/g, '')}\\b`).test(text);
    if (stmt.kind === 'function' || stmt.kind === 'class') runQuietly(reader, stmt, scope);
    else if (mentions && text.length < 4000 && initialises.test(text) && !trains.test(text))
      reader.tolerate(() => {
        reader.execute(stmt, scope);
        return null;
      });
  }
}

/** A model built without a class: the statement `model = nn.Sequential(...)` is run where it stands. */
export function buildVariable(reader: Reader, name: string, offset: number): ObjectValue | null {
  const found = assignmentAt(reader.facts.body, offset);
  if (found === null || found.statement.kind !== 'assign' || found.statement.value === null) return null;
  const returned = buildReturned(reader, found, name);
  if (returned !== null) return returned;
  const scope = scopeOf(reader, found, 0);
  const { value } = found.statement;
  const object: Value = reader.evaluate(value, scope);
  if (!isKind(object, 'object')) return null;
  scope.vars.set(name, object);
  runInitialisers(reader, found.later, name, scope);
  return object;
}

/** What a function returns that makes the variable and goes on building it, called as the file calls it. */
function buildReturned(reader: Reader, { inside }: Site, name: string): ObjectValue | null {
  if (inside === null) return null;
  const returns = statementsIn(inside.body).some(
    (stmt) => stmt.kind === 'return' && stmt.value?.kind === 'name' && stmt.value.id === name,
  );
  if (!returns) return null;
  const scope = new Scope(reader.globals);
  bindParameters(reader, inside, scope, 0);
  const func = reader.globals.vars.get(inside.name);
  if (!isKind(func, 'function')) return null;
  const keywords = new Map(
    inside.params.flatMap((p): [string, Value][] => {
      const value = scope.vars.get(p.name);
      return p.star !== 0 || value === undefined || isKind(value, 'unknown') ? [] : [[p.name, value]];
    }),
  );
  const result = reader.call(func, { positional: [], keywords });
  return isKind(result, 'object') ? result : null;
}

function assignmentAt(body: readonly Stmt[], offset: number): Site | null {
  let out: Site | null = null;
  const walk = (block: readonly Stmt[], inside: FunctionStmt | null, earlier: readonly Stmt[]) => {
    block.forEach((statement, i) => {
      if (statement.start > offset || statement.end < offset) return;
      const before = [...earlier, ...block.slice(0, i)];
      if (statement.kind === 'assign' && statement.value?.kind === 'call') {
        out = { call: statement.value, statement, inside, earlier: before, later: block.slice(i + 1) };
      }
      const nested = statement.kind === 'function' ? statement : inside;
      for (const inner of childBlocks(statement))
        walk(inner, nested, statement.kind === 'function' ? [] : before);
    });
  };
  walk(body, null, []);
  return out;
}
