import type { InitKind, LiteralPlace } from './facts';
import { numberPlace } from './literals';
import type { PythonSource } from './source';
import type { Argument, CallExpr, Expr } from './syntax/ast';

/** Values that an expression draws or fills: what `copy_` is given, or what takes the place of a weight. */
export interface DrawnValues {
  readonly kind: InitKind;
  /** Deviation of normal values, bound of uniform ones, constant; null: 1. */
  readonly scale: LiteralPlace | null;
}

const DRAWS: Readonly<Record<string, InitKind>> = {
  randn: 'normal',
  randn_like: 'normal',
  normal: 'normal',
  rand: 'uniform',
  rand_like: 'uniform',
  zeros: 'zeros',
  zeros_like: 'zeros',
  ones: 'ones',
  ones_like: 'ones',
  full: 'constant',
  full_like: 'constant',
};
/** What hands its values on. */
const WRAPS = /^torch\.nn\.(?:parameter\.)?Parameter$/;
const KEEPS = /^(?:to|float|double|half|cuda|cpu|clone|contiguous)$/;
const MAX_DEPTH = 6;

/** `2 * torch.randn_like(p)`, `nn.Parameter(torch.randn(n, m) / 10)`; null for anything else. */
export function drawnValues(source: PythonSource, expr: Expr, depth = 0): DrawnValues | null {
  if (depth > MAX_DEPTH) {
    return null;
  }
  if (expr.kind === 'binary' && (expr.op === '*' || expr.op === '/')) {
    const left = numberPlace(source, expr.left);
    const right = numberPlace(source, expr.right);
    const by = right ?? (expr.op === '*' ? left : null);
    const drawn =
      by === null ? null : drawnValues(source, right === null ? expr.right : expr.left, depth + 1);
    const factor = by === null ? Number.NaN : expr.op === '*' ? by.value : 1 / by.value;
    return drawn === null || by === null || !Number.isFinite(factor)
      ? null
      : { kind: drawn.kind, scale: { ...by, value: factor * (drawn.scale?.value ?? 1) } };
  }
  if (expr.kind !== 'call') {
    return null;
  }
  const name = source.nameOf(expr.func) ?? '';
  const [first] = expr.args;
  if (WRAPS.test(name) && first !== undefined) {
    return drawnValues(source, first.value, depth + 1);
  }
  const word = /^torch\.(\w+)$/.exec(name)?.[1];
  if (word !== undefined && Object.hasOwn(DRAWS, word)) {
    return ofFunction(source, expr, word);
  }
  return expr.func.kind === 'attribute' && KEEPS.test(expr.func.attr)
    ? drawnValues(source, expr.func.object, depth + 1)
    : null;
}

function ofFunction(source: PythonSource, { args }: CallExpr, word: string): DrawnValues | null {
  const kind = DRAWS[word];
  const named = (name: string, position: number): Argument | undefined =>
    args.find((one) => one.name === name) ?? (args[position]?.name === null ? args[position] : undefined);
  const given =
    word === 'normal' ? named('std', 1) : kind === 'constant' ? named('fill_value', 1) : undefined;
  const scale = given === undefined ? null : numberPlace(source, given.value);
  const isKnown = given === undefined ? word !== 'normal' && kind !== 'constant' : scale !== null;
  return kind === undefined || !isKnown ? null : { kind, scale };
}
