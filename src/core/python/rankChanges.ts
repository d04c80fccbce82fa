import type { Argument } from './syntax/ast';

/** Functions and methods that work on each number by itself. */
const ELEMENTWISE =
  /^(?:abs|sin|cos|tan|tanh|sigmoid|relu|exp|log|log1p|sqrt|square|sign|floor|ceil|round|trunc|frac|clamp|clamp_min|clamp_max|nan_to_num|expm1|log2|log10|rsqrt|reciprocal|erf|sinh|cosh|asin|acos|atan|arcsin|arccos|arctan|logit|softplus|softmax|log_softmax|poisson|bernoulli|cumsum|cumprod|flip|roll|masked_fill|numpy|detach_|copy|sigmoid_|mul_|add_|sub_|div_|clamp_|round_|abs_|exp_|log_|fillna|full_like|empty_like|randint_like|deg2rad|clip|pow|float|double|half|long|int|to|cpu|cuda|clone|detach|contiguous|type|astype|bool|neg|requires_grad_|normal_|uniform_|from_numpy|as_tensor|tensor|asarray|array|FloatTensor|randn_like|rand_like|zeros_like|ones_like)$/;
/** Reductions, which take one dimension away or all of them. */
const REDUCES = /^(?:sum|mean|std|var|norm|max|min|amax|amin|prod|argmax|argmin|median|any|all)$/;

/** Dimensions after a method or function of a tensor with so many; `given` are its positional arguments without the tensor. */
export function changed(
  word: string,
  own: number,
  args: readonly Argument[],
  given: readonly Argument[],
): number | null {
  if (ELEMENTWISE.test(word)) {
    return own;
  }
  if (REDUCES.test(word)) {
    return reduced(word, own, args, given);
  }
  switch (word) {
    case 'unsqueeze':
      return own + 1;
    case 'ravel':
      return 1;
    case 'flatten':
      return given.length === 0 ? 1 : null;
    case 'view':
    case 'reshape': {
      const [only] = given;
      if (given.length === 1 && (only?.value.kind === 'tuple' || only?.value.kind === 'list')) {
        return only.value.items.length;
      }
      const isSize = only?.value.kind === 'unary' || only?.value.kind === 'number';
      return given.length > 1 || isSize ? given.length : null;
    }
    default:
      return null;
  }
}

function reduced(
  word: string,
  own: number,
  args: readonly Argument[],
  given: readonly Argument[],
): number | null {
  if (args.some(({ name }) => name === 'keepdim' || name === 'keepdims')) {
    return null;
  }
  const named = args.find(({ name }) => name === 'dim' || name === 'axis')?.value;
  const dim = named ?? (word === 'norm' ? undefined : given[0]?.value);
  if (dim === undefined) {
    return given.length > 0 ? null : 0;
  }
  // `max(dim)` gives a pair.
  const isOne = dim.kind === 'number' || dim.kind === 'unary';
  return isOne && !/^(?:max|min|median)$/.test(word) ? own - 1 : null;
}
