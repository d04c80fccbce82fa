import type { PythonFacts } from '../../python/facts';
import type { Argument, Expr, Stmt } from '../../python/syntax/ast';
import { type Flow, Tape } from '../tape';
import { callBuiltin } from './builtins';
import { readArguments, runFunction } from './calls';
import { evaluateExpression, lateGlobal } from './expressions';
import { type LinkedFiles, type OpenFile, OpenFiles } from './linkedFiles';
import { findMember } from './members';
import { runModule } from './moduleLevel';
import { forwardModule } from './modules';
import { constructObject, moduleName } from './objects';
import { binaryOperation } from './operators';
import { executeStatement } from './statements';
import { callTorch } from './torch';
import {
  type Args,
  type ClassValue,
  type FunctionValue,
  type InputGuess,
  isKind,
  type NativeValue,
  nativeBase,
  type ObjectValue,
  type Scope,
  Unreadable,
  unknown,
  type Value,
} from './values';

export type Signal = 'next' | 'break' | 'continue' | { readonly returned: Value };

/** Statements and expressions one reading may take: model code builds layers, it does not compute. */
const stepLimit = 400_000;

const depthLimit = 120;

/** A call at the head of library constructors that only counts how often they are used: nothing to follow. */
const countsUse = '_log_api_usage_once';

/** What a reading found that does not fit: a layer meets another width than it was built for. */
export interface Mismatch {
  readonly kind: 'features' | 'positions' | 'tokens' | 'unknown';
  readonly text: string;
  /** Number of positions or features wanted, and what came instead; 0 when not known. */
  readonly wanted: number;
  readonly got: number;
}

export interface ReaderOptions {
  readonly batch: number;
  readonly sequence: number;
  readonly image: number;
  /** Files whose classes and functions the file may import; null to read it alone. */
  readonly links: LinkedFiles | null;
}

/**
 * Runs the part of Python that builds and calls models: constructors make modules with their initialisation, forward
 * runs on moments instead of numbers. One instance reads one class once.
 */
export class Reader {
  readonly tape: Tape;
  readonly mismatches: Mismatch[] = [];
  /** Parts that were passed over, in order. */
  readonly skipped = new Set<string>();
  /** What the first weight of the model works on; null until it is built. */
  firstLayer: Pick<InputGuess, 'kind' | 'rank'> | null = null;
  /** Activations that pass no gradient at all, with the calls that make them. */
  readonly blocked: { readonly activation: string; readonly offset: number }[] = [];
  /** Calls that data went through unread. */
  opaque = 0;
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
  /** Offset of the innermost call: where a parameter is created. See OpenFiles. */
  offset = 0;
  readonly files = new OpenFiles();
  /** The file whose code runs. */
  private file: OpenFile;

  constructor(
    facts: PythonFacts,
    readonly options: ReaderOptions,
  ) {
    this.file = this.files.open(facts).file;
    // Half a sample more, so that no width of the model is taken for the batch when code reshapes by numbers.
    this.tape = new Tape(options.batch + 0.5);
    runModule(this, facts.body);
  }

  /** The file whose code runs, and its module-level names. */
  get facts(): PythonFacts {
    return this.file.facts;
  }

  get globals(): Scope {
    return this.file.globals;
  }

  /** An offset of the running file, as parameters keep it. */
  offsetOf(node: { readonly start: number }): number {
    return this.file.base + node.start;
  }

  /** What an imported name stands for: a definition in one of the linked files, else the library's name itself. */
  imported(value: NativeValue): Value {
    const { links } = this.options;
    if (links === null || value.name.startsWith('builtins.') || value.name.endsWith(countsUse)) return value;
    const { imported } = this.file;
    const known = imported.get(value.name);
    if (known !== undefined) return known;
    // Imports may go round in a circle.
    imported.set(value.name, value);
    const read = this.defined(links.definition(value.name, this.facts)) ?? value;
    imported.set(value.name, read);
    return read;
  }

  /** A name that a star import brings. */
  starred(name: string): Value | undefined {
    return this.defined(this.options.links?.starred(name, this.facts) ?? null);
  }

