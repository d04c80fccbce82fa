import { insertBefore } from '../../python/edits';
import type { LoopEvent, PythonFacts, TrainingLoop } from '../../python/facts';
import { isRecurrent } from '../../python/layers';
import type { Fix } from '../finding';
import type { PythonRule, RuleMeta } from '../rule';
import { finding, isPlain, ofKind, unsafeFix } from './support';

const meta: RuleMeta = {
  code: 'GI111',
  name: 'rnn-without-clipping',
  title: 'A recurrent model is trained without clipping',
  severity: 'hint',
  subject: 'python',
  remedies: ['clip-grad-norm'],
  doc: {
    sees: 'A training loop whose model, defined in the file, has an RNN, LSTM or GRU, in a file that clips gradients nowhere.',
    why: 'The loss surface of recurrent networks has cliffs: one step over one of them can throw training away. Clipping the norm bounds that step.',
    reference: {
      title: 'Pascanu, Mikolov and Bengio 2013, On the difficulty of training recurrent neural networks',
      url: 'https://arxiv.org/abs/1211.5063',
    },
    whenWrong: 'Short sequences and small learning rates may never meet a cliff.',
    example: `import torch
import torch.nn as nn

class Tagger(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(32, 64)

    def forward(self, x):
        return self.lstm(x)[0]

def train(loader, loss_fn):
    model = Tagger()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for x, y in loader:
        optimizer.zero_grad()
        loss_fn(model(x), y).backward()
        optimizer.step()
`,
    better: `import torch
import torch.nn as nn

class Tagger(nn.Module):
    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(32, 64)

    def forward(self, x):
        return self.gru(x)[0]

def train(loader, loss_fn):
    model = Tagger()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for x, y in loader:
        optimizer.zero_grad()
        loss_fn(model(x), y).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm=1.0)
        optimizer.step()
`,
  },
};

export const rnnWithoutClipping: PythonRule = {
  meta,
  check(facts) {
    const recurrent =
      facts.source.mentions(/RNN|LSTM|GRU/) && facts.modules.some((entry) => isRecurrent(entry.type));
    if (!recurrent || clipsSomewhere(facts)) {
      return [];
    }
    return facts.loops.flatMap((loop) => {
      const step = ofKind(loop, 'step')[0];
      if (step === undefined || step.helper !== null || !trainsRecurrent(facts, loop)) {
        return [];
      }
      return [
        finding(meta, {
          message:
            'This loop trains a recurrent model without clipping its gradients: one step over a cliff can undo the training.',
          range: step.call,
          fixes: fixes(facts, loop, step),
        }),
      ];
    });
  },
};

/** A call named like a clip, or an argument of a trainer or optimizer that asks for one. */
function clipsSomewhere(facts: PythonFacts): boolean {
  return facts.calls.some(({ call }) => {
    const word =
      call.func.kind === 'attribute' ? call.func.attr : call.func.kind === 'name' ? call.func.id : '';
    return (
      /clip|clamp_?grad/i.test(word) || call.args.some((arg) => /clip|max_grad_norm/.test(arg.name ?? ''))
    );
  });
}

function trainsRecurrent(facts: PythonFacts, loop: TrainingLoop): boolean {
  const model = facts.models.find(
    (one) => one.name === loop.model && (one.scope === loop.scope || one.name.includes('.')),
  );
  const known = model ?? facts.models.find((one) => one.name === loop.model);
  return (
    known !== undefined && facts.modules.some((entry) => entry.root === known.root && isRecurrent(entry.type))
  );
}

function fixes(facts: PythonFacts, loop: TrainingLoop, step: LoopEvent): Fix[] {
  const clip = facts.spell('torch.nn.utils.clip_grad_norm_');
  const once = ofKind(loop, 'step').length === 1 && !step.scaled;
  return clip === null || !once || !isPlain(step) || loop.model === null
    ? []
    : [
        unsafeFix(facts, 'clip-grad-norm', 'Clip the gradient norm before the step', [
          insertBefore(facts, step.statement, [`${clip}(${loop.model}.parameters(), max_norm=1.0)`]),
        ]),
      ];
}
