import { moveBefore } from '../../python/edits';
import type { LoopEvent, PythonFacts, TrainingLoop } from '../../python/facts';
import type { Finding, Fix } from '../finding';
import type { PythonRule, RuleMeta } from '../rule';
import { accumulatingStep, managesAccumulation } from './accumulation';
import { canMove, finding, isPlain, ofKind, place, safeFix } from './support';

const meta: RuleMeta = {
  code: 'GI113',
  name: 'clip-each-microbatch',
  title: 'Accumulated gradients are clipped at every micro-batch',
  severity: 'warning',
  subject: 'python',
  remedies: ['move-clip'],
  doc: {
    sees: 'A loop that steps only every n-th pass (`if (i + 1) % n == 0: optimizer.step()`) but clips the gradients in every pass, and nowhere else.',
    why: 'The sum so far is cut again and again: late micro-batches count for more than early ones, and the direction of the step is none that the whole batch asks for.',
    reference: {
      title: 'PyTorch, Automatic mixed precision examples: gradient accumulation',
      url: 'https://docs.pytorch.org/docs/stable/notes/amp_examples.html#gradient-accumulation',
    },
    whenWrong:
      'Where each micro-batch is meant to be bounded by itself, as in differentially private training, which clips before it adds.',
    example: `import torch

def train(model, loader, loss_fn, n):
    optimizer = torch.optim.AdamW(model.parameters())
    for i, (x, y) in enumerate(loader):
        loss = loss_fn(model(x), y) / n
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        if (i + 1) % n == 0:
            optimizer.step()
            optimizer.zero_grad()
`,
    better: `import torch

def train(model, loader, loss_fn, n):
    optimizer = torch.optim.AdamW(model.parameters())
    for i, (x, y) in enumerate(loader):
        loss = loss_fn(model(x), y) / n
        loss.backward()
        if (i + 1) % n == 0:
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            optimizer.zero_grad()
`,
  },
};

/** A bound this large only measures: `max_norm=float("inf")`. */
const MEASURING_BOUND = 1e6;

export const clipEachMicrobatch: PythonRule = {
  meta,
  check: (facts) => (managesAccumulation(facts) ? [] : facts.loops.flatMap((loop) => checkLoop(facts, loop))),
};

function checkLoop(facts: PythonFacts, loop: TrainingLoop): Finding[] {
  const found = accumulatingStep(loop);
  const [clip, ...others] = ofKind(loop, 'clip');
  if (
    found === null ||
    clip === undefined ||
    others.length > 0 ||
    clip.helper !== null ||
    clip.branches.length > 0 ||
    measures(clip) ||
    // Scaled gradients are another matter, and unscaling them twice an error of its own.
    ofKind(loop, 'unscale').length > 0 ||
    loop.events.indexOf(clip) > loop.events.indexOf(found.step)
  ) {
    return [];
  }
  return [
    finding(meta, {
      message: `${found.step.subject} steps only when \`${found.guard.test}\`, but the gradients are clipped in every pass: the sum is cut before it is complete.`,
      range: clip.call,
      related: [place(facts, found.step.call, 'The step of the accumulated gradients')],
      fixes: fixes(facts, clip, found.step),
    }),
  ];
}

function measures(clip: LoopEvent): boolean {
  const bound = clip.args.find((arg) => arg.name === 'max_norm' || arg.name === 'clip_value') ?? clip.args[1];
  const value = bound?.number?.value ?? bound?.literal;
  return typeof value === 'number' && value >= MEASURING_BOUND;
}

function fixes(facts: PythonFacts, clip: LoopEvent, step: LoopEvent): Fix[] {
  return canMove(clip) && isPlain(step)
    ? [
        safeFix(
          facts,
          'move-clip',
          'Clip once, before the step',
          moveBefore(facts, clip.statement, step.statement),
        ),
      ]
    : [];
}
