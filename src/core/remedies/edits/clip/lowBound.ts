import type { LiteralPlace, LoopEvent, PythonFacts } from '../../../python/facts';
import { numberPlace } from '../../../python/literals';
import type { Fix } from '../../../rules/finding';
import { argument } from '../model';
import { fixOf, replace } from '../place';

/** Bounds in use are 0.1 to 10. At a thousandth each step of SGD is a thousandth of its rate long at most. */
const LOW_NORM = 1e-3;
/** Of each number: a network of some thousand weights has a norm some tens of times this. */
const LOW_VALUE = 1e-4;
const USUAL_NORM = '1.0';
const USUAL_VALUE = '0.5';

/** Gradients times this and less are as good as none: what is in use (an average over a few losses, a warm-up) stays above. */
const LOW_FACTOR = 0.01;

/** A number that leaves next to nothing of the gradient of any network. */
export interface LowBound {
  readonly place: LiteralPlace;
  /** What is bounded: the norm as a whole, or each number; `factor`: what gradients are multiplied by. */
  readonly of: 'norm' | 'value' | 'factor';
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
    const lowest = bound?.of === 'norm' ? LOW_NORM : LOW_VALUE;
    if (bound !== null && bound.place.value > 0 && bound.place.value <= lowest) {
      found.set(`${bound.place.range.line}:${bound.place.range.column}`, bound);
    }
  }
  for (const place of factors(facts)) {
    found.set(`${place.range.line}:${place.range.column}`, { place, of: 'factor' });
  }
  return [...found.values()];
}

/** `p.grad *= 1e-4`, `p.grad.mul_(1e-4)`, `p.grad.data.mul_(1e-4)`. */
function factors(facts: PythonFacts): readonly LiteralPlace[] {
  if (!facts.source.mentions(/\.grad\b/)) {
    return [];
  }
  return facts.source.statements().flatMap((stmt) => {
    const call = stmt.kind === 'expr' && stmt.value.kind === 'call' ? stmt.value : null;
    const isCall = call?.func.kind === 'attribute' && call.func.attr === 'mul_';
    const target =
      stmt.kind === 'augmented' && stmt.op === '*='
        ? stmt.target
        : isCall && call.func.kind === 'attribute'
          ? call.func.object
          : null;
    const by = stmt.kind === 'augmented' ? stmt.value : call?.args[0]?.value;
    const place =
      target !== null && by !== undefined && /\.grad(?:\.data)?$/.test(facts.textOf(facts.rangeOf(target)))
        ? numberPlace(facts.source, by)
        : null;
    return place !== null && place.value > 0 && place.value <= LOW_FACTOR ? [place] : [];
  });
}

function boundOf({ name, args }: LoopEvent): LowBound | null {
  const isNorm = /(?:^|\.)clip_grad_norm_?$/.test(name);
  const place = isNorm
    ? argument(args, 'max_norm', 1)?.number
    : /(?:^|\.)clip_grad_value_?$/.test(name)
      ? argument(args, 'clip_value', 1)?.number
      : null;
  return place == null ? null : { place, of: isNorm ? 'norm' : 'value' };
}

/** Gives each of them a usual value. */
export function usualBounds(facts: PythonFacts): readonly Fix[] {
  const edits = lowBounds(facts).map(({ place, of }) =>
    replace(place.range, of === 'value' ? USUAL_VALUE : USUAL_NORM),
  );
  return fixOf(facts, 'clip-grad-norm', 'Clip at a usual bound', 'unsafe', edits);
}
