import type { PythonFacts } from '../../python/facts';
import { neighbourSums } from '../../python/neighbourSums';
import type { Fix } from '../../rules/finding';
import { fixOf, replace } from './place';

/** Divides each row of the adjacency by its number of neighbours, wherever a stacked layer multiplies by it. */
export function meanAggregation(facts: PythonFacts): readonly Fix[] {
  const edits = neighbourSums(facts).flatMap(({ adjacency, form }) => {
    const text = facts.textOf(adjacency);
    if (form === 'scatter' || !/^[\w.]+$/.test(text)) {
      return [];
    }
    const mean = `${text} / ${text}.sum(-1, keepdim=True).clamp(min=1)`;
    return [replace(adjacency, form === 'function' ? mean : `(${mean})`)];
  });
  return edits.length === 0
    ? []
    : fixOf(
        facts,
        'mean-aggregation',
        'Average over neighbours: divide the adjacency by its row sums',
        'unsafe',
        edits,
      );
}
