import type { PythonRule, RuleMeta } from '../rule';
import { literalNumber } from './literal';
import { finding, place } from './support';

const meta: RuleMeta = {
  code: 'GI402',
  name: 'clip-with-manual-optimization',
  title: 'The Trainer is told to clip, but the module optimises by hand',
  severity: 'error',
  subject: 'python',
  remedies: ['clip-grad-norm'],
  doc: {
    sees: '`Trainer(gradient_clip_val=...)` with a positive number in a file whose LightningModule sets `automatic_optimization = False`.',
    why: 'Lightning refuses this at the start of `fit`: clipping by the Trainer needs automatic optimisation.',
    reference: {
      title: 'Lightning, Manual optimization',
      url: 'https://lightning.ai/docs/pytorch/stable/model/manual_optimization.html',
    },
    whenWrong: 'When the Trainer fits another module than the one in the file.',
    example: `import lightning as L

class Model(L.LightningModule):
    def __init__(self):
        super().__init__()
        self.automatic_optimization = False

trainer = L.Trainer(gradient_clip_val=1.0)
`,
    better: `import lightning as L

class Model(L.LightningModule):
    def __init__(self):
        super().__init__()
        self.automatic_optimization = False

    def training_step(self, batch, batch_idx):
        optimizer = self.optimizers()
        optimizer.zero_grad()
        self.manual_backward(self.loss(batch))
        self.clip_gradients(optimizer, gradient_clip_val=1.0, gradient_clip_algorithm="norm")
        optimizer.step()

trainer = L.Trainer(max_epochs=3)
`,
  },
};

export const clipWithManualOptimization: PythonRule = {
  meta,
  check(facts) {
    const modules = facts.classes.filter((owner) => owner.kind === 'lightning');
    const manual = modules.filter((owner) =>
      /automatic_optimization\s*=\s*False/.test(facts.textOf(owner.range)),
    );
    const [first] = manual;
    if (first === undefined || manual.length < modules.length) {
      return [];
    }
    return facts.calls.flatMap(({ call }) => {
      const arg = call.args.find((one) => one.name === 'gradient_clip_val');
      const bound = arg === undefined ? null : literalNumber(arg.value);
      return arg !== undefined &&
        bound !== null &&
        bound > 0 &&
        facts.nameOf(call.func) === 'lightning.Trainer'
        ? [
            finding(meta, {
              message: `${first.name} optimises by hand: Lightning raises an error for gradient_clip_val. Call self.clip_gradients in training_step instead.`,
              range: facts.rangeOf(arg),
              related: [place(facts, first.statement.range, 'The module with manual optimisation')],
            }),
          ]
        : [];
    });
  },
};
