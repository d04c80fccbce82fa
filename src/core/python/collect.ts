import { collectModels } from './build/models';
import { collectClasses, collectFunctions } from './classes';
import type { PythonFacts } from './facts';
import { collectFrameworks, collectImports, spellName } from './imports';
import { collectInits } from './inits';
import { collectLoops } from './loops';
import { collectLosses } from './losses';
import { collectOptimizers } from './optimizers';
import { PythonSource } from './source';
import { indentUnitOf, lineEndingOf } from './style';
import type { Stmt } from './syntax/ast';

/** Everything the rules, remedies and links ask about one file. */
export function collectFacts(path: string, text: string, body: readonly Stmt[]): PythonFacts {
  const source = new PythonSource(path, text, body);
  const imports = collectImports(source);
  const classes = collectClasses(source);
  const { models, entries } = collectModels(source);
  return {
    path,
    text,
    source,
    frameworks: collectFrameworks(source),
    indentUnit: indentUnitOf(body, (offset) => source.statement({ start: offset, end: offset }).indent),
    lineEnding: lineEndingOf(text),
    imports,
    classes,
    functions: collectFunctions(source),
    modules: [...classes.flatMap((one) => one.modules), ...entries],
    models,
    inits: collectInits(source, models),
    loops: collectLoops(source),
    optimizers: collectOptimizers(source),
    losses: collectLosses(source),
    body,
    calls: source.allCalls(),
    rangeOf: (node) => source.range(node),
    nameOf: (expr) => source.nameOf(expr),
    valueOf: (expr) => source.valueOf(expr),
    textOf: (range) =>
      text.slice(
        source.lines.offsetOf(range.line, range.column),
        source.lines.offsetOf(range.endLine, range.endColumn),
      ),
    scopeOf: (node) => source.functionAt(node.start)?.name ?? null,
    statementOf: (node) => source.statement(node),
    spell: (canonical) => spellName(imports, canonical),
  };
}
