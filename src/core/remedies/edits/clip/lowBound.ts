import type { LiteralPlace, LoopEvent, PythonFacts } from '../../../python/facts';
import type { Fix } from '../../../rules/finding';
import { argument } from '../model';
import { fixOf, replace } from '../place';

/** Bounds in use are 0.1 to 10. At a thousandth each step of SGD is a thousandth of its rate long at most. */
const LOW_NORM = 1e-3;
/** Of each number: a network of some thousand weights has a norm some tens of times this. */
const LOW_VALUE = 1e-4;
const USUAL_NORM = '1.0';
const USUAL_VALUE = '0.5';

/** A bound for clipping that is far below the norms of any network. */
export interface LowBound {
  readonly place: LiteralPlace;
  /** The norm as a whole is bounded; false: each number is. */
  readonly isNorm: boolean;
}

/** Bounds that leave next to nothing of the gradient, in a file that trains with SGD alone: Adam divides the scale out. */
export function lowBounds(facts: PythonFacts): readonly LowBound[] {
  const { optimizers, loops } = facts;
  if (optimizers.length === 0 || !optimizers.every(({ type }) => type === 'torch.optim.SGD')) {
    return [];
  }
  const found = new Map<string, LowBound>();
  for (const event of loops.flatMap(({ events }) => events)) {
    const bound = event.kind === 'clip' ? boundOf(event) : null;
    if (
      bound !== null &&
      bound.place.value > 0 &&
      bound.place.value <= (bound.isNorm ? LOW_NORM : LOW_VALUE)
    ) {
      found.set(`${bound.place.range.line}:${bound.place.range.column}`, bound);
    }
  }
  return [...found.values()];
}

function boundOf({ name, args }: LoopEvent): LowBound | null {
  const isNorm = /(?:^|\.)clip_grad_norm_?$/.test(name);
  const place = isNorm
    ? argument(args, 'max_norm', 1)?.number
    : /(?:^|\.)clip_grad_value_?$/.test(name)
      ? argument(args, 'clip_value', 1)?.number
      : null;
  return place == null ? null : { place, isNorm };
}

/** Gives each of them a usual value. */
export function usualBounds(facts: PythonFacts): readonly Fix[] {
  const edits = lowBounds(facts).map(({ place, isNorm }) =>
    replace(place.range, isNorm ? USUAL_NORM : USUAL_VALUE),
  );
  return fixOf(facts, 'clip-grad-norm', 'Clip at a usual bound', 'unsafe', edits);
}
