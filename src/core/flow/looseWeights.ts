import { lateGlobal } from './interp/expressions';
import type { Reader } from './interp/reader';
import {
  type ClassValue,
  isKind,
  isList,
  type ObjectValue,
  type ParameterValue,
  type TensorValue,
  type Value,
} from './interp/values';
import type { LooseModel } from './looseModel';
import { createParameter } from './tape';

/** Fewer than two weights have nothing to be compared. */
const fewest = 2;

/** How deep lists and objects are searched for weights. */
const deepest = 4;

/** Steps for the module-level loops that initialise weights. */
const initialisingSteps = 20_000;

/** The code as a module whose parameters are the weights it uses. */
export function buildLoose(
  reader: Reader,
  { name, params, body, roots, lists }: LooseModel,
): ObjectValue | null {
  const fields = new Map<string, Value>();
  const adopted = new Map<Value, ParameterValue>();
  const global = (id: string) => reader.globals.vars.get(id) ?? lateGlobal(reader, id) ?? null;
  runInitialisation(reader);
  const members = new Set(lists.map(global).flatMap((list) => (isList(list) ? list.items : [])));
  /** Puts a parameter in the place of each weight, wherever it is held. */
  const adopt = (path: string, value: Value, depth: number, offset: number): Value => {
    const known = adopted.get(value);
    if (known !== undefined) return known;
    const own = isKind(value, 'parameter') ? value : asParameter(value, offset);
    if (own !== null) {
      const isMember = depth === 0 || members.size === 0 || members.has(value);
      if (!isMember) return value;
      adopted.set(value, own);
      fields.set(path, own);
      return own;
    }
    if (depth >= deepest) return value;
    if (isList(value))
      value.items = value.items.map((item, i) => adopt(`${path}.${i}`, item, depth + 1, offset));
    else if (isKind(value, 'dict'))
      for (const [key, item] of value.entries)
        value.entries.set(key, adopt(`${path}.${String(key)}`, item, depth + 1, offset));
    else if (isKind(value, 'object'))
      for (const [key, item] of value.fields)
        value.fields.set(key, adopt(`${path}.${key}`, item, depth + 1, value.offset));
    return value;
  };
  for (const root of [...roots, ...lists])
    reader.globals.vars.set(root, adopt(root, global(root), 0, placeOf(reader, root)));
  if (fields.size < fewest) return null;
  const cls: ClassValue = {
    kind: 'class',
    name,
    bases: [reader.nativeClass('nn.Module')],
    members: new Map(),
    native: null,
    statement: null,
  };
  const self = { name: 'self', star: 0, annotation: null, default: null, start: 0, end: 0 } as const;
  cls.members.set('forward', {
    kind: 'function',
    name: 'forward',
    params: [self, ...params],
    body,
    scope: reader.globals,
    owner: null,
    decorators: [],
  });
  return { kind: 'object', cls, fields, settings: new Map(), offset: reader.offset };
}

/** Module-level blocks and loops that change weights before they are trained (`layers[-1].weight *= 0.1`). */
function runInitialisation(reader: Reader): void {
  for (const stmt of reader.facts.body) {
    const text =
      stmt.kind === 'with' || stmt.kind === 'for' ? reader.facts.text.slice(stmt.start, stmt.end) : '';
    if (text === '' || /\bbackward\b|\brequires_grad\b|\bstep\(/.test(text)) continue;
    reader.tolerate(() => {
      reader.within(initialisingSteps, () => reader.execute(stmt, reader.globals));
      return null;
    });
  }
}

/** Where a module-level name is given its value. */
function placeOf(reader: Reader, name: string): number {
  const made = reader.facts.body.find(
    (stmt) => stmt.kind === 'assign' && stmt.targets.some((t) => t.kind === 'name' && t.id === name),
  );
  return made === undefined ? reader.offset : reader.offsetOf(made);
}

function asParameter(value: Value, offset: number): ParameterValue | null {
  if (!isWeight(value)) return null;
  const { mean, kernel, shape } = value.flow;
  const sizes = shape.map((axis) => axis.size);
  const init = { mean, variance: Math.max(0, kernel[0] - mean * mean) };
  return { kind: 'parameter', parameter: createParameter(sizes, init, offset) };
}

function isWeight(value: Value): value is TensorValue {
  return isKind(value, 'tensor') && value.flow.free && value.flow.shape.length > 0;
}
