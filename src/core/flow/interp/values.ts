import type { ClassStmt, Expr, Parameter as ParameterSyntax, Stmt } from '../../python/syntax/ast';
import type { Shape } from '../shape';
import type { Flow, Parameter } from '../tape';

/** Values of the small Python that model code is read with. */
export type Value =
  | number
  | string
  | boolean
  | null
  | ListValue
  | DictValue
  | FunctionValue
  | BoundValue
  | NativeValue
  | PartialValue
  | ClassValue
  | ObjectValue
  | SuperValue
  | TensorValue
  | ParameterValue
  | IndicesValue
  | InputValue
  | SizesValue
  | SliceValue
  | UnknownValue;

export interface ListValue {
  readonly kind: 'list' | 'tuple';
  items: Value[];
}
export interface DictValue {
  readonly kind: 'dict';
  readonly entries: Map<Value, Value>;
}
export interface FunctionValue {
  readonly kind: 'function';
  readonly name: string;
  readonly params: readonly ParameterSyntax[];
  readonly body: readonly Stmt[] | Expr;
  readonly scope: Scope;
  readonly owner: ClassValue | null;
  readonly decorators: readonly string[];
}
/** A method with its object. */
export interface BoundValue {
  readonly kind: 'bound';
  readonly self: Value;
  readonly method: FunctionValue | string;
}
/** A dotted name of a library (`torch.nn.functional.relu`). */
export interface NativeValue {
  readonly kind: 'native';
  readonly name: string;
}
export interface PartialValue {
  readonly kind: 'partial';
  readonly func: Value;
  readonly args: Args;
}
export interface ClassValue {
  readonly kind: 'class';
  readonly name: string;
  readonly bases: readonly ClassValue[];
  readonly members: Map<string, Value>;
  /** Canonical library name when it is not a class of the file. */
  readonly native: string | null;
  readonly statement: ClassStmt | null;
}
export interface ObjectValue {
  readonly kind: 'object';
  readonly cls: ClassValue;
  /** Attributes, registered modules and parameters in order. */
  readonly fields: Map<string, Value>;
  /** Settings of a library module (`kernel`, `rate`), which code does not see. */
  readonly settings: Map<string, number>;
  readonly offset: number;
}
export interface SuperValue {
  readonly kind: 'super';
  readonly self: ObjectValue;
  readonly after: ClassValue;
}
export interface TensorValue {
  readonly kind: 'tensor';
  flow: Flow;
  /** The numbers of a small constant tensor (`torch.tensor(shape)`). */
  readonly numbers?: readonly number[];
  /** The parameter this is another shape of: what initialises one initialises the other. */
  viewOf?: Parameter;
  /** Made by NumPy, whose `size` is a number. */
  readonly isArray?: boolean;
}
export interface ParameterValue {
  readonly kind: 'parameter';
  readonly parameter: Parameter;
}
/** Integers that index an embedding: tokens drawn at random, or positions in order (no batch axis). */
export interface IndicesValue {
  readonly kind: 'indices';
  readonly shape: Shape;
  /** The numbers of a range, where nothing has changed them. */
  readonly numbers?: readonly number[];
  /** The numbers of a range under another shape. */
  readonly reshaped?: readonly number[];
}
/** An argument of forward whose shape nothing has told yet. */
export interface InputValue {
  readonly kind: 'input';
  readonly name: string;
}
/** `x.shape` of such an argument. */
export interface SizesValue {
  readonly kind: 'sizes';
  readonly input: InputValue;
}
export interface SliceValue {
  readonly kind: 'slice';
  readonly start: Value;
  readonly stop: Value;
  readonly step: Value;
}
export interface UnknownValue {
  readonly kind: 'unknown';
  readonly why: string;
}

export interface Args {
  readonly positional: readonly Value[];
  readonly keywords: ReadonlyMap<string, Value>;
}

export class Scope {
  /** What a generator has yielded so far; null in other functions. */
  yielded: Value[] | null = null;
  readonly vars = new Map<string, Value>();
  constructor(
    readonly parent: Scope | null,
    readonly owner: ClassValue | null = null,
  ) {}

