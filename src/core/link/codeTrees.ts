import type { PythonAnalysis } from '../python/analyze';
import { isModuleClass } from '../python/build/classes';
import { builtBy, classTree, collectModels } from '../python/build/models';
import type { PythonFacts } from '../python/facts';
import { Program } from '../python/program';
import type { Scope } from '../python/scopes';
import { statementsIn } from '../python/syntax/walk';
import { orElse, Work } from '../python/work';
import { indexTree, indicesOfFile, looseTree, type ModelTree, type TreeIndex } from './resolve';

/** A model of some file, with imports followed into the others. */
export interface CodeTree {
  readonly source: PythonAnalysis;
  readonly index: TreeIndex;
}

/** Modules of all trees together: a few times what torchvision has. What comes after it is not looked at. */
const MAX_MODULES = 200_000;

/** The models of files as each of them shows alone: known already, and enough where no import is in the way. */
export function ownTrees(sources: readonly PythonAnalysis[]): readonly CodeTree[] {
  return sources.flatMap((source) => indicesOfFile(source.facts).map((index) => ({ source, index })));
}

/** The last trees built for files that begin with one, so that a log that grows does not build them again. */
const built = new WeakMap<PythonFacts, { sources: readonly PythonAnalysis[]; trees: readonly CodeTree[] }>();

/** Every class, variable and builder function that makes a model, with imports followed from file to file. */
export function linkedTrees(sources: readonly PythonAnalysis[]): readonly CodeTree[] {
  const [first] = sources;
  const known = first === undefined ? undefined : built.get(first.facts);
  if (
    known !== undefined &&
    known.sources.length === sources.length &&
    sources.every((one, at) => one.facts === known.sources[at]?.facts)
  ) {
    return known.trees;
  }
  const works = sources.map(({ facts }) => facts.source.work);
  const trees = Work.across(works, () => buildTrees(sources));
  if (first !== undefined) {
    built.set(first.facts, { sources: [...sources], trees });
  }
  return trees;
}

function buildTrees(sources: readonly PythonAnalysis[]): readonly CodeTree[] {
  const program = new Program(sources.map(({ facts }) => facts.source));
  const trees: CodeTree[] = [];
  let modules = 0;
  for (const source of sources) {
    for (const tree of modules > MAX_MODULES ? [] : treesOf(source, program)) {
      if (tree.instances.length > 0) {
        trees.push({ source, index: indexTree(tree) });
        modules += tree.instances.length;
      }
    }
  }
  return trees;
}

function treesOf({ facts }: PythonAnalysis, program: Program): readonly ModelTree[] {
  const { source } = facts;
  const trees: ModelTree[] = [];
  for (const scope of source.scopes) {
    if (scope.kind === 'class' && orElse(() => isModuleClass(scope, program), false)) {
      // Files that have used up their work show what was found until then.
      const tree = orElse(() => classTree(source, scope, program), null);
      if (tree !== null) {
        trees.push({ root: scope.node?.name ?? '', instances: tree.instances });
      }
    } else if (isBuilder(scope)) {
      const built = orElse(() => builtBy(scope, program), null);
      if (built !== null) {
        trees.push({ root: scope.name, instances: built.instances });
      }
    }
  }
  const models = orElse(() => collectModels(source, program).models, []);
  return [...trees, ...models.map(looseTree)];
}

/** A function of the module that returns something. */
function isBuilder(scope: Scope): boolean {
  return (
    scope.kind === 'function' &&
    scope.parent?.kind === 'module' &&
    statementsIn(scope.body).some((stmt) => stmt.kind === 'return' && stmt.value !== null)
  );
}
