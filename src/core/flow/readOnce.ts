import { namedParameters } from './interp/moduleTree';
import type { Mismatch, Reader } from './interp/reader';
import { type InputGuess, isKind, type ObjectValue, Unreadable } from './interp/values';
import { firstLayer, inputValues } from './modelInputs';
import { firstTensor, lossOf } from './modelLoss';
import { applyLoss, type Loss } from './ops/loss';
import { featureCount, positionCount } from './shape';
import type { Parameter } from './tape';

/** A model read once: its parameters with their expected gradients, and what was assumed. */
export interface ReadModel {
  readonly parameters: readonly (readonly [string, Parameter])[];
  readonly attenuations: readonly {
    readonly parameter: string;
    readonly steps: number;
    readonly log10: number;
  }[];
  /** File and line that a parameter is created at. */
  placeOf(offset: number): { readonly path: string; readonly line: number } | null;
  readonly mismatches: readonly Mismatch[];
  readonly skipped: readonly string[];
  /** Activations that pass no gradient at all, with the calls that make them. */
  readonly blocked: readonly { readonly activation: string; readonly offset: number }[];
  /** Calls that data went through unread. */
  readonly opaque: number;
  readonly notes: readonly string[];
  /** Sizes only the data knows, with what stands for them. */
  readonly assumed: ReadonlyMap<string, number>;
  readonly inputs: readonly string[];
  /** Features of inputs that no layer asked for: those of the model's first layer stand for them. */
  readonly widths: ReadonlyMap<string, number>;
  /** Weights that data does not reach. */
  readonly unreached: number;
  /** What the inputs were taken for. */
  readonly guesses: ReadonlyMap<string, InputGuess>;
  readonly loss: Loss;
  /** Squared norm of the loss's gradient at the output for one sample, and the places it is spread over. */
  readonly output: { readonly squared: number; readonly positions: number };
  readonly sequence: number;
  /** Lengths of sequences that constructors are given by name (`seq_len`, `lookback`). */
  readonly lengths: readonly number[];
  readonly usesSequence: boolean;
  readonly usesImage: boolean;
  readonly usesSignal: boolean;
  readonly image: number;
}

/**
 * Runs the forward of a model that is built, on inputs of guessed shapes, and the loss, and goes back from there.
 * @throws Unreadable where what comes out cannot be followed, NeedShape where an input must be guessed first
 */
export function readOnce(
  reader: Reader,
  object: ObjectValue,
  guesses: ReadonlyMap<string, InputGuess>,
  sequence: number,
  image: number,
): ReadModel {
  reader.firstLayer = firstLayer(object);
  const inputs: string[] = [];
  const widths = new Map<string, number>();
  const values = inputValues(reader, object, guesses, inputs, widths);
  const result = reader.callObject(object, { positional: values, keywords: new Map() });
  const output = firstTensor(result);
  if (output === null) {
    const why = isKind(result, 'unknown') ? [result.why] : [...reader.skipped].slice(0, 2);
    throw new Unreadable(
      `its forward pass returns nothing that can be followed${why.length > 0 ? ` (${why.join('; ')})` : ''}`,
    );
  }
  const loss = lossOf(reader.facts, output, guesses);
  const square = applyLoss(reader.tape, output, loss);
  const positions = positionCount(output.shape);
  const squared = square * Math.max(1, featureCount(output.shape)) * positions;
  reader.tape.backward();
  const parameters = namedParameters(object);
  for (const [name, parameter] of parameters) {
    parameter.name = name;
    if (Number.isNaN(parameter.squared)) reader.mismatch('unknown', `${name}: sizes are not known`);
  }
  return {
    parameters,
    attenuations: reader.attenuations.flatMap((a) => {
      const log10 = a.value();
      return log10 === null ? [] : [{ parameter: a.name(), steps: a.length, log10 }];
    }),
    placeOf: (offset) => reader.files.placeOf(offset),
    mismatches: reader.mismatches,
    skipped: [...reader.skipped],
    blocked: reader.blocked,
    opaque: reader.opaque,
    notes: [...reader.tape.notes],
    assumed: reader.assumed,
    inputs,
    widths,
    unreached: parameters.filter(([, q]) => q.sizes.length > 1 && q.requiresGrad && !q.used).length,
    guesses,
    loss,
    output: { squared, positions },
    sequence,
    lengths: [...reader.lengths],
    image,
    usesSequence: [...guesses.values()].some((g) => /sequence|tokens|frames/.test(g.kind)),
    usesImage: [...guesses.values()].some((g) => g.kind === 'image' || g.kind === 'frames'),
    usesSignal: [...guesses.values()].some((g) => g.kind === 'image' && g.rank === 1),
  };
}
