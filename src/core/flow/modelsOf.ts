import type { PythonFacts } from '../python/facts';
import type { readModel } from './fromFacts';
import type { LinkedFiles } from './interp/linkedFiles';
import { Reader } from './interp/reader';
import { isKind, nativeBase } from './interp/values';
import { looseModel } from './looseModel';
import { buildLoose } from './looseWeights';
import { buildClass, buildInside, buildVariable, firstCall, madeByFunctions } from './targets';

/** A model of a file that is forecast on its own. */
export interface Target {
  readonly name: string;
  readonly line: number;
  readonly build: Parameters<typeof readModel>[1];
}

/** The models of a file: its classes, imported classes that it builds, variables, and what its functions make. */
export function targetsOf(
  facts: PythonFacts,
  wanted: string | undefined,
  links: LinkedFiles | null,
): Target[] {
  const probe = new Reader(facts, { batch: 2, sequence: 1, image: 1, links });
  const out: Target[] = [];
  for (const [name, value] of probe.globals.vars) {
    if (!isKind(value, 'class') || value.statement === null || nativeBase(value)?.startsWith('nn.') !== true)
      continue;
    const build = (reader: Reader) => {
      const cls = reader.globals.vars.get(name);
      if (!isKind(cls, 'class')) return null;
      const object = buildClass(reader, cls);
      return object ?? (wanted === name ? buildInside(reader, cls) : null);
    };
    out.push({ name, line: facts.rangeOf(value.statement).line, build });
  }
  out.push(...(links === null ? [] : importedTargets(facts, probe)));
  for (const model of facts.models) {
    // Several variables are no one object that the reader could be asked for.
    if (model.members.length > 0 || model.root !== model.name || out.some((t) => t.name === model.name))
      continue;
    const { line, column } = model.statement.range;
    const offset = offsetOf(facts.text, line, column);
    out.push({ name: model.name, line, build: (reader) => buildVariable(reader, model.name, offset) });
  }
  for (const { name, at } of madeByFunctions(probe)) {
    if (out.some((t) => t.name === name)) continue;
    const { line } = facts.rangeOf(at);
    out.push({ name, line, build: (reader) => buildVariable(reader, name, at.start) });
  }
  const loose = looseModel(facts);
  if (out.length === 0 && loose !== null)
    out.push({
      name: loose.name,
      line: facts.rangeOf({ start: loose.at.start, end: loose.at.start }).line,
      build: (reader) => buildLoose(reader, loose),
    });
  return out;
}

/** Models whose class is imported and that the file builds: `model = Net(784, 10)`. */
function importedTargets(facts: PythonFacts, probe: Reader): Target[] {
  return [...probe.globals.vars].flatMap(([name, value]): Target[] => {
    const call =
      isKind(value, 'native') && !value.name.startsWith('torch.') ? firstCall(facts.body, name) : null;
    const cls = call === null || !isKind(value, 'native') ? null : probe.imported(value);
    if (call === null || cls === null || !isKind(cls, 'class') || nativeBase(cls)?.startsWith('nn.') !== true)
      return [];
    const build = (reader: Reader) => {
      const imported = reader.globals.vars.get(name);
      const own = isKind(imported, 'native') ? reader.imported(imported) : imported;
      return isKind(own, 'class') ? buildClass(reader, own, name) : null;
    };
    return [{ name, line: facts.rangeOf(call).line, build }];
  });
}

function offsetOf(text: string, line: number, column: number): number {
  let at = 0;
  for (let i = 1; i < line; i++) {
    const next = text.indexOf('\n', at);
    if (next < 0) return text.length;
    at = next + 1;
  }
  return at + column - 1;
}
