import type { Stmt } from './ast';

/** A part of a text that starts and ends between two statements at the left margin. */
export interface Piece {
  readonly start: number;
  /** Where the next piece starts: blank lines and comments belong to the piece before them. */
  readonly end: number;
  readonly body: readonly Stmt[];
  /** True when some of it could not be read. */
  readonly broken: boolean;
  /** True when some of it was left unread. */
  readonly cut: boolean;
}

/** The pieces that an edit touched, and by how much it moved what follows. */
export interface Touched {
  readonly first: number;
  readonly last: number;
  readonly delta: number;
}

/** Compares two versions of a text; null when most of it has changed. */
export function touched(before: string, after: string, pieces: readonly Piece[]): Touched | null {
  const shorter = Math.min(before.length, after.length);
  let same = 0;
  while (same < shorter && before.charCodeAt(same) === after.charCodeAt(same)) {
    same++;
  }
  let tail = 0;
  while (
    tail < shorter - same &&
    before.charCodeAt(before.length - 1 - tail) === after.charCodeAt(after.length - 1 - tail)
  ) {
    tail++;
  }
  const delta = after.length - before.length;
  const until = before.length - tail;
  // An edit right at the border may join the two pieces that meet there: both count as touched.
  const first = pieces.findIndex((piece) => same <= piece.end);
  const last = pieces.findLastIndex((piece) => until >= piece.start);
  const from = pieces[first];
  const to = pieces[last];
  if (from === undefined || to === undefined || (to.end - from.start) * 2 > before.length) {
    return null;
  }
  return { first, last, delta };
}

/** The same piece further down or up. The statements are copies: others may still hold the old ones. */
export function shifted(piece: Piece, delta: number): Piece {
  return delta === 0
    ? piece
    : {
        ...piece,
        start: piece.start + delta,
        end: piece.end + delta,
        body: shiftAll(piece.body, delta) as readonly Stmt[],
      };
}

type Plain = Readonly<Record<string, unknown>>;

function shiftAll(nodes: readonly unknown[], delta: number): readonly unknown[] {
  return nodes.map((node) => shift(node, delta));
}

/** Copies a node of the syntax tree with every offset moved. */
function shift(node: unknown, delta: number): unknown {
  if (Array.isArray(node)) {
    return shiftAll(node, delta);
  }
  if (typeof node !== 'object' || node === null) {
    return node;
  }
  const copy: Record<string, unknown> = { ...(node as Plain) };
  for (const key in copy) {
    const value = copy[key];
    if (typeof value === 'object') {
      copy[key] = shift(value, delta);
    } else if (key === 'start' || key === 'end' || key === 'attrStart') {
      copy[key] = (value as number) + delta;
    }
  }
  return copy;
}
