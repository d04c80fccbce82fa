import { reshape } from '../ops/reshape';
import { keyOf } from './indexing';
import { compare } from './operators';
import type { Reader } from './reader';
import { iterate } from './sequences';
import { callTensorMethod } from './tensors';
import {
  type Args,
  type DictValue,
  isKind,
  isList,
  list,
  type TensorValue,
  tensor,
  tuple,
  unknown,
  type Value,
} from './values';

export function listMethod(
  reader: Reader,
  items: Value[],
  frozen: boolean,
  name: string,
  given: Args,
): Value {
  const first = given.positional[0] ?? null;
  switch (name) {
    case 'append':
      if (!frozen) items.push(first);
      return null;
    case 'extend':
      items.push(...iterate(reader, first));
      return null;
    case 'insert':
      items.splice(typeof first === 'number' ? first : 0, 0, given.positional[1] ?? null);
      return null;
    case 'pop':
      return (typeof first === 'number' ? items.splice(first, 1)[0] : items.pop()) ?? null;
    case 'copy':
      return list([...items]);
    case 'reverse':
      items.reverse();
      return null;
    case 'clear':
      items.length = 0;
      return null;
    case 'index':
      return items.findIndex((item) => compare('==', item, first) === true);
    case 'count':
      return items.filter((item) => compare('==', item, first) === true).length;
    case 'tolist':
      return list([...items]);
    case 'numel':
      return items.reduce<number>((total, item) => total * (typeof item === 'number' ? item : 1), 1);
    default: {
      // States of a recurrent layer: a list of layers that code treats as a tensor.
      const last = items[items.length - 1];
      const ranks =
        given.positional.length === 1 && isList(first) ? first.items.length : given.positional.length;
      if (name === 'permute' && isKind(last, 'tensor') && ranks === last.flow.shape.length + 1)
        return callTensorMethod(reader, stackedState(reader, last), name, given);
      return isKind(last, 'tensor')
        ? callTensorMethod(reader, last, name === 'squeeze' ? 'contiguous' : name, given)
        : unknown(name);
    }
  }
}

/** The last layer's state with the axis of layers in front. */
function stackedState(reader: Reader, { flow }: TensorValue): TensorValue {
  return tensor(reshape(reader.tape, flow, [{ size: 1, role: 'feature' }, ...flow.shape]));
}

export function dictMethod(reader: Reader, self: DictValue, name: string, given: Args): Value {
  const { entries } = self;
  const first = given.positional[0] ?? null;
  switch (name) {
    case 'items':
      return list([...entries].map(([k, v]) => tuple([k, v])));
    case 'keys':
      return list([...entries.keys()]);
    case 'values':
      return list([...entries.values()]);
    case 'get':
      return entries.get(keyOf(self, first)) ?? given.positional[1] ?? null;
    case 'pop': {
      const value = entries.get(first) ?? given.positional[1] ?? null;
      entries.delete(first);
      return value;
    }
    case 'setdefault': {
      const value = entries.get(first) ?? given.positional[1] ?? null;
      entries.set(first, value);
      return value;
    }
    case 'update':
      if (isKind(first, 'dict')) for (const [k, v] of first.entries) entries.set(k, v);
      for (const [k, v] of given.keywords) entries.set(k, v);
      return null;
    case 'copy':
      return { kind: 'dict', entries: new Map(entries) };
    default:
      return reader.passOver(`.${name}()`, given);
  }
}

export function stringMethod(reader: Reader, text: string, name: string, given: Args): Value {
  const first = given.positional[0] ?? null;
  switch (name) {
    case 'lower':
      return text.toLowerCase();
    case 'upper':
      return text.toUpperCase();
    case 'strip':
    case 'rstrip':
    case 'lstrip':
      return typeof first === 'string' ? unknown(name) : text.trim();
    case 'title':
    case 'capitalize':
      return text.slice(0, 1).toUpperCase() + text.slice(1);
    case 'isdigit':
      return /^\d+$/.test(text);
    case 'startswith':
      return typeof first === 'string' ? text.startsWith(first) : unknown(name);
    case 'endswith':
      if (isList(first)) return first.items.some((item) => typeof item === 'string' && text.endsWith(item));
      return typeof first === 'string' ? text.endsWith(first) : unknown(name);
    case 'find':
      return typeof first === 'string' ? text.indexOf(first) : unknown(name);
    case 'split':
      return list(text.split(typeof first === 'string' && first !== '' ? first : /\s+/));
    case 'replace':
      return text.split(String(first)).join(String(given.positional[1] ?? ''));
    case 'join':
      return iterate(reader, first).map(String).join(text);
    case 'format':
      return formatBraces(text, given.positional);
    default:
      return unknown(name);
  }
}

/** `"block{}".format(i)`. */
function formatBraces(text: string, values: readonly Value[]): string {
  let next = 0;
  return text.replace(/\{(\d*)\}/g, (_, index: string) =>
    String(values[index === '' ? next++ : Number(index)] ?? ''),
  );
}
