import { argumentOf } from '../../python/definitions';
import type { LiteralPlace, OptimizerFact, PythonFacts } from '../../python/facts';
import { numberPlace } from '../../python/literals';
import type { Fix } from '../../rules/finding';
import { fixOf, replace } from './place';
import { isAdaptive, momentumOf } from './rates';

/** A constant of an optimizer that is far from any in use. */
export interface OddConstant {
  readonly optimizer: OptimizerFact;
  readonly place: LiteralPlace;
  /** As PyTorch calls it: `beta1`, `eps`, `momentum`. */
  readonly name: string;
  /** Clause behind the constant: what it does. */
  readonly does: string;
  /** What is usual, as written. */
  readonly usual: string;
}

/** An average over 200 steps and more: what is stepped along is older than most of a run's turns. */
const LONG_MEMORY = 0.995;
/** Squares of gradients that are forgotten at once make every step as long as the rate, whatever the gradient. */
const SHORT_SQUARES = 0.5;
/** Roots of mean squares of gradients lie below this in most layers: the constant decides then, and Adam is SGD at rate / eps. */
const LARGE_EPS = 0.01;

/** Momentum, betas and eps far from their usual values, with the optimizers that the file builds. */
export function oddConstants(facts: PythonFacts): readonly OddConstant[] {
  return facts.optimizers.flatMap((optimizer) => {
    if (!/^torch\.optim\./.test(optimizer.type)) {
      return [];
    }
    const found: OddConstant[] = [];
    const { momentum } = optimizer;
    if (momentum !== null && momentumOf(optimizer) >= LONG_MEMORY && momentum.value < 1) {
      found.push({ optimizer, place: momentum, name: 'momentum', does: REMEMBERS, usual: '0.9' });
    }
    const call = facts.calls.find(({ call: one }) => {
      const { line, column } = facts.rangeOf(one);
      return line === optimizer.call.line && column === optimizer.call.column;
    })?.call;
    if (!isAdaptive(optimizer) || call === undefined) {
      return found;
    }
    const betas = argumentOf(call, 'betas', 2);
    const [first, second] =
      betas?.kind === 'tuple' ? betas.items.map((item) => numberPlace(facts.source, item)) : [];
    if (first != null && first.value >= LONG_MEMORY && first.value < 1) {
      found.push({ optimizer, place: first, name: 'beta1', does: REMEMBERS, usual: '0.9' });
    }
    if (second != null && second.value < SHORT_SQUARES) {
      found.push({ optimizer, place: second, name: 'beta2', does: FORGETS, usual: '0.999' });
    }
    const given = argumentOf(call, 'eps', 3);
    const eps = given === null ? null : numberPlace(facts.source, given);
    if (eps !== null && eps.value >= LARGE_EPS && /\.(?:Adam\w*|NAdam|RAdam)$/.test(optimizer.type)) {
      found.push({ optimizer, place: eps, name: 'eps', does: DROWNS, usual: '1e-8' });
    }
    return found;
  });
}

const REMEMBERS = 'averages gradients over hundreds of steps, so each step follows what is long past';
const FORGETS = 'forgets the size of the gradients at once, so no step is adapted to it';
const DROWNS = 'outweighs the gradients that Adam divides by, so the steps shrink with them';

/** Gives each of them its usual value. */
export function usualConstants(facts: PythonFacts): readonly Fix[] {
  return oddConstants(facts).flatMap(({ place, name, usual }) =>
    fixOf(facts, 'usual-constants', `Set ${name} to ${usual}`, 'unsafe', [replace(place.range, usual)]),
  );
}
