import { createParameter, type Parameter } from '../tape';
import { isModule } from './sequences';
import { isKind, isList, type ObjectValue, type Value } from './values';

/** Visits every parameter below a module, its own first, as `parameters()` yields them (shared ones once), until `visit` says it has seen enough. */
function walkParameters(object: ObjectValue, visit: (name: string, parameter: Parameter) => boolean): void {
  const seen = new Set<Parameter | ObjectValue>();
  const walk = (module: ObjectValue, stem: string): boolean => {
    seen.add(module);
    const children: [string, ObjectValue][] = [];
    let enough = false;
    // Of the fields most are settings: nothing is made for them.
    module.fields.forEach((value, name) => {
      if (enough || typeof value !== 'object' || value === null) return;
      if (value.kind === 'parameter') {
        if (seen.has(value.parameter)) return;
        seen.add(value.parameter);
        enough = visit(stem + (value.parameter.alias ?? name), value.parameter);
      } else if (value.kind === 'object') children.push([name, value]);
    });
    return (
      enough ||
      children.some(([name, child]) => isModule(child) && !seen.has(child) && walk(child, `${stem}${name}.`))
    );
  };
  walk(object, '');
}

/** Every parameter below a module with its dotted name. */
export function namedParameters(object: ObjectValue): [string, Parameter][] {
  const out: [string, Parameter][] = [];
  walkParameters(object, (name, parameter) => {
    out.push([name, parameter]);
    return false;
  });
  return out;
}

/** The first parameter below a module that a test accepts. */
export function findParameter(
  object: ObjectValue,
  accepts: (name: string, parameter: Parameter) => boolean,
): readonly [string, Parameter] | null {
  let found: readonly [string, Parameter] | null = null;
  walkParameters(object, (name, parameter) => {
    if (accepts(name, parameter)) found = [name, parameter];
    return found !== null;
  });
  return found;
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
