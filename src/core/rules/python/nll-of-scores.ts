import { replace } from '../../python/edits';
import type { PythonFacts } from '../../python/facts';
import { endsInScores, type LossUse, lossUses } from '../../python/outputs';
import type { CallExpr } from '../../python/syntax/ast';
import type { Fix } from '../finding';
import type { PythonRule, RuleMeta } from '../rule';
import { finding, unsafeFix } from './support';

const meta: RuleMeta = {
  code: 'GI316',
  name: 'nll-of-scores',
  title: 'Negative log-likelihood is given raw scores',
  severity: 'warning',
  subject: 'python',
  remedies: ['logits-loss'],
  doc: {
    sees: 'The predictions of `NLLLoss` or `nll_loss` are what a model of the file returns, and that is the value of a linear or convolution layer, with nothing after it.',
    why: 'The loss expects log-probabilities, and is minus the score of the right class otherwise: it has no lower end, all scores grow without bound, and the classes never compete.',
    reference: {
      title: 'torch.nn.NLLLoss',
      url: 'https://docs.pytorch.org/docs/stable/generated/torch.nn.NLLLoss.html',
    },
    whenWrong: 'Models whose scores are normalised elsewhere, where the rule does not see it.',
    example: `import torch.nn as nn
import torch.nn.functional as F

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(16, 32)
        self.out = nn.Linear(32, 4)

    def forward(self, x):
        return self.out(self.hidden(x).relu())

model = Net()

def loss_of(x, y):
    return F.nll_loss(model(x), y)
`,
    better: `import torch.nn as nn
import torch.nn.functional as F

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(16, 32)
        self.out = nn.Linear(32, 4)

    def forward(self, x):
        return self.out(self.hidden(x).relu())

model = Net()

def loss_of(x, y):
    return F.cross_entropy(model(x), y)
`,
  },
};

const NLL = /^(?:nn\.NLLLoss|torch\.nn\.functional\.nll_loss)$/;

export const nllOfScores: PythonRule = {
  meta,
  check: (facts) =>
    !facts.source.mentions(/nll_loss|NLLLoss/)
      ? []
      : lossUses(facts).flatMap((use) =>
          !NLL.test(use.loss) || !endsInScores(facts, use)
            ? []
            : [
                finding(meta, {
                  message:
                    'This loss expects log-probabilities and is given raw scores: it falls without end, and nothing makes the classes compete.',
                  range: facts.rangeOf(use.call),
                  fixes: fixes(facts, use),
                }),
              ],
        ),
};

function fixes(facts: PythonFacts, { call, loss }: LossUse): Fix[] {
  const made: CallExpr | null = loss.startsWith('nn.') ? madeBy(facts, call) : call;
  const callee = made === null ? null : facts.rangeOf(made.func);
  const text = callee === null ? '' : facts.textOf(callee);
  const newText = text.replace(/\.NLLLoss$/, '.CrossEntropyLoss').replace(/\.nll_loss$/, '.cross_entropy');
  return callee === null || newText === text
    ? []
    : [
        unsafeFix(
          facts,
          'logits-loss',
          'Use the cross-entropy, which takes scores',
          [replace(callee, newText)],
          true,
        ),
      ];
}

/** `nn.NLLLoss()` behind the loss that is called. */
function madeBy(facts: PythonFacts, { func }: CallExpr): CallExpr | null {
  const made = func.kind === 'call' ? func : facts.valueOf(func);
  return made?.kind === 'call' ? made : null;
}
