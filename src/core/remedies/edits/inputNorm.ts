import { isCentred } from '../../python/dataScale';
import { inputsOf } from '../../python/dataTrace';
import type { PythonFacts } from '../../python/facts';
import type { Expr } from '../../python/syntax/ast';
import type { Fix } from '../../rules/finding';
import type { RemedyTarget } from '../remedy';
import { type LargeData, largeInput, largeRawInput, largeTarget, readsOther } from './dataScale';
import { normBeforeFirst } from './inputNormInModel';
import { isNormalised, type ModelView, modelOf } from './model';
import { fixOf } from './place';
import { standardise, type Unscaled } from './standardise';

/** Scales what the first layer of a model reads: where it is made, where the code shows that, and in the model. */
export function normaliseInput(facts: PythonFacts, target: RemedyTarget): readonly Fix[] {
  const model = modelOf(facts, target);
  if (model === null) {
    const raw = largeRawInput(facts);
    return raw === null ? [] : atSource(facts, 'normalise-input', unscaledOf(facts, raw, null));
  }
  if (
    isNormalised(model) ||
    model.modules.some(readsOther) ||
    inputsOf(facts).some(({ expr }) => isStandardised(facts, expr))
  ) {
    return [];
  }
  const large = largeInput(facts, model) ?? largeRawInput(facts);
  const inModel = normBeforeFirst(facts, model);
  return [
    ...(large === null ? [] : atSource(facts, 'normalise-input', unscaledOf(facts, large, model))),
    ...fixOf(facts, 'normalise-input', 'Normalise the input of the model', 'unsafe', inModel),
  ];
}

/** `(x - mean) / std`. */
function isStandardised(facts: PythonFacts, expr: Expr): boolean {
  return expr.kind === 'binary' && expr.op === '/' && isCentred(facts, expr.left);
}

/** Large inputs, and with them targets that are large as well: scaled by halves a regression is as far from its start. */
function unscaledOf(facts: PythonFacts, large: LargeData, model: ModelView | null): readonly Unscaled[] {
  const target = largeTarget(facts);
  const input: Unscaled = { data: large, model };
  const both: readonly Unscaled[] = target === null ? [input] : [input, { data: target, model: null }];
  return standardise(facts, both).length > 0 ? both : [input];
}

/** Standardises what a regression is compared with. */
export function normaliseTarget(facts: PythonFacts): readonly Fix[] {
  const large = largeTarget(facts);
  return large === null ? [] : atSource(facts, 'normalise-target', [{ data: large, model: null }]);
}

function atSource(
  facts: PythonFacts,
  id: 'normalise-input' | 'normalise-target',
  unscaled: readonly Unscaled[],
): readonly Fix[] {
  const names = unscaled.map(
    ({ data: { tensor } }) => (tensor.made ?? tensor.unpacked)?.variable ?? 'the data',
  );
  const title = `Standardise ${names.join(' and ')} where ${names.length > 1 ? 'they are' : 'it is'} made`;
  return fixOf(facts, id, title, 'unsafe', standardise(facts, unscaled));
}
