import type { PythonFacts } from '../../python/facts';
import type { Argument, CallExpr, Expr, Parameter as ParameterSyntax, Stmt } from '../../python/syntax/ast';
import { type Flow, Tape } from '../tape';
import { attributeOf, setAttribute } from './attributes';
import { callBuiltin } from './builtins';
import { constructModule, forwardModule } from './modules';
import { binaryOperation, compare, unaryOperation } from './operators';
import { indexValue, iterate, storeIndex, truth } from './sequences';
import { callTorch } from './torch';
import {
  type Args,
  type ClassValue,
  type FunctionValue,
  type InputGuess,
  isKind,
  lineage,
  list,
  NeedShape,
  nativeBase,
  type ObjectValue,
  Scope,
  tuple,
  Unreadable,
  unknown,
  type Value,
} from './values';

type Signal = 'next' | 'break' | 'continue' | { readonly returned: Value };

/** Statements and expressions one reading may take: model code builds layers, it does not compute. */
const stepLimit = 400_000;
/** Steps for one module-level value. */
const constantSteps = 5000;
const depthLimit = 120;

/** What a reading found that does not fit: a layer meets another width than it was built for. */
export interface Mismatch {
  readonly kind: 'features' | 'positions' | 'unknown';
  readonly text: string;
  /** Number of positions or features wanted, and what came instead; 0 when not known. */
  readonly wanted: number;
  readonly got: number;
}

export interface ReaderOptions {
  readonly batch: number;
  readonly sequence: number;
  readonly image: number;
  readonly guesses: ReadonlyMap<string, InputGuess>;
}

/**
 * Runs the part of Python that builds and calls models: constructors make modules with their initialisation, forward
 * runs on moments instead of numbers. One instance reads one class once.
 */
export class Reader {
  readonly tape: Tape;
  readonly globals = new Scope(null);
  readonly mismatches: Mismatch[] = [];
  /** Parts that were passed over, in order. */
  readonly skipped = new Set<string>();
  /** Depth over time: log10 attenuation of each recurrent layer, known after the backward pass. */
  readonly attenuations: {
    readonly name: () => string;
    readonly length: number;
    readonly value: () => number | null;
  }[] = [];
  private steps = 0;
  private limit = stepLimit;
  private depth = 0;
  private readonly natives = new Map<string, ClassValue>();
  /** Offset of the innermost call: where a parameter is created. */
  offset = 0;

  constructor(
    readonly facts: PythonFacts,
    readonly options: ReaderOptions,
  ) {
    // Half a sample more, so that no width of the model is taken for the batch when code reshapes by numbers.
    this.tape = new Tape(options.batch + 0.5);
    this.runModule(facts.body);
  }

  /** Module level: definitions and constants; what cannot be read is passed over. */
  private runModule(body: readonly Stmt[]): void {
    for (const stmt of body) {
      if (stmt.kind === 'import') {
        for (const b of stmt.bindings) this.globals.vars.set(b.local, { kind: 'native', name: b.origin });
      } else if (stmt.kind === 'class' || stmt.kind === 'function' || stmt.kind === 'assign') {
        if (stmt.kind === 'assign' && !plainConstant(stmt.value)) continue;
        try {
          this.within(constantSteps, () => this.execute(stmt, this.globals));
        } catch (error) {
          if (!(error instanceof Unreadable || error instanceof NeedShape)) throw error;
        }
      } else if (stmt.kind === 'try' || (stmt.kind === 'if' && !isMainGuard(stmt.test))) {
        const parts = stmt.kind === 'try' ? stmt.body : stmt.body;
        this.runModule(parts);
      }
    }
  }

  /** Sizes that stand for ones only the data knows. */
  readonly assumed = new Map<string, number>();

  assumeSize(name: string, size: number): void {
    this.assumed.set(name, size);
  }

