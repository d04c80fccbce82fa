import type { PythonFacts } from '../python/facts';
import type { FunctionStmt, Stmt } from '../python/syntax/ast';
import { expressionsOf, statementsIn } from '../python/syntax/walk';
import { lateGlobal } from './interp/expressions';
import type { Reader } from './interp/reader';
import { type ClassValue, isKind, type ObjectValue, type Value } from './interp/values';
import { createParameter } from './tape';

/** A model without a class: a function of the file that works with weights of the module level. */
export interface LooseModel {
  readonly func: FunctionStmt;
  /** Names of the weights, in the order they are made. */
  readonly weights: readonly string[];
}

/** Fewer than two weights have nothing to be compared. */
const fewest = 2;

/** The function of a file that uses the most module-level weights, itself or through functions it calls; null without one. */
export function looseModel(facts: PythonFacts): LooseModel | null {
  const made = weightNames(facts);
  if (made.length < fewest) return null;
  const functions = facts.body.filter((stmt) => stmt.kind === 'function');
  const used = new Map(functions.map((func) => [func, new Set(namesIn(func.body))]));
  let best: LooseModel | null = null;
  for (const func of functions) {
    const names = new Set(used.get(func));
    for (const other of functions)
      if (other !== func && names.has(other.name)) for (const name of used.get(other) ?? []) names.add(name);
    const weights = made.filter((name) => names.has(name));
    const trains = namesIn(func.body).some((name) => /^(optimi[sz]er|backward|loss|criterion)$/.test(name));
    if (weights.length >= fewest && !trains && weights.length > (best?.weights.length ?? 0))
      best = { func, weights };
  }
  return best;
}

function namesIn(body: readonly Stmt[]): string[] {
  return statementsIn(body)
    .flatMap(expressionsOf)
    .flatMap((expr) => (expr.kind === 'name' ? [expr.id] : expr.kind === 'attribute' ? [expr.attr] : []));
}

/** Module-level names that are made as weights: `nn.Parameter(...)`, or a random tensor that is to be trained. */
function weightNames(facts: PythonFacts): string[] {
  return facts.body.flatMap((stmt) => {
    if (stmt.kind !== 'assign' || stmt.value === null || stmt.targets[0]?.kind !== 'name') return [];
    const { id } = stmt.targets[0];
    const text = facts.text.slice(stmt.value.start, stmt.value.end);
    if (/\bParameter\(|requires_grad\s*=\s*True/.test(text)) return [id];
    const later = new RegExp(`\\b${id}\\.requires_grad(_\\(|\\s*=\\s*True)`);
    return later.test(facts.text) ? [id] : [];
  });
}

/** The function as a module whose parameters are the weights it uses. */
export function buildLoose(reader: Reader, { func, weights }: LooseModel): ObjectValue | null {
  const fields = new Map<string, Value>();
  for (const name of weights) {
    const value = reader.globals.vars.get(name) ?? lateGlobal(reader, name) ?? null;
    const own = asParameter(reader, value);
    if (own === null) continue;
    reader.globals.vars.set(name, own);
    fields.set(name, own);
  }
  const forward = reader.globals.vars.get(func.name);
  const [first] = func.params;
  if (!isKind(forward, 'function') || first === undefined || fields.size < fewest) return null;
  const cls: ClassValue = {
    kind: 'class',
    name: func.name,
    bases: [reader.nativeClass('nn.Module')],
    members: new Map([
      ['forward', { ...forward, params: [{ ...first, name: 'self', default: null }, ...forward.params] }],
    ]),
    native: null,
    statement: null,
  };
  return { kind: 'object', cls, fields, settings: new Map(), offset: reader.offset };
}

function asParameter(reader: Reader, value: Value): Extract<Value, { kind: 'parameter' }> | null {
  if (isKind(value, 'parameter')) return value;
  if (!isKind(value, 'tensor') || !value.flow.free) return null;
  const { mean, kernel, shape } = value.flow;
  const sizes = shape.map((axis) => axis.size);
  const init = { mean, variance: Math.max(0, kernel[0] - mean * mean) };
  return { kind: 'parameter', parameter: createParameter(sizes, init, reader.offset) };
}
