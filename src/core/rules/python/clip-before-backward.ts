import { moveAfter } from '../../python/edits';
import type { LoopEvent, PythonFacts, TrainingLoop } from '../../python/facts';
import type { Finding, Fix } from '../finding';
import type { PythonRule, RuleMeta } from '../rule';
import { canMeet, canMove, finding, isPlain, place, safeFix, sameForks } from './support';

const meta: RuleMeta = {
  code: 'GI103',
  name: 'clip-before-backward',
  title: 'Gradients are clipped before they exist',
  severity: 'error',
  subject: 'python',
  remedies: ['move-clip'],
  doc: {
    sees: 'A `clip_grad_norm_` or `clip_grad_value_` that comes before every `backward()` of its pass, with no step between the two.',
    why: 'The clip acts on gradients of the pass before, or on none. Those that `backward()` then makes reach the step at full size.',
    reference: {
      title: 'torch.nn.utils.clip_grad_norm_',
      url: 'https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.clip_grad_norm_.html',
    },
    whenWrong: 'Delayed updates that use the gradients of the previous pass on purpose.',
    example: `import torch

def train(model, loader, loss_fn):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for x, y in loader:
        optimizer.zero_grad()
        loss = loss_fn(model(x), y)
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        loss.backward()
        optimizer.step()
`,
    better: `import torch

def train(model, loader, loss_fn):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for x, y in loader:
        optimizer.zero_grad()
        loss = loss_fn(model(x), y)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
`,
  },
};

export const clipBeforeBackward: PythonRule = {
  meta,
  check: (facts) => facts.loops.flatMap((loop) => checkLoop(facts, loop)),
};

function checkLoop(facts: PythonFacts, loop: TrainingLoop): Finding[] {
  return loop.events.flatMap((clip, index) => {
    const early = loop.events.slice(0, index).some((event) => event.kind === 'backward');
    if (clip.kind !== 'clip' || clip.helper !== null || early) {
      return [];
    }
    const next = loop.events
      .slice(index + 1)
      .find((event) => (event.kind === 'backward' || event.kind === 'step') && canMeet(event, clip));
    if (next?.kind !== 'backward') {
      return [];
    }
    return [
      finding(meta, {
        message: `Gradients are clipped before backward() (line ${next.call.line}) computes them, so the step uses them unclipped.`,
        range: clip.call,
        related: [place(facts, next.call, 'The backward pass')],
        fixes: fixes(facts, loop, clip, next),
      }),
    ];
  });
}

function fixes(facts: PythonFacts, loop: TrainingLoop, clip: LoopEvent, backward: LoopEvent): Fix[] {
  const only = loop.events.filter((event) => event.kind === 'backward').length === 1;
  return only && canMove(clip) && isPlain(backward) && sameForks(clip, backward)
    ? [
        safeFix(
          facts,
          'move-clip',
          'Move the clip below the backward pass',
          moveAfter(facts, clip.statement, backward.statement),
        ),
      ]
    : [];
}
