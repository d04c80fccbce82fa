import { creation, parameterFrom } from './creation';
import { distributionFrom } from './distributions';
import { rearrange } from './einops';
import { einsum } from './einsum';
import { operation } from './functional';
import { fans, gainOf, initialiseFirst } from './initialisers';
import { cloneValue } from './moduleTree';
import { reparametrised } from './parametrizations';
import { iterators, mathematics, ordered } from './pythonLibraries';
import type { Reader } from './reader';
import { heldValues, namedTuple } from './records';
import { iterate } from './sequences';
import { type Args, args, isKind, isList, numberArgument, tuple, unknown, type Value } from './values';

/** What a library says of the process: one that trains a model as it is written. */
const predicates: ReadonlyMap<string, boolean> = new Map([
  ['is_scripting', false],
  ['is_tracing', false],
  ['_is_tracing', false],
  ['is_available', false],
  ['is_initialized', false],
  ['is_autocast_enabled', false],
  ['is_grad_enabled', true],
  ['is_floating_point', true],
]);

/** A function of a library, by its canonical dotted name. */
export function callTorch(reader: Reader, name: string, given: Args): Value {
  const short = name.slice(name.lastIndexOf('.') + 1);
  if (name.startsWith('math.') || name.startsWith('numpy.')) return mathematics(reader, short, given);
  if (name.startsWith('torch.nn.init.')) {
    if (short === 'calculate_gain')
      return gainOf(given.positional[0], numberArgument(given, 1, 'param', 0.01));
    if (short.startsWith('_calculate_') && isKind(given.positional[0], 'parameter')) {
      const { fanIn, fanOut } = fans(given.positional[0].parameter.sizes);
      return short === '_calculate_correct_fan'
        ? given.positional[1] === 'fan_out'
          ? fanOut
          : fanIn
        : tuple([fanIn, fanOut]);
    }
    return initialiseFirst(reader, short, given);
  }
  if (name === 'argparse.ArgumentParser') {
    const cls = reader.nativeClass('argparse');
    return { kind: 'object', cls, fields: new Map(), settings: new Map(), offset: reader.offset };
  }
  const known = predicates.get(short);
  if (known !== undefined) return known;
  const holder = heldValues(reader, name, given) ?? distributionFrom(reader, name, given);
  if (holder !== null) return holder;
  if (name === 'functools.partial') {
    const [func, ...rest] = given.positional;
    return { kind: 'partial', func: func ?? null, args: { positional: rest, keywords: given.keywords } };
  }
  if (name === 'functools.reduce' && given.positional[0] !== undefined) {
    const items = iterate(reader, given.positional[1] ?? null);
    const start = given.positional[2] ?? items.shift() ?? null;
    const func = given.positional[0];
    return items.reduce<Value>((total, item) => reader.call(func, args(total, item)), start);
  }
  if (name.endsWith('OrderedDict')) return ordered(given);
  if (short === 'deepcopy' || name === 'copy.copy') return cloneValue(given.positional[0] ?? null);
  if (name.startsWith('itertools.')) return iterators(reader, short, given);
  if (name.startsWith('collections.') || name.startsWith('typing.') || name.startsWith('dataclasses.')) {
    if (short === 'cast') return given.positional[1] ?? null;
    if (short === 'namedtuple') return namedTuple(reader, given);
    if (short === 'field') {
      const make = given.keywords.get('default_factory');
      return (
        given.keywords.get('default') ?? (make === undefined ? unknown('a field') : reader.call(make, args()))
      );
    }
    return unknown(name);
  }
  if (short === 'Parameter' || short === 'UninitializedParameter') return parameterFrom(reader, given);
  if (name === 'einops.rearrange') {
    return (
      rearrange(reader, given.positional[0] ?? null, given.positional[1], given) ??
      reader.passOver(name, given)
    );
  }
  if (name === 'einops.repeat') return given.positional[0] ?? null;
  if (short === 'meshgrid' || short === 'outer' || short === 'ger')
    return grids(short, given) ?? unknown(name);
  if (name === 'torch.einsum')
    return (
      einsum(reader, given) ?? reader.passOver(name, { ...given, positional: given.positional.slice(1) })
    );
  if (!/^(torch|einops|torchvision|F)\b/.test(name)) return reader.passOver(name, given);
  if (name.startsWith('torch.utils.checkpoint.')) {
    const [func, ...rest] = given.positional;
    return func === undefined ? null : reader.call(func, { positional: rest, keywords: new Map() });
  }
  if (/rnn\.(pack_padded_sequence|pack_sequence)$/.test(name)) return given.positional[0] ?? null;
  if (/rnn\.pad_packed_sequence$/.test(name)) return tuple([given.positional[0] ?? null, unknown('lengths')]);
  if (/(spectral_norm|weight_norm|parametrizations\.\w+)$/.test(name)) return reparametrised(name, given);
  return creation(reader, short, given) ?? operation(reader, name, short, given);
}

/** Coordinates of a grid, or products of two ranges: integers, or numbers that nothing learns. */
function grids(name: string, given: Args): Value | null {
  const ranges = given.positional.flatMap((value) => (isList(value) ? value.items : [value]));
  const axes = ranges.map((range) =>
    isKind(range, 'indices') && range.shape.length === 1 ? range.shape[0] : undefined,
  );
  const shape = axes.filter((axis) => axis !== undefined);
  if (shape.length === 0 || shape.length < axes.length) return null;
  const grid: Value = { kind: 'indices', shape };
  return name === 'meshgrid' ? tuple(shape.map(() => grid)) : grid;
}
