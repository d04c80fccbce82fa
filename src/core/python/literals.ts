import type { TextRange } from '../text';
import { argumentFor, entryOf, fieldOf, optionDefault } from './definitions';
import type { ArgumentFact, Literal, LiteralPlace } from './facts';
import type { PythonSource } from './source';
import type { Argument, CallExpr, Expr } from './syntax/ast';

/** Definitions are followed this far: `lr = base_lr`, `base_lr = CONFIG["lr"]` is two. */
export const MAX_DEPTH = 8;

/** The literal an expression is, a sign included; undefined when it is not one. */
export function literalOf(expr: Expr): Literal | undefined {
  switch (expr.kind) {
    case 'number':
      return expr.value;
    case 'string':
      return expr.value ?? undefined;
    case 'constant':
      return expr.value;
    case 'unary':
      return expr.op === '-' && expr.operand.kind === 'number' ? -expr.operand.value : undefined;
    case 'call':
      return floatOf(expr);
    default:
      return undefined;
  }
}

/** `float("inf")` and the like. */
function floatOf(call: CallExpr): number | undefined {
  const text = call.args.length === 1 ? call.args[0]?.value : undefined;
  if (call.func.kind !== 'name' || call.func.id !== 'float' || text?.kind !== 'string') {
    return undefined;
  }
  switch (text.value?.toLowerCase()) {
    case 'inf':
    case 'infinity':
      return Number.POSITIVE_INFINITY;
    case 'nan':
      return Number.NaN;
    default:
      return undefined;
  }
}

/** Where the number behind an expression is written, if one definition in the file gives it. */
export function numberPlace(source: PythonSource, expr: Expr): LiteralPlace | null {
  const known = source.numbers.get(expr);
  if (known !== undefined) {
    return known;
  }
  const found = place(source, expr, 'argument', 0);
  source.numbers.set(expr, found);
  return found;
}

function place(
  source: PythonSource,
  expr: Expr,
  definedAs: LiteralPlace['definedAs'],
  depth: number,
): LiteralPlace | null {
  const literal = literalOf(expr);
  if (typeof literal === 'number') {
    return { value: literal, text: source.source(expr), range: source.range(expr), definedAs };
  }
  if (depth > MAX_DEPTH) {
    return null;
  }
  switch (expr.kind) {
    case 'name':
      return namePlace(source, expr, depth);
    case 'attribute':
      return attributePlace(source, expr, depth);
    case 'subscript': {
      const key = expr.indices.length === 1 ? expr.indices[0] : undefined;
      const value =
        key?.kind === 'string' && key.value !== null ? entryOf(source, expr.object, key.value) : null;
      return value === null ? null : place(source, value, 'field', depth + 1);
    }
    case 'call':
      // `float(args.lr)`
      return expr.func.kind === 'name' && (expr.func.id === 'float' || expr.func.id === 'int') && expr.args[0]
        ? place(source, expr.args[0].value, definedAs, depth + 1)
        : null;
    default:
      return null;
  }
}

function namePlace(source: PythonSource, expr: Expr, depth: number): LiteralPlace | null {
  const bindings = source.bindings(expr);
  const [only] = bindings;
  if (bindings.length !== 1 || only === undefined) {
    return null;
  }
  if (only.kind === 'assign' && only.value !== null) {
    return place(source, only.value, 'variable', depth + 1);
  }
  if (only.kind === 'parameter' && expr.kind === 'name') {
    const value = argumentFor(source, source.scopeAt(expr.start), expr.id);
    return value === null
      ? null
      : place(source, value, only.value === value ? 'default' : 'argument', depth + 1);
  }
  return null;
}

function attributePlace(
  source: PythonSource,
  expr: Expr & { kind: 'attribute' },
  depth: number,
): LiteralPlace | null {
  if (source.isSelf(expr.object)) {
    const bindings = source.bindings(expr);
    const [only] = bindings;
    return bindings.length === 1 && only?.kind === 'assign' && only.value !== null
      ? place(source, only.value, 'field', depth + 1)
      : null;
  }
  const value = fieldOf(source, expr.object, expr.attr) ?? optionDefault(source, expr.attr);
  return value === null ? null : place(source, value, 'field', depth + 1);
}

export function argumentFact(source: PythonSource, arg: Argument): ArgumentFact {
  return new GivenArgument(source, arg);
}

/** An argument, met by the thousand: what is said of it is worked out when somebody asks. */
class GivenArgument implements ArgumentFact {
  readonly #source: PythonSource;
  readonly #arg: Argument;

  constructor(source: PythonSource, arg: Argument) {
    this.#source = source;
    this.#arg = arg;
  }

  get name(): string | null {
    return this.#arg.name;
  }

  get star(): 0 | 1 | 2 {
    return this.#arg.star;
  }

  get text(): string {
    return this.#source.source(this.#arg.value);
  }

  get range(): TextRange {
    return this.#source.range(this.#arg);
  }

  get valueRange(): TextRange {
    return this.#source.range(this.#arg.value);
  }

  get literal(): Literal | undefined {
    return literalOf(this.#arg.value);
  }

  get number(): LiteralPlace | null {
    return numberPlace(this.#source, this.#arg.value);
  }
}
