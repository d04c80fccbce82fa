import { attend } from '../ops/attention';
import { add } from '../ops/elementwise';
import { createParameter, type Flow, type Parameter } from '../tape';
import { applyLinear, parameterOf, setting, taken } from './forward';
import { flowOf } from './operators';
import type { Reader } from './reader';
import { moduleChildren } from './sequences';
import {
  type Args,
  args,
  argument,
  isKind,
  isList,
  type ObjectValue,
  tensor,
  tuple,
  type Value,
} from './values';

/** A third of the packed projection of queries, keys and values. */
function projection(whole: Parameter | null, sizes: readonly number[]): Parameter | null {
  return whole === null ? null : createParameter(sizes, whole.init, whole.offset, whole);
}

export function forwardAttention(reader: Reader, object: ObjectValue, given: Args): Value {
  const width = object.fields.get('embed_dim');
  const size = typeof width === 'number' ? width : 1;
  const timeFirst = object.fields.get('batch_first') !== true;
  const expected = [{ kind: 'sequence' as const, features: size, timeFirst }];
  const query = taken(reader, argument(given, 0, 'query'), expected);
  const key = taken(reader, argument(given, 1, 'key') ?? argument(given, 0, 'query'), expected);
  const value = taken(reader, argument(given, 2, 'value') ?? argument(given, 1, 'key'), expected);
  const out = object.fields.get('out_proj');
  if (query === null || key === null || value === null || !isKind(out, 'object'))
    return reader.passOver('nn.MultiheadAttention', given);
  const packed = parameterOf(object, 'in_proj_weight');
  const packedBias = parameterOf(object, 'in_proj_bias');
  const project = (x: Flow, name: string) => {
    const weight = parameterOf(object, name) ?? projection(packed, [size, size]);
    const bias = projection(packedBias, [size]);
    return weight === null ? x : applyLinear(reader, x, weight, bias);
  };
  const q = project(query, 'q_proj_weight');
  const k = project(key, 'k_proj_weight');
  const v = project(value, 'v_proj_weight');
  const heads = setting(object, 'heads', 1);
  const mixed = attend(reader.tape, q, k, v, heads, 1 / Math.sqrt(size / heads), q.shape);
  return tuple([reader.call(out, args(tensor(mixed))), null]);
}

export function forwardTransformerLayer(
  reader: Reader,
  object: ObjectValue,
  type: string,
  given: Args,
): Value {
  const decoder = type === 'TransformerDecoderLayer';
  const width =
    parameterOf(
      isKind(object.fields.get('norm1'), 'object') ? (object.fields.get('norm1') as ObjectValue) : object,
      'weight',
    )?.sizes[0] ?? 1;
  const expected = [
    { kind: 'sequence' as const, features: width, timeFirst: object.fields.get('batch_first') !== true },
  ];
  const start = taken(reader, argument(given, 0, decoder ? 'tgt' : 'src'), expected);
  if (start === null) return reader.passOver(`nn.${type}`, given);
  const memory = decoder ? taken(reader, argument(given, 1, 'memory'), expected) : null;
  const child = (name: string) => object.fields.get(name) ?? null;
  const run = (name: string, x: Value) => reader.call(child(name), args(x));
  const attention = (name: string, x: Value, other: Value) => {
    const result = reader.call(child(name), args(x, other, other));
    return isList(result) ? (result.items[0] ?? null) : result;
  };
  const feed = (x: Value) => {
    const hidden = reader.call(activationValue(object.fields.get('activation')), args(run('linear1', x)));
    return run('linear2', run('dropout', hidden));
  };
  const blocks: ((x: Value) => Value)[] = [(x) => attention('self_attn', x, x)];
  if (decoder && memory !== null) blocks.push((x) => attention('multihead_attn', x, tensor(memory)));
  blocks.push(feed);
  const before = object.fields.get('norm_first') === true;
  let x: Value = tensor(start);
  blocks.forEach((block, i) => {
    const n = i === blocks.length - 1 && decoder ? 3 : i + 1;
    const branch = run(`dropout${n}`, block(before ? run(`norm${n}`, x) : x));
    const a = flowOf(reader, x);
    const b = flowOf(reader, branch);
    if (a === null || b === null) return;
    const sum = tensor(add(reader.tape, a, b));
    x = before ? sum : run(`norm${n}`, sum);
  });
  return x;
}

function activationValue(value: Value | undefined): Value {
  if (typeof value === 'string') return { kind: 'native', name: `torch.nn.functional.${value}` };
  return value ?? { kind: 'native', name: 'torch.nn.functional.relu' };
}

export function forwardStack(reader: Reader, object: ObjectValue, given: Args): Value {
  const layers = object.fields.get('layers');
  let x: Value = given.positional[0] ?? [...given.keywords.values()][0] ?? null;
  if (!isKind(layers, 'object')) return x;
  for (const [, layer] of moduleChildren(layers))
    x = reader.call(layer, args(x, ...given.positional.slice(1, 2)));
  const norm = object.fields.get('norm');
  return isKind(norm, 'object') ? reader.call(norm, args(x)) : x;
}
