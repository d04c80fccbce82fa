import { argumentOf } from './definitions';
import type { PythonFacts } from './facts';
import { handedOn, latest, type Origin, type Path, type Place, placesOf, Walk } from './origins';
import { lossUses } from './outputs';
import type { CallExpr, Expr, FunctionStmt, Stmt } from './syntax/ast';
import { expressionsIn, expressionsOf, statementsIn } from './syntax/walk';

/** Where a tensor that training reads is made. */
export interface MadeTensor {
  /** What it is made of: the last expression before it is only cut, cast or handed on. */
  readonly expr: Expr;
  /** The assignment of it to one variable; null where it has none, or is changed afterwards. */
  readonly made: Holder | null;
  /** The unpacking that hands it on to the code that trains, `x, y = load()`; null where it is handed on otherwise. */
  readonly unpacked: (Holder & { readonly call: CallExpr; readonly index: number }) | null;
}

/** A statement, and the variable that holds the tensor after it. */
export interface Holder {
  readonly stmt: Stmt;
  readonly variable: string;
}

/** Methods that hand values on in another shape, type or place. */
const KEEPS_VALUES =
  /^(?:view|reshape|flatten|squeeze|unsqueeze|permute|transpose|contiguous|float|double|to|cpu|cuda|clone|type|byte|expand|astype|detach)$/;

/** What the trained model is given, as far as one definition leads there; each place once. */
export function inputsOf(facts: PythonFacts): readonly MadeTensor[] {
  return once(modelCalls(facts).flatMap((call) => traced(facts, call.args[0]?.value)));
}

/** What a model without a class is given: a function of the file that multiplies by its own matrices and gives the loss its input. */
export function rawInputsOf(facts: PythonFacts): readonly MadeTensor[] {
  const calls = lossUses(facts).flatMap(({ input }) => {
    const value = facts.valueOf(input);
    const node = value?.kind === 'call' ? facts.source.helperOf(value)?.node : undefined;
    return value?.kind === 'call' && node?.kind === 'function' && multiplies(facts, node) ? [value] : [];
  });
  return once(calls.flatMap((call) => call.args.flatMap(({ value }) => traced(facts, value))));
}

function multiplies(facts: PythonFacts, node: FunctionStmt): boolean {
  return statementsIn(node.body).some((stmt) =>
    expressionsOf(stmt)
      .flatMap(expressionsIn)
      .some(
        (expr) =>
          (expr.kind === 'binary' && expr.op === '@') ||
          (expr.kind === 'call' &&
            /^torch\.(?:nn\.functional\.(?:linear|conv\dd)|matmul|mm)$/.test(facts.nameOf(expr.func) ?? '')),
      ),
  );
}

/** What its outputs are compared with, by a loss or a difference. */
export function targetsOf(facts: PythonFacts): readonly MadeTensor[] {
  const given = lossUses(facts).map(({ call }) => call.args[1]?.value);
  const calls = new Set<Expr>(modelCalls(facts));
  const isOutput = (expr: Expr): boolean => {
    const value = expr.kind === 'name' ? facts.valueOf(expr) : expr;
    return value !== null && expressionsIn(value).some((one) => calls.has(one));
  };
  const compared = facts.calls.flatMap(({ call }) => {
    const parts = call.func.kind === 'attribute' ? expressionsIn(call.func.object) : [];
    return parts.flatMap((one) =>
      one.kind !== 'binary' || one.op !== '-'
        ? []
        : isOutput(one.left)
          ? [one.right]
          : isOutput(one.right)
            ? [one.left]
            : [],
    );
  });
  return once([...given, ...compared].flatMap((expr) => traced(facts, expr)));
}

function once(found: readonly MadeTensor[]): readonly MadeTensor[] {
  return found.filter((one, at) => found.findIndex(({ expr }) => expr === one.expr) === at);
}

/** Calls of the model that an optimizer trains. */
function modelCalls(facts: PythonFacts): readonly CallExpr[] {
  const names = new Set(facts.optimizers.map(({ model }) => model).filter((name) => name !== null));
  // A helper is handed the model under a name of its own: `loss_of(model, x, y)`.
  for (const { name } of facts.models) {
    names.add(name);
  }
  return facts.calls.flatMap(({ call }) => (names.has(facts.textOf(facts.rangeOf(call.func))) ? [call] : []));
}

function traced(facts: PythonFacts, expr: Expr | undefined): readonly MadeTensor[] {
  const found = new DataWalk(facts).of(expr);
  return found === null ? [] : [found.tensor];
}

interface Found {
  readonly tensor: MadeTensor;
  /** No variable has held it yet, on the way from where it is made. */
  readonly isBare: boolean;
}

class DataWalk extends Walk<Found | null> {
  /** The calls that led into the functions around what is looked at, innermost last. */
  private calls: readonly CallExpr[] = [];

  constructor(facts: PythonFacts) {
    super(facts, null, null);
  }

