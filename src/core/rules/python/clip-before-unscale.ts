import { insertBefore } from '../../python/edits';
import type { LoopEvent, PythonFacts, TrainingLoop } from '../../python/facts';
import type { Finding } from '../finding';
import type { PythonRule, RuleMeta } from '../rule';
import { scalerIsDisabled } from './scaler';
import { canMeet, finding, isPlain, ofKind, place, safeFix } from './support';

const meta: RuleMeta = {
  code: 'GI106',
  name: 'clip-before-unscale',
  title: 'Gradients are clipped while they are still scaled',
  severity: 'error',
  subject: 'python',
  remedies: ['unscale'],
  doc: {
    sees: '`scaler.scale(loss).backward()`, then a clip, then `scaler.step(optimizer)`, with no `scaler.unscale_(optimizer)` in the loop.',
    why: 'Until the step the gradients are multiplied by the loss scale, often 65,536. A bound of 1 then leaves an effective norm of about 1.5e-5: SGD stops moving; Adam, which does not care about scale, hides it.',
    reference: {
      title: 'PyTorch, Automatic mixed precision examples: gradient clipping',
      url: 'https://docs.pytorch.org/docs/stable/notes/amp_examples.html#gradient-clipping',
    },
    whenWrong:
      'A scaler made with `enabled=False` scales nothing. Wrappers in other files that unscale inside are not seen.',
    example: `import torch

def train(model, loader, loss_fn):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    scaler = torch.cuda.amp.GradScaler()
    for x, y in loader:
        optimizer.zero_grad()
        with torch.autocast("cuda"):
            loss = loss_fn(model(x), y)
        scaler.scale(loss).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        scaler.step(optimizer)
        scaler.update()
`,
    better: `import torch

def train(model, loader, loss_fn):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    scaler = torch.cuda.amp.GradScaler()
    for x, y in loader:
        optimizer.zero_grad()
        with torch.autocast("cuda"):
            loss = loss_fn(model(x), y)
        scaler.scale(loss).backward()
        scaler.unscale_(optimizer)
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        scaler.step(optimizer)
        scaler.update()
`,
  },
};

export const clipBeforeUnscale: PythonRule = {
  meta,
  check: (facts) => facts.loops.flatMap((loop) => checkLoop(facts, loop)),
};

function checkLoop(facts: PythonFacts, loop: TrainingLoop): Finding[] {
  const unscaled = facts.loops.some(
    (other) => other.scope === loop.scope && ofKind(other, 'unscale').length > 0,
  );
  if (unscaled || facts.frameworks.includes('accelerate')) {
    return [];
  }
  return loop.events.flatMap((clip, index) => {
    if (clip.kind !== 'clip' || clip.helper !== null || !clip.name.startsWith('torch.')) {
      return [];
    }
    const backward = loop.events
      .slice(0, index)
      .filter((event) => event.kind === 'backward' && canMeet(event, clip))
      .at(-1);
    const step = loop.events.slice(index + 1).find((event) => event.kind === 'step' && canMeet(event, clip));
    if (!backward?.scaled || step?.scaler == null || scalerIsDisabled(facts, step.scaler, step.call)) {
      return [];
    }
    return [
      finding(meta, {
        message: `The gradients are still multiplied by the loss scale here: ${step.scaler}.unscale_(${step.subject}) must come before the clip.`,
        range: clip.call,
        related: [place(facts, backward.call, 'The scaled backward pass')],
        fixes: fixes(facts, clip, step),
      }),
    ];
  });
}

function fixes(facts: PythonFacts, clip: LoopEvent, step: LoopEvent) {
  return isPlain(clip) && step.subject !== ''
    ? [
        safeFix(facts, 'unscale', `Unscale the gradients of ${step.subject} before the clip`, [
          insertBefore(facts, clip.statement, [`${step.scaler}.unscale_(${step.subject})`]),
        ]),
      ]
    : [];
}