  /** Reads with fewer steps left, for code that is only looked at for what it may define. */
  within<T>(steps: number, read: () => T): T {
    const outer = this.limit;
    this.limit = Math.min(outer, this.steps + steps);
    try {
      return read();
    } finally {
      this.limit = outer;
    }
  }

  /** Steps taken so far. */
  get work(): number {
    return this.steps;
  }

  private tick(): void {
    this.steps += 1;
    if (this.steps > this.limit) throw new Unreadable('the code runs too long to follow');
  }

  run(body: readonly Stmt[], scope: Scope): Signal {
    for (const stmt of body) {
      const signal = this.execute(stmt, scope);
      if (signal !== 'next') return signal;
    }
    return 'next';
  }

  execute(stmt: Stmt, scope: Scope): Signal {
    this.tick();
    switch (stmt.kind) {
      case 'expr':
        this.evaluate(stmt.value, scope);
        return 'next';
      case 'assign':
        if (stmt.value !== null) {
          const value = this.evaluate(stmt.value, scope);
          for (const target of stmt.targets) this.assign(target, value, scope);
        }
        return 'next';
      case 'augmented': {
        const operator = stmt.op.replace('=', '');
        const old = this.evaluate(stmt.target, scope);
        const by = this.evaluate(stmt.value, scope);
        this.assign(stmt.target, this.combine(operator, old, by, true), scope);
        return 'next';
      }
      case 'return':
        return { returned: stmt.value === null ? null : this.evaluate(stmt.value, scope) };
      case 'if':
        return this.branch(stmt.test, stmt.body, stmt.orelse, scope);
      case 'for':
        return this.loop(stmt.target, stmt.iter, stmt.body, scope);
      case 'while':
        for (let i = 0; i < 10_000; i++) {
          const test = truth(this.evaluate(stmt.test, scope));
          if (test !== true) break;
          const signal = this.run(stmt.body, scope);
          if (signal === 'break') break;
          if (typeof signal === 'object') return signal;
        }
        return 'next';
      case 'with':
        for (const item of stmt.items) {
          const value = this.tolerate(() => this.evaluate(item.value, scope));
          if (item.target !== null) this.assign(item.target, value, scope);
        }
        return this.run(stmt.body, scope);
      case 'try':
        return this.run(stmt.body, scope);
      case 'match':
        throw new Unreadable('a match statement decides what runs');
      case 'function':
        scope.vars.set(stmt.name, {
          kind: 'function',
          name: stmt.name,
          params: stmt.params,
          body: stmt.body,
          scope,
          owner: scope.owner,
          decorators: stmt.decorators.map((d) => this.facts.text.slice(d.start, d.end)),
        });
        return 'next';
      case 'class': {
        const bases = stmt.bases
          .filter((base) => base.name === null && base.star === 0)
          .map((base) => this.tolerate(() => this.evaluate(base.value, scope)))
          .map((base) => this.asClass(base));
        const members = new Map<string, Value>();
        const cls: ClassValue = {
          kind: 'class',
          name: stmt.name,
          bases,
          members,
          native: null,
          statement: stmt,
        };
        const inner = new Scope(scope, cls);
        for (const part of stmt.body) {
          this.tolerate(() => {
            this.execute(part, inner);
            return null;
          });
        }
        for (const [name, value] of inner.vars) members.set(name, value);
        scope.vars.set(stmt.name, cls);
        return 'next';
      }
      case 'import':
        for (const b of stmt.bindings) scope.vars.set(b.local, { kind: 'native', name: b.origin });
        return 'next';
      case 'other':
        if (stmt.keyword === 'break' || stmt.keyword === 'continue') return stmt.keyword;
        if (stmt.keyword === 'raise') throw new Unreadable(`it raises: ${this.excerpt(stmt)}`);
        return 'next';
    }
  }

  excerpt(node: { readonly start: number; readonly end: number }): string {
    const text = this.facts.text.slice(node.start, Math.min(node.end, node.start + 60));
    return text.replace(/\s+/g, ' ');
  }

