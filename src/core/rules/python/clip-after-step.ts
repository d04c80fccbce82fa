import { moveBefore } from '../../python/edits';
import type { LoopEvent, PythonFacts, StatementFact, TrainingLoop } from '../../python/facts';
import type { Finding, Fix } from '../finding';
import type { PythonRule, RuleMeta } from '../rule';
import {
  canMeet,
  canMove,
  enclosingStatement,
  finding,
  happensWith,
  isPlain,
  ofKind,
  place,
  safeFix,
  sameForks,
} from './support';

const meta: RuleMeta = {
  code: 'GI104',
  name: 'clip-after-step',
  title: 'Gradients are clipped after the step that used them',
  severity: 'error',
  subject: 'python',
  remedies: ['move-clip'],
  doc: {
    sees: 'A `clip_grad_norm_` or `clip_grad_value_` that follows `optimizer.step()` in the same pass, with no further step before the gradients are reset; also one that stands below the loop of the steps, once an epoch. With an infinite or very large bound the call only measures, and the finding is a hint.',
    why: 'The step has already used the unclipped gradients. The clip changes numbers that nobody reads any more, so an exploding gradient goes through at full size.',
    reference: {
      title: 'torch.nn.utils.clip_grad_norm_',
      url: 'https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.clip_grad_norm_.html',
    },
    whenWrong:
      'When the optimizer steps inside backward (hooks on parameters), the visible step is not the one that counts.',
    example: `import torch

def train(model, loader, loss_fn):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for x, y in loader:
        optimizer.zero_grad()
        loss_fn(model(x), y).backward()
        optimizer.step()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
`,
    better: `import torch

def train(model, loader, loss_fn):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for x, y in loader:
        optimizer.zero_grad()
        loss_fn(model(x), y).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
`,
  },
};

/** A bound this large is written to read the norm, not to limit it. */
const MEASURING_BOUND = 1e3;

export const clipAfterStep: PythonRule = {
  meta,
  check: (facts) => facts.loops.flatMap((loop) => [...checkLoop(facts, loop), ...checkAfter(facts, loop)]),
};

/** A clip below the loop, once an epoch: every step in the loop has used its gradients unclipped. */
function checkAfter(facts: PythonFacts, loop: TrainingLoop): Finding[] {
  const [clip, ...later] = loop.after;
  const step = ofKind(loop, 'step')[0];
  const stepsEachPass = ofKind(loop, 'step').some(({ branches }) => branches.length === 0);
  const resets = ofKind(loop, 'zero-grad').length > 0;
  if (
    clip?.kind !== 'clip' ||
    clip.helper !== null ||
    step === undefined ||
    !stepsEachPass ||
    !resets ||
    ofKind(loop, 'clip').length > 0 ||
    later.some(({ kind }) => kind === 'step')
  ) {
    return [];
  }
  const measures = onlyMeasures(clip);
  return [
    finding(meta, {
      severity: measures ? 'hint' : 'error',
      message: measures
        ? `The gradient norm is measured after the loop whose steps have used the gradients: it is that of the last batch only.`
        : `Gradients are clipped once after the loop, in which ${stepText(step)} (line ${step.statement.range.line}) has used every one of them unclipped.`,
      range: clip.call,
      related: [place(facts, step.call, 'The step that uses the gradients')],
      fixes: measures || !isPlain(step) || !canMove(clip) ? [] : [intoLoop(facts, clip, step)],
    }),
  ];
}

function intoLoop(facts: PythonFacts, clip: LoopEvent, step: LoopEvent): Fix {
  const title = `Clip before every ${stepText(step)}`;
  return safeFix(facts, 'move-clip', title, moveBefore(facts, clip.statement, step.statement));
}

function checkLoop(facts: PythonFacts, loop: TrainingLoop): Finding[] {
  return loop.events.flatMap((clip, index) => {
    if (clip.kind !== 'clip' || clip.helper !== null) {
      return [];
    }
    const step = consumingStep(loop.events.slice(0, index), clip);
    if (step === null || steppedLater(loop.events.slice(index + 1), clip)) {
      return [];
    }
    const measures = onlyMeasures(clip);
    return [
      finding(meta, {
        severity: measures ? 'hint' : 'error',
        message: measures
          ? `The gradient norm is measured after ${stepText(step)}: it belongs to gradients that the step has already used.`
          : `Gradients are clipped after ${stepText(step)} (line ${step.statement.range.line}) has already used them, so the clip has no effect.`,
        range: clip.call,
        related: [place(facts, step.call, 'The step that uses the gradients')],
        fixes: measures ? [] : fixes(facts, clip, step),
      }),
    ];
  });
}

/** The step that used up the gradients before the clip; null when a backward pass came in between, or none before. */
function consumingStep(before: readonly LoopEvent[], clip: LoopEvent): LoopEvent | null {
  let step: LoopEvent | null = null;
  for (const event of before) {
    if (!canMeet(event, clip)) {
      continue;
    }
    if (event.kind === 'backward') {
      step = null;
    } else if (
      event.kind === 'step' &&
      before.some((other) => other.kind === 'backward' && canMeet(other, event))
    ) {
      step = event;
    }
  }
  return step;
}

function steppedLater(after: readonly LoopEvent[], clip: LoopEvent): boolean {
  for (const event of after) {
    if (canMeet(event, clip)) {
      if (event.kind === 'backward' || event.kind === 'zero-grad') {
        return false;
      }
      if (event.kind === 'step') {
        return true;
      }
    }
  }
  return false;
}

function onlyMeasures(clip: LoopEvent): boolean {
  const bound = clip.args.find((arg) => arg.name === 'max_norm' || arg.name === 'clip_value') ?? clip.args[1];
  return bound?.number != null
    ? bound.number.value >= MEASURING_BOUND
    : typeof bound?.literal === 'number' && bound.literal >= MEASURING_BOUND;
}

function stepText(step: LoopEvent): string {
  return step.scaler === null ? `${step.subject}.step()` : `${step.scaler}.step(${step.subject})`;
}

function fixes(facts: PythonFacts, clip: LoopEvent, step: LoopEvent): Fix[] {
  const moved = movable(facts, clip, step);
  if (moved === null || !isPlain(step)) {
    return [];
  }
  const title = `Move the clip above ${stepText(step)}`;
  return [safeFix(facts, 'move-clip', title, moveBefore(facts, moved, step.statement))];
}

/** The clip's statement, or the `if` that holds nothing else; null when neither can go where the step is. */
function movable(facts: PythonFacts, clip: LoopEvent, step: LoopEvent): StatementFact | null {
  if (clip.helper !== null || step.helper !== null) {
    return null;
  }
  if (sameForks(clip, step)) {
    return canMove(clip) ? clip.statement : null;
  }
  const around = clip.statement.soleInBlock ? enclosingStatement(facts, clip.statement) : null;
  const extra = clip.branches.length - step.branches.length;
  if (around?.kind !== 'if' || around.orelse.length > 0 || extra !== 1 || !happensWith(step, clip)) {
    return null;
  }
  const fact = facts.statementOf(around);
  return fact.ownLines && !fact.soleInBlock ? fact : null;
}
