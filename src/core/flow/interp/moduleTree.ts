import { createParameter, type Parameter } from '../tape';
import { moduleChildren } from './sequences';
import { isKind, isList, type ObjectValue, type Value } from './values';

/** Every parameter below a module, its own first, as `parameters()` yields them (shared ones once). */
export function namedParameters(
  object: ObjectValue,
  prefix = '',
  seen = new Set<Parameter>(),
): [string, Parameter][] {
  const out: [string, Parameter][] = [];
  const stem = prefix === '' ? '' : `${prefix}.`;
  for (const [name, value] of object.fields) {
    if (isKind(value, 'parameter') && !seen.has(value.parameter)) {
      seen.add(value.parameter);
      out.push([stem + (value.parameter.alias ?? name), value.parameter]);
    }
  }
  for (const [name, child] of moduleChildren(object)) out.push(...namedParameters(child, stem + name, seen));
  return out;
}

export function parametersOf(object: ObjectValue): Parameter[] {
  return namedParameters(object).map(([, p]) => p);
}

/** A deep copy with its own parameters (`copy.deepcopy`). */
export function cloneModule(object: ObjectValue): ObjectValue {
  const fields = new Map<string, Value>();
  for (const [name, value] of object.fields) fields.set(name, cloneValue(value));
  return { ...object, fields, settings: new Map(object.settings) };
}

export function cloneValue(value: Value): Value {
  if (isKind(value, 'object')) return cloneModule(value);
  if (isKind(value, 'parameter')) {
    const { sizes, init, offset, parts, alias, storedScale } = value.parameter;
    return {
      kind: 'parameter',
      parameter: { ...createParameter(sizes, init, offset), parts: [...parts], alias, storedScale },
    };
  }
  if (isList(value)) return { kind: value.kind, items: value.items.map(cloneValue) };
  if (isKind(value, 'dict'))
    return { kind: 'dict', entries: new Map([...value.entries].map(([k, v]) => [k, cloneValue(v)])) };
  return value;
}
