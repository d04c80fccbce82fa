import { findParameter } from './interp/moduleTree';
import type { Reader } from './interp/reader';
import {
  type InputGuess,
  isKind,
  lineage,
  NeedShape,
  type ObjectValue,
  tensor,
  type Value,
} from './interp/values';
import type { Axis, Shape } from './shape';

/** The arguments of forward: what the guesses say, defaults as they are, the rest still open. */
export function inputValues(
  reader: Reader,
  object: ObjectValue,
  guesses: ReadonlyMap<string, InputGuess>,
  inputs: string[],
  widths: Map<string, number>,
): Value[] {
  const forward = lineage(object.cls)
    .map((c) => c.members.get('forward'))
    .find((m) => isKind(m, 'function'));
  const names = isKind(forward, 'function')
    ? forward.params
        .slice(1)
        .filter((p) => p.default === null && p.star === 0 && p.name !== '' && p.name !== '*')
    : [{ name: 'x' }];
  return names.map((p): Value => {
    const guess = guesses.get(p.name);
    if (guess === undefined) return { kind: 'input', name: p.name };
    if (guess.open === true) widths.set(p.name, guess.features);
    if (!Number.isNaN(guess.features) || guess.kind === 'pairs')
      return materialise(reader, guess, p.name, inputs);
    const features = firstWidth(object, guess);
    widths.set(p.name, features);
    return materialise(reader, { ...guess, features }, p.name, inputs);
  });
}

/** What the model's first weight works on: an image of so many axes, a sequence, tokens, a vector. */
export function firstLayer(object: ObjectValue): Pick<InputGuess, 'kind' | 'rank'> | null {
  const first = findParameter(object, (name, p) => p.sizes.length > 1 && name.includes('weight'));
  if (first === null) return null;
  const [name, { sizes }] = first;
  if (sizes.length > 2) return { kind: 'image', rank: sizes.length - 2 };
  return { kind: /weight_ih|in_proj/.test(name) ? 'sequence' : 'vector', rank: 0 };
}

/** What people call inputs of a kind. */
const inputNames: readonly (readonly [RegExp, InputGuess['kind']])[] = [
  [
    /^(\w+_)?(ids?|tokens?|words?|cat|categories|categorical|captions?|texts?|sentences?|indices|idx|sparse|items?|users?)$/i,
    'tokens',
  ],
  [/^(\w+_)?(adj|adjacency|adj_?mat(rix)?|adjacency_matrix|laplacian|lap|a_hat)$/i, 'pairs'],
  [/^(\w+_)?(img|imgs|images?|pixels?|pixel_values|frames?|photos?)$/i, 'image'],
];

/** The same request with the guesses that suit the input's name, then those that suit the first layer, in front. */
export function likelyFirst(need: NeedShape, first: Reader['firstLayer']): NeedShape {
  const named = inputNames.find(([pattern]) => pattern.test(need.input))?.[1];
  const suits = (g: InputGuess) => g.kind === first?.kind && (g.kind !== 'image' || g.rank === first.rank);
  const rank = (g: InputGuess) => (g.kind === named ? 0 : suits(g) ? 1 : 2);
  return new NeedShape(
    need.input,
    need.candidates.toSorted((a, b) => rank(a) - rank(b)),
  );
}

/** Features an input must have where no layer asked for them: those the model's first layer of its kind takes. */
function firstWidth(object: ObjectValue, guess: InputGuess): number {
  const axes = guess.kind === 'image' || guess.kind === 'frames' ? guess.rank + 2 : 2;
  const isWeight = (name: string) => name.includes('weight');
  const first =
    findParameter(object, (name, p) => p.sizes.length === axes && isWeight(name)) ??
    findParameter(object, (name, p) => p.sizes.length > 1 && isWeight(name));
  return first?.[1].sizes[1] ?? Number.NaN;
}

function materialise(reader: Reader, guess: InputGuess, name: string, inputs: string[]): Value {
  const { batch, sequence, image } = reader.options;
  const samples: Axis = { size: batch, role: 'batch' };
  const steps: Axis = { size: sequence, role: 'position' };
  const features: Axis = { size: guess.features, role: 'feature' };
  if (guess.kind === 'tokens') {
    inputs.push(`${name}: tokens drawn at random, ${sequence} a sequence`);
    // Two axes of tokens are sentences of a document.
    const shape = guess.timeFirst ? [steps, samples] : [samples, steps];
    return { kind: 'indices', shape: guess.rank > 1 ? [...shape, steps] : shape };
  }
  let shape: Shape = [samples, features];
  if (guess.kind === 'none') {
    inputs.push(`${name}: one number of unit variance a sample`);
    return tensor(reader.tape.add({ shape: [samples], mean: 0, kernel: [1, 0, 0, 0] }));
  }
  if (guess.kind === 'pairs') {
    shape = [samples, samples];
    inputs.push(`${name}: a number for every two samples (nodes of a graph)`);
  } else if (guess.kind === 'sequence') {
    shape = guess.timeFirst ? [steps, samples, features] : [samples, steps, features];
    inputs.push(`${name}: sequences of ${sequence} steps of unit variance`);
  } else if (guess.kind === 'frames') {
    const side: Axis = { size: image, role: 'position' };
    shape = [samples, steps, features, side, side];
    inputs.push(`${name}: ${sequence} images of ${image}×${image} a sample, of unit variance`);
  } else if (guess.kind === 'image') {
    const side: Axis = { size: guess.side ?? image, role: 'position' };
    shape = [samples, features, ...Array.from({ length: guess.rank }, () => side)];
    inputs.push(
      `${name}: ${guess.rank === 2 ? `images of ${side.size}×${side.size}` : `signals of ${side.size}`} with unit variance`,
    );
  } else inputs.push(`${name}: unit variance`);
  // Independent values: no two samples or places are alike.
  return tensor(reader.tape.add({ shape, mean: 0, kernel: [1, 0, 0, 0] }));
}
