import type { PythonFacts } from '../../python/facts';
import { flatScores } from '../../python/flatScores';
import type { Fix } from '../../rules/finding';
import { fixOf, replace } from './place';

/** A temperature of 1, and a usual smoothing. */
export function usualScores(facts: PythonFacts): readonly Fix[] {
  const edits = flatScores(facts).map(({ kind, place }) =>
    replace(place.range, kind === 'temperature' ? '1.0' : '0.1'),
  );
  return fixOf(facts, 'usual-constants', 'Use usual numbers for the scores', 'unsafe', edits);
}
