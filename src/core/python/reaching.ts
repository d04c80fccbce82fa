import type { Binding } from './scopes';
import type { PythonSource } from './source';
import type { Expr, Stmt } from './syntax/ast';
import { childBlocks } from './syntax/walk';

/** Where a statement stands: its block, and the loops around it, outermost first. */
interface Place {
  readonly start: number;
  readonly end: number;
  readonly loops: readonly Stmt[];
}

const placesOf = new WeakMap<PythonSource, ReadonlyMap<Stmt, Place>>();

/**
 * The bindings of a name that a use of it may see, of all that the name has in its scope: none before the last that
 * always runs before the use, and none after the use but those that a loop leads back from.
 */
export function reachingBindings(
  source: PythonSource,
  bindings: readonly Binding[],
  use: Expr,
): readonly Binding[] {
  if (bindings.length < 2) {
    return bindings;
  }
  const places = placesIn(source);
  const placed = bindings.map((binding) => ({
    binding,
    stmt: binding.stmt,
    place: binding.stmt === null ? undefined : places.get(binding.stmt),
  }));
  const isOver = ({ binding, place, stmt }: (typeof placed)[number]): boolean =>
    (binding.kind === 'assign' || binding.kind === 'unpack') &&
    stmt !== null &&
    place !== undefined &&
    stmt.end <= use.start &&
    place.start <= use.start &&
    use.end <= place.end;
  const last = placed.findLast(isOver);
  if (last?.stmt == null || last.place === undefined) {
    return bindings;
  }
  const { stmt: from, place: own } = last;
  const found = placed.filter(({ binding, stmt }) => {
    if (stmt === null) {
      return false;
    }
    const isBetween = stmt.start >= from.start && stmt.start <= use.start && binding.stmt !== null;
    const isLater = stmt.start > use.start || stmt.end > use.start;
    return (
      (isBetween && !(isLater && stmt.kind === 'assign')) ||
      (isLater && loopsAt(places, stmt).some((loop) => holds(loop, use) && !own.loops.includes(loop)))
    );
  });
  return found.map(({ binding }) => binding);
}

function loopsAt(places: ReadonlyMap<Stmt, Place>, stmt: Stmt): readonly Stmt[] {
  return places.get(stmt)?.loops ?? [];
}

function holds(stmt: Stmt, { start, end }: Expr): boolean {
  return stmt.start <= start && end <= stmt.end;
}

function placesIn(source: PythonSource): ReadonlyMap<Stmt, Place> {
  const known = placesOf.get(source);
  if (known !== undefined) {
    return known;
  }
  const places = new Map<Stmt, Place>();
  const enter = (block: readonly Stmt[], loops: readonly Stmt[]): void => {
    const [first, last] = [block[0], block.at(-1)];
    for (const stmt of first === undefined || last === undefined ? [] : block) {
      places.set(stmt, { start: first?.start ?? 0, end: last?.end ?? 0, loops });
      const isLoop = stmt.kind === 'for' || stmt.kind === 'while';
      const isOwn = stmt.kind === 'function' || stmt.kind === 'class';
      for (const inner of childBlocks(stmt)) {
        enter(inner, isOwn ? [] : isLoop ? [...loops, stmt] : loops);
      }
    }
  };
  enter(source.body, []);
  placesOf.set(source, places);
  return places;
}
