import type { PythonFacts } from '../python/facts';
import { type InputGuess, isKind, isList, type Value } from './interp/values';
import type { Loss } from './ops/loss';
import { featureCount } from './shape';
import type { Flow } from './tape';

export function firstTensor(value: Value): Flow | null {
  if (isKind(value, 'tensor')) return value.flow;
  const items = isList(value) ? value.items : isKind(value, 'dict') ? [...value.entries.values()] : [];
  for (const item of items) {
    const flow = firstTensor(item);
    if (flow !== null) return flow;
  }
  if (isKind(value, 'object')) {
    for (const field of value.fields.values()) if (isKind(field, 'tensor')) return field.flow;
  }
  return null;
}

const lossNames: readonly (readonly [RegExp, Loss])[] = [
  [/BCEWithLogits|binary_cross_entropy_with_logits/, 'bce-logits'],
  [/BCELoss|binary_cross_entropy/, 'bce'],
  [/MSE|mse_loss|L1|l1_loss|Huber|huber/, 'mse'],
  [/CrossEntropy|cross_entropy|NLL|nll_loss/, 'cross-entropy'],
];

/** The loss the file uses where that is one; else what the output's shape suggests. */
export function lossOf(facts: PythonFacts, output: Flow, guesses: ReadonlyMap<string, InputGuess>): Loss {
  const used = new Set(
    facts.losses.flatMap((fact) => lossNames.find(([pattern]) => pattern.test(fact.type))?.[1] ?? []),
  );
  const [only] = used;
  if (used.size === 1 && only !== undefined) return only;
  const n = featureCount(output.shape) || 1;
  const squashed = output.before?.activation.name;
  if (squashed === 'sigmoid' && n <= 1) return 'bce';
  if (n <= 1 || squashed === 'sigmoid' || squashed === 'tanh') return 'mse';
  const image = [...guesses.values()].some(
    (g) => g.kind === 'image' && (g.features === n || Number.isNaN(g.features)),
  );
  const vector = [...guesses.values()].some((g) => g.kind !== 'tokens' && g.features === n);
  const spatial = output.shape.some((axis) => axis.role === 'position');
  if ((image && spatial) || vector) return 'mse';
  return 'cross-entropy';
}
