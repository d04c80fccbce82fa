import type { TextRange } from '../text';
import { callsOfScope, findBuilds } from './callers';
import { CallIndex, type PlacedCall } from './callIndex';
import type { LiteralPlace, StatementFact } from './facts';
import type { LineIndex } from './lines';
import { MAX_ALIASES, NameTable } from './nameTable';
import { ScopeIndex } from './scopeIndex';
import { type Binding, collectScopes, type Scope } from './scopes';
import { StatementPlaces } from './statementPlaces';
import type { BinaryExpr, CallExpr, ClassStmt, Expr, FunctionStmt, Stmt } from './syntax/ast';
import { SyntaxIndex } from './syntaxIndex';
import type { View } from './view';
import type { Work } from './work';

/** One parsed file, or the part of it that is looked at, with its bindings: what every collector of facts works from. */
export class PythonSource {
  readonly path: string;
  /** The whole file, even where only a part of it is looked at. */
  readonly text: string;
  readonly body: readonly Stmt[];
  readonly lines: LineIndex;
  readonly scopes: readonly Scope[];
  readonly module: Scope;
  /** Numbers already looked up (see numberPlace). */
  readonly numbers = new Map<Expr, LiteralPlace | null>();
  private readonly names = new NameTable(this);
  private readonly syntax: SyntaxIndex;
  private readonly calls: CallIndex;
  private readonly callers = new Map<Scope, readonly PlacedCall[]>();
  private readonly builders = new Map<Scope, boolean>();
  private readonly index: ScopeIndex;
  private readonly places: StatementPlaces;
  private readonly mentioned = new Map<string, boolean>();

  constructor(
    readonly view: View,
    /** What looking at this file may still cost. */
    readonly work: Work,
  ) {
    const { path, text, lines, body } = view;
    this.path = path;
    this.text = text;
    this.lines = lines;
    this.body = body;
    this.syntax = new SyntaxIndex(body);
    this.places = new StatementPlaces(text, this.lines, this.syntax);
    this.calls = new CallIndex(this.syntax, (expr) => this.nameOf(expr));
    this.scopes = collectScopes(this, body, text.length);
    this.module = this.scopes[0] as Scope;
    this.index = new ScopeIndex(this.scopes);
  }

  /** Does what is looked at hold a word at all? A cheap question before a dear one; the answer for a pattern is kept. */
  mentions(word: RegExp): boolean {
    const key = String(word);
    const known = this.mentioned.get(key);
    if (known !== undefined) {
      return known;
    }
    const found = word.test(this.view.own);
    this.mentioned.set(key, found);
    return found;
  }

  range(node: { readonly start: number; readonly end: number }): TextRange {
    return this.lines.range(node);
  }

  source(node: { readonly start: number; readonly end: number }): string {
    return this.text.slice(node.start, node.end);
  }

  /** Scopes directly inside one, in source order. */
  scopesIn(scope: Scope): readonly Scope[] {
    return this.index.inside(scope);
  }

  /** Innermost scope around an offset. */
  scopeAt(offset: number): Scope {
    this.work.spend(1);
    return this.index.around(this.module, offset);
  }

  /** Is a layer of torch.nn or keras, or a class of this file, built anywhere in a scope? */
  buildsModules(scope: Scope): boolean {
    const known = this.builders.get(scope);
    if (known !== undefined) {
      return known;
    }
    const builds = findBuilds(this, scope);
    this.builders.set(scope, builds);
    return builds;
  }

  /** Class whose method (or body) holds an offset. */
  classAt(offset: number): Scope | null {
    for (let scope: Scope | null = this.scopeAt(offset); scope !== null; scope = scope.parent) {
      if (scope.kind === 'class') {
        return scope;
      }
    }
    return null;
  }

  /** Innermost function around an offset; null at module or class level. */
  functionAt(offset: number): Scope | null {
    for (let scope: Scope | null = this.scopeAt(offset); scope !== null; scope = scope.parent) {
      if (scope.kind === 'function') {
        return scope;
      }
    }
    return null;
  }

  /** What a name is bound to where it is used, by Python's rules: class bodies are not seen from methods. */
  bindingsOf(name: string, from: Scope): readonly Binding[] {
    for (let scope: Scope | null = from; scope !== null; scope = scope.parent) {
      if (scope.kind === 'class' && scope !== from) {
        continue;
      }
      const found = scope.bindings.get(name);
      if (found !== undefined) {
        return found;
      }
    }
    return [];
  }

  /** What a name or a self attribute is bound to; empty for any other expression. */
  bindings(expr: Expr): readonly Binding[] {
    if (expr.kind === 'name') {
      return this.bindingsOf(expr.id, this.scopeAt(expr.start));
    }
    if (expr.kind === 'attribute' && this.isSelf(expr.object)) {
      const owner = this.classAt(expr.start);
      return owner === null ? [] : this.attributeBindings(owner, expr.attr);
    }
    return [];
  }

  /** What a class assigns to an attribute, its own bases in this file included. */
  attributeBindings(owner: Scope, attr: string, depth = 0): readonly Binding[] {
    const found = owner.attributes.get(attr) ?? owner.bindings.get(attr);
    if (found !== undefined || depth > MAX_ALIASES) {
      return found ?? [];
    }
    for (const base of this.basesInFile(owner)) {
      const inherited = this.attributeBindings(base, attr, depth + 1);
      if (inherited.length > 0) {
        return inherited;
      }
    }
    return [];
  }

