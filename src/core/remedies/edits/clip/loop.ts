import type { LoopEvent, PythonFacts, TrainingLoop } from '../../../python/facts';
import type { Fix } from '../../../rules/finding';
import type { TextEdit } from '../../../text';
import { argument } from '../model';
import { spell } from '../names';
import { fixOf, insertBefore, replace } from '../place';
import { isVisible } from '../scope';
import { quoted } from '../style';
import { type Bound, NO_BOUND, replaces } from './bound';
import { type Driver, driverOf, isMadeBy } from './driver';

/**
 * Clips the norm of the whole gradient between `backward` and `step`, after `unscale_`, in the way of what drives the
 * loop. Loops that clip already gain nothing, except where the bound is infinite (a norm that is only measured).
 */
export function clipLoops(facts: PythonFacts, bound: Bound): readonly Fix[] {
  return facts.loops.flatMap((loop) => {
    if (loop.events.some((event) => event.kind === 'step' && event.helper !== null)) {
      return []; // the helper that steps is a loop body of its own
    }
    const clips = loop.events.filter((event) => event.kind === 'clip');
    return clips.length > 0
      ? clips.flatMap((clip) => boundClip(facts, clip, bound))
      : clipBeforeSteps(facts, loop, bound);
  });
}

/** `clip_grad_norm_(parameters, float("inf"))` measures and does not clip; a person's own bound also takes another number's place. */
function boundClip(facts: PythonFacts, clip: LoopEvent, bound: Bound): readonly Fix[] {
  const max = argument(clip.args, 'max_norm', 1);
  const clipsNorm = /clip_grad_norm/.test(facts.textOf(clip.statement.range));
  // A bound that a name stands for is changed where it is defined.
  const written = max?.number?.text ?? max?.text ?? '';
  if (max === undefined || !replaces(bound, written) || !(clipsNorm || NO_BOUND.test(written))) {
    return [];
  }
  return fixOf(facts, 'clip-grad-norm', `Clip the gradient norm at ${bound.text}`, 'unsafe', [
    replace(max.number?.range ?? max.valueRange, bound.text),
  ]);
}

function clipBeforeSteps(facts: PythonFacts, loop: TrainingLoop, bound: Bound): readonly Fix[] {
  const backward = loop.events.findIndex((event) => event.kind === 'backward');
  const steps = loop.events.filter((event, at) => event.kind === 'step' && at > backward);
  const driver = driverOf(facts, loop);
  if (backward === -1 || steps.length === 0 || driver.kind === 'deepspeed') {
    return [];
  }
  return fixOf(
    facts,
    'clip-grad-norm',
    `Clip the gradient norm at ${bound.text} before ${steps[0] === undefined ? 'the step' : nameOfStep(steps[0])}`,
    'unsafe',
    steps.flatMap((step) => clipBefore(facts, loop, step, driver, bound)),
  );
}

/** `optimizer.step()`, or what a message calls a step written out. */
function nameOfStep({ byHand, subject }: LoopEvent): string {
  return byHand === undefined ? `${subject}.step()` : 'the update';
}

function clipBefore(
  facts: PythonFacts,
  loop: TrainingLoop,
  step: LoopEvent,
  driver: Driver,
  bound: Bound,
): (TextEdit | null)[] {
  if (step.byHand === undefined && facts.textOf(step.statement.range).includes('\n')) {
    return [null];
  }
  const before = (lines: readonly string[]) => insertBefore(facts, step.statement, lines);
  switch (driver.kind) {
    case 'accelerate':
      // The gradients of an accumulated batch are complete, and unscaled, only when they are synchronised.
      return [
        before([
          `if ${driver.name}.sync_gradients:`,
          `${facts.indentUnit}${driver.name}.clip_grad_norm_(${parametersOf(facts, loop, step)}, ${bound.text})`,
        ]),
      ];
    case 'fabric': {
      const model = modelAt(facts, loop, step);
      return [
        model === null
          ? null
          : before([`${driver.name}.clip_gradients(${model}, ${step.subject}, max_norm=${bound.text})`]),
      ];
    }
    case 'lightning': {
      const algorithm = `gradient_clip_algorithm=${quoted(facts, 'norm')}`;
      return [
        before([`self.clip_gradients(${step.subject}, gradient_clip_val=${bound.text}, ${algorithm})`]),
      ];
    }
    case 'deepspeed':
      return [null];
    case 'torch':
      return clipInTorch(facts, loop, step, bound);
  }
}

const FSDP = /\.FullyShardedDataParallel$|\.fsdp\.FSDP$/;

function clipInTorch(
  facts: PythonFacts,
  loop: TrainingLoop,
  step: LoopEvent,
  bound: Bound,
): (TextEdit | null)[] {
  const model = modelAt(facts, loop, step);
  if (model !== null && isMadeBy(facts, model, FSDP)) {
    // Each rank holds a part of the gradient: only the wrapper knows the whole norm.
    return [insertBefore(facts, step.statement, [`${model}.clip_grad_norm_(${bound.text})`])];
  }
  const clip = spell(facts, 'torch.nn.utils.clip_grad_norm_');
  if (clip === null) {
    return [null];
  }
  const lines = [`${clip.name}(${parametersOf(facts, loop, step)}, max_norm=${bound.text})`];
  const unscaled = loop.events.some((event) => event.kind === 'unscale' && event.subject === step.subject);
  if (step.scaled && !unscaled && step.scaler !== null) {
    lines.unshift(`${step.scaler}.unscale_(${step.subject})`);
  }
  return [...clip.edits, insertBefore(facts, step.statement, lines)];
}

/** The parameters the optimizer updates, as the place can name them. */
export function parametersOf(facts: PythonFacts, loop: TrainingLoop, step: LoopEvent): string {
  if (step.byHand === 'tensors') {
    return step.subject;
  }
  const model = modelAt(facts, loop, step);
  return model === null
    ? `(p for group in ${step.subject}.param_groups for p in group[${quoted(facts, 'params')}])`
    : `${model}.parameters()`;
}

/** The model that the optimizer updates, as the step's place can name it; null where it cannot. */
function modelAt(facts: PythonFacts, loop: TrainingLoop, step: LoopEvent): string | null {
  if (step.byHand !== undefined) {
    return step.byHand === 'model' ? step.subject : null;
  }
  const optimizer = facts.optimizers.find((one) => one.name === step.subject);
  const several = new Set(facts.optimizers.map((one) => one.model)).size > 1;
  const model = optimizer?.model ?? (several ? null : loop.model);
  // `self.opt = SGD(model.parameters())` in a constructor that also keeps `self.model`.
  const names = model === null ? [] : step.subject.startsWith('self.') ? [`self.${model}`, model] : [model];
  const known = names.find(
    (name) => facts.text.includes(name) && isVisible(facts, name, step.statement.range.line),
  );
  return known ?? null;
}
