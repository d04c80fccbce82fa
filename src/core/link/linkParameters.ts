import type { PythonAnalysis } from '../python/analyze';
import type { ModuleEntry } from '../python/facts';
import { type CodeTree, linkedTrees, ownTrees } from './codeTrees';
import { folderDistance } from './folders';
import {
  compareMatches,
  type ModelMatch,
  matchTree,
  type ParameterPath,
  parameterPaths,
  samePlace,
} from './resolve';

/** Where the code defines a parameter of a run. */
export interface LinkedParameter {
  /** The deepest module on its path that the code registers; its `file` says where. */
  readonly entry: ModuleEntry;
  /** True when nothing else in the files fits the name as well. */
  readonly exact: boolean;
}

/** A model in some file that explains parameters. */
interface Candidate {
  readonly match: ModelMatch;
  readonly distance: number;
}

/**
 * Finds the line that defines each parameter, with imports followed from file to file. Among the models that explain
 * most parameters the nearest to the log are taken; a line is exact only when all of these agree on it.
 * @param path path of the log
 */
export function linkParameters(
  path: string,
  parameters: readonly string[],
  sources: readonly PythonAnalysis[],
): ReadonlyMap<string, LinkedParameter> {
  if (parameters.length === 0 || sources.length === 0) {
    return new Map();
  }
  const names = parameterPaths(parameters);
  const own = candidatesIn(ownTrees(sources), path, names);
  const explained = own.some(({ match }) => isWhole(match, parameters.length));
  const candidates = explained ? own : candidatesIn(linkedTrees(sources), path, names);
  const contenders = contendersOf(candidates, parameters.length);
  const [first, ...others] = contenders;
  const links = new Map<string, LinkedParameter>();
  // Of models that explain nothing wholly, any may be the one.
  const whole = first !== undefined && first.match.complete === parameters.length;
  for (const [parameter, found] of first?.match.resolved ?? []) {
    const agreed = others.every(({ match }) => {
      const other = match.resolved.get(parameter);
      return other === undefined || samePlace(other.entry, found.entry);
    });
    links.set(parameter, {
      entry: found.entry,
      exact: found.complete && found.sole && found.entry.exact && agreed && (whole || others.length === 0),
    });
  }
  return links;
}

function candidatesIn(
  trees: readonly CodeTree[],
  path: string,
  names: readonly ParameterPath[],
): readonly Candidate[] {
  return trees
    .flatMap(({ source, index }): Candidate[] => {
      const match = matchTree(index, names);
      return match === null ? [] : [{ match, distance: folderDistance(path, source.path) }];
    })
    .sort((a, b) => b.match.complete - a.match.complete || a.distance - b.distance);
}

/** Has a model exactly these parameters, and each in one place? */
function isWhole(match: ModelMatch, parameters: number): boolean {
  return match.complete === parameters && match.unused === 0;
}

/** The models that may be the one: those that have exactly these parameters, else all that explain most of them. */
function contendersOf(candidates: readonly Candidate[], parameters: number): readonly Candidate[] {
  const perfect = candidates.filter(({ match }) => isWhole(match, parameters));
  const [best] = perfect.length > 0 ? perfect : candidates;
  return (perfect.length > 0 ? perfect : candidates)
    .filter(({ match, distance }) => match.complete === best?.match.complete && distance === best.distance)
    .sort((a, b) => compareMatches(a.match, b.match));
}