  protected judge(expr: Expr, path: Path): Found | null {
    switch (expr.kind) {
      case 'name':
      case 'attribute':
        return this.ofVariable(expr, path);
      case 'subscript':
        return held(this.of(expr.object, path));
      default:
        break;
    }
    if (expr.kind === 'call' && keepsValues(this.facts, expr) && expr.func.kind === 'attribute') {
      // `X = torch.tensor(...).float()`: the variable holds what it is made of.
      return this.of(expr.func.object, path);
    }
    const origins = handedOn(this.facts, expr, path);
    if (origins !== null) {
      const [only, another] = origins;
      if (only === undefined || another !== undefined) {
        return null;
      }
      const isIn = expr.kind === 'call' && this.facts.source.helperOf(expr) !== null;
      return held(
        this.within(isIn ? [...this.calls, expr] : this.calls, () => this.of(only.expr, only.path)),
      );
    }
    const name = expr.kind === 'call' ? (this.facts.nameOf(expr.func) ?? '') : '';
    if (expr.kind === 'call' && /(?:^|\.)DataLoader$/.test(name)) {
      return held(this.of(expr.args[0]?.value, path));
    }
    // `torch.from_numpy(x)` of what a function is handed: made where that is.
    const [data] = expr.kind === 'call' && WRAPS.test(name) ? expr.args : [];
    if (data !== undefined && isParameter(this.facts, data.value)) {
      return held(this.of(data.value, path));
    }
    const isWhole = isAllOf(path) && expr.kind !== 'list' && expr.kind !== 'tuple';
    return !isWhole || /Dataset|Loader|^open$/.test(name)
      ? null
      : { tensor: { expr, made: null, unpacked: null }, isBare: true };
  }

  private ofVariable(expr: Expr, path: Path): Found | null {
    const places = placesOf(this.facts, expr, path);
    const place = latest(places, expr);
    // `train_set.data`: what a library keeps there.
    if (expr.kind === 'attribute' && expr.attr === 'data' && places.length === 0 && isAllOf(path)) {
      return { tensor: { expr, made: null, unpacked: null }, isBare: true };
    }
    if (place?.by === 'parameter' && expr.kind === 'name') {
      return held(this.ofParameter(expr, path, place));
    }
    const [from, another] = place?.from ?? [];
    if (
      place === undefined ||
      from === undefined ||
      another !== undefined ||
      places.some(({ by }) => by === 'augmented')
    ) {
      return null;
    }
    const found = this.of(from.expr, from.path);
    const { by, stmt } = place;
    if (found === null || stmt === null || !isAllOf(path)) {
      return held(found);
    }
    const variable = this.facts.textOf(this.facts.rangeOf(expr));
    if (by === 'assign' && found.isBare) {
      return { tensor: { ...found.tensor, made: { stmt, variable } }, isBare: false };
    }
    const [index, ...deeper] = from.path;
    const isHandedOn =
      by === 'unpack' && expr.kind === 'name' && this.facts.source.helperOf(from.expr) !== null;
    return from.expr.kind === 'call' && isHandedOn && typeof index === 'number' && isAllOf(deeper)
      ? {
          tensor: { ...found.tensor, unpacked: { stmt, variable, call: from.expr, index } },
          isBare: false,
        }
      : held(found);
  }

  /** What the call that led here hands to a function; where none did, what the first of its calls does that leads anywhere. */
  private ofParameter(expr: Expr & { kind: 'name' }, path: Path, { from }: Place): Found | null {
    const { source } = this.facts;
    const node = source.scopeAt(expr.start).node;
    const call = this.calls.at(-1);
    if (call !== undefined && node?.kind === 'function' && source.helperOf(call)?.node === node) {
      const position = node.params.findIndex(({ name }) => name === expr.id);
      const given = handedTo(call, expr.id, position - (call.func.kind === 'attribute' ? 1 : 0));
      return given === null
        ? null
        : this.within(this.calls.slice(0, -1), () => this.of(given.expr, [...given.path, ...path]));
    }
    for (const one of from.slice(0, MOST_CALLS)) {
      const found = this.within([], () => this.of(one.expr, one.path));
      if (found !== null) {
        return found;
      }
    }
    return null;
  }

  private within(calls: readonly CallExpr[], look: () => Found | null): Found | null {
    const around = this.calls;
    this.calls = calls;
    const found = look();
    this.calls = around;
    return found;
  }
}

/** Makers of a tensor from an array or a list. */
const WRAPS = /^(?:torch\.(?:from_numpy|tensor|as_tensor|Tensor|FloatTensor)|numpy\.(?:array|asarray))$/;
/** Calls of one function that are tried: with the training data, with those of a test. */
const MOST_CALLS = 3;

function isParameter({ source }: PythonFacts, expr: Expr): boolean {
  const [only, another] = expr.kind === 'name' ? source.bindings(expr) : [];
  return only?.kind === 'parameter' && another === undefined;
}

/** What a call gives a parameter, also as a part of `*values`. */
function handedTo(call: CallExpr, name: string, position: number): Origin | null {
  const byName = call.args.find((arg) => arg.name === name)?.value;
  const star = call.args.findIndex((arg) => arg.star === 1);
  const spread = star >= 0 && star <= position ? call.args[star]?.value : undefined;
  if (byName === undefined && spread !== undefined) {
    return { expr: spread, path: [position - star] };
  }
  const value = byName ?? argumentOf(call, name, position);
  return value === null ? null : { expr: value, path: [] };
}

/** Is a path to the samples themselves, and to no part of them? */
function isAllOf(path: Path): boolean {
  return path.every((part) => part === 'each');
}

function held(found: Found | null): Found | null {
  return found === null ? null : { ...found, isBare: false };
}

/** `x.float()`, `x.reshape(-1, 1)`: a method that leaves the numbers alone. */
function keepsValues(facts: PythonFacts, { func }: CallExpr): boolean {
  return (
    func.kind === 'attribute' &&
    KEEPS_VALUES.test(func.attr) &&
    !/^(?:torch|numpy)\./.test(facts.nameOf(func) ?? '')
  );
}
