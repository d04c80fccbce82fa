import type { LoopEvent, PythonFacts, TrainingLoop } from '../../python/facts';
import type { Fix } from '../../rules/finding';
import { fixOf, insertBefore } from './place';
import { freeName } from './style';

/** Loops, or functions that hold one pass, that step and never reset the gradients as far as the file shows. */
export function loopsWithoutReset(facts: PythonFacts): readonly TrainingLoop[] {
  if (/zero_grad|\.grad\s*=\s*None|grad\.zero_\(|\bfunctional\.grad\b/.test(facts.text)) {
    return [];
  }
  return facts.loops.filter(({ events, mayReset }) => {
    const own = events.every((event) => event.helper === null);
    const plain = events.every((event) => event.kind !== 'step' || event.branches.length === 0);
    return own && plain && !mayReset;
  });
}

/** Resets the gradients before each backward pass. */
export function resetGradients(facts: PythonFacts): readonly Fix[] {
  return loopsWithoutReset(facts).flatMap(({ events }) => {
    const backwards = events.filter((event) => event.kind === 'backward');
    const steps = events.filter((event) => event.kind === 'step');
    const [backward, step] = [backwards[0], steps[0]];
    if (backward === undefined || step === undefined || backwards.length + steps.length > 2) {
      return [];
    }
    const { lines, how } = resetBefore(facts, step);
    return fixOf(facts, 'zero-grad', `Reset the gradients ${how}before the backward pass`, 'safe', [
      insertBefore(facts, backward.statement, lines),
    ]);
  });
}

/** What resets the gradients that a step has used, and how to say it: by its optimizer, its model, or tensor by tensor. */
export function resetBefore(
  facts: PythonFacts,
  { byHand, subject }: LoopEvent,
): { readonly lines: readonly string[]; readonly how: string } {
  if (byHand !== 'tensors') {
    const call = `${subject}.zero_grad()`;
    return { lines: [call], how: `with ${call} ` };
  }
  const name = freeName(facts, ['p', 'parameter', 'leaf']);
  return { lines: [`for ${name} in ${subject}:`, `${facts.indentUnit}${name}.grad = None`], how: '' };
}
