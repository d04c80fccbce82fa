import type { PythonFacts } from '../python/facts';
import type { LinkedFiles } from './interp/linkedFiles';
import { Reader } from './interp/reader';
import { type InputGuess, NeedShape, type ObjectValue, Unreadable } from './interp/values';
import { likelyFirst } from './modelInputs';
import { type ReadModel, readOnce } from './readOnce';

export interface ReadOptions {
  readonly batch: number;
  readonly sequence: number;
  /** True when the user gave the sequence length: it is not changed to fit the code. */
  readonly sequenceFixed: boolean;
  /** Files that the model's file may import. */
  readonly links: LinkedFiles | null;
  /** Names of the classes that models have built as parts of themselves, gathered while reading. */
  readonly parts: Set<string>;
  /** Steps that are left for this model and those after it. */
  readonly budget: { left: number };
}

/** Side lengths tried when a flattened image does not fit the layer behind it: the usual ones first. */
const imageSizes = [
  32, 28, 224, 64, 96, 48, 16, 8, 128, 256, 227, 299, 84, 100, 112, 160, 192, 512, 20, 24, 40, 56, 80, 10, 12,
  14, 36, 50, 60, 4,
];

/** Lengths tried for one-dimensional signals. */
const signalLengths = [128, 256, 1024, 4096, 16000];

const readLimit = 60;

/** Widths of two inputs are told by two layers: the second is met when the first fits. */
const widthRounds = 3;

/** Steps all readings of a model may take together. */
const workLimit = 300_000;

type Builder = (reader: Reader) => ObjectValue | null;

/** A model that is built and has not run. */
interface Prepared {
  readonly reader: Reader;
  readonly object: ObjectValue;
}

/** Runs a model's constructor and forward on moments; inputs take the shapes its layers ask for. */
export function readModel(facts: PythonFacts, build: Builder, options: ReadOptions): ReadModel | string {
  let best: ReadModel | null = null;
  let failure = 'its forward pass cannot be read';
  let reads = 0;
  let work = 0;
  const attempt = (
    guesses: ReadonlyMap<string, InputGuess>,
    image: number,
    sequence: number,
    prepared: Prepared | null = null,
  ): ReadModel | null => {
    reads += 1;
    if (options.budget.left <= 0) {
      failure = 'there is no time left to read it';
      return null;
    }
    const { batch, links } = options;
    const reader = prepared?.reader ?? new Reader(facts, { batch, sequence, image, links });
    const before = reader.work;
    const spend = () => {
      work += reader.work - before;
      options.budget.left -= reader.work - before;
    };
    let object = prepared?.object ?? null;
    try {
      const model = reader.within(options.budget.left, () => {
        object ??= build(reader);
        if (object === null) throw new Unreadable('the arguments of its constructor are not known');
        for (const part of reader.built) if (part.cls !== object.cls) options.parts.add(part.cls.name);
        return readOnce(reader, object, guesses, sequence, image);
      });
      spend();
      return model;
    } catch (error) {
      spend();
      if (error instanceof NeedShape) {
        // Before anything is known of the inputs forward has computed nothing: the model can be run again as it is.
        const fresh = guesses.size === 0 && object !== null && reader.mismatches.length === 0;
        return search(
          likelyFirst(error, reader.firstLayer),
          guesses,
          image,
          sequence,
          fresh && object !== null ? { reader, object } : null,
        );
      }
      if (!(error instanceof Unreadable)) throw error;
      failure = error.message;
      return null;
    }
  };
  const search = (
    need: NeedShape,
    guesses: ReadonlyMap<string, InputGuess>,
    image: number,
    sequence: number,
    prepared: Prepared | null,
  ) => {
    let chosen: ReadModel | null = null;
    let unused = prepared;
    // The same input asked for twice: its first guess was not enough.
    if (guesses.has(need.input)) return null;
    for (const candidate of need.candidates) {
      if (reads > readLimit) break;
      const model = attempt(new Map([...guesses, [need.input, candidate]]), image, sequence, unused);
      unused = null;
      const kept = model === null || faults(model) === 0 ? model : widened(model, image, sequence);
      if (kept !== null && (chosen === null || fitsBetter(kept, chosen))) chosen = kept;
      if (chosen !== null && faults(chosen) === 0 && chosen.unreached === 0) break;
    }
    return chosen;
  };
  // Other widths of inputs are likelier than inputs of another kind.
  const widened = (start: ReadModel, image: number, sequence: number): ReadModel => {
    let chosen = start;
    const keep = (model: ReadModel | null) => {
      if (model !== null && faults(model) < faults(chosen)) chosen = model;
    };
    const more = () => reads <= readLimit && faults(chosen) > 0;
    for (let round = 0, from: ReadModel | null = null; round < widthRounds && from !== chosen; round++) {
      from = chosen;
      for (const guesses of otherWidths(from)) if (more()) keep(attempt(guesses, image, sequence));
    }
    const length = options.sequenceFixed ? undefined : lengthWanted(start);
    if (length !== undefined && more()) keep(attempt(start.guesses, image, length));
    return chosen;
  };
  best = attempt(new Map(), imageSizes[0] ?? 32, options.sequence);
  if (best !== null && faults(best) > 0)
    best = refine(best, attempt, options, () => reads <= readLimit && work <= workLimit);
  return best ?? failure;
}

