import { evaluate } from '../../python/arithmetic';
import { inputsOf } from '../../python/dataTrace';
import { argumentOf } from '../../python/definitions';
import type { PythonFacts } from '../../python/facts';
import { averageLoss, summedLosses } from '../../remedies/edits/meanLoss';
import { effectiveRate, isAdaptive, ratesOf } from '../../remedies/edits/rates';
import type { PythonRule, RuleMeta } from '../rule';
import { finding } from './support';

/** A small batch: what a loss is summed over where the code does not say. */
const USUAL_BATCH = 32;
/** Effective rates of a mean loss above this are rare. */
const HIGH = 1;

const meta: RuleMeta = {
  code: 'GI314',
  name: 'summed-loss',
  title: 'The loss is summed over the batch at a rate for a mean',
  severity: 'hint',
  subject: 'python',
  remedies: ['mean-loss', 'lower-lr'],
  doc: {
    sees: `A loss with \`reduction="sum"\`, or \`.sum()\` as the last step before \`backward()\`, also in a function or class of the file, that nothing divides by a number of samples, in a program that trains with SGD at a rate that ${USUAL_BATCH} samples lift above ${HIGH} (momentum counted), or as many as the code puts into a batch.`,
    why: 'The gradient is as many times larger as the batch has samples, and so is the step of SGD: a rate of 0.05 acts like 3.2 on batches of 64. Adam divides the scale out.',
    reference: {
      title: 'torch.nn.MSELoss, reduction',
      url: 'https://docs.pytorch.org/docs/stable/generated/torch.nn.MSELoss.html',
    },
    whenWrong:
      'Batches of one sample, and losses that are summed over a dimension that has its own small size.',
    example: `import torch

def train(model, loader):
    loss_fn = torch.nn.MSELoss(reduction="sum")
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
    for x, y in loader:
        optimizer.zero_grad()
        loss = loss_fn(model(x), y)
        loss.backward()
        optimizer.step()
`,
    better: `import torch

def train(model, loader):
    loss_fn = torch.nn.MSELoss(reduction="mean")
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
    for x, y in loader:
        optimizer.zero_grad()
        loss = loss_fn(model(x), y)
        loss.backward()
        optimizer.step()
`,
  },
};

export const summedLoss: PythonRule = {
  meta,
  check(facts) {
    if (!facts.source.mentions(/\bsum\b/)) {
      return [];
    }
    const rates = ratesOf(facts);
    const rate = Math.min(...rates.map(effectiveRate));
    const isSgd = rates.length > 0 && rates.every(({ optimizer }) => !isAdaptive(optimizer));
    if (!isSgd || !(rate * batchSize(facts) > HIGH)) {
      return [];
    }
    const [first] = summedLosses(facts);
    const batch = batchSize(facts);
    return first === undefined
      ? []
      : [
          finding(meta, {
            message: `The loss is summed over the batch: a rate of ${Number(rate.toPrecision(3))} acts like ${Number((rate * batch).toPrecision(3))} on ${batch} samples.`,
            range: first.range,
            evidence: { rate },
            fixes: averageLoss(facts),
          }),
        ];
  },
};

/** Samples of a batch where the code says how many: in its loader, or in the size of what it draws for each step. */
function batchSize(facts: PythonFacts): number {
  const loaders = facts.source
    .callsOfNamed(/(?:^|\.)DataLoader$/)
    .map(({ call }) => argumentOf(call, 'batch_size', 1));
  const drawn = inputsOf(facts).map(({ expr }) => {
    const first = expr.kind === 'call' ? expr.args[0] : undefined;
    return expr.kind === 'call' &&
      /^torch\.rand(?:n)?$/.test(facts.nameOf(expr.func) ?? '') &&
      expr.args.length > 1
      ? (first?.value ?? null)
      : null;
  });
  const sizes = (loaders.length > 0 ? loaders : drawn).flatMap((size) =>
    size === null ? [] : (evaluate(facts.source, size) ?? []),
  );
  return sizes.length === 0 ? USUAL_BATCH : Math.min(...sizes);
}
