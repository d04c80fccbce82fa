import type { PlacedCall } from '../../python/callIndex';
import { insertBefore } from '../../python/edits';
import type { LoopEvent, PythonFacts, TrainingLoop } from '../../python/facts';
import { unresetOptimizers } from '../../python/unresetOptimizers';
import { resetBefore } from '../../remedies/edits/resetGradients';
import type { Finding, Fix } from '../finding';
import type { PythonRule, RuleMeta } from '../rule';
import { finding, isPlain, ofKind, place, safeFix } from './support';

const meta: RuleMeta = {
  code: 'GI101',
  name: 'zero-grad-missing',
  title: 'Gradients are never reset between steps',
  severity: 'error',
  subject: 'python',
  remedies: ['zero-grad'],
  doc: {
    sees: 'A loop that holds both a backward pass and `optimizer.step()`, and nowhere a reset: no `zero_grad()` on an optimizer or module, no `p.grad = None`, no `p.grad.zero_()`, and no helper in the file that does one of these. The same in the `training_step` of a LightningModule that optimises by hand. Where the loop calls a function of the file for the pass, only if the whole file names no reset. And an optimizer under a name of its own, in a program that resets other optimizers by their names only.',
    why: 'PyTorch adds every new gradient to the old one. Without a reset each step follows the sum of all gradients since the start: the norm grows with every step, the direction goes stale, and training diverges.',
    reference: {
      title: 'torch.optim.Optimizer.zero_grad',
      url: 'https://docs.pytorch.org/docs/stable/generated/torch.optim.Optimizer.zero_grad.html',
    },
    whenWrong:
      'Frameworks that reset for you (Lightning by default, DeepSpeed), a closure given to `step`, distributed autograd and fused steps are left alone. A reset hidden in another file is not seen when the loop calls it through an unknown helper.',
    example: `import torch

def train(model, loader, loss_fn):
    optimizer = torch.optim.Adam(model.parameters())
    for x, y in loader:
        loss = loss_fn(model(x), y)
        loss.backward()
        optimizer.step()
`,
    better: `import torch

def train(model, loader, loss_fn):
    optimizer = torch.optim.Adam(model.parameters())
    for x, y in loader:
        loss = loss_fn(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
`,
  },
};

const MANUAL = /automatic_optimization\s*=\s*False/;

export const zeroGradMissing: PythonRule = {
  meta,
  check: (facts) => {
    const byHand = facts.source.mentions(MANUAL);
    const found = facts.loops.flatMap((loop) => [
      ...checkLoop(facts, loop),
      ...(byHand ? checkManualStep(facts, loop) : []),
    ]);
    const [unreset] = found.length > 0 ? [] : unresetOptimizers(facts);
    if (unreset !== undefined) {
      found.push(...report(facts, unreset.loop, unreset.backward, unreset.step));
    }
    // Two loops may call the same function.
    const lines = found.map(({ range }) => range.line);
    return found.filter(({ range }, at) => lines.indexOf(range.line) === at);
  },
};

function checkLoop(facts: PythonFacts, loop: TrainingLoop): Finding[] {
  const backward = ofKind(loop, 'backward')[0];
  const step = ofKind(loop, 'step')[0];
  if (loop.kind !== 'loop' || backward === undefined || step === undefined || resetsElsewhere(facts, loop)) {
    return [];
  }
  if (backward.helper !== null || step.helper !== null) {
    return checkHelper(facts, loop, backward, step);
  }
  return report(facts, loop, backward, step);
}

/** Words of any way to reset gradients, in any file. */
const RESETS = /(?:zero|reset|clear)_?grad|\.grad\s*=\s*None|grad(?:\.data)?\.zero_|set_to_none/i;

/**
 * The loop calls a function that goes backward and steps: `for batch in loader: self.train_step(batch)`. Only where the
 * whole file names no reset that the loop may come by, and builds the optimizer itself, so that none can be out of sight.
 */
function checkHelper(
  facts: PythonFacts,
  loop: TrainingLoop,
  backward: LoopEvent,
  step: LoopEvent,
): Finding[] {
  const owned =
    step.byHand !== undefined ||
    facts.optimizers.some(
      ({ name, type }) => name === step.subject && type.startsWith('torch.optim.') && !type.endsWith('LBFGS'),
    );
  if (backward.helper !== step.helper) {
    // Each phase has a function of its own.
    const [written, another] = facts.source.callsNamed('backward');
    return owned &&
      written !== undefined &&
      another === undefined &&
      !facts.source.mentions(RESETS) &&
      !resetsElsewhere(facts, loop)
      ? report(facts, loop, writtenAs(facts, backward, written), step)
      : [];
  }
  const pass = facts.loops.find(({ kind, scope }) => kind === 'function' && scope === backward.helper);
  const [own] = pass === undefined ? [] : ofKind(pass, 'backward');
  const [ownStep] = pass === undefined ? [] : ofKind(pass, 'step');
  if (
    pass === undefined ||
    own === undefined ||
    ownStep === undefined ||
    own.helper !== null ||
    ownStep.helper !== null ||
    !owned ||
    mayComeByReset(facts, loop, pass) ||
    resetsElsewhere(facts, pass)
  ) {
    return [];
  }
  return report(facts, pass, own, ownStep);
}

