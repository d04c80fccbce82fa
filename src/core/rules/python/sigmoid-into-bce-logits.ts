import type { PythonFacts } from '../../python/facts';
import { activationInto, type LossUse, type ReachingActivation, usesAfter } from '../../python/outputs';
import type { Finding } from '../finding';
import type { PythonRule, RuleMeta } from '../rule';
import { activationIntoLoss, type WrongInput } from './activationIntoLoss';
import { dropActivation } from './drop-activation';

const meta: RuleMeta = {
  code: 'GI302',
  name: 'sigmoid-into-bce-logits',
  title: 'A loss on logits is given probabilities',
  severity: 'error',
  subject: 'python',
  remedies: ['logits-loss'],
  doc: {
    sees: 'The predictions of `BCEWithLogitsLoss` or `binary_cross_entropy_with_logits` are the value of a sigmoid: in the call itself, through one variable, or as what the model returns (then a warning, also where the model is imported from another file of the project).',
    why: 'The loss applies the sigmoid itself. Applied twice, all outputs lie between 0.5 and 0.73: the gradient is about five times smaller at the start and the loss cannot get near 0.',
    reference: {
      title: 'torch.nn.BCEWithLogitsLoss',
      url: 'https://docs.pytorch.org/docs/stable/generated/torch.nn.BCEWithLogitsLoss.html',
    },
    whenWrong: 'When the sigmoid is a bounded feature on purpose and the loss is meant to see it as a logit.',
    example: `import torch
import torch.nn.functional as F

def loss_of(model, x, y):
    return F.binary_cross_entropy_with_logits(torch.sigmoid(model(x)), y)
`,
    better: `import torch
import torch.nn.functional as F

def loss_of(model, x, y):
    return F.binary_cross_entropy_with_logits(model(x), y)
`,
  },
};

const WITH_LOGITS =
  /^(?:nn\.BCEWithLogitsLoss|torch\.nn\.functional\.binary_cross_entropy_with_logits|optax\.(?:losses\.)?sigmoid_binary_cross_entropy)$/;

export const sigmoidIntoBceLogits: PythonRule = {
  meta,
  check: (facts) =>
    usesAfter(facts, /sigmoid/i).flatMap((use) => {
      const found = WITH_LOGITS.test(use.loss) ? activationInto(facts, use) : null;
      return found === null ? [] : sigmoidIntoBceLogitsAt(use, facts, found);
    }),
};

const wrong: WrongInput = {
  meta,
  loss: WITH_LOGITS,
  activation: 'sigmoid',
  message:
    'This loss applies the sigmoid itself; applied twice, the gradient shrinks about fivefold and the loss cannot reach 0.',
  fixes: (owner, found) => dropActivation(owner, found, 'Give the loss the logits'),
};

/** @param owner the file that applies or registers the activation; the loss may be in another. */
export const sigmoidIntoBceLogitsAt = (
  use: LossUse,
  owner: PythonFacts,
  found: ReachingActivation,
): Finding[] => activationIntoLoss(wrong, use, owner, found);
