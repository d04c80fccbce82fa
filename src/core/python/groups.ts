import { addTo } from './multimap';
import { canonicalName, frameworkOf } from './names';
import type { Piece } from './syntax/pieces';

/**
 * A file is judged in groups of definitions that know of each other, each with the file's imports and constants: what
 * one group says does not depend on the text of another, so that an edit leaves the other groups' findings as they are.
 * A script is one group; a file of many models, each with its own training function, has as many.
 *
 * Two pieces know of each other when one names what the other defines, or reaches for a method, a field or an option
 * of that name. Whatever is run at module level belongs together, since its order counts. And where one function trains
 * or initialises whatever it is handed, or one class of many is trained by nobody, all models stay together; where a
 * recurrent network reads tokens, the whole file does.
 */
export function groupsOf(pieces: readonly Piece[]): readonly (readonly Piece[])[] {
  const given = givenPieces(pieces);
  const members = pieces.filter((piece) => !given.has(piece));
  const linked = new Links(members.length);
  linkByName(members, linked);
  linkByHandling(members, linked);
  linkByTokens(members, linked);
  const groups = linked.groups();
  return groups.length < 2 || groups.length * given.size > MOST_COPIES
    ? [pieces]
    : groups.map((group) =>
        [...given, ...group.flatMap((index) => members[index] ?? [])].sort((a, b) => a.start - b.start),
      );
}

/** Every group looks at what is given to all: beyond this one group costs less. */
const MOST_COPIES = 20_000;

/** Imports, notes and constants, as long as nothing of the file and no layer goes into them. */
function givenPieces(pieces: readonly Piece[]): Set<Piece> {
  const given = new Set(pieces.filter(({ outline, broken }) => outline.kind === 'given' && !broken));
  const origins = new Map([...given].flatMap(({ outline }) => [...outline.imports]));
  const own = new Set(pieces.flatMap((piece) => (given.has(piece) ? [] : piece.outline.defines)));
  const constants = new Set([...given].flatMap(({ outline }) => outline.defines));
  const isPlainCall = (name: string): boolean => {
    const head = name.split('.')[0] ?? '';
    const [origin] = origins.get(head) ?? [];
    if (origin === undefined) {
      return head !== '' && !constants.has(head);
    }
    return frameworkOf(origin) === null || canonicalName(origin + name.slice(head.length)) === 'torch.device';
  };
  let before: number;
  do {
    before = given.size;
    for (const piece of given) {
      const { calls, names, defines } = piece.outline;
      if (!calls.every(isPlainCall) || [...names, ...defines].some((name) => own.has(name))) {
        given.delete(piece);
        for (const name of defines) {
          own.add(name);
        }
      }
    }
  } while (given.size < before);
  return given;
}

function linkByName(members: readonly Piece[], linked: Links): void {
  const definers = new Map<string, number[]>();
  const holders = new Map<string, number[]>();
  let lastRun: number | null = null;
  for (const [index, { outline, broken }] of members.entries()) {
    for (const name of outline.defines) {
      addTo(definers, name, index);
    }
    for (const name of outline.members) {
      addTo(holders, name, index);
    }
    if (outline.kind !== 'definition' || broken) {
      linked.join(index, lastRun ?? index);
      lastRun = index;
    }
  }
  // Where several have the name that is meant, they all go together.
  const joinAll = (index: number, byName: Map<string, number[]>, name: string): void => {
    for (const other of byName.get(name) ?? []) {
      linked.join(index, other);
    }
    byName.set(name, [index]);
  };
  for (const [index, { outline }] of members.entries()) {
    for (const name of [...outline.names, ...outline.defines]) {
      if (definers.has(name)) {
        joinAll(index, definers, name);
      }
    }
    for (const name of outline.attributes) {
      if (holders.has(name) && !EVERYWHERE.test(name)) {
        joinAll(index, holders, name);
      }
    }
  }
}

/** Methods that every model has: they do not tell which one is meant. */
const EVERYWHERE = /^(?:__\w+__|forward|call)$/;

/** Where code that trains or initialises models and the models are not sure to belong to each other, all go together. */
function linkByHandling(members: readonly Piece[], linked: Links): void {
  const concerned: number[] = [];
  let handled = 0;
  let isSure = true;
  for (const group of linked.groups()) {
    const outlines = group.flatMap((index) => members[index]?.outline ?? []);
    const isModel = outlines.some(({ hasClass }) => hasClass);
    const isHandled = outlines.some(({ trains, handles }) => trains || (handles && !isModel));
    handled += isHandled ? 1 : 0;
    isSure &&= isModel === isHandled;
    if (isModel || isHandled) {
      concerned.push(...group.slice(0, 1));
    }
  }
  if (handled > 0 && !isSure) {
    for (const other of concerned) {
      linked.join(concerned[0] ?? other, other);
    }
  }
}

/** How sequences of tokens are padded is seen in the code that makes them, which the model that reads them does not name. */
function linkByTokens(members: readonly Piece[], linked: Links): void {
  const has = ({ names, attributes }: Piece['outline'], word: string) =>
    names.has(word) || attributes.has(word);
  const isReader = members.some(
    ({ outline }) => has(outline, 'Embedding') && ['RNN', 'GRU', 'LSTM'].some((word) => has(outline, word)),
  );
  for (const index of isReader ? members.keys() : []) {
    linked.join(0, index);
  }
}

/** Sets of numbers that grow together. */
class Links {
  private readonly parents: number[];

  constructor(count: number) {
    this.parents = Array.from({ length: count }, (_, index) => index);
  }

  join(a: number, b: number): void {
    const [low, high] = [this.root(a), this.root(b)].sort((x, y) => x - y) as [number, number];
    this.parents[high] = low;
  }

  /** In the order of their first members. */
  groups(): readonly (readonly number[])[] {
    const byRoot = new Map<number, number[]>();
    for (const index of this.parents.keys()) {
      addTo(byRoot, this.root(index), index);
    }
    return [...byRoot.values()];
  }

  private root(index: number): number {
    let at = index;
    for (let up = this.parents[at] ?? at; up !== at; up = this.parents[at] ?? at) {
      this.parents[at] = this.parents[up] ?? up;
      at = up;
    }
    return at;
  }
}