/**
 * `training_step` of a LightningModule that optimises by hand: Lightning calls it for every batch and resets nothing itself
 * (https://lightning.ai/docs/pytorch/stable/model/manual_optimization.html). A hook may reset as well, so only where the whole file
 * names no reset and the class has no base of another file that may hold one.
 */
function checkManualStep(facts: PythonFacts, pass: TrainingLoop): Finding[] {
  const owner = facts.classes.find(
    ({ kind, name }) => kind === 'lightning' && pass.scope === `${name}.training_step`,
  );
  const backward = ofKind(pass, 'backward')[0];
  const step = ofKind(pass, 'step')[0];
  if (
    owner === undefined ||
    pass.kind !== 'function' ||
    backward === undefined ||
    step === undefined ||
    backward.helper !== null ||
    step.helper !== null ||
    !owner.bases.every((base) => /(?:^|\.)LightningModule$/.test(base)) ||
    !MANUAL.test(facts.textOf(owner.range)) ||
    RESETS.test(facts.text) ||
    resetsElsewhere(facts, pass)
  ) {
    return [];
  }
  return report(facts, pass, backward, step);
}

/** An event of a helper, at the place where it is written. */
function writtenAs(facts: PythonFacts, event: LoopEvent, { call, stmt }: PlacedCall): LoopEvent {
  return { ...event, call: facts.rangeOf(call), statement: facts.statementOf(stmt) };
}

/** False where every reset of the file is a `zero_grad()` outside the loop, or in functions that are called outside it only: once an epoch. */
function mayComeByReset({ source }: PythonFacts, loop: TrainingLoop, pass: TrainingLoop): boolean {
  const { text, lines } = source;
  const isIn = ({ range }: TrainingLoop, { start }: { readonly start: number }): boolean => {
    const line = lines.lineOf(start);
    return range.line <= line && line <= range.endLine;
  };
  const resets = source.callsNamed('zero_grad');
  const named = text.match(new RegExp(RESETS, 'gi'))?.length ?? 0;
  return (
    named > resets.length ||
    resets.some(({ call }) => {
      const around = source.functionAt(call.start);
      const name = around?.node?.kind === 'function' ? around.node.name : null;
      const calls = name === null ? [] : source.callsNamed(name);
      const isOutside =
        calls.length > 0 &&
        calls.every(
          // Called by another function it may well be called in the loop.
          ({ call: one }) => !isIn(loop, one) && (source.functionAt(one.start)?.name ?? null) === loop.scope,
        );
      return isIn(loop, call) || isIn(pass, call) || (name !== null && !isOutside);
    })
  );
}

function report(facts: PythonFacts, loop: TrainingLoop, backward: LoopEvent, step: LoopEvent): Finding[] {
  const where = loop.kind === 'loop' ? 'in this loop' : 'here or where it is called';
  return [
    finding(meta, {
      message: `Nothing ${where} resets the gradients of ${step.subject}: each step follows the sum of all gradients since the start.`,
      range: backward.call,
      related: [place(facts, step.call, 'The step that uses the accumulated gradients')],
      fixes: fixes(facts, loop, backward, step),
    }),
  ];
}

/** A reset, or a way to step that needs none. */
function resetsElsewhere(facts: PythonFacts, loop: TrainingLoop): boolean {
  if (ofKind(loop, 'zero-grad').length > 0 || facts.frameworks.includes('deepspeed')) {
    return true;
  }
  const distributed = loop.events.some((event) => event.name.startsWith('torch.distributed.autograd'));
  // A closure, or an argument such as `zero_grad=True`: the step does more than stepping.
  const fused = ofKind(loop, 'step').some((event) => !event.scaled && event.args.length > 0);
  return distributed || fused || loop.mayReset;
}

function fixes(facts: PythonFacts, loop: TrainingLoop, backward: LoopEvent, step: LoopEvent): Fix[] {
  const oneEach = ofKind(loop, 'backward').length === 1 && ofKind(loop, 'step').length === 1;
  const accumulates = step.branches.length > backward.branches.length;
  if (!oneEach || accumulates || !isPlain(backward) || step.subject === '') {
    return [];
  }
  const { lines, how } = resetBefore(facts, step);
  return [
    safeFix(facts, 'zero-grad', `Reset the gradients ${how}before the backward pass`, [
      insertBefore(facts, backward.statement, lines),
    ]),
  ];
}
