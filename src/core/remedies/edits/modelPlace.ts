import type { PythonFacts, StatementFact } from '../../python/facts';
import type { ModelView } from './model';

/** `model.modules()`; of several variables all of theirs, lists opened. */
export function allModules(owners: readonly string[]): string {
  const [only] = owners;
  return owners.length === 1
    ? `${only}.modules()`
    : `[${owners.map((one) => `*${one}.modules()`).join(', ')}]`;
}

export interface ConstructorEnd {
  readonly statement: StatementFact;
  /** What the model is called there; several names where it is several variables. */
  readonly owners: readonly string[];
}

/** Where the whole model exists: the end of its constructor, or the statement that builds it. */
export function constructorEnd(facts: PythonFacts, model: ModelView): ConstructorEnd | null {
  const init = model.type?.init ?? null;
  if (init?.lastStatement !== null && init !== null) {
    return { statement: init.lastStatement, owners: ['self'] };
  }
  const loose = facts.models.find((one) => one.root === model.root && one.members.length > 0);
  if (loose !== undefined) {
    // Plain lists and weights of one's own have no modules().
    const owners = loose.members.filter((name) => {
      const type = model.modules.find((entry) => entry.path === lastSegment(name))?.type;
      return type !== 'nn.Parameter' && type !== 'list';
    });
    const isWhole = !model.modules.some((entry) => entry.type === 'list');
    return isWhole && owners.length > 0 ? { statement: loose.statement, owners } : null;
  }
  const built = facts.models.filter((one) => one.root === model.root);
  const [only] = built;
  return built.length === 1 && only !== undefined ? { statement: only.statement, owners: [only.name] } : null;
}

export function lastSegment(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}
