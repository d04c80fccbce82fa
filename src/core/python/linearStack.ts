import { type ChainItem, chainOfRoot } from './chain';
import type { PythonFacts } from './facts';

/** Layers in a row with nothing between them that bends: one linear map together. First to last. */
export type LinearStack = readonly ChainItem[];

/** The layers of the model of a root, where all of it is one linear map for nothing; null for any other model. */
export function linearStack(facts: PythonFacts, root: string): LinearStack | null {
  // Asked first, as it is cheap and most models do something else.
  if (!hasNothingElse(facts, root)) {
    return null;
  }
  const chain = chainOfRoot(facts, root);
  const layers = chain.filter(({ role }) => role === 'weight');
  const isLinear = chain.every(
    ({ role, type }) => role === 'dropout' || (role === 'weight' && type === 'nn.Linear'),
  );
  const [first, last] = [layers[0], layers.at(-1)];
  const [into, out] = [first?.values[0], last?.values[1]];
  const widths = layers.slice(0, -1).map(({ values }) => values[1]);
  // A narrow middle makes a map of low rank, which one layer is not: a linear autoencoder, an adapter.
  const isWide =
    typeof into === 'number' &&
    typeof out === 'number' &&
    widths.every((width) => typeof width === 'number' && width >= Math.min(into, out));
  return isLinear && isWide && layers.length >= FEWEST ? layers : null;
}

/** Two are a linear problem's own often enough. */
const FEWEST = 3;
const PLAIN_STEPS: ReadonlySet<string> = new Set(['input', 'module', 'dropout', 'output']);

/** Does forward do nothing but call layers? What is not understood may bend as well: a sine, a product. */
function hasNothingElse(facts: PythonFacts, root: string): boolean {
  const inside = new Set([root, ...facts.modules.filter((one) => one.root === root).map(({ type }) => type)]);
  return facts.classes.every(
    ({ name, flow }) => !inside.has(name) || (flow?.steps.every(({ op }) => PLAIN_STEPS.has(op)) ?? false),
  );
}
