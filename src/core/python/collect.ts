import { withLazy } from '../lazy';
import { type CollectedModels, collectModels } from './build/models';
import { collectClasses, collectFunctions } from './classes';
import type { ClassFact, PythonFacts } from './facts';
import { collectFrameworks, collectImports, spellName } from './imports';
import { collectInits } from './inits';
import { collectLoops } from './loops';
import { collectLosses } from './losses';
import { collectHandOptimizers, collectOptimizers } from './optimizers';
import { PythonSource } from './source';
import { countOf, indentUnitOf, lineEndingOf } from './style';
import type { View } from './view';
import { orElse, Work } from './work';

/** Everything the rules, remedies and links ask about one file. What costs time is worked out when it is asked for. */
export function collectFacts(view: View, work = new Work()): PythonFacts {
  const { path, body } = view;
  const source = new PythonSource(view, work);
  const imports = collectImports(source);
  let byName: ReadonlyMap<string, ClassFact> | null = null;
  const given: Omit<PythonFacts, keyof LazyFacts> = {
    path,
    source,
    frameworks: collectFrameworks(source),
    lineEnding: lineEndingOf(view.own),
    isLong: isLong(view.lines.count),
    lineCount: countOf(view.own, '\n') + 1,
    imports,
    body,
    rangeOf: (node) => source.range(node),
    nameOf: (expr) => source.nameOf(expr),
    valueOf: (expr) => source.valueOf(expr),
    textOf: (range) =>
      view.shownBetween(
        source.lines.offsetOf(range.line, range.column),
        source.lines.offsetOf(range.endLine, range.endColumn),
      ),
    scopeOf: (node) => source.functionAt(node.start)?.name ?? null,
    statementOf: (node) => source.statement(node),
    spell: (canonical) => spellName(imports, canonical),
    classNamed: (name) => {
      // Of several the first: later ones are put in before it.
      byName ??= new Map(facts.classes.toReversed().map((one) => [one.name, one]));
      return byName.get(name) ?? null;
    },
  };
  let built: CollectedModels | null = null;
  const models = (): CollectedModels => {
    built ??= orElse(() => collectModels(source), { models: [], entries: [] });
    return built;
  };
  const facts: PythonFacts = withLazy<typeof given, LazyFacts>(given, {
    text: () => view.shown,
    indentUnit: () => indentUnitOf(body, (offset) => source.statement({ start: offset, end: offset }).indent),
    calls: () => orElse(() => source.allCalls(), []),
    classes: () => orElse(() => collectClasses(source), []),
    functions: () => orElse(() => collectFunctions(source), []),
    models: () => models().models,
    modules: () => [...facts.classes.flatMap((one) => one.modules), ...models().entries],
    inits: () => orElse(() => collectInits(source, () => facts.models), []),
    loops: () => orElse(() => collectLoops(source), []),
    optimizers: () => orElse(() => collectOptimizers(source), []),
    handOptimizers: () => orElse(() => collectHandOptimizers(source), []),
    losses: () => orElse(() => collectLosses(source), []),
  });
  return facts;
}

/** Longer files are data or made by programs: an editor must not wait for what looks at their models one by one. */
const MOST_LINES = 2000;

export function isLong(lines: number): boolean {
  return lines > MOST_LINES;
}

type LazyFacts = Pick<
  PythonFacts,
  | 'text'
  | 'indentUnit'
  | 'calls'
  | 'classes'
  | 'functions'
  | 'models'
  | 'modules'
  | 'inits'
  | 'loops'
  | 'optimizers'
  | 'handOptimizers'
  | 'losses'
>;
