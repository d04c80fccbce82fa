import { multiply } from '../ops/elementwise';
import { permute, reshape } from '../ops/reshape';
import type { Axis } from '../shape';
import type { Flow, Parameter } from '../tape';
import { applyLinear, weightOf } from './forward';
import { flowOf } from './operators';
import { matrixProduct, sharedAs } from './products';
import type { Reader } from './reader';
import { reduce } from './reductions';
import { guessesForRank } from './sequences';
import { type Args, isKind, isList, NeedShape, tensor, type Value } from './values';

/** torch.einsum of two tensors: a layer whose weight is a parameter, or a product as attention writes it; null for other sums. */
export function einsum(reader: Reader, given: Args): Value | null {
  const [equation, ...rest] = given.positional;
  const [first] = rest;
  const operands = isList(first) ? first.items : rest;
  const [a, b] = operands;
  if (typeof equation !== 'string' || a === undefined) return null;
  if (b === undefined || operands.length > 2) return productSum(reader, equation, operands);
  const [inputs, output] = equation
    .replace(/\s/g, '')
    .replace(/\.\.\./g, '')
    .split('->');
  const [x, y] = (inputs ?? '').split(',');
  if (x === undefined || y === undefined || output === undefined) return null;
  for (const [value, letters] of [
    [a, x],
    [b, y],
  ] as const)
    if (isKind(value, 'input')) throw new NeedShape(value.name, guessesForRank(letters.length));
  const right = weightOf(reader, b);
  const left = weightOf(reader, a);
  const known =
    right !== null
      ? layer(reader, a, x, right, y, output)
      : left !== null
        ? layer(reader, b, y, left, x, output)
        : product(reader, a, x, b, y, output);
  return known ?? productSum(reader, equation, operands);
}

/** Any sum of products: every operand gets the axes of all, they are multiplied, and what the output lacks is summed. */
function productSum(reader: Reader, equation: string, operands: readonly Value[]): Value | null {
  const [inputs = '', output] = equation.replace(/\s/g, '').split('->');
  const terms = inputs.split(',');
  if (output === undefined || equation.includes('...') || terms.length !== operands.length) return null;
  const letters = [...new Set([...output, ...inputs.replace(/,/g, '')])];
  let total: Flow | null = null;
  for (const [i, operand] of operands.entries()) {
    const own = terms[i] ?? '';
    if (isKind(operand, 'input')) throw new NeedShape(operand.name, guessesForRank(own.length));
    const x = flowOf(reader, operand);
    if (x === null || x.shape.length !== own.length || new Set(own).size < own.length) return null;
    const present = letters.filter((letter) => own.includes(letter));
    const ordered = permute(
      reader.tape,
      x,
      present.map((letter) => own.indexOf(letter)),
    );
    const shape = letters.map((letter): Axis => {
      const at = present.indexOf(letter);
      return at < 0 ? { size: 1, role: 'feature' } : (ordered.shape[at] ?? { size: 1, role: 'feature' });
    });
    const lifted = reshape(reader.tape, ordered, shape);
    total = total === null ? lifted : multiply(reader.tape, total, lifted);
  }
  const summed = letters.map((_, i) => i).slice(output.length);
  if (total === null) return null;
  return tensor(summed.length > 0 ? reduce(reader, total, summed, 'sum', false) : total);
}

/** A weight's letters that the output lacks are summed over: they become the last axis of the data, and a dense layer follows. */
function layer(
  reader: Reader,
  value: Value,
  letters: string,
  weight: Parameter,
  own: string,
  output: string,
): Value | null {
  const x = flowOf(reader, value);
  if (x === null || x.shape.length < letters.length || weight.sizes.length !== own.length) return null;
  // What `...` stands for stays in front.
  const extra = x.shape.length - letters.length;
  const front = Array.from({ length: extra }, (_, i) => i);
  const summed = [...letters].filter((letter) => own.includes(letter) && !output.includes(letter));
  const kept = [...letters].filter((letter) => !summed.includes(letter));
  const made = [...own].filter((letter) => !letters.includes(letter));
  if (summed.length === 0 || made.some((letter) => !output.includes(letter))) return null;
  const at = (letter: string) => extra + letters.indexOf(letter);
  const moved = permute(reader.tape, x, [...front, ...kept.map(at), ...summed.map(at)]);
  const sizeOf = (letter: string) => weight.sizes[own.indexOf(letter)] ?? 1;
  const inputs = summed.reduce((total, letter) => total * sizeOf(letter), 1);
  const outputs = made.reduce((total, letter) => total * sizeOf(letter), 1);
  const ahead = moved.shape.slice(0, extra + kept.length);
  const joined = reshape(reader.tape, moved, [...ahead, { size: inputs, role: 'feature' }]);
  const dense = applyLinear(reader, joined, sharedAs(weight, [outputs, inputs]), null);
  const split = reshape(reader.tape, dense, [
    ...ahead,
    ...made.map((letter): Axis => ({ size: sizeOf(letter), role: 'feature' })),
  ]);
  const names = [...kept, ...made];
  const order = [...output].map((letter) => extra + names.indexOf(letter));
  return tensor(order.some((i) => i < extra) ? split : permute(reader.tape, split, [...front, ...order]));
}

function product(reader: Reader, a: Value, x: string, b: Value, y: string, output: string): Value | null {
  const left = flowOf(reader, a);
  const right = flowOf(reader, b);
  // Weights of attention multiply values from the left, in whichever order they are written.
  if (left?.scores === null && right !== null && right.scores !== null)
    return product(reader, b, y, a, x, output);
  const summed = [...x].filter((letter) => y.includes(letter) && !output.includes(letter));
  const [sum] = summed;
  if (left === null || right === null || sum === undefined || summed.length > 1) return null;
  if (left.shape.length !== x.length || right.shape.length !== y.length) return null;
  const common = [...x].filter((letter) => y.includes(letter) && letter !== sum);
  const rows = [...x].filter((letter) => !y.includes(letter));
  const columns = [...y].filter((letter) => !x.includes(letter));
  const names = [...common, ...rows, ...columns];
  if (columns.length !== 1 || names.some((letter) => !output.includes(letter))) return null;
  const ordered = (flow: Flow, letters: string, order: readonly string[]) =>
    tensor(
      permute(
        reader.tape,
        flow,
        order.map((letter) => letters.indexOf(letter)),
      ),
    );
  const result = matrixProduct(
    reader,
    ordered(left, x, [...common, ...rows, sum]),
    ordered(right, y, [...common, sum, ...columns]),
  );
  const flow = isKind(result, 'tensor') ? result.flow : null;
  if (flow === null || flow.shape.length !== output.length) return null;
  return ordered(flow, names.join(''), [...output]);
}