  /** The value, or an unknown one where it cannot be read. */
  tolerate(read: () => Value): Value {
    try {
      return read();
    } catch (error) {
      if (error instanceof Unreadable) return unknown(error.message);
      throw error;
    }
  }

  private branch(test: Expr, body: readonly Stmt[], orelse: readonly Stmt[], scope: Scope): Signal {
    const decided = truth(this.evaluate(test, scope));
    if (decided === null) {
      // An unknown test: a guard that only raises is passed over, else the first branch is taken and said.
      if (body.every((s) => s.kind === 'other' && s.keyword === 'raise')) return this.run(orelse, scope);
      this.skipped.add(`the branch on ${this.excerpt(test)} is taken as true`);
      return this.run(body, scope);
    }
    return this.run(decided ? body : orelse, scope);
  }

  private loop(target: Expr, iter: Expr, body: readonly Stmt[], scope: Scope): Signal {
    for (const item of iterate(this, this.evaluate(iter, scope))) {
      this.tick();
      this.assign(target, item, scope);
      const signal = this.run(body, scope);
      if (signal === 'break') break;
      if (typeof signal === 'object') return signal;
    }
    return 'next';
  }

  assign(target: Expr, value: Value, scope: Scope): void {
    switch (target.kind) {
      case 'name':
        scope.vars.set(target.id, value);
        return;
      case 'attribute':
        setAttribute(this.evaluate(target.object, scope), target.attr, value);
        return;
      case 'subscript':
        storeIndex(this, this.evaluate(target.object, scope), this.indices(target.indices, scope), value);
        return;
      case 'tuple':
      case 'list': {
        const count = target.items.length;
        const items = iterate(this, value, count);
        if (items.length !== count && !target.items.some((part) => part.kind === 'starred')) {
          this.mismatch('features', `${items.length} values are unpacked into ${count}`);
        }
        let next = 0;
        target.items.forEach((part, i) => {
          if (part.kind === 'starred' && part.parts[0] !== undefined) {
            const taken = items.length - (count - 1);
            this.assign(part.parts[0], list(items.slice(next, next + taken)), scope);
            next += taken;
          } else {
            this.assign(part, items[next] ?? unknown(`value ${i + 1} of an unpacking`), scope);
            next += 1;
          }
        });
        return;
      }
      default:
        return;
    }
  }

  private indices(parts: readonly Expr[], scope: Scope): Value[] {
    return parts.map((part) => this.evaluate(part, scope));
  }

  evaluate(expr: Expr, scope: Scope): Value {
    this.tick();
    switch (expr.kind) {
      case 'name':
        return this.lookup(expr.id, scope);
      case 'number':
        return expr.value;
      case 'string':
        return expr.value ?? this.formatted(expr, scope);
      case 'constant':
        return expr.value;
      case 'attribute':
        return attributeOf(this, this.evaluate(expr.object, scope), expr.attr);
      case 'call':
        return this.evaluateCall(expr, scope);
      case 'list':
      case 'set':
        return list(this.items(expr.items, scope));
      case 'tuple':
        return tuple(this.items(expr.items, scope));
      case 'dict': {
        const entries = new Map<Value, Value>();
        for (const entry of expr.entries) {
          const value = this.evaluate(entry.value, scope);
          if (entry.key !== null) entries.set(this.evaluate(entry.key, scope), value);
          else if (isKind(value, 'dict')) for (const [k, v] of value.entries) entries.set(k, v);
        }
        return { kind: 'dict', entries };
      }
      case 'comprehension':
        return this.comprehend(expr, scope);
      case 'binary':
        return this.evaluateBinary(expr.op, expr.left, expr.right, scope);
      case 'unary':
        return unaryOperation(this, expr.op, this.evaluate(expr.operand, scope));
      case 'compare':
        return this.evaluateCompare(expr.ops, expr.operands, scope);
      case 'conditional': {
        const test = truth(this.evaluate(expr.test, scope));
        if (test === null) this.skipped.add(`the choice on ${this.excerpt(expr.test)} is taken as true`);
        return this.evaluate(test === false ? expr.whenFalse : expr.whenTrue, scope);
      }
      case 'subscript':
        return indexValue(this, this.evaluate(expr.object, scope), this.indices(expr.indices, scope));
      case 'lambda':
        return {
          kind: 'function',
          name: 'lambda',
          params: expr.params,
          body: expr.body,
          scope,
          owner: null,
          decorators: [],
        };
      case 'walrus': {
        const value = this.evaluate(expr.value, scope);
        this.assign(expr.target, value, scope);
        return value;
      }
      case 'slice':
        return this.evaluateSlice(expr, scope);
      default:
        return unknown(this.excerpt(expr));
    }
  }

