import { batchNorm, rmsNorm, sampleNorm } from '../ops/norm';
import { featureCount, positionCount } from '../shape';
import { type Flow, type Parameter, settle } from '../tape';
import { parameterOf, setting, taken } from './forward';
import { rankOf } from './modules';
import type { Reader } from './reader';
import { type ObjectValue, tensor, type Value } from './values';

export function forwardChannelNorm(reader: Reader, object: ObjectValue, type: string, value: Value): Value {
  const rank = type === 'SyncBatchNorm' ? 2 : rankOf(type);
  const features = parameterOf(object, 'weight')?.sizes[0] ?? setting(object, 'num_features', 1);
  const x = taken(reader, value, [
    rank === 1 ? { kind: 'vector', features } : { kind: 'image', rank, features },
  ]);
  if (x === null) return value;
  const parts = { weight: parameterOf(object, 'weight'), bias: parameterOf(object, 'bias') };
  for (const part of [parts.weight, parts.bias])
    if (part?.sizes.some(Number.isNaN)) settle(part, [x.shape[1]?.size ?? 1], part.init);
  const eps = setting(object, 'eps', 1e-5);
  if (type.startsWith('Instance')) return tensor(sampleNorm(reader.tape, x, eps, parts, 1, true));
  return tensor(batchNorm(reader.tape, x, eps, parts));
}

export function forwardSampleNorm(reader: Reader, object: ObjectValue, type: string, value: Value): Value {
  const weight = parameterOf(object, 'weight');
  const features = weight?.sizes[0] ?? Number.NaN;
  const x = taken(
    reader,
    value,
    type === 'GroupNorm'
      ? [{ kind: 'image', rank: 2, features }]
      : [
          { kind: 'vector', features },
          { kind: 'sequence', features },
        ],
  );
  if (x === null) return value;
  const parts = { weight, bias: parameterOf(object, 'bias') };
  const eps = setting(object, 'eps', 1e-5);
  const n = featureCount(x.shape) || 1;
  if (type === 'RMSNorm') return tensor(rmsNorm(reader.tape, x, eps, parts));
  if (type === 'GroupNorm')
    return tensor(
      sampleNorm(reader.tape, x, eps, parts, Math.max(1, n / setting(object, 'groups', 1)), true),
    );
  return tensor(layerNorm(reader, x, setting(object, 'axes', 1), eps, parts));
}

/** Layer normalisation over the last axes, positions among them pooled. */
export function layerNorm(
  reader: Reader,
  x: Flow,
  axes: number,
  eps: number,
  parts: { weight: Parameter | null; bias: Parameter | null },
): Flow {
  const over = x.shape.slice(Math.max(0, x.shape.length - axes));
  const features = Math.max(1, featureCount(over) || 1);
  return sampleNorm(reader.tape, x, eps, parts, features, positionCount(over) > 1);
}
