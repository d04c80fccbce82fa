import type { InitFact, PythonFacts } from '../../python/facts';
import type { Fix } from '../../rules/finding';
import type { RemedyTarget } from '../remedy';
import { isWeightLayer, type ModelView, modelOf } from './model';
import { spell } from './names';
import { fixOf, replace } from './place';

/** A pre-activation of unit variance stays above minus this in 98 of 100 cases: from there on a ReLU hardly opens. */
const CLOSED = -2;
/** So far above zero a tanh or sigmoid is as flat as that far below. */
const SATURATED = 4;

/** Constants that start the biases of a model's layers so low that the units behind them stay shut. */
export function closedBiases(facts: PythonFacts, model: ModelView): readonly InitFact[] {
  const owners = new Set([model.root, ...model.modules.map((entry) => entry.type)]);
  return facts.inits.filter((init) => {
    const isOwn = init.root === null || owners.has(init.root);
    const isOther = init.layerTypes.length > 0 && !init.layerTypes.some(isWeightLayer);
    return isOwn && !isOther && init.writes === 'bias' && isClosed(init) && !isOutput(init, model);
  });
}

/** A low number, or for every layer at once the log-odds of a rare class, which the output alone is to start from. */
function isClosed({ kind, scale, args, sweeps }: InitFact): boolean {
  if (kind !== 'constant') {
    return false;
  }
  const text = args[args.length - 1]?.text ?? '';
  return scale === null
    ? sweeps && /^-\s*[\w.]*log\(/.test(text)
    : scale.value <= CLOSED || scale.value >= SATURATED;
}

/** A bias of the last layer may start where the classes are. */
function isOutput({ paths }: InitFact, model: ModelView): boolean {
  const layers = model.modules.filter((entry) => isWeightLayer(entry.type));
  const last = layers[layers.length - 1]?.path;
  return paths?.every((path) => path.replace(/\.bias$/, '') === last) ?? false;
}

/** Starts those biases at zero. */
export function zeroBiases(facts: PythonFacts, target: RemedyTarget): readonly Fix[] {
  const model = modelOf(facts, target);
  const zeros = spell(facts, 'torch.nn.init.zeros_');
  if (model === null || zeros === null) {
    return [];
  }
  const edits = closedBiases(facts, model).flatMap((init) => [
    ...zeros.edits,
    replace(init.call, `${zeros.name}(${init.target.replace(/\.data$/, '')})`),
  ]);
  return fixOf(facts, 'zero-bias', 'Start the biases at zero', 'unsafe', edits);
}
