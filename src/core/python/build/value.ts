import type { Literal } from '../facts';
import type { Scope } from '../scopes';
import type { PythonSource } from '../source';
import type { CallExpr, Expr, LambdaExpr, Stmt } from '../syntax/ast';

/** What the interpreter of constructors knows about an expression. */
export type Value =
  | LiteralValue
  | ModuleValue
  | RecordValue
  | ListValue
  | DictValue
  | CallableValue
  | UnknownValue;

export interface LiteralValue {
  readonly kind: 'literal';
  readonly value: Literal;
}

/** An instance of a layer, container, parameter or model. */
export interface ModuleValue {
  readonly kind: 'module';
  /** Canonical type; the class's own name when it is defined in the file. */
  readonly type: string;
  readonly call: CallExpr | null;
  readonly stmt: Stmt;
  /** File of `call` and `stmt`. */
  readonly source: PythonSource;
  /** Argument values by position in the call. */
  readonly values: readonly (Literal | undefined)[];
  /** In registration order. Grows while constructors run. */
  readonly children: Child[];
  /** Attributes set on it, registered or not. */
  readonly fields: Map<string, Value>;
  /** Class that makes it, where that is defined in the files read. */
  readonly scope: Scope | null;
  /** Calls of helpers that led here, innermost first. */
  through: readonly PlacedNode[];
  /** False when it is one of several possible. */
  exact: boolean;
  /** False for a call nobody can see into, which may be no module at all. */
  readonly known: boolean;
  /** What is to be run for its children and fields, as long as nobody has asked for them; else null or absent. */
  readonly plan?: BuildPlan | null;
}

/** A constructor that has still to be run, with arguments that nothing changes until then. */
export interface BuildPlan {
  readonly scope: Scope;
  readonly args: readonly BoundArgument[];
  /** How deep in calls it runs. */
  readonly depth: number;
  readonly build: () => void;
}

/** Will two constructors make the same? */
export function isSamePlan(one: BuildPlan, other: BuildPlan): boolean {
  return (
    one.scope === other.scope &&
    one.depth === other.depth &&
    one.args.length === other.args.length &&
    one.args.every(({ name, value }, index) => {
      const arg = other.args[index];
      return arg !== undefined && arg.name === name && isSameFixed(value, arg.value);
    })
  );
}

/** Can nothing that runs later change a value, nor a constructor that is handed it? */
export function isFixed(value: Value): boolean {
  return (
    value.kind === 'literal' ||
    value.kind === 'unknown' ||
    (value.kind === 'callable' && value.lambda === null && value.bound.length === 0)
  );
}

function isSameFixed(one: Value, other: Value): boolean {
  switch (one.kind) {
    case 'literal':
      return other.kind === 'literal' && Object.is(one.value, other.value);
    case 'callable':
      return other.kind === 'callable' && one.name === other.name && one.scope === other.scope;
    default:
      return one.kind === other.kind;
  }
}

/** A module as a call makes it: most have no attributes, and there are many. */
export class MadeModule implements ModuleValue {
  readonly kind = 'module';
  through: readonly PlacedNode[] = NO_CALLS;
  exact = true;
  private readonly registered: Child[] = [];
  private held: Map<string, Value> | null = null;
  private unbuilt: BuildPlan | null = null;

  constructor(
    readonly type: string,
    readonly call: CallExpr | null,
    readonly stmt: Stmt,
    readonly source: PythonSource,
    readonly scope: Scope | null,
    readonly values: readonly (Literal | undefined)[],
    readonly known: boolean,
  ) {}

  /** Has it built when somebody looks inside: of many models only the type is asked. */
  buildWhenAsked(plan: BuildPlan): void {
    this.unbuilt = plan;
  }

  get plan(): BuildPlan | null {
    return this.unbuilt;
  }

  get children(): Child[] {
    this.buildNow();
    return this.registered;
  }

  get fields(): Map<string, Value> {
    this.buildNow();
    this.held ??= new Map();
    return this.held;
  }

  private buildNow(): void {
    const plan = this.unbuilt;
    this.unbuilt = null;
    plan?.build();
  }
}

/** An object of a class that is no module: a configuration, a list of stages. */
export interface RecordValue {
  readonly kind: 'record';
  readonly scope: Scope;
  readonly fields: Map<string, Value>;
}