  /** An f-string: what stands between the braces is replaced, formats are ignored. */
  private formatted(expr: Expr & { readonly parts: readonly Expr[] }, scope: Scope): Value {
    const { text } = this.facts;
    let out = '';
    let at = expr.start;
    for (const part of expr.parts) {
      const value = this.evaluate(part, scope);
      if (typeof value === 'object' && value !== null) return unknown('a formatted string');
      out +=
        text
          .slice(at, part.start)
          .replace(/^[a-zA-Z]*["']+/, '')
          .replace(/\{$/, '') + String(value);
      const close = text.indexOf('}', part.end);
      at = close < 0 ? part.end : close + 1;
    }
    return out + text.slice(at, expr.end).replace(/["']+$/, '');
  }

  /** The parser keeps only the parts of a slice: the colons of the text tell which they are. */
  private evaluateSlice(expr: Expr & { readonly parts: readonly Expr[] }, scope: Scope): Value {
    const fields: Value[] = [null, null, null];
    let at = expr.start;
    let field = 0;
    for (const part of expr.parts) {
      for (; at < part.start; at++) if (this.facts.text[at] === ':') field++;
      fields[Math.min(2, field)] = this.evaluate(part, scope);
      at = part.end;
    }
    return { kind: 'slice', start: fields[0] ?? null, stop: fields[1] ?? null, step: fields[2] ?? null };
  }

  private lookup(name: string, scope: Scope): Value {
    const value = scope.find(name);
    if (value !== undefined) return value;
    const late = this.lateGlobal(name);
    return late ?? { kind: 'native', name: `builtins.${name}` };
  }

  /** A module-level name assigned by a call (`args = parse()`), read only when something asks for it. */
  private lateGlobal(name: string): Value | undefined {
    for (const stmt of this.facts.body) {
      if (stmt.kind !== 'assign' || stmt.value === null) continue;
      const target = stmt.targets[0];
      if (target?.kind === 'name' && target.id === name) {
        this.globals.vars.set(name, unknown(name));
        const value = stmt.value;
        const read = this.tolerate(() =>
          this.within(constantSteps, () => this.evaluate(value, this.globals)),
        );
        this.globals.vars.set(name, read);
        return read;
      }
    }
    return undefined;
  }

  private items(parts: readonly Expr[], scope: Scope): Value[] {
    const out: Value[] = [];
    for (const part of parts) {
      const spread = spreadOf(part);
      if (spread !== null) out.push(...iterate(this, this.evaluate(spread, scope)));
      else out.push(this.evaluate(part, scope));
    }
    return out;
  }

  private comprehend(expr: Expr & { readonly kind: 'comprehension' }, scope: Scope): Value {
    const out: Value[] = [];
    const keys: Value[] = [];
    const inner = new Scope(scope, null);
    const walk = (index: number): void => {
      const part = expr.generators[index];
      if (part === undefined) {
        if (expr.key !== null) keys.push(this.evaluate(expr.key, inner));
        out.push(this.evaluate(expr.element, inner));
        return;
      }
      for (const item of iterate(this, this.evaluate(part.iter, inner))) {
        this.tick();
        this.assign(part.target, item, inner);
        if (part.conditions.every((c) => truth(this.evaluate(c, inner)) !== false)) walk(index + 1);
      }
    };
    walk(0);
    if (expr.form === 'dict') {
      return { kind: 'dict', entries: new Map(keys.map((key, i) => [key, out[i] ?? null])) };
    }
    return list(out);
  }

  private evaluateBinary(op: string, left: Expr, right: Expr, scope: Scope): Value {
    const a = this.evaluate(left, scope);
    if (op === 'and' || op === 'or') {
      const test = truth(a);
      if (test === null) return op === 'and' ? a : a;
      return test === (op === 'and') ? this.evaluate(right, scope) : a;
    }
    return this.combine(op, a, this.evaluate(right, scope), false);
  }

  combine(op: string, a: Value, b: Value, inPlace: boolean): Value {
    return binaryOperation(this, op, a, b, inPlace);
  }

  private evaluateCompare(ops: readonly string[], operands: readonly Expr[], scope: Scope): Value {
    const values = operands.map((operand) => this.evaluate(operand, scope));
    for (let i = 0; i < ops.length; i++) {
      const result = compare(this, ops[i] ?? '', values[i] ?? null, values[i + 1] ?? null);
      if (result === null) return unknown('a comparison');
      if (!result) return false;
    }
    return true;
  }

  private evaluateCall(expr: CallExpr, scope: Scope): Value {
    if (expr.func.kind === 'name' && expr.func.id === 'super') return this.superValue(expr, scope);
    const func = this.evaluate(expr.func, scope);
    const given = this.readArgs(expr.args, scope);
    const outer = this.offset;
    this.offset = expr.start;
    try {
      return this.call(func, given);
    } finally {
      this.offset = outer;
    }
  }

  private superValue(expr: CallExpr, scope: Scope): Value {
    const self = scope.find('self') ?? firstParameter(scope);
    const owner = ownerOf(scope);
    if (!isKind(self, 'object') || owner === null) throw new Unreadable(`super() at ${this.excerpt(expr)}`);
    const named = expr.args[0] === undefined ? owner : this.evaluate(expr.args[0].value, scope);
    return { kind: 'super', self, after: isKind(named, 'class') ? named : owner };
  }

  readArgs(given: readonly Argument[], scope: Scope): Args {
    const positional: Value[] = [];
    const keywords = new Map<string, Value>();
    for (const arg of given) {
      const value = this.evaluate(arg.value, scope);
      if (arg.star === 1) positional.push(...iterate(this, value));
      else if (arg.star === 2) {
        if (isKind(value, 'dict')) for (const [k, v] of value.entries) keywords.set(String(k), v);
      } else if (arg.name !== null) keywords.set(arg.name, value);
      else positional.push(value);
    }
    return { positional, keywords };
  }

  /** Calls anything callable. */
  call(func: Value, given: Args): Value {
    this.depth += 1;
    try {
      if (this.depth > depthLimit) throw new Unreadable('calls nest too deeply');
      if (isKind(func, 'function')) return this.callFunction(func, given);
      if (isKind(func, 'bound')) return this.callBound(func.self, func.method, given);
      if (isKind(func, 'class')) return this.construct(func, given);
      if (isKind(func, 'object')) return this.callObject(func, given);
      if (isKind(func, 'partial')) {
        return this.call(func.func, {
          positional: [...func.args.positional, ...given.positional],
          keywords: new Map([...func.args.keywords, ...given.keywords]),
        });
      }
      if (isKind(func, 'native')) return this.callNative(func.name, given);
      return this.passOver('an unknown function', given);
    } finally {
      this.depth -= 1;
    }
  }

  private callBound(self: Value, method: FunctionValue | string, given: Args): Value {
    if (typeof method === 'string') return callBuiltin(this, self, method, given);
    return this.callFunction(method, { positional: [self, ...given.positional], keywords: given.keywords });
  }

  callFunction(func: FunctionValue, given: Args): Value {
    const scope = new Scope(func.scope, func.owner);
    this.bind(func.params, given, scope, func.scope);
    if (!Array.isArray(func.body)) return this.evaluate(func.body as Expr, scope);
    if ((func.body as readonly Stmt[]).some(yields)) throw new Unreadable(`${func.name} is a generator`);
    const signal = this.run(func.body as readonly Stmt[], scope);
    return typeof signal === 'object' ? signal.returned : null;
  }

  private bind(params: readonly ParameterSyntax[], given: Args, scope: Scope, outer: Scope): void {
    let next = 0;
    const left = new Map(given.keywords);
    let keywordOnly = false;
    for (const param of params) {
      if (param.name === '' || param.name === '*' || param.name === '/') {
        keywordOnly ||= param.star === 1 || param.name === '*';
        continue;
      }
      if (param.star === 1) {
        scope.vars.set(param.name, tuple(given.positional.slice(next)));
        next = given.positional.length;
        keywordOnly = true;
      } else if (param.star === 2) {
        scope.vars.set(param.name, { kind: 'dict', entries: new Map(left) });
      } else {
        let value = left.get(param.name);
        left.delete(param.name);
        if (value === undefined && !keywordOnly && next < given.positional.length)
          value = given.positional[next++];
        if (value === undefined && param.default !== null) value = this.evaluate(param.default, outer);
        scope.vars.set(param.name, value === undefined ? unknown(`argument ${param.name}`) : value);
      }
    }
  }

  private callNative(name: string, given: Args): Value {
    const asModule = this.moduleClass(name);
    if (asModule !== null) return this.construct(asModule, given);
    if (name.startsWith('builtins.')) return callBuiltin(this, null, name.slice(9), given);
    return callTorch(this, name, given);
  }

  /** A call we do not know: one tensor in means one tensor out, unchanged, and it is said. */
  passOver(what: string, given: Args): Value {
    const all = [...given.positional, ...given.keywords.values()];
    const tensors = all.filter((v) => isKind(v, 'tensor') || isKind(v, 'input'));
    if (tensors.length === 0) return unknown(what);
    this.skipped.add(`${what} is passed over`);
    return tensors[0] ?? unknown(what);
  }

  /** Notes tensors whose position axes do not fit: the assumed length of the input was wrong. */
  checkPositions(a: Flow, b: Flow): void {
    const rank = Math.min(a.shape.length, b.shape.length);
    for (let i = 1; i <= rank; i++) {
      const x = a.shape[a.shape.length - i]?.size ?? 1;
      const y = b.shape[b.shape.length - i]?.size ?? 1;
      if (x > 1 && y > 1 && x !== y) {
        const wanted = a.free ? x : b.free ? y : 0;
        this.mismatch('positions', `lengths ${x} and ${y} meet`, wanted);
      }
    }
  }

  mismatch(kind: Mismatch['kind'], text: string, wanted = 0, got = 0): void {
    this.mismatches.push({ kind, text, wanted, got });
  }

  asClass(value: Value): ClassValue {
    if (isKind(value, 'class')) return value;
    if (isKind(value, 'native')) return this.moduleClass(value.name) ?? this.nativeClass(value.name);
    return this.nativeClass('object');
  }

  nativeClass(name: string): ClassValue {
    const known = this.natives.get(name);
    if (known !== undefined) return known;
    const cls: ClassValue = {
      kind: 'class',
      name,
      bases: [],
      members: new Map(),
      native: name,
      statement: null,
    };
    this.natives.set(name, cls);
    return cls;
  }

  /** `torch.nn.Linear` and the like as a class; null when the name is not a module's. */
  private moduleClass(name: string): ClassValue | null {
    const match =
      /^(?:torch\.nn|torch\.nn\.modules(?:\.\w+)?|torchvision\.ops(?:\.\w+)?|lightning(?:\.pytorch)?|pytorch_lightning)\.([A-Z]\w*)$/.exec(
        name,
      );
    if (name === 'einops.layers.torch.Rearrange') return this.nativeClass('nn.Rearrange');
    if (match === null || match[1] === 'Parameter') return null;
    return this.nativeClass(`nn.${match[1]}`);
  }

  /** Objects of the file's classes, in the order they were made. */
  readonly built: ObjectValue[] = [];

  construct(cls: ClassValue, given: Args): Value {
    const object: ObjectValue = {
      kind: 'object',
      cls,
      fields: new Map(),
      settings: new Map(),
      offset: this.offset,
    };
    if (cls.native === null) this.built.push(object);
    const init = findMember(cls, '__init__', null);
    if (isKind(init, 'function')) {
      this.callFunction(init, { positional: [object, ...given.positional], keywords: given.keywords });
      return object;
    }
    this.constructNative(object, given);
    return object;
  }

  /** The constructor of the library class an object derives from; a plain class takes its fields from the arguments. */
  constructNative(object: ObjectValue, given: Args): void {
    const native = nativeBase(object.cls);
    if (native?.startsWith('nn.') === true) {
      constructModule(this, object, native.slice(3), given);
      return;
    }
    const names: string[] = [];
    for (const part of object.cls.statement?.body ?? []) {
      if (part.kind === 'assign' && part.annotation !== null && part.targets[0]?.kind === 'name') {
        names.push(part.targets[0].id);
      }
    }
    names.forEach((name, i) => {
      const value = given.keywords.get(name) ?? given.positional[i];
      if (value !== undefined) object.fields.set(name, value);
    });
  }

  callObject(object: ObjectValue, given: Args): Value {
    const method = findMember(object.cls, '__call__', null) ?? findMember(object.cls, 'forward', null);
    if (isKind(method, 'function')) {
      return this.callFunction(method, {
        positional: [object, ...given.positional],
        keywords: given.keywords,
      });
    }
    return this.callNativeObject(object, given);
  }

  callNativeObject(object: ObjectValue, given: Args): Value {
    const native = nativeBase(object.cls);
    if (native?.startsWith('nn.') === true) return forwardModule(this, object, native.slice(3), given);
    return this.passOver(object.cls.name, given);
  }
}

/** What a starred item spreads. The grammar binds the star tighter than Python does: `*x.shape` comes as `(*x).shape`. */
function spreadOf(expr: Expr): Expr | null {
  if (expr.kind === 'starred') return expr.parts[0] ?? null;
  if (expr.kind === 'attribute' || expr.kind === 'subscript') {
    const object = spreadOf(expr.object);
    return object === null ? null : { ...expr, object };
  }
  if (expr.kind === 'call') {
    const func = spreadOf(expr.func);
    return func === null ? null : { ...expr, func };
  }
  return null;
}

/** A class attribute or method along the method resolution order; `after` starts behind a class (super). */
export function findMember(cls: ClassValue, name: string, after: ClassValue | null): Value | undefined {
  const order = lineage(cls);
  const from = after === null ? 0 : order.indexOf(after) + 1;
  for (const c of order.slice(from)) {
    const value = c.members.get(name);
    if (value !== undefined) return value;
  }
  return undefined;
}

function ownerOf(scope: Scope): ClassValue | null {
  for (let s: Scope | null = scope; s !== null; s = s.parent) if (s.owner !== null) return s.owner;
  return null;
}

function firstParameter(scope: Scope): Value | undefined {
  for (const value of scope.vars.values()) return value;
  return undefined;
}

function yields(stmt: Stmt): boolean {
  return stmt.kind === 'expr' && stmt.value.kind === 'yield';
}

/** Module-level values read at once: everything but calls, which may do anything. */
function plainConstant(value: Expr | null): boolean {
  return value !== null && value.kind !== 'call' && value.kind !== 'comprehension' && value.kind !== 'await';
}

function isMainGuard(test: Expr): boolean {
  return test.kind === 'compare' && test.operands.some((o) => o.kind === 'name' && o.id === '__name__');
}
