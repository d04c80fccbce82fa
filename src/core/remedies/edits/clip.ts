import type { LoopEvent, PythonFacts, TrainingLoop } from '../../python/facts';
import type { Fix } from '../../rules/finding';
import type { TextEdit } from '../../text';
import type { RemedyTarget } from '../remedy';
import { argument } from './model';
import { spell } from './names';
import { fixOf, insertBefore, replace } from './place';
import { isVisible } from './scope';
import { quoted } from './style';

/** The usual bound; right for most models whose norms are near 1. */
const USUAL_BOUND = 1;
/** Norms within this factor of the usual bound do not ask for another one. */
const NEAR = 4;

/**
 * Clips the norm of the whole gradient between `backward` and `step`, after `unscale_`. Loops that clip already
 * gain nothing, except where the bound is infinite (a norm that is only measured).
 */
export function clipLoops(facts: PythonFacts, target: RemedyTarget): readonly Fix[] {
  const bound = boundFor(target);
  return facts.loops.flatMap((loop) => {
    if (loop.events.some((event) => event.kind === 'step' && event.helper !== null)) {
      return []; // the helper that steps is a loop body of its own
    }
    const clips = loop.events.filter((event) => event.kind === 'clip');
    if (clips.length > 0) {
      return clips.flatMap((clip) => boundClip(facts, clip, bound, target.bound !== undefined));
    }
    return clipBeforeSteps(facts, loop, bound);
  });
}

/** A round number near the norm the run has in its quiet time, so that the bound cuts what is unusual. */
function boundFor(target: RemedyTarget): string {
  if (target.bound !== undefined) {
    return literal(target.bound);
  }
  const usual = target.usualNorm ?? USUAL_BOUND;
  if (!(usual > 0) || !Number.isFinite(usual) || (usual > USUAL_BOUND / NEAR && usual < USUAL_BOUND * NEAR)) {
    return '1.0';
  }
  const power = 10 ** Math.floor(Math.log10(usual));
  const digit = [1, 2, 5, 10].find((one) => usual <= one * power) ?? 10;
  return literal(Number((digit * power).toPrecision(1)));
}

/** A Python float: `2.0`, `0.5`, `1e-7`. */
function literal(value: number): string {
  return Number.isInteger(value) && Math.abs(value) < 1e15 ? `${value}.0` : String(value);
}

const INFINITE_BOUND = /^(?:float\(["']\+?inf(?:inity)?["']\)|(?:math|np|numpy|torch)\.inf)$/i;
const NUMBER = /^[\d.]+(?:e[+-]?\d+)?$/i;

/** `clip_grad_norm_(parameters, float("inf"))` measures and does not clip; a person's own bound also takes another number's place. */
function boundClip(facts: PythonFacts, clip: LoopEvent, bound: string, isChosen: boolean): readonly Fix[] {
  const max = argument(clip.args, 'max_norm', 1);
  const isOther =
    isChosen &&
    max !== undefined &&
    NUMBER.test(max.text) &&
    Number(max.text) !== Number(bound) &&
    /clip_grad_norm/.test(facts.textOf(clip.statement.range));
  if (max === undefined || !(INFINITE_BOUND.test(max.text) || isOther)) {
    return [];
  }
  return fixOf(facts, 'clip-grad-norm', `Clip the gradient norm at ${bound}`, 'unsafe', [
    replace(max.valueRange, bound),
  ]);
}

function clipBeforeSteps(facts: PythonFacts, loop: TrainingLoop, bound: string): readonly Fix[] {
  const backward = loop.events.findIndex((event) => event.kind === 'backward');
  const steps = loop.events.filter((event, at) => event.kind === 'step' && at > backward);
  if (backward === -1 || steps.length === 0) {
    return [];
  }
  const edits = steps.flatMap((step) => clipBefore(facts, loop, step, bound));
  return fixOf(
    facts,
    'clip-grad-norm',
    `Clip the gradient norm at ${bound} before ${steps[0]?.subject ?? 'optimizer'}.step()`,
    'unsafe',
    edits,
  );
}

function clipBefore(
  facts: PythonFacts,
  loop: TrainingLoop,
  step: LoopEvent,
  bound: string,
): (TextEdit | null)[] {
  const accelerator = loop.events.find(
    (event) => event.kind === 'backward' && /accelerator/.test(event.subject),
  )?.subject;
  if (accelerator !== undefined) {
    return [null];
  }
  const clip = spell(facts, 'torch.nn.utils.clip_grad_norm_');
  if (clip === null || facts.textOf(step.statement.range).includes('\n')) {
    return [null];
  }
  const lines = [`${clip.name}(${parametersOf(facts, loop, step)}, max_norm=${bound})`];
  const unscaled = loop.events.some((event) => event.kind === 'unscale' && event.subject === step.subject);
  if (step.scaled && !unscaled && step.scaler !== null) {
    lines.unshift(`${step.scaler}.unscale_(${step.subject})`);
  }
  return [...clip.edits, insertBefore(facts, step.statement, lines)];
}

/** The parameters the optimizer updates, as the place can name them. */
export function parametersOf(facts: PythonFacts, loop: TrainingLoop, step: LoopEvent): string {
  const optimizer = facts.optimizers.find((one) => one.name === step.subject);
  const several = new Set(facts.optimizers.map((one) => one.model)).size > 1;
  const model = optimizer?.model ?? (several ? null : loop.model);
  // `self.opt = SGD(model.parameters())` in a constructor that also keeps `self.model`.
  const names = model === null ? [] : step.subject.startsWith('self.') ? [`self.${model}`, model] : [model];
  const known = names.find(
    (name) => facts.text.includes(name) && isVisible(facts, name, step.statement.range.line),
  );
  if (known !== undefined) {
    return `${known}.parameters()`;
  }
  return `(p for group in ${step.subject}.param_groups for p in group[${quoted(facts, 'params')}])`;
}
