import { moveAfter, moveBefore } from '../../python/edits';
import type { LoopEvent, PythonFacts, TrainingLoop } from '../../python/facts';
import { fixOf, insertAfter, removeStatement } from '../../remedies/edits/place';
import type { Finding, Fix } from '../finding';
import type { PythonRule, RuleMeta } from '../rule';
import {
  canMeet,
  canMove,
  finding,
  happensWith,
  isPlain,
  ofKind,
  place,
  safeFix,
  sameForks,
  textBetween,
} from './support';

const meta: RuleMeta = {
  code: 'GI102',
  name: 'zero-grad-discards',
  title: 'Gradients are reset before the step uses them',
  severity: 'error',
  subject: 'python',
  remedies: ['zero-grad'],
  doc: {
    sees: '`optimizer.zero_grad()` between `backward()` and the `step()` of the same optimizer, on the same path, with nothing between them that writes gradients back. Also a loop that resets, steps and then goes backward, so that the next turn resets what the step was to use.',
    why: 'The gradients of this pass are thrown away, so the step does nothing, or nothing but weight decay and momentum.',
    reference: {
      title: 'torch.optim.Optimizer.zero_grad',
      url: 'https://docs.pytorch.org/docs/stable/generated/torch.optim.Optimizer.zero_grad.html',
    },
    whenWrong:
      'Methods that save gradients, reset them and write changed ones back; the rule keeps silent when `.grad` is touched in between.',
    example: `import torch

def train(model, loader, loss_fn):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for x, y in loader:
        loss = loss_fn(model(x), y)
        loss.backward()
        optimizer.zero_grad()
        optimizer.step()
`,
    better: `import torch

def train(model, loader, loss_fn):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for x, y in loader:
        loss = loss_fn(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
`,
  },
};

export const zeroGradDiscards: PythonRule = {
  meta,
  check: (facts) =>
    facts.loops.flatMap((loop) => {
      const found = checkLoop(facts, loop);
      const turns = found.length > 0 ? found : checkTurns(facts, loop);
      return turns.length > 0 ? turns : checkInnerLoop(facts, loop);
    }),
};

/** A step before the backward pass of its turn: what the last turn left is reset before it. */
function checkTurns(facts: PythonFacts, loop: TrainingLoop): Finding[] {
  const { events } = loop;
  const [step, anotherStep] = ofKind(loop, 'step');
  const [backward, anotherPass] = ofKind(loop, 'backward');
  const [reset, anotherReset] = ofKind(loop, 'zero-grad');
  if (
    loop.kind !== 'loop' ||
    step === undefined ||
    backward === undefined ||
    reset === undefined ||
    anotherStep !== undefined ||
    anotherPass !== undefined ||
    anotherReset !== undefined ||
    step.byHand !== undefined ||
    step.subject !== reset.subject ||
    [step, backward, reset].some(({ branches, helper }) => branches.length > 0 || helper !== null)
  ) {
    return [];
  }
  const [s = 0, b = 0, z = 0] = [step, backward, reset].map((event) => events.indexOf(event));
  // Reset, step, backward, turn by turn: wherever the loop begins.
  const isLost = (z < s && s < b) || (s < b && b < z);
  if (!isLost || /\.grad\s*=(?!=)/.test(facts.textOf(loop.range))) {
    return [];
  }
  return [
    finding(meta, {
      message: `${step.subject}.step() comes before the backward pass of line ${backward.call.line}, whose gradients are reset (line ${reset.call.line}) before the next step: no step ever has a gradient.`,
      range: step.call,
      related: [place(facts, backward.call, 'The backward pass whose gradients are lost')],
      fixes: steppedAfter(facts, events, step, backward),
    }),
  ];
}

/** A step after the loop over the batches, within which each batch's gradients are reset: the last batch alone is learned from. */
function checkInnerLoop(facts: PythonFacts, loop: TrainingLoop): Finding[] {
  const [step, anotherStep] = ofKind(loop, 'step');
  const [backward, anotherPass] = ofKind(loop, 'backward');
  const [reset, anotherReset] = ofKind(loop, 'zero-grad');
  if (
    loop.kind !== 'loop' ||
    step === undefined ||
    backward === undefined ||
    reset === undefined ||
    anotherStep !== undefined ||
    anotherPass !== undefined ||
    anotherReset !== undefined ||
    step.byHand !== undefined ||
    (step.subject !== reset.subject && reset.subject !== loop.model) ||
    [step, backward, reset].some(({ helper }) => helper !== null) ||
    step.branches.length > 0 ||
    backward.branches.length !== 1 ||
    backward.branches[0]?.kind !== 'loop' ||
    !sameForks(reset, backward) ||
    loop.events.indexOf(step) < Math.max(loop.events.indexOf(backward), loop.events.indexOf(reset)) ||
    KEPT.test(facts.textOf(loop.range))
  ) {
    return [];
  }
  const treated = loop.events.filter(
    (event) => (event.kind === 'clip' || event.kind === 'unscale') && sameForks(event, backward),
  );
  const last = [backward, ...treated].reduce((a, b) => (a.call.line < b.call.line ? b : a));
  const edits =
    canMove(step) && isPlain(last)
      ? [
          insertAfter(facts, last.statement, [facts.textOf(step.statement.range)]),
          removeStatement(facts, step.statement),
        ]
      : [null];
  return [
    finding(meta, {
      message: `${step.subject}.step() comes after the loop over the batches, in which line ${reset.call.line} resets the gradients of each: all but those of the last batch are thrown away.`,
      range: step.call,
      related: [place(facts, reset.call, 'Where the gradients are reset')],
      fixes: fixOf(facts, 'zero-grad', 'Step after each backward pass', 'unsafe', edits),
    }),
  ];
}

