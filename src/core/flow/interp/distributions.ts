import { binaryOperation } from './operators';
import type { Reader } from './reader';
import { type Args, args, argument, nativeBase, type ObjectValue, unknown, type Value } from './values';

/** Normal distributions of `torch.distributions`, whose samples a gradient flows through. */
export function distributionFrom(reader: Reader, name: string, given: Args): ObjectValue | null {
  if (!/^torch\.distributions\.(normal\.)?Normal$/.test(name)) return null;
  const fields = new Map<string, Value>([
    ['loc', argument(given, 0, 'loc') ?? 0],
    ['scale', argument(given, 1, 'scale') ?? 1],
  ]);
  const mean = fields.get('loc') ?? 0;
  fields.set('mean', mean);
  fields.set('stddev', fields.get('scale') ?? 1);
  const cls = reader.nativeClass('distribution');
  return { kind: 'object', cls, fields, settings: new Map(), offset: reader.offset };
}

export const distributionMethods = new Set(['rsample', 'sample', 'log_prob', 'entropy', 'cdf']);

/** A method of a distribution; null for other objects. */
export function distributionMethod(
  reader: Reader,
  object: ObjectValue,
  name: string,
  given: Args,
): Value | null {
  if (nativeBase(object.cls) !== 'distribution') return null;
  const mean = object.fields.get('loc') ?? 0;
  const deviation = object.fields.get('scale') ?? 1;
  if (name !== 'rsample' && name !== 'sample') return unknown(`a distribution's ${name}`);
  // Noise of unit variance, in the shape of the data.
  const like = typeof mean === 'number' ? deviation : mean;
  if (given.positional.length > 0 || typeof like === 'number') return unknown('samples');
  const noise = reader.call({ kind: 'native', name: 'torch.randn_like' }, args(like));
  return binaryOperation(reader, '+', mean, binaryOperation(reader, '*', noise, deviation, false), false);
}
