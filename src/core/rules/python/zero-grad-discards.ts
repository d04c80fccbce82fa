import { moveBefore } from '../../python/edits';
import type { LoopEvent, PythonFacts, TrainingLoop } from '../../python/facts';
import type { Finding, Fix } from '../finding';
import type { PythonRule, RuleMeta } from '../rule';
import {
  canMeet,
  canMove,
  finding,
  happensWith,
  isPlain,
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
    sees: '`optimizer.zero_grad()` between `backward()` and the `step()` of the same optimizer, on the same path, with nothing between them that writes gradients back.',
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
  check: (facts) => facts.loops.flatMap((loop) => checkLoop(facts, loop)),
};

function checkLoop(facts: PythonFacts, loop: TrainingLoop): Finding[] {
  return loop.events.flatMap((reset, index) => {
    if (reset.kind !== 'zero-grad' || reset.helper !== null) {
      return [];
    }
    const backward = unusedBackward(loop.events.slice(0, index), reset);
    const step = nextStep(loop.events.slice(index + 1), reset);
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
    /\.grad\b/.test(textBetween(facts, reset.call, step.call))
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

/** The step of the same optimizer that follows, with no backward pass before it. */
function nextStep(after: readonly LoopEvent[], reset: LoopEvent): LoopEvent | null {
  for (const event of after) {
    if (event.kind === 'backward' && canMeet(event, reset)) {
      return null;
    }
    if (
      event.kind === 'step' &&
      event.subject === reset.subject &&
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
