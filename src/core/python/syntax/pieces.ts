import type { Stmt } from './ast';
import type { Outline } from './outline';

/** A part of a text that starts and ends between two statements at the left margin. */
export interface Piece {
  readonly start: number;
  /** Where the next piece starts: blank lines belong to the piece before them, comments right above a statement to it. */
  readonly end: number;
  readonly body: readonly Stmt[];
  readonly outline: Outline;
  /** True when some of it could not be read. */
  readonly broken: boolean;
  /** True when some of it was left unread. */
  readonly cut: boolean;
}

/** The pieces to be read again after an edit, and by how much it moved what follows. */
export interface Touched {
  readonly first: number;
  readonly last: number;
  readonly delta: number;
}

/** Of a text that has changed more than this nothing is kept. */
const MOST_CHANGED = 0.8;

/**
 * Compares two versions of a text; null when most of it has changed. The pieces beside those that were edited are read
 * again with them: where one piece ends and the next begins hangs on both.
 */
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
  const first = Math.max(0, pieces.findIndex((piece) => same <= piece.end) - 1);
  const last = Math.min(pieces.length - 1, pieces.findLastIndex((piece) => until >= piece.start) + 1);
  const from = pieces[first];
  const to = pieces[last];
  if (from === undefined || to === undefined || to.end - from.start > before.length * MOST_CHANGED) {
    return null;
  }
  return { first, last, delta };
}

/** The same piece further down or up. Its statements are copied only when somebody asks for them. */
export function shifted(piece: Piece, delta: number): Piece {
  return delta === 0 ? piece : MovedPiece.from(piece, delta);
}

class MovedPiece implements Piece {
  readonly outline: Outline;
  readonly broken: boolean;
  readonly cut: boolean;
  private copied: readonly Stmt[] | null = null;

  private constructor(
    private readonly origin: Piece,
    private readonly delta: number,
  ) {
    this.outline = origin.outline;
    this.broken = origin.broken;
    this.cut = origin.cut;
  }

  static from(piece: Piece, delta: number): Piece {
    return piece instanceof MovedPiece
      ? new MovedPiece(piece.origin, piece.delta + delta)
      : new MovedPiece(piece, delta);
  }

  get start(): number {
    return this.origin.start + this.delta;
  }

  get end(): number {
    return this.origin.end + this.delta;
  }

  /** Copies: others may still hold those of the place before. */
  get body(): readonly Stmt[] {
    this.copied ??= shiftAll(this.origin.body, this.delta) as readonly Stmt[];
    return this.copied;
  }
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
