import type { PythonFacts } from '../../python/facts';
import type { Fix } from '../../rules/finding';
import { addArgument } from './clip/settings';
import { argument } from './model';
import { fixOf } from './place';

/** Optimizers that take a decay and have none by default; the decay is added to the gradient, so it is small. */
const WITHOUT_DECAY = /^torch\.optim\.(?:SGD|Adam|NAdam|RAdam|Adamax|Adagrad|Adadelta|RMSprop)$/;
const USUAL = '1e-4';

/** Gives each optimizer that has none a usual weight decay; one fix for each. */
export function addDecay(facts: PythonFacts): readonly Fix[] {
  return facts.optimizers.flatMap((optimizer) => {
    const isOpen =
      WITHOUT_DECAY.test(optimizer.type) &&
      argument(optimizer.args, 'weight_decay', Number.POSITIVE_INFINITY) === undefined &&
      optimizer.args.every(({ star }) => star === 0);
    const { line, column } = optimizer.call;
    const call = isOpen
      ? facts.calls.find((one) => {
          const range = facts.rangeOf(one.call);
          return range.line === line && range.column === column && one.call.args.length > 0;
        })?.call
      : undefined;
    return call === undefined
      ? []
      : fixOf(facts, 'weight-decay', `Add a weight decay of ${USUAL}`, 'unsafe', [
          ...addArgument(facts, call, `weight_decay=${USUAL}`),
        ]);
  });
}
