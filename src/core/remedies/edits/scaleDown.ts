import type { InitFact, PythonFacts } from '../../python/facts';
import type { Fix } from '../../rules/finding';
import type { TextEdit } from '../../text';
import type { RemedyTarget } from '../remedy';
import { enlargedWeights, withoutFactor } from './enlarged';
import { isDeliberateZero, loadsWeights, reaches } from './initialise';
import { argument, hasResidual, modelOf } from './model';
import { spell } from './names';
import { fixOf, replace } from './place';
import { EXCHANGEABLE } from './schemes';

/** Standard deviation of weights small enough for a stack of residual branches (GPT-2's choice). */
const RESIDUAL_STD = '0.02';

/** Shrinks the initialisation of a residual stack, whose branches add up. */
export function scaleDown(facts: PythonFacts, target: RemedyTarget): readonly Fix[] {
  const model = modelOf(facts, target);
  if (model === null || loadsWeights(facts)) {
    return [];
  }
  const enlarged = enlargedWeights(facts, model);
  const [first] = enlarged;
  if (first !== undefined) {
    const edits = enlarged.map((one) => withoutFactor(facts, one));
    return fixOf(
      facts,
      'scaled-init',
      `Do not multiply the initial weights by ${first.text}`,
      'unsafe',
      edits,
    );
  }
  if (!hasResidual(model)) {
    return [];
  }
  const calls = facts.inits.filter(
    (init) => reaches(init, model) && EXCHANGEABLE.has(init.kind) && !isDeliberateZero(init),
  );
  const edits = calls.flatMap((init) => shrink(facts, init));
  return fixOf(facts, 'scaled-init', `Shrink the initial weights to std=${RESIDUAL_STD}`, 'unsafe', edits);
}

function shrink(facts: PythonFacts, init: InitFact): readonly (TextEdit | null)[] {
  if (init.kind === 'normal' || init.kind === 'trunc-normal') {
    const std = argument(init.args, 'std', 2);
    return (init.scale?.value ?? 0) <= Number(RESIDUAL_STD) || std === undefined
      ? []
      : [replace(std.valueRange, RESIDUAL_STD)];
  }
  const normal = spell(facts, 'torch.nn.init.normal_');
  const call = `${normal?.name}(${init.target.replace(/\.data$/, '')}, std=${RESIDUAL_STD})`;
  return normal === null ? [null] : [...normal.edits, replace(init.call, call)];
}
