import { replace } from '../../python/edits';
import type { PythonFacts } from '../../python/facts';
import { activationInto, type LossUse, type ReachingActivation, usesAfter } from '../../python/outputs';
import type { Finding, Fix } from '../finding';
import type { PythonRule, RuleMeta } from '../rule';
import { activationIntoLoss, type WrongInput } from './activationIntoLoss';
import { safeFix, unsafeFix } from './support';

const meta: RuleMeta = {
  code: 'GI303',
  name: 'softmax-into-nll',
  title: 'Negative log-likelihood or a divergence is given probabilities instead of their logarithms',
  severity: 'error',
  subject: 'python',
  remedies: ['logits-loss'],
  doc: {
    sees: 'The predictions of `NLLLoss`, `nll_loss`, `KLDivLoss` or `kl_div` are the value of a softmax: in the call itself, through one variable, or as what a model of the file returns (then a warning).',
    why: 'The loss expects log-probabilities. With probabilities it is just minus the probability of the right class: bounded, never positive, and its gradient vanishes exactly where the model is most wrong. Of a Kullback-Leibler divergence the same is left, weighted by the target.',
    reference: {
      title: 'torch.nn.NLLLoss',
      url: 'https://docs.pytorch.org/docs/stable/generated/torch.nn.NLLLoss.html',
    },
    whenWrong: 'When maximising the expected accuracy (the bare probability) is what you want.',
    example: `import torch.nn.functional as F

def loss_of(model, x, y):
    return F.nll_loss(F.softmax(model(x), dim=1), y)
`,
    better: `import torch.nn.functional as F

def loss_of(model, x, y):
    return F.nll_loss(F.log_softmax(model(x), dim=1), y)
`,
  },
};

const NLL = /^(?:nn\.(?:NLL|KLDiv)Loss|torch\.nn\.functional\.(?:nll_loss|kl_div))$/;

export const softmaxIntoNll: PythonRule = {
  meta,
  check: (facts) =>
    usesAfter(facts, /softmax/i).flatMap((use) => {
      const found = NLL.test(use.loss) ? activationInto(facts, use) : null;
      return found === null ? [] : softmaxIntoNllAt(use, facts, found);
    }),
};

const wrong: WrongInput = {
  meta,
  loss: NLL,
  activation: 'softmax',
  message:
    'This loss expects log-probabilities: use log-softmax, or its gradient vanishes where the model is most wrong.',
  fixes,
};

/** @param owner the file that applies or registers the activation; the loss may be in another. */
export const softmaxIntoNllAt = (use: LossUse, owner: PythonFacts, found: ReachingActivation): Finding[] =>
  activationIntoLoss(wrong, use, owner, found);

function fixes(facts: PythonFacts, found: ReachingActivation): Fix[] {
  const text = found.callee === null ? '' : facts.textOf(found.callee);
  const newText = text.replace(/Softmax$/, 'LogSoftmax').replace(/(^|\.)softmax$/, '$1log_softmax');
  if (found.callee === null || newText === text || !(text.includes('.') || found.via === 'class')) {
    return [];
  }
  const edits = [replace(found.callee, newText)];
  const title = 'Use log-softmax';
  return found.via === 'direct'
    ? [safeFix(facts, 'logits-loss', title, edits)]
    : [
        unsafeFix(
          facts,
          'logits-loss',
          `${title}; other readers of this value then get logarithms`,
          edits,
          true,
        ),
      ];
}
