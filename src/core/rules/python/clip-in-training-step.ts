import type { ClassFact, PythonFacts } from '../../python/facts';
import type { Finding } from '../finding';
import type { PythonRule, RuleMeta } from '../rule';
import { finding } from './support';

const meta: RuleMeta = {
  code: 'GI401',
  name: 'clip-in-training-step',
  title: 'Gradients are clipped in training_step, before Lightning computes them',
  severity: 'error',
  subject: 'python',
  remedies: ['clip-grad-norm'],
  doc: {
    sees: 'A `clip_grad_norm_` or `clip_grad_value_` inside `training_step` of a LightningModule that leaves optimisation to Lightning.',
    why: 'Lightning runs backward after `training_step` has returned. The clip acts on the gradients of the step before, or on none, and the step uses the new ones unclipped.',
    reference: {
      title: 'Lightning, Effective training techniques: gradient clipping',
      url: 'https://lightning.ai/docs/pytorch/stable/advanced/training_tricks.html#gradient-clipping',
    },
    whenWrong:
      'With `automatic_optimization = False` and a `manual_backward` above it the clip is in the right place.',
    example: `import torch
import lightning as L

class Model(L.LightningModule):
    def __init__(self):
        super().__init__()
        self.net = torch.nn.Linear(8, 1)

    def training_step(self, batch, batch_idx):
        loss = self.net(batch).mean()
        torch.nn.utils.clip_grad_norm_(self.parameters(), 1.0)
        return loss
`,
    better: `import torch
import lightning as L

class Model(L.LightningModule):
    def __init__(self):
        super().__init__()
        self.net = torch.nn.Linear(8, 1)

    def training_step(self, batch, batch_idx):
        return self.net(batch).mean()

trainer = L.Trainer(gradient_clip_val=1.0)
`,
  },
};

export const clipInTrainingStep: PythonRule = {
  meta,
  check: (facts) =>
    facts.classes.filter((owner) => owner.kind === 'lightning').flatMap((owner) => checkClass(facts, owner)),
};

function checkClass(facts: PythonFacts, owner: ClassFact): Finding[] {
  if (/automatic_optimization|manual_backward/.test(facts.textOf(owner.range))) {
    return [];
  }
  const scope = `${owner.name}.training_step`;
  return facts.calls.flatMap(({ call }) => {
    const isClip = /^torch\.nn\.utils\.clip_grad_\w+$/.test(facts.nameOf(call.func) ?? '');
    return isClip && facts.scopeOf(call) === scope
      ? [
          finding(meta, {
            message:
              'Lightning runs backward after training_step returns: this clip sees no gradients of this step. Give the Trainer gradient_clip_val instead.',
            range: facts.rangeOf(call),
          }),
        ]
      : [];
  });
}
