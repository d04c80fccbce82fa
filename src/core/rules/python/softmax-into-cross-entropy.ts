import type { PythonFacts } from '../../python/facts';
import { activationInto, type LossUse, type ReachingActivation, usesAfter } from '../../python/outputs';
import type { Finding } from '../finding';
import type { PythonRule, RuleMeta } from '../rule';
import { activationIntoLoss, type WrongInput } from './activationIntoLoss';
import { dropActivation } from './drop-activation';
import { place } from './support';

const meta: RuleMeta = {
  code: 'GI301',
  name: 'softmax-into-cross-entropy',
  title: 'Cross-entropy is given probabilities instead of logits',
  severity: 'error',
  subject: 'python',
  remedies: ['logits-loss'],
  doc: {
    sees: 'The predictions of `CrossEntropyLoss` or `cross_entropy` are the value of a softmax: in the call itself, through one variable, or as what the model returns (the last form is a warning, also where the model is imported from another file of the project).',
    why: 'Cross-entropy applies log-softmax itself. A second softmax squeezes the logits into 0..1: with 10 classes the first gradient is ten times smaller, with 1000 classes five hundred times, and the loss cannot fall below 1.46 (10 classes).',
    reference: {
      title: 'torch.nn.CrossEntropyLoss',
      url: 'https://docs.pytorch.org/docs/stable/generated/torch.nn.CrossEntropyLoss.html',
    },
    whenWrong:
      'A softmax on the target (soft labels) is right and not looked at. Log-softmax before cross-entropy changes nothing and is left alone.',
    example: `import torch.nn.functional as F

def loss_of(model, x, y):
    probs = F.softmax(model(x), dim=1)
    return F.cross_entropy(F.softmax(model(x), dim=1), y)
`,
    better: `import torch.nn.functional as F

def loss_of(model, x, y):
    probs = F.softmax(model(x), dim=1)
    return F.cross_entropy(model(x), y)
`,
  },
};

const CROSS_ENTROPY =
  /^(?:nn\.CrossEntropyLoss|torch\.nn\.functional\.cross_entropy|optax\.(?:losses\.)?softmax_cross_entropy(?:_with_integer_labels)?)$/;

export const softmaxIntoCrossEntropy: PythonRule = {
  meta,
  check: (facts) =>
    usesAfter(facts, /softmax/i).flatMap((use) => {
      const found = CROSS_ENTROPY.test(use.loss) ? activationInto(facts, use) : null;
      return found === null
        ? []
        : softmaxIntoCrossEntropyAt(use, facts, found).map((one) => atSoftmax(facts, one, found));
    }),
};

/** Within one file the line to change is the softmax's own. */
function atSoftmax(facts: PythonFacts, one: Finding, { range, input }: ReachingActivation): Finding {
  return one.range === input
    ? { ...one, range, related: [place(facts, input, 'The loss that takes its values')] }
    : one;
}

const wrong: WrongInput = {
  meta,
  loss: CROSS_ENTROPY,
  activation: 'softmax',
  message:
    'Cross-entropy applies softmax itself; given probabilities its gradient shrinks (tenfold for 10 classes) and the loss cannot reach 0.',
  fixes: (owner, found) => dropActivation(owner, found, 'Give the loss the logits'),
};

/** @param owner the file that applies or registers the activation; the loss may be in another. */
export const softmaxIntoCrossEntropyAt = (
  use: LossUse,
  owner: PythonFacts,
  found: ReachingActivation,
): Finding[] => activationIntoLoss(wrong, use, owner, found);