function texts(model: ReadModel): string {
  return model.mismatches.map((m) => m.text).join('\n');
}

/** What does not fit; numbers where tokens belong are a whole input taken wrongly. */
function faults(model: ReadModel): number {
  return model.mismatches.reduce((total, { kind }) => total + (kind === 'tokens' ? 10 : 1), 0);
}

/** Fewer things do not fit; where none does not, fewer weights are left aside. */
function fitsBetter(a: ReadModel, b: ReadModel): boolean {
  const less = faults(a) - faults(b);
  return less < 0 || (less === 0 && faults(a) === 0 && a.unreached < b.unreached);
}

/** Length of the sequences that a table of positions or offsets is made for. */
function lengthWanted({ usesSequence, mismatches }: ReadModel): number | undefined {
  return usesSequence ? mismatches.find((m) => m.kind === 'positions' && m.wanted > 1)?.wanted : undefined;
}

/** Other image sizes and sequence lengths, while layers do not fit. */
function refine(
  start: ReadModel,
  attempt: (guesses: ReadonlyMap<string, InputGuess>, image: number, sequence: number) => ReadModel | null,
  options: ReadOptions,
  more: () => boolean,
): ReadModel {
  let best = start;
  const keep = (model: ReadModel | null) => {
    if (model !== null && faults(model) < faults(best)) best = model;
  };
  const wanted = lengthWanted(start);
  if (!options.sequenceFixed && wanted !== undefined) keep(attempt(start.guesses, start.image, wanted));
  const flat = start.mismatches.find((m) => m.kind === 'features' && m.wanted > 0 && m.got > 0);
  if (start.usesSequence && !options.sequenceFixed && flat !== undefined) {
    const length = (start.sequence * flat.wanted) / flat.got;
    if (Number.isInteger(length) && length >= 1) keep(attempt(start.guesses, start.image, length));
  }
  for (const guesses of otherWidths(start)) keep(attempt(guesses, start.image, options.sequence));
  if (start.usesSequence && !options.sequenceFixed)
    for (const length of start.lengths) {
      if (faults(best) === 0 || !more()) break;
      keep(attempt(best.guesses, best.image, length));
      for (const guesses of best === start ? [] : otherWidths(best))
        keep(attempt(guesses, best.image, length));
    }
  if (start.usesImage) {
    // Faults that read the same at other sizes have another cause.
    let unmoved = 0;
    for (const size of [...(start.usesSignal ? signalLengths : []), ...imageSizes.slice(1)]) {
      if (faults(best) === 0 || unmoved > 3 || !more()) break;
      const model = attempt(start.guesses, size, options.sequence);
      if (model !== null && texts(model) === texts(start)) unmoved += 1;
      keep(model);
    }
  }
  return best;
}

/** Other widths for inputs whose own nothing told, by what the first layer that does not fit is short of. */
function otherWidths(start: ReadModel): ReadonlyMap<string, InputGuess>[] {
  const fault = start.mismatches.find((m) => m.kind === 'features' && m.wanted > 0 && m.got > 0);
  const open = [...start.widths].filter(([name]) => start.guesses.has(name));
  if (fault === undefined || open.length === 0) return [];
  const missing = fault.wanted - fault.got;
  const total = open.reduce((sum, [, width]) => sum + width, 0) + missing;
  const changed = (changes: readonly (readonly [string, number, number])[]) => {
    const guesses = new Map(start.guesses);
    for (const [name, width, by] of changes) {
      const old = start.guesses.get(name);
      if (old === undefined || !Number.isInteger(width + by) || width + by < 1) return [];
      guesses.set(name, { ...old, features: width + by, open: true });
    }
    return [guesses];
  };
  const wider = (names: readonly (readonly [string, number])[], by: number) =>
    changed(names.map(([name, width]) => [name, width, by]));
  // What fits already is their sum: what one gains another loses.
  const exchanged = open.flatMap(([name, width]) =>
    open.flatMap(([other, size]) =>
      other === name
        ? []
        : changed([
            [name, width, missing],
            [other, size, -missing],
          ]),
    ),
  );
  // A width that is multiplied on its way (pixels of a patch) is short of its share.
  const scaled = open.flatMap((one) => wider([one], one[1] * (fault.wanted / fault.got - 1)));
  return [
    ...scaled,
    ...wider(open, missing / open.length),
    ...open.toReversed().flatMap((one) => wider([one], missing)),
    ...exchanged,
    ...shared(
      start,
      open.map(([name]) => name),
      total,
    ),
  ];
}

/** Inputs that together have so many features, as evenly as whole numbers go. */
function shared(
  start: ReadModel,
  names: readonly string[],
  total: number,
): ReadonlyMap<string, InputGuess>[] {
  if (names.length < 2 || !Number.isInteger(total) || total < names.length) return [];
  const guesses = new Map(start.guesses);
  names.forEach((name, i) => {
    const old = start.guesses.get(name);
    const features = Math.floor(total / names.length) + (i < total % names.length ? 1 : 0);
    if (old !== undefined) guesses.set(name, { ...old, features, open: true });
  });
  return [guesses];
}
