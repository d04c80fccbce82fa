import { replace } from '../../python/edits';
import type { ClassFact, ForwardFacts, ForwardStep, PythonFacts } from '../../python/facts';
import { activationInto, type LossUse, lossUses, modelBehind } from '../../python/outputs';
import type { Fix } from '../finding';
import type { PythonRule, RuleMeta } from '../rule';
import { finding, safeFix } from './support';

const meta: RuleMeta = {
  code: 'GI307',
  name: 'bce-without-sigmoid',
  title: 'Binary cross-entropy of values that are no probabilities',
  severity: 'error',
  subject: 'python',
  remedies: ['logits-loss'],
  doc: {
    sees: 'A model whose forward returns the output of an `nn.Linear` (or of an `nn.Sequential` that ends in one) as it is, given to `nn.BCELoss` or `F.binary_cross_entropy`.',
    why: 'The loss takes the logarithm of its input. A linear output leaves the range from 0 to 1: PyTorch stops with an error, or on a GPU with a failed assertion.',
    reference: {
      title: 'torch.nn.BCELoss',
      url: 'https://docs.pytorch.org/docs/stable/generated/torch.nn.BCELoss.html',
    },
    whenWrong: 'Where something between the model and the loss brings the values into range out of sight.',
    example: `import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(8, 1)

    def forward(self, x):
        return self.fc(x)

model = Net()
criterion = nn.BCELoss()
loss = criterion(model(x), y)
`,
    better: `import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(8, 1)

    def forward(self, x):
        return self.fc(x)

model = Net()
criterion = nn.BCEWithLogitsLoss()
loss = criterion(model(x), y)
`,
  },
};

const PLAIN_LOSS = /^(?:nn\.BCELoss|torch\.nn\.functional\.binary_cross_entropy)$/;

/** What changes the shape and no value. */
const SHAPES = /^torch\.(?:squeeze|view|reshape|flatten)$/;

export const bceWithoutSigmoid: PythonRule = {
  meta,
  check: (facts) =>
    lossUses(facts).flatMap((use) => {
      if (!PLAIN_LOSS.test(use.loss) || activationInto(facts, use) !== null) {
        return [];
      }
      const made = modelBehind(facts, use);
      const name = made === null ? null : facts.nameOf(made.func);
      const owner = facts.classes.find((one) => one.name === name);
      if (owner === undefined || !returnsLinear(owner)) {
        return [];
      }
      return [
        finding(meta, {
          message: `${use.loss} takes probabilities, but ${owner.name} returns the output of a linear layer as it is.`,
          range: facts.rangeOf(use.input),
          fixes: fixes(facts, use),
        }),
      ];
    }),
};

/** Is every returned value a linear layer's, but for its shape? */
function returnsLinear(owner: ClassFact): boolean {
  const { flow } = owner;
  const outputs = flow?.steps.filter((step) => step.op === 'output') ?? [];
  return (
    flow?.exact === true &&
    outputs.length > 0 &&
    outputs.every((output) => {
      const last = valueBehind(flow, output);
      const entry = last?.op === 'module' ? owner.modules.find((one) => one.path === last.path) : undefined;
      return (
        entry?.exact === true &&
        (entry.type === 'nn.Linear' || (entry.type === 'nn.Sequential' && endsLinear(owner, entry.path)))
      );
    })
  );
}

/** Is the last layer of a container a linear one? */
function endsLinear(owner: ClassFact, path: string): boolean {
  const inside = owner.instances.filter(
    (one) => one.path.startsWith(`${path}.`) && !one.path.slice(path.length + 1).includes('.'),
  );
  const last = inside.at(-1);
  return last?.entry.type === 'nn.Linear' && last.entry.exact && !last.path.includes('*');
}

/** The step that made a returned value. */
function valueBehind(flow: ForwardFacts, output: ForwardStep): ForwardStep | undefined {
  let at = output.inputs.length === 1 ? flow.steps[output.inputs[0] ?? -1] : undefined;
  for (let hops = 0; at?.op === 'other' && SHAPES.test(at.name) && hops < 8; hops++) {
    at = at.inputs.length === 1 ? flow.steps[at.inputs[0] ?? -1] : undefined;
  }
  return at;
}

/** The loss that takes logits, in the spelling of the one that is there. */
function fixes(facts: PythonFacts, use: LossUse): Fix[] {
  const loss = facts.losses.find(({ type, uses }) => {
    const { line, column } = facts.rangeOf(use.call);
    return type === use.loss && uses.some(({ call }) => call.line === line && call.column === column);
  });
  if (loss === undefined) {
    return [];
  }
  const text = facts.textOf(loss.call);
  const callee = text.slice(0, text.indexOf('('));
  const spelled = callee.endsWith('.BCELoss')
    ? callee.replace(/BCELoss$/, 'BCEWithLogitsLoss')
    : callee.endsWith('.binary_cross_entropy')
      ? `${callee}_with_logits`
      : null;
  if (spelled === null || callee.includes('\n')) {
    return [];
  }
  const range = {
    ...loss.call,
    endLine: loss.call.line,
    endColumn: loss.call.column + callee.length,
  };
  return [safeFix(facts, 'logits-loss', 'Use the loss that takes logits', [replace(range, spelled)])];
}
