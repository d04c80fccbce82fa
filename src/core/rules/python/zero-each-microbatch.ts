import { insertAfter, linesOf, removeLines } from '../../python/edits';
import type { LoopEvent, PythonFacts, TrainingLoop } from '../../python/facts';
import type { Finding, Fix } from '../finding';
import type { PythonRule, RuleMeta } from '../rule';
import { isEveryNth } from './accumulation';
import { canMove, finding, isPlain, ofKind, place, safeFix } from './support';

const meta: RuleMeta = {
  code: 'GI105',
  name: 'zero-each-microbatch',
  title: 'Accumulated gradients are reset at every micro-batch',
  severity: 'error',
  subject: 'python',
  remedies: ['zero-grad'],
  doc: {
    sees: 'A loop that steps only every n-th pass (`if (i + 1) % n == 0: optimizer.step()`) but calls `zero_grad()` of that optimizer in every pass, while the backward pass runs in every pass too.',
    why: 'The gradients of all micro-batches but the last are thrown away: the step sees one micro-batch, usually divided by n, and the effective batch size is n times smaller than intended.',
    reference: {
      title: 'PyTorch, Automatic mixed precision examples: gradient accumulation',
      url: 'https://docs.pytorch.org/docs/stable/notes/amp_examples.html#gradient-accumulation',
    },
    whenWrong:
      "Accelerate's wrapped optimizer skips the reset while it accumulates, so files that use it are left alone.",
    example: `import torch

def train(model, loader, loss_fn, n):
    optimizer = torch.optim.AdamW(model.parameters())
    for i, (x, y) in enumerate(loader):
        optimizer.zero_grad()
        loss = loss_fn(model(x), y) / n
        loss.backward()
        if (i + 1) % n == 0:
            optimizer.step()
`,
    better: `import torch

def train(model, loader, loss_fn, n):
    optimizer = torch.optim.AdamW(model.parameters())
    for i, (x, y) in enumerate(loader):
        loss = loss_fn(model(x), y) / n
        loss.backward()
        if (i + 1) % n == 0:
            optimizer.step()
            optimizer.zero_grad()
`,
  },
};

export const zeroEachMicrobatch: PythonRule = {
  meta,
  check(facts) {
    const wrapped = ['accelerate', 'lightning', 'deepspeed'] as const;
    return wrapped.some((name) => facts.frameworks.includes(name))
      ? []
      : facts.loops.flatMap((loop) => checkLoop(facts, loop));
  },
};

function checkLoop(facts: PythonFacts, loop: TrainingLoop): Finding[] {
  return ofKind(loop, 'zero-grad').flatMap((reset) => {
    const step = ofKind(loop, 'step').find((event) => event.subject === reset.subject);
    const guard = step?.branches.find(isEveryNth);
    if (step === undefined || guard === undefined || reset.helper !== null || reset.branches.length > 0) {
      return [];
    }
    const backwards = ofKind(loop, 'backward');
    const everyPass = backwards.length > 0 && backwards.every((event) => event.branches.length === 0);
    const again = ofKind(loop, 'zero-grad').some(
      (event) => event !== reset && event.subject === reset.subject,
    );
    if (!everyPass) {
      return [];
    }
    return [
      finding(meta, {
        message: `${reset.subject} steps only when \`${guard.test}\`, but its gradients are reset in every pass: all micro-batches but the last are lost.`,
        range: reset.call,
        related: [place(facts, step.call, 'The step of the accumulated gradients')],
        fixes: again ? [] : fixes(facts, reset, step),
      }),
    ];
  });
}

function fixes(facts: PythonFacts, reset: LoopEvent, step: LoopEvent): Fix[] {
  if (!canMove(reset) || !isPlain(step)) {
    return [];
  }
  const lines = linesOf(facts, reset.statement).map((line) => line.slice(reset.statement.indent.length));
  return [
    safeFix(facts, 'zero-grad', 'Reset the gradients only after the step', [
      removeLines(facts, reset.statement),
      insertAfter(facts, step.statement, lines),
    ]),
  ];
}