  find(name: string): Value | undefined {
    for (let scope: Scope | null = this; scope !== null; scope = scope.parent) {
      const value = scope.vars.get(name);
      if (value !== undefined) return value;
    }
    return undefined;
  }
}

export const noArgs: Args = { positional: [], keywords: new Map() };

export function args(...positional: Value[]): Args {
  return { positional, keywords: new Map() };
}

export function list(items: Value[]): ListValue {
  return { kind: 'list', items };
}

export function tuple(items: Value[]): ListValue {
  return { kind: 'tuple', items };
}

export function unknown(why: string): UnknownValue {
  return { kind: 'unknown', why };
}

/** A value that may be missing: None is a value, nothing is not. */
export function orUnknown(value: Value | undefined, why: string): Value {
  return value === undefined ? unknown(why) : value;
}

export function tensor(flow: Flow): TensorValue {
  return { kind: 'tensor', flow };
}

export function isKind<K extends string>(
  value: Value | undefined,
  kind: K,
): value is Extract<Value, { kind: K }> {
  return typeof value === 'object' && value !== null && value.kind === kind;
}

export function isList(value: Value | undefined): value is ListValue {
  return typeof value === 'object' && value !== null && (value.kind === 'list' || value.kind === 'tuple');
}

/** Argument by position or keyword. */
export function argument(given: Args, index: number, name: string): Value | undefined {
  return given.keywords.get(name) ?? given.positional[index];
}

/** Number argument, or the default. Booleans count as 0 and 1. */
export function numberArgument(given: Args, index: number, name: string, otherwise: number): number {
  const value = argument(given, index, name);
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  return otherwise;
}

/** One number for each of `rank` axes, from a number or a tuple. */
export function numbersFor(value: Value | undefined, rank: number, otherwise: number): number[] {
  if (isList(value)) {
    return Array.from({ length: rank }, (_, i) => {
      const item = value.items[i] ?? value.items[0];
      return typeof item === 'number' ? item : otherwise;
    });
  }
  return Array.from({ length: rank }, () => (typeof value === 'number' ? value : otherwise));
}

/** Method resolution orders found so far: a class's bases never change. */
const orders = new WeakMap<ClassValue, readonly ClassValue[]>();

/** Method resolution, depth first: enough for the single inheritance and mixins of model code. */
export function lineage(cls: ClassValue): readonly ClassValue[] {
  const known = orders.get(cls);
  if (known !== undefined) return known;
  const out = new Set<ClassValue>();
  // Each class once, however many ways lead to it, and on no call stack: chains of bases can be long.
  const waiting = [cls];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (!out.has(next)) {
      out.add(next);
      waiting.push(...next.bases.toReversed());
    }
  }
  const order = [...out];
  orders.set(cls, order);
  return order;
}

/** The library class an object derives from (`torch.nn.Sequential`), or null. */
export function nativeBase(cls: ClassValue): string | null {
  for (const c of lineage(cls)) if (c.native !== null) return c.native;
  return null;
}

/** Something the reader cannot follow: ends the reading of this class, and is said. */
export class Unreadable extends Error {}

/** A first use tells (or narrows) what shape an input must have. */
export class NeedShape extends Error {
  constructor(
    readonly input: string,
    readonly candidates: readonly InputGuess[],
  ) {
    super(`shape of ${input}`);
  }
}

/** Shape assumed for an argument of forward. `features` may be NaN until a layer says. */
export interface InputGuess {
  /** none: one number a sample; frames: a sequence of images; pairs: a number for every two samples (nodes of a graph). */
  readonly kind: 'vector' | 'sequence' | 'image' | 'frames' | 'tokens' | 'none' | 'pairs';
  readonly features: number;
  /** Set where no layer told the features: others may fit better. */
  readonly open?: boolean;
  /** Side length where the layer tells it (a generator starts from 1×1). */
  readonly side?: number;
  /** Number of spatial axes of an image; axes of tokens, where they are more than one. */
  readonly rank: number;
  /** Time axis before the batch axis. */
  readonly timeFirst: boolean;
}
