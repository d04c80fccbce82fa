/** What an axis counts: samples, places that share their weights (pixels, time steps, tokens), or features. */
export type Role = 'batch' | 'position' | 'feature';

export interface Axis {
  /** NaN when it is not known. */
  readonly size: number;
  readonly role: Role;
  /** Places that a batch axis counts beside its samples (windows of an image): 1 unless given. */
  readonly folded?: number;
}

export type Shape = readonly Axis[];

function product(shape: Shape, role: Role): number {
  let total = 1;
  for (const axis of shape) if (axis.role === role) total *= axis.size;
  return total;
}

export function featureCount(shape: Shape): number {
  return product(shape, 'feature');
}

export function positionCount(shape: Shape): number {
  return product(shape, 'position') * foldedCount(shape);
}

/** Positions that lie in the batch axis: no operation along positions joins them. */
export function foldedCount(shape: Shape): number {
  let total = 1;
  for (const axis of shape) total *= axis.folded ?? 1;
  return total;
}

export function hasBatch(shape: Shape): boolean {
  return shape.some((axis) => axis.role === 'batch');
}

/** Index from the front of an axis that may be counted from the end; clamped into the shape. */
export function axisIndex(shape: Shape, index: number): number {
  const i = index < 0 ? shape.length + index : index;
  return Math.max(0, Math.min(shape.length - 1, i));
}

export function withAxis(shape: Shape, index: number, axis: Axis): Shape {
  return shape.map((old, i) => (i === index ? axis : old));
}

export function describeShape(shape: Shape): string {
  return `[${shape.map((axis) => (axis.role === 'batch' ? 'batch' : axis.size)).join(', ')}]`;
}
