import type { PythonFacts } from '../../../python/facts';
import type { Fix } from '../../../rules/finding';
import type { RemedyTarget } from '../../remedy';
import { boundFor } from './bound';
import { clipLoops } from './loop';
import { clipOptax } from './optax';
import { clipBySetting } from './settings';

/** Clips the norm of the whole gradient in the way of the framework that trains. */
export function clipGradients(facts: PythonFacts, target: RemedyTarget): readonly Fix[] {
  const bound = boundFor(target);
  return [...clipLoops(facts, bound), ...clipBySetting(facts, bound), ...clipOptax(facts, bound)];
}