  private defined(place: { readonly facts: PythonFacts; readonly name: string } | null): Value | undefined {
    if (place === null) return undefined;
    const { file, isNew } = this.files.open(place.facts);
    return this.inFile(file, () => {
      if (isNew) {
        const outer = this.limit;
        this.limit = stepLimit;
        runModule(this, place.facts.body);
        this.limit = outer;
      }
      return file.globals.vars.get(place.name) ?? lateGlobal(this, place.name);
    });
  }

  private inFile<T>(file: OpenFile, read: () => T): T {
    const outer = this.file;
    this.file = file;
    try {
      return read();
    } finally {
      this.file = outer;
    }
  }

  /** Runs a function in its own file. One of another file that cannot be read is passed over, as a library's is. */
  enter(func: FunctionValue, what: string, given: Args): Value {
    if (this.files.of(func.scope) === this.file) return this.callFunction(func, given);
    try {
      return this.callFunction(func, given);
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      return this.passOver(`${what} (${error.message})`, given);
    }
  }

  /** What was seen under another shape, where samples and features share an axis there. */
  readonly viewOf = new WeakMap<Flow, Flow>();

  /** Lengths of sequences that constructors are given by name. */
  readonly lengths = new Set<number>();

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

  tick(): void {
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

  combine(op: string, a: Value, b: Value, inPlace: boolean): Value {
    return binaryOperation(this, op, a, b, inPlace);
  }

  execute(stmt: Stmt, scope: Scope): Signal {
    return executeStatement(this, stmt, scope);
  }

  evaluate(expr: Expr, scope: Scope): Value {
    return evaluateExpression(this, expr, scope);
  }

  readArgs(given: readonly Argument[], scope: Scope): Args {
    return readArguments(this, given, scope);
  }

  callFunction(func: FunctionValue, given: Args): Value {
    return this.inFile(this.files.of(func.scope) ?? this.file, () => runFunction(this, func, given));
  }

  /** Calls anything callable. */
  call(func: Value, given: Args): Value {
    this.depth += 1;
    try {
      if (this.depth > depthLimit) throw new Unreadable('calls nest too deeply');
      if (isKind(func, 'function')) return this.enter(func, func.name, given);
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
      return this.passOver(isKind(func, 'unknown') ? func.why : 'an unknown function', given);
    } finally {
      this.depth -= 1;
    }
  }

  private callBound(self: Value, method: FunctionValue | string, given: Args): Value {
    if (typeof method === 'string') return callBuiltin(this, self, method, given);
    return this.callFunction(method, { positional: [self, ...given.positional], keywords: given.keywords });
  }

  private callNative(name: string, given: Args): Value {
    const module = moduleName(name);
    if (module !== null) return this.construct(this.nativeClass(module), given);
    if (name.startsWith('builtins.')) return callBuiltin(this, null, name.slice(9), given);
    return callTorch(this, name, given);
  }

  /** A call we do not know: one tensor in means one tensor out, unchanged, and it is said. */
  passOver(what: string, given: Args): Value {
    const all = [...given.positional, ...given.keywords.values()];
    const tensors = all.filter((v) => isKind(v, 'tensor') || isKind(v, 'input'));
    if (tensors.length === 0) return unknown(what);
    this.skipped.add(`${what} is passed over`);
    this.opaque += 1;
    return tensors[0] ?? unknown(what);
  }

  mismatch(kind: Mismatch['kind'], text: string, wanted = 0, got = 0): void {
    this.mismatches.push({ kind, text, wanted, got });
  }

  asClass(value: Value): ClassValue {
    if (isKind(value, 'class')) return value;
    if (isKind(value, 'native')) return this.nativeClass(moduleName(value.name) ?? value.name);
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

  /** Objects of the file's classes, in the order they were made. */
  readonly built: ObjectValue[] = [];

  construct(cls: ClassValue, given: Args): Value {
    return constructObject(this, cls, given);
  }

  callObject(object: ObjectValue, given: Args): Value {
    const method = findMember(object.cls, '__call__', null) ?? findMember(object.cls, 'forward', null);
    if (isKind(method, 'function')) {
      return this.enter(method, object.cls.name, {
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
