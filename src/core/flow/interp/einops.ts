import { permute, reshape, viewShape } from '../ops/reshape';
import type { Axis } from '../shape';
import type { Flow } from '../tape';
import type { Reader } from './reader';
import { guessesForRank } from './sequences';
import { type Args, isKind, NeedShape, tensor, type Value } from './values';

/** One side of an einops pattern: `b n (h d)` is [[b], [n], [h, d]]. */
function parseSide(text: string): string[][] {
  const out: string[][] = [];
  for (const match of text.matchAll(/\(([^)]*)\)|(\S+)/g)) {
    const inside = match[1];
    out.push(inside === undefined ? [match[2] ?? ''] : inside.split(' ').filter((name) => name !== ''));
  }
  return out;
}

/** einops.rearrange: split the groups on the left, permute, join the groups on the right. Null where the sizes do not tell. */
export function rearrange(
  reader: Reader,
  value: Value,
  pattern: Value | undefined,
  given: Args,
): Value | null {
  if (typeof pattern !== 'string') return null;
  const [left, right] = pattern.split('->').map(parseSide);
  if (left === undefined || right === undefined) return null;
  if (isKind(value, 'input')) throw new NeedShape(value.name, guessesForRank(left.length));
  if (!isKind(value, 'tensor') || left.length !== value.flow.shape.length) return null;
  const sizes = axisSizes(value.flow, left, given);
  if (sizes === null) return null;
  const names = left.flat();
  const split = splitAxes(reader, value.flow, left, sizes);
  if (split === null) return null;
  const target = right.flat().filter((name) => name !== '1');
  const order = target.map((name) => names.indexOf(name));
  if (order.some((i) => i < 0)) return null;
  const moved = permute(reader.tape, split, order);
  const joined = right.map((group) => group.reduce((total, name) => total * (sizes.get(name) ?? 1), 1));
  const shape = joinAxes(moved, right, sizes) ?? viewShape(moved.shape, joined, reader.tape.batch);
  return shape === null ? null : tensor(reshape(reader.tape, moved, shape));
}

/** The size of every named axis; one of each group may follow from the others. */
function axisSizes(x: Flow, left: readonly string[][], given: Args): Map<string, number> | null {
  const sizes = new Map<string, number>([['1', 1]]);
  for (const [name, value] of given.keywords) if (typeof value === 'number') sizes.set(name, value);
  for (let i = 0; i < left.length; i++) {
    const group = left[i] ?? [];
    const whole = x.shape[i]?.size ?? 1;
    const open = group.filter((name) => !sizes.has(name));
    if (open.length > 1) return null;
    const known = group.reduce((total, name) => total * (sizes.get(name) ?? 1), 1);
    if (open[0] !== undefined) sizes.set(open[0], whole / known);
  }
  return sizes;
}

function splitAxes(
  reader: Reader,
  x: Flow,
  left: readonly string[][],
  sizes: ReadonlyMap<string, number>,
): Flow | null {
  const shape = left.flatMap((group, i): Axis[] => {
    const role = x.shape[i]?.role ?? 'feature';
    return group.map((name) => ({ size: sizes.get(name) ?? 1, role }));
  });
  return reshape(reader.tape, x, shape);
}

/** Joined axes: positions joined with features become features. */
function joinAxes(x: Flow, right: readonly string[][], sizes: ReadonlyMap<string, number>): Axis[] | null {
  let at = 0;
  return right.map((group): Axis => {
    const parts = group.filter((name) => name !== '1').map(() => x.shape[at++]);
    const size = group.reduce((total, name) => total * (sizes.get(name) ?? 1), 1);
    const roles = parts.map((axis) => axis?.role ?? 'feature');
    if (roles.includes('batch')) return { size, role: 'batch' };
    return {
      size,
      role: roles.length > 0 && roles.every((role) => role === 'position') ? 'position' : 'feature',
    };
  });
}