  basesInFile(owner: Scope): readonly Scope[] {
    if (owner.node?.kind !== 'class') {
      return [];
    }
    return owner.node.bases.flatMap((base) => {
      const scope = base.value.kind === 'name' ? this.classNamed(base.value.id) : null;
      return scope === null || scope === owner ? [] : [scope];
    });
  }

  /** Is this the first parameter of the method around it? */
  isSelf(expr: Expr): boolean {
    if (expr.kind !== 'name') {
      return false;
    }
    for (let scope: Scope | null = this.functionAt(expr.start); scope !== null; scope = scope.parent) {
      if (scope.parent?.kind === 'class' && scope.node?.kind === 'function') {
        return scope.node.params[0]?.name === expr.id;
      }
    }
    return false;
  }

  classNamed(name: string): Scope | null {
    return this.index.classNamed(name);
  }

  /** Function defined at module level. */
  functionNamed(name: string): Scope | null {
    return this.index.functionNamed(name);
  }

  /** Every class and function of a name, at any depth. */
  scopesNamed(name: string): readonly Scope[] {
    return this.index.named(name);
  }

  /** The only value a name or self attribute is ever given, aliases followed; the expression itself when it is neither; null when unclear. */
  valueOf(expr: Expr, depth = 0): Expr | null {
    if (expr.kind !== 'name' && !(expr.kind === 'attribute' && this.isSelf(expr.object))) {
      return expr;
    }
    const bindings = this.bindings(expr);
    const [only] = bindings;
    if (
      bindings.length !== 1 ||
      only === undefined ||
      only.kind !== 'assign' ||
      only.value === null ||
      depth > MAX_ALIASES
    ) {
      return null;
    }
    return this.valueOf(only.value, depth + 1);
  }

  /** Canonical dotted name an expression is bound to; see PythonFacts.nameOf. */
  nameOf(expr: Expr): string | null {
    return this.names.of(expr);
  }

  /** Canonical name of the constructor or function a call runs. */
  calleeOf(expr: Expr): string | null {
    return expr.kind === 'call' ? this.nameOf(expr.func) : null;
  }

  /** Same-file function or method a call runs: `helper(x)`, `self.helper(x)`. */
  helperOf(expr: Expr): Scope | null {
    if (expr.kind !== 'call') {
      return null;
    }
    if (expr.func.kind === 'name') {
      const bindings = this.bindings(expr.func);
      const stmt = bindings.length === 1 ? bindings[0]?.stmt : null;
      return stmt?.kind === 'function' ? this.scopeOf(stmt) : null;
    }
    if (expr.func.kind === 'attribute' && this.isSelf(expr.func.object)) {
      const owner = this.classAt(expr.start);
      return owner === null ? null : this.methodOf(owner, expr.func.attr);
    }
    return null;
  }

  /** A method by name, bases in this file included. */
  methodOf(owner: Scope, name: string, depth = 0): Scope | null {
    const binding = owner.bindings.get(name)?.at(-1);
    if (binding?.stmt?.kind === 'function') {
      return this.scopeOf(binding.stmt);
    }
    if (depth > MAX_ALIASES) {
      return null;
    }
    // `forward = call`
    if (binding?.kind === 'assign' && binding.value?.kind === 'name') {
      return this.methodOf(owner, binding.value.id, depth + 1);
    }
    for (const base of this.basesInFile(owner)) {
      const found = this.methodOf(base, name, depth + 1);
      if (found !== null) {
        return found;
      }
    }
    return null;
  }

  /** Every statement of the file, outer before inner, in source order. */
  statements(): readonly Stmt[] {
    return this.syntax.statements();
  }

  /** Every `a <op> b` of the file, in source order of their statements. */
  binaries(op: string): readonly BinaryExpr[] {
    return this.syntax.binaries(op);
  }

  /** Every call of the file, in source order of their statements. */
  allCalls(): readonly PlacedCall[] {
    return this.calls.all();
  }

  /** The calls written between two offsets that hold whole statements. */
  callsWithin(span: { readonly start: number; readonly end: number }): readonly PlacedCall[] {
    return this.calls.within(span);
  }

  /** Calls of functions whose canonical name passes a test, in source order. */
  callsOfNamed(test: RegExp): readonly PlacedCall[] {
    return this.calls.ofNamed(test);
  }

  /** The calls of a statement itself (not of those inside it), outer before inner. */
  callsIn(stmt: Stmt): readonly CallExpr[] {
    return this.calls.of(stmt);
  }

  /** The statement a call is written in. */
  statementAround(call: CallExpr): Stmt | null {
    return this.calls.statementAround(call);
  }

  /** Calls whose function ends in a word: `word(...)`, `x.word(...)`. */
  callsNamed(word: string): readonly PlacedCall[] {
    return this.calls.named(word);
  }

  /** Calls of one function or class of this file. */
  callsOf(target: Scope): readonly PlacedCall[] {
    const known = this.callers.get(target);
    if (known !== undefined) {
      return known;
    }
    const found = callsOfScope(this, target);
    this.callers.set(target, found);
    return found;
  }

  scopeOf(node: FunctionStmt | ClassStmt): Scope | null {
    return this.index.of(node);
  }

  statement(stmt: { readonly start: number; readonly end: number }): StatementFact {
    return this.places.of(stmt);
  }
}
