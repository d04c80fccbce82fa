import type { ClassFact, PythonFacts } from './facts';
import { LOGGING_MARKER, type LoggingEdit } from './logging/edit';
import { huggingFaceTrainer, logWithCallback } from './logging/huggingFace';
import { kerasFit, logInKeras } from './logging/keras';
import { logInLightning } from './logging/lightning';
import { logInLoop } from './logging/loop';
import { logInJax, optaxUpdate } from './logging/optax';

/**
 * The edits that make a training program write gradient norms: one JSON object a line, per parameter and for the whole
 * model, measured after `backward` (and unscaled) and before clipping.
 */
export function insertGradientLogging(facts: PythonFacts): LoggingEdit {
  if (facts.text.includes(LOGGING_MARKER)) {
    return { why: 'Gradient logging is already in this file.' };
  }
  const lightning = facts.classes.find((one) => one.kind === 'lightning');
  if (lightning !== undefined && !isManual(facts, lightning)) {
    return logInLightning(facts, lightning);
  }
  const loop = facts.loops.find((one) =>
    one.events.some((event) => event.kind === 'step' && event.helper === null),
  );
  if (loop !== undefined) {
    return logInLoop(facts, loop);
  }
  const trainer = huggingFaceTrainer(facts);
  if (trainer !== null) {
    return logWithCallback(facts, trainer);
  }
  const update = optaxUpdate(facts);
  if (update !== null) {
    return logInJax(facts, update);
  }
  const fit = kerasFit(facts);
  if (fit !== null) {
    return logInKeras(facts, fit);
  }
  return {
    why: 'No training loop with backward() and an optimizer step, Optax update or Keras fit() was found in this file.',
  };
}

function isManual(facts: PythonFacts, owner: ClassFact): boolean {
  return /automatic_optimization\s*=\s*False/.test(facts.textOf(owner.range));
}
