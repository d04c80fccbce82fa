import type { Reader } from './reader';
import {
  type Args,
  type ClassValue,
  isKind,
  isList,
  lineage,
  type ObjectValue,
  orUnknown,
  tuple,
  unknown,
  type Value,
} from './values';

/** Classes that only hold values: their instances are objects with fields. */
const holders =
  /^(types\.SimpleNamespace|argparse\.Namespace|easydict\.EasyDict|addict\.Dict|munch\.Munch|ml_collections\.ConfigDict)$/;

/** `namedtuple('Block', 'width depth')`. */
export function namedTuple(reader: Reader, given: Args): Value {
  const [name, fields] = given.positional;
  const names =
    typeof fields === 'string'
      ? fields.split(/[\s,]+/).filter((field) => field !== '')
      : isList(fields)
        ? fields.items.filter((field): field is string => typeof field === 'string')
        : null;
  if (names === null) return unknown('a named tuple');
  const defaults = given.keywords.get('defaults');
  const values = isList(defaults) ? defaults.items : [];
  const members = new Map<string, Value>([['_fields', tuple(names)]]);
  names.slice(names.length - values.length).forEach((field, i) => {
    members.set(field, values[i] ?? null);
  });
  const cls: ClassValue = {
    kind: 'class',
    name: typeof name === 'string' ? name : 'namedtuple',
    bases: [reader.nativeClass('typing.NamedTuple')],
    members,
    native: null,
    statement: null,
  };
  return cls;
}

/** An object of a class that only holds what it is given; null when the name is no such class. */
export function heldValues(reader: Reader, name: string, given: Args): ObjectValue | null {
  if (!holders.test(name)) return null;
  const fields = new Map<string, Value>();
  const [first] = given.positional;
  if (isKind(first, 'dict')) {
    for (const [key, value] of first.entries)
      fields.set(String(key), isKind(value, 'dict') ? (heldValues(reader, name, of(value)) ?? value) : value);
  }
  for (const [key, value] of given.keywords) fields.set(key, value);
  const cls = reader.nativeClass('types.SimpleNamespace');
  return { kind: 'object', cls, fields, settings: new Map(), offset: reader.offset };
}

function of(value: Value): Args {
  return { positional: [value], keywords: new Map() };
}

/** Fields of a named tuple or data class in their order; null for any other object. */
export function recordFields(object: ObjectValue): readonly string[] | null {
  const declared = object.cls.members.get('_fields');
  if (isList(declared)) return declared.items.filter((name): name is string => typeof name === 'string');
  // Those of a base class come first.
  const names = lineage(object.cls)
    .toReversed()
    .flatMap((cls) => cls.statement?.body ?? [])
    .flatMap((part) =>
      part.kind === 'assign' && part.annotation !== null && part.targets[0]?.kind === 'name'
        ? [part.targets[0].id]
        : [],
    );
  return names.length > 0 ? [...new Set(names)] : null;
}

/** `_replace`, `_asdict`; null for other methods. */
export function recordMethod(object: ObjectValue, name: string, given: Args): Value | null {
  if (name === '_replace') return { ...object, fields: new Map([...object.fields, ...given.keywords]) };
  if (name === '_asdict' || name === 'to_dict') return { kind: 'dict', entries: new Map(object.fields) };
  return null;
}

export const recordMethods = new Set(['_replace', '_asdict', 'to_dict']);

/** Items of a record that is unpacked. */
export function recordItems(object: ObjectValue): Value[] | null {
  const names = isList(object.cls.members.get('_fields')) ? recordFields(object) : null;
  return names === null
    ? null
    : names.map((name) =>
        orUnknown(object.fields.has(name) ? object.fields.get(name) : object.cls.members.get(name), name),
      );
}