/** The step behind the backward pass, and behind what bounds or unscales its gradients. */
function steppedAfter(
  facts: PythonFacts,
  events: readonly LoopEvent[],
  step: LoopEvent,
  backward: LoopEvent,
): Fix[] {
  const treated = events.filter(({ kind }) => kind === 'clip' || kind === 'unscale');
  const last = [backward, ...treated].reduce((a, b) => (a.call.line < b.call.line ? b : a));
  return canMove(step) && isPlain(last) && sameForks(step, last)
    ? [
        safeFix(
          facts,
          'zero-grad',
          'Move the step below the backward pass',
          moveAfter(facts, step.statement, last.statement),
        ),
      ]
    : [];
}

function checkLoop(facts: PythonFacts, loop: TrainingLoop): Finding[] {
  return loop.events.flatMap((reset, index) => {
    if (reset.kind !== 'zero-grad' || reset.helper !== null) {
      return [];
    }
    const backward = unusedBackward(loop.events.slice(0, index), reset);
    const step = nextStep(loop, index, reset);
    if (backward === null || step === null || keepsGradients(facts, backward, reset, step)) {
      return [];
    }
    return [
      finding(meta, {
        message: `The gradients of line ${backward.call.line} are reset here, before ${step.subject}.step() (line ${step.call.line}) uses them: the step does nothing.`,
        range: reset.call,
        related: [place(facts, backward.call, 'The backward pass whose gradients are lost')],
        fixes: fixes(facts, reset, backward),
      }),
    ];
  });
}

/** `.grad` that is more than measured: `p.grad.norm()` for a log keeps nothing. */
const KEPT =
  /\.grad\b(?!\s{0,4}(?:is\b|\.(?:data\.|detach\(\)\.)?(?:norm|abs|pow|square|max|min|mean|std|var|sum|isnan|isinf|numel|shape)\b))/;

/** Are the gradients put aside before the reset, or others put in their place after it? */
function keepsGradients(facts: PythonFacts, backward: LoopEvent, reset: LoopEvent, step: LoopEvent): boolean {
  return (
    KEPT.test(textBetween(facts, backward.call, reset.call)) ||
    KEPT.test(textBetween(facts, reset.call, step.call))
  );
}

/** The last backward pass before the reset whose gradients no step has used yet. */
function unusedBackward(before: readonly LoopEvent[], reset: LoopEvent): LoopEvent | null {
  let found: LoopEvent | null = null;
  for (const event of before) {
    if (event.kind === 'backward' && happensWith(event, reset)) {
      found = event;
    } else if (event.kind === 'step' || (event.kind === 'zero-grad' && event.subject === reset.subject)) {
      found = canMeet(event, reset) ? null : found;
    }
  }
  return found;
}

/** The step of the same optimizer, or of the one of the same model, that follows with no backward pass before it. */
function nextStep(loop: TrainingLoop, index: number, reset: LoopEvent): LoopEvent | null {
  const isOfModel = reset.subject === loop.model && ofKind(loop, 'step').length === 1;
  for (const event of loop.events.slice(index + 1)) {
    if (event.kind === 'backward' && canMeet(event, reset)) {
      return null;
    }
    if (
      event.kind === 'step' &&
      (event.subject === reset.subject || isOfModel) &&
      happensWith(reset, event) &&
      canMeet(reset, event)
    ) {
      return event;
    }
  }
  return null;
}

function fixes(facts: PythonFacts, reset: LoopEvent, backward: LoopEvent): Fix[] {
  return canMove(reset) && isPlain(backward) && sameForks(reset, backward)
    ? [
        safeFix(
          facts,
          'zero-grad',
          'Move the reset above the backward pass',
          moveBefore(facts, reset.statement, backward.statement),
        ),
      ]
    : [];
}