/** What a method's `self` can be. */
export type ObjectValue = ModuleValue | RecordValue;

export interface PlacedNode {
  readonly node: { readonly start: number; readonly end: number };
  readonly source: PythonSource;
}

export interface Child {
  /** Attribute, index or key; `*` when the index is unknown. */
  readonly key: string;
  readonly value: ModuleValue;
  /** The code that registers it. */
  readonly node: Expr | Stmt;
  readonly stmt: Stmt;
  readonly source: PythonSource;
  /** Class whose code registers it. */
  readonly owner: Scope | null;
  /** Made by a loop or comprehension. */
  readonly looped: boolean;
}

export interface ListItem {
  readonly value: Value;
  readonly node: Expr | Stmt;
  readonly stmt: Stmt;
  /** File of `node` and `stmt`. */
  readonly source: PythonSource;
  readonly looped: boolean;
}

/** A list, tuple or generator. */
export interface ListValue {
  readonly kind: 'list';
  readonly items: ListItem[];
  /** Index from which positions are uncertain (a loop of unknown length, a branch); items.length or more when all are known. */
  certain: number;
}

export interface DictValue {
  readonly kind: 'dict';
  readonly entries: Map<string, ListItem>;
}

/** A class, function, lambda or partial application. */
export interface CallableValue {
  readonly kind: 'callable';
  /** Canonical name; null for a lambda. */
  readonly name: string | null;
  /** Definition in the files read. */
  readonly scope: Scope | null;
  readonly lambda: { readonly node: LambdaExpr; readonly env: Env } | null;
  /** Arguments of `partial`. */
  readonly bound: readonly BoundArgument[];
}

export interface UnknownValue {
  readonly kind: 'unknown';
}

export interface BoundArgument {
  readonly name: string | null;
  readonly value: Value;
}

/** Variables of one run of a function, and the object whose method it is. */
export interface Env {
  readonly vars: Map<string, Value>;
  /** File whose code runs. */
  readonly source: PythonSource;
  readonly self: ObjectValue | null;
  /** Class whose code runs. */
  readonly owner: Scope | null;
  readonly parent: Env | null;
  /** Inside a loop or comprehension. */
  looped: boolean;
  /** Inside a branch or loop that may run or not, or any number of times. */
  uncertain: boolean;
}

const NO_CALLS: readonly PlacedNode[] = [];

export const UNKNOWN: UnknownValue = { kind: 'unknown' };

export function literal(value: Literal): LiteralValue {
  return { kind: 'literal', value };
}

export function numberOf(value: Value | undefined): number | null {
  return value?.kind === 'literal' && typeof value.value === 'number' ? value.value : null;
}

export function stringOf(value: Value | undefined): string | null {
  return value?.kind === 'literal' && typeof value.value === 'string' ? value.value : null;
}

/** Python's truth value; null when unknown. */
export function truthOf(value: Value): boolean | null {
  switch (value.kind) {
    case 'literal':
      return Boolean(value.value);
    case 'module':
    case 'record':
    case 'callable':
      return true;
    case 'list':
      return value.certain < value.items.length || value.items.length === 0 ? null : true;
    default:
      return null;
  }
}

/** A registered module as an item of a list. */
export function itemOfChild({ value, node, stmt, source, looped }: Child): ListItem {
  return { value, node, stmt, source, looped };
}

export function listOf(items: ListItem[], certain = Number.POSITIVE_INFINITY): ListValue {
  return { kind: 'list', items, certain };
}

/** Adds an item, keeping track of where positions stop being certain. */
export function appendItem(list: ListValue, item: ListItem, uncertain: boolean): void {
  if (uncertain) {
    list.certain = Math.min(list.certain, list.items.length);
  }
  list.items.push(item);
}

export function appendAll(list: ListValue, other: ListValue, uncertain: boolean, looped = false): void {
  if (uncertain) {
    list.certain = Math.min(list.certain, list.items.length);
  } else if (other.certain <= other.items.length) {
    list.certain = Math.min(list.certain, list.items.length + other.certain);
  }
  list.items.push(...(looped ? other.items.map((item) => ({ ...item, looped: true })) : other.items));
}
