import type { PythonFacts } from '../../python/facts';
import {
  activationInto,
  type LossUse,
  lossUses,
  type ReachingActivation,
  usesAfter,
} from '../../python/outputs';
import type { Fix } from '../../rules/finding';
import type { TextEdit } from '../../text';
import { spell } from './names';
import { fixOf, replace } from './place';

/** Losses on numbers without bounds. */
const REGRESSION = /(?:MSELoss|L1Loss|HuberLoss|mse_loss|l1_loss|huber_loss)$/;
/** Losses that take logits. */
const LOGITS = /(?:CrossEntropyLoss|cross_entropy|BCEWithLogitsLoss|with_logits)$/;
/** Those that take one score for each class. */
const SCORES = /(?:nn\.CrossEntropyLoss|functional\.cross_entropy)$/;

/**
 * Activations that a network ends in and that keep it from what its loss asks for: a ReLU, whose unit is off for good once
 * it is off for every input; a tanh or sigmoid before a loss on numbers. One per place.
 */
export function boundedOutputs(facts: PythonFacts): readonly ReachingActivation[] {
  const uses = (): readonly LossUse[] => [...lossUses(facts), ...outputsInLoops(facts)];
  return reaching(facts, facts.source.mentions(/relu|tanh|sigmoid/i) ? uses() : [], (activation, loss) => {
    const isNumbers = loss === '' || REGRESSION.test(loss);
    return /^relu6?$/.test(activation)
      ? isNumbers || LOGITS.test(loss)
      : isNumbers && /^(?:tanh|sigmoid)$/.test(activation);
  });
}

/** Activations that bound the scores of a cross-entropy. A sigmoid before the binary one on logits is applied twice, which another rule says. */
export function boundedScores(facts: PythonFacts): readonly ReachingActivation[] {
  return reaching(facts, usesAfter(facts, /tanh|sigmoid/i), (activation, loss) =>
    activation === 'tanh' ? LOGITS.test(loss) : activation === 'sigmoid' && SCORES.test(loss),
  );
}

/** Activations that reach a loss which must not have them, one per place. */
function reaching(
  facts: PythonFacts,
  uses: readonly LossUse[],
  isWrong: (activation: string, loss: string) => boolean,
): readonly ReachingActivation[] {
  const found = new Map<string, ReachingActivation>();
  for (const use of uses) {
    const one = activationInto(facts, use);
    if (one !== null && isWrong(one.activation, use.loss)) {
      found.set(`${one.range.line}:${one.range.column}`, one);
    }
  }
  return [...found.values()];
}

/** Calls of the model that an optimizer trains, in a file whose loss is written by hand: `((model(x) - y) ** 2).mean()`. */
function outputsInLoops(facts: PythonFacts): readonly LossUse[] {
  if (lossUses(facts).length > 0) {
    return [];
  }
  const models = new Set(facts.optimizers.map(({ model }) => model).filter((name) => name !== null));
  return models.size !== 1
    ? []
    : facts.calls.flatMap(({ call, stmt }) =>
        models.has(facts.textOf(facts.rangeOf(call.func))) ? [{ loss: '', call, stmt, input: call }] : [],
      );
}

/** Takes the activation at the output away. */
export function linearOutput(facts: PythonFacts): readonly Fix[] {
  const [found, another] = [...boundedOutputs(facts), ...boundedScores(facts)];
  const edits = found === undefined || another !== undefined ? [] : withoutIt(facts, found);
  return fixOf(facts, 'linear-output', `Take the ${found?.activation} off the output`, 'unsafe', edits);
}

function withoutIt(facts: PythonFacts, found: ReachingActivation): readonly (TextEdit | null)[] {
  if (found.argument !== null) {
    return [replace(found.range, found.argument)];
  }
  const identity = spell(facts, 'torch.nn.Identity');
  return identity === null || found.via !== 'container'
    ? [null]
    : [...identity.edits, replace(found.range, `${identity.name}()`)];
}
