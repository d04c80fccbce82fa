import { insertAfter, replace } from '../../python/edits';
import type { LoopEvent, PythonFacts, TrainingLoop } from '../../python/facts';
import type { Finding, Fix } from '../finding';
import type { PythonRule, RuleMeta } from '../rule';
import { scalerIsDisabled } from './scaler';
import { canMeet, finding, isPlain, ofKind, place, safeFix } from './support';

const meta: RuleMeta = {
  code: 'GI107',
  name: 'scaler-step-bypassed',
  title: 'A scaled loss is stepped without its scaler',
  severity: 'error',
  subject: 'python',
  remedies: ['unscale'],
  doc: {
    sees: '`scaler.scale(loss).backward()` followed by a plain `optimizer.step()`, with no `scaler.step` and no `unscale_` in that pass.',
    why: 'The step uses gradients multiplied by the loss scale, often 65,536: SGD jumps away at once. The check for infinities that makes half precision safe never runs.',
    reference: {
      title: 'PyTorch, Automatic mixed precision examples',
      url: 'https://docs.pytorch.org/docs/stable/notes/amp_examples.html',
    },
    whenWrong: 'A scaler made with `enabled=False` scales nothing.',
    example: `import torch

def train(model, loader, loss_fn):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    scaler = torch.cuda.amp.GradScaler()
    for x, y in loader:
        optimizer.zero_grad()
        loss = loss_fn(model(x), y)
        scaler.scale(loss).backward()
        optimizer.step()
`,
    better: `import torch

def train(model, loader, loss_fn):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    scaler = torch.cuda.amp.GradScaler()
    for x, y in loader:
        optimizer.zero_grad()
        loss = loss_fn(model(x), y)
        scaler.scale(loss).backward()
        scaler.step(optimizer)
        scaler.update()
`,
  },
};

export const scalerStepBypassed: PythonRule = {
  meta,
  check: (facts) => facts.loops.flatMap((loop) => checkLoop(facts, loop)),
};

function checkLoop(facts: PythonFacts, loop: TrainingLoop): Finding[] {
  if (ofKind(loop, 'unscale').length > 0) {
    return [];
  }
  return loop.events.flatMap((step, index) => {
    if (step.kind !== 'step' || step.scaled || step.helper !== null) {
      return [];
    }
    const before = loop.events.slice(0, index).filter((event) => canMeet(event, step));
    const backwards = before.filter((event) => event.kind === 'backward');
    const last = backwards.at(-1);
    const scalerSteps = loop.events.some(
      (event) => event.kind === 'step' && event.scaled && canMeet(event, step),
    );
    if (last?.scaler == null || !backwards.every((event) => event.scaled) || scalerSteps) {
      return [];
    }
    if (scalerIsDisabled(facts, last.scaler, step.call)) {
      return [];
    }
    return [
      finding(meta, {
        message: `The loss was scaled by ${last.scaler} (line ${last.call.line}), but ${step.subject}.step() bypasses it: the step uses gradients multiplied by the loss scale.`,
        range: step.call,
        related: [place(facts, last.call, 'The scaled backward pass')],
        fixes: fixes(facts, loop, step, last.scaler),
      }),
    ];
  });
}

function fixes(facts: PythonFacts, loop: TrainingLoop, step: LoopEvent, scaler: string): Fix[] {
  if (!isPlain(step) || step.args.length > 0 || step.subject === '') {
    return [];
  }
  const updates = ofKind(loop, 'scaler-update').length > 0;
  const edits = [replace(step.call, `${scaler}.step(${step.subject})`)];
  return [
    safeFix(
      facts,
      'unscale',
      `Step through the scaler: ${scaler}.step(${step.subject})`,
      updates ? edits : [...edits, insertAfter(facts, step.statement, [`${scaler}.update()`])],
    ),
  ];
}
