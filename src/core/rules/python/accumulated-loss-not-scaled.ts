import { insertBefore } from '../../python/edits';
import type { LoopEvent, PythonFacts, TrainingLoop } from '../../python/facts';
import type { Finding, Fix } from '../finding';
import type { PythonRule, RuleMeta } from '../rule';
import { accumulatingStep, managesAccumulation, microBatches, stepAfterInner } from './accumulation';
import { finding, isPlain, ofKind, place, unsafeFix } from './support';

const meta: RuleMeta = {
  code: 'GI114',
  name: 'accumulated-loss-not-scaled',
  title: 'The losses of micro-batches are added, not averaged',
  severity: 'warning',
  subject: 'python',
  remedies: ['mean-loss', 'lower-lr'],
  doc: {
    sees: 'A loop that steps an SGD optimizer only every n-th pass, or after an inner loop over a number of micro-batches, or clips before it does, and runs backward on the mean loss of each micro-batch as it is.',
    why: 'The gradients of n micro-batches add up, so the step is n times as long as that of one large batch: the learning rate is n times what it says, and a bound for clipping is met n times as often.',
    reference: {
      title: 'PyTorch, Automatic mixed precision examples: gradient accumulation',
      url: 'https://docs.pytorch.org/docs/stable/notes/amp_examples.html#gradient-accumulation',
    },
    whenWrong:
      'Where the sum is wanted and the rate chosen for it. Adam without clipping does not notice, and is left alone.',
    example: `import torch
from torch import nn

def train(model, loader, n):
    loss_fn = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for i, (x, y) in enumerate(loader):
        loss = loss_fn(model(x), y)
        loss.backward()
        if (i + 1) % n == 0:
            optimizer.step()
            optimizer.zero_grad()
`,
    better: `import torch
from torch import nn

def train(model, loader, n):
    loss_fn = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for i, (x, y) in enumerate(loader):
        loss = loss_fn(model(x), y) / n
        loss.backward()
        if (i + 1) % n == 0:
            optimizer.step()
            optimizer.zero_grad()
`,
  },
};

export const accumulatedLossNotScaled: PythonRule = {
  meta,
  check: (facts) => (managesAccumulation(facts) ? [] : facts.loops.flatMap((loop) => checkLoop(facts, loop))),
};

/** What else may divide: another reduction, or gradients scaled by hand. */
const DIVIDES_ELSEWHERE = /reduction\s*=|\.grad\b[^\n]*(?:\/|\bdiv|\bmul)/;

function checkLoop(facts: PythonFacts, loop: TrainingLoop): Finding[] {
  const nth = accumulatingStep(loop);
  const inner = nth === null ? stepAfterInner(loop) : null;
  const found = nth === null ? inner : { step: nth.step, count: microBatches(nth.guard) };
  const [backward, ...others] = ofKind(loop, 'backward');
  if (found === null || backward === undefined || others.length > 0 || backward.helper !== null) {
    return [];
  }
  const { count } = found;
  if (
    count === null ||
    count === '1' ||
    !feelsScale(facts, loop, found.step) ||
    !isPlainLoss(facts, backward) ||
    facts.source.mentions(DIVIDES_ELSEWHERE)
  ) {
    return [];
  }
  const fixes: Fix[] = [];
  if (isPlain(backward)) {
    const insertion = insertBefore(facts, backward.statement, [
      `${backward.subject} = ${backward.subject} / ${count}`,
    ]);
    if (insertion !== null) {
      fixes.push(unsafeFix(facts, 'mean-loss', `Divide the loss by ${count}`, [insertion], true));
    }
  }
  return [
    finding(meta, {
      message: `The gradients of ${count} micro-batches add up before ${found.step.subject} steps: without \`${backward.subject} / ${count}\` the step is ${count} times as long.`,
      range: backward.call,
      related: [place(facts, found.step.call, 'The step of the accumulated gradients')],
      fixes,
    }),
  ];
}

/** Adam divides the scale of the gradient out again; a clip does not. */
function feelsScale(facts: PythonFacts, loop: TrainingLoop, step: LoopEvent): boolean {
  const optimizers = facts.optimizers.filter(({ name }) => name === step.subject);
  const isSgd = optimizers.length > 0 && optimizers.every(({ type }) => type === 'torch.optim.SGD');
  return isSgd || ofKind(loop, 'clip').length > 0;
}

/** Is the loss the value of one loss function of torch, as it is? A helper may have divided it. */
function isPlainLoss(facts: PythonFacts, backward: LoopEvent): boolean {
  if (!/^[A-Za-z_]\w*$/.test(backward.subject)) {
    return false;
  }
  const { source } = facts;
  const at = source.lines.offsetOf(backward.call.line, backward.call.column);
  const bindings = source.bindingsOf(backward.subject, source.scopeAt(at));
  const [only] = bindings;
  if (bindings.length !== 1 || only?.kind !== 'assign' || only.value?.kind !== 'call') {
    return false;
  }
  const { line, column } = facts.rangeOf(only.value);
  return facts.losses.some(({ uses }) =>
    uses.some(({ call }) => call.line === line && call.column === column),
  );
}
