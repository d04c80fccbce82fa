import { checkFix, checkNoFix } from './checkFix';

const loop = (body: string) => `import torch
from torch import nn

model = nn.Linear(2, 2)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for x, y in loader:
${body}`;

describe('clip-grad-norm', () => {
  it('goes between backward and step, with its import style', () =>
    checkFix(
      loop(`    optimizer.zero_grad()
    loss = nn.functional.mse_loss(model(x), y)
    loss.backward()
    optimizer.step()  # update
`),
      'clip-grad-norm',
      ['+     nn.utils.clip_grad_norm_(model.parameters(), max_norm=1.0)'],
    ));

  it('stays above the comment of the step and keeps CRLF', () =>
    checkFix(
      loop(`    optimizer.zero_grad()
    nn.functional.mse_loss(model(x), y).backward()
    # take the step
    optimizer.step()
`).replace(/\n/g, '\r\n'),
      'clip-grad-norm',
      ['+     nn.utils.clip_grad_norm_(model.parameters(), max_norm=1.0)\r'],
    ));

  it('unscales first with a GradScaler', () =>
    checkFix(
      loop(`    optimizer.zero_grad()
    with torch.autocast("cuda"):
        loss = nn.functional.mse_loss(model(x), y)
    scaler.scale(loss).backward()
    scaler.step(optimizer)
    scaler.update()
`).replace('for x', 'scaler = torch.cuda.amp.GradScaler()\nfor x'),
      'clip-grad-norm',
      [
        '+     scaler.unscale_(optimizer)',
        '+     nn.utils.clip_grad_norm_(model.parameters(), max_norm=1.0)',
      ],
    ));

  it('does not unscale twice', () =>
    checkFix(
      loop(`    optimizer.zero_grad()
    scaler.scale(nn.functional.mse_loss(model(x), y)).backward()
    scaler.unscale_(optimizer)
    scaler.step(optimizer)
    scaler.update()
`).replace('for x', 'scaler = torch.cuda.amp.GradScaler()\nfor x'),
      'clip-grad-norm',
      ['+     nn.utils.clip_grad_norm_(model.parameters(), max_norm=1.0)'],
    ));

  it('stands under the condition of an accumulated step', () =>
    checkFix(
      loop(`    loss = nn.functional.mse_loss(model(x), y) / 4
    loss.backward()
    if (i + 1) % 4 == 0:
        optimizer.step()
        optimizer.zero_grad()
`),
      'clip-grad-norm',
      ['+         nn.utils.clip_grad_norm_(model.parameters(), max_norm=1.0)'],
    ));

  it('names the parameters through the optimizer where the model is out of sight', () =>
    checkFix(
      `import torch

def train_step(network, optimizer, x, y):
    optimizer.zero_grad()
    loss = torch.nn.functional.mse_loss(network(x), y)
    loss.backward()
    optimizer.step()
`,
      'clip-grad-norm',
      [
        '+     torch.nn.utils.clip_grad_norm_((p for group in optimizer.param_groups for p in group["params"]), max_norm=1.0)',
      ],
    ));

  it('follows the usual norm of the run', () =>
    checkFix(
      loop(`    optimizer.zero_grad()
    nn.functional.mse_loss(model(x), y).backward()
    optimizer.step()
`),
      'clip-grad-norm',
      ['+     nn.utils.clip_grad_norm_(model.parameters(), max_norm=0.05)'],
      { parameters: [], line: null, usualNorm: 0.043 },
    ));

  it('bounds a clip that only measures', () =>
    checkFix(
      loop(`    optimizer.zero_grad()
    nn.functional.mse_loss(model(x), y).backward()
    norm = nn.utils.clip_grad_norm_(model.parameters(), float("inf"))
    optimizer.step()
`),
      'clip-grad-norm',
      [
        '-     norm = nn.utils.clip_grad_norm_(model.parameters(), float("inf"))',
        '+     norm = nn.utils.clip_grad_norm_(model.parameters(), 1.0)',
      ],
    ));

  it('offers nothing where the loop clips, or has no place of its own for it', async () => {
    await checkNoFix(
      loop(`    nn.functional.mse_loss(model(x), y).backward()
    nn.utils.clip_grad_value_(model.parameters(), 0.5)
    optimizer.step()
`),
      'clip-grad-norm',
    );
    await checkNoFix(
      loop('    nn.functional.mse_loss(model(x), y).backward(); optimizer.step()\n'),
      'clip-grad-norm',
    );
  });

  it('takes the bound a person chose, also in place of another', async () => {
    const chosen = { parameters: [], line: null, bound: 0.25 };
    await checkFix(
      loop(`    optimizer.zero_grad()
    nn.functional.mse_loss(model(x), y).backward()
    optimizer.step()
`),
      'clip-grad-norm',
      ['+     nn.utils.clip_grad_norm_(model.parameters(), max_norm=0.25)'],
      chosen,
    );
    const clipped = (call: string) =>
      loop(`    optimizer.zero_grad()
    nn.functional.mse_loss(model(x), y).backward()
    nn.utils.${call}
    optimizer.step()
`);
    await checkFix(
      clipped('clip_grad_norm_(model.parameters(), 1.0)'),
      'clip-grad-norm',
      [
        '-     nn.utils.clip_grad_norm_(model.parameters(), 1.0)',
        '+     nn.utils.clip_grad_norm_(model.parameters(), 0.25)',
      ],
      chosen,
    );
    await checkNoFix(clipped('clip_grad_value_(model.parameters(), 1.0)'), 'clip-grad-norm', chosen);
  });
});

describe('clip-grad-norm in other frameworks', () => {
  it("gives Lightning's Trainer the bound", () =>
    checkFix(
      `import lightning as L
import torch

class Net(L.LightningModule):
    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters())

trainer = L.Trainer(
    max_epochs=3,  # short
    precision="16-mixed",
)
`,
      'clip-grad-norm',
      ['+     gradient_clip_val=1.0,'],
    ));

  it('clips by hand where a LightningModule optimises by hand', () =>
    checkFix(
      `import pytorch_lightning as pl
import torch

class Net(pl.LightningModule):
    def __init__(self):
        super().__init__()
        self.automatic_optimization = False

    def training_step(self, batch, _):
        opt = self.optimizers()
        loss = self.loss(batch)
        opt.zero_grad()
        self.manual_backward(loss)
        opt.step()

trainer = pl.Trainer(max_epochs=3)
`,
      'clip-grad-norm',
      ['+         self.clip_gradients(opt, gradient_clip_val=1.0, gradient_clip_algorithm="norm")'],
    ));

  it('clips where Accelerate has gathered the gradients', () =>
    checkFix(
      `import torch
from accelerate import Accelerator

accelerator = Accelerator()
model = torch.nn.Linear(2, 1)
optimizer = torch.optim.Adam(model.parameters())
model, optimizer = accelerator.prepare(model, optimizer)
for x, y in loader:
    with accelerator.accumulate(model):
        loss = (model(x) - y).pow(2).mean()
        accelerator.backward(loss)
        optimizer.step()
        optimizer.zero_grad()
`,
      'clip-grad-norm',
      [
        '+         if accelerator.sync_gradients:',
        '+             accelerator.clip_grad_norm_(model.parameters(), 1.0)',
      ],
    ));

  it('asks Fabric to clip', () =>
    checkFix(
      `import torch
from lightning.fabric import Fabric

fabric = Fabric()
model = torch.nn.Linear(2, 1)
optimizer = torch.optim.Adam(model.parameters())
for x, y in loader:
    loss = (model(x) - y).pow(2).mean()
    optimizer.zero_grad()
    fabric.backward(loss)
    optimizer.step()
`,
      'clip-grad-norm',
      ['+     fabric.clip_gradients(model, optimizer, max_norm=1.0)'],
    ));

  it("asks FSDP's wrapper, which knows the whole norm", () =>
    checkFix(
      `import torch
from torch.distributed.fsdp import FullyShardedDataParallel as FSDP

model = FSDP(torch.nn.Linear(2, 1))
optimizer = torch.optim.Adam(model.parameters())
for x, y in loader:
    loss = (model(x) - y).pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
`,
      'clip-grad-norm',
      ['+     model.clip_grad_norm_(1.0)'],
    ));

  it("turns the Trainer's own clipping on again, and changes its default only for a lower bound", async () => {
    const program = (more: string) => `from transformers import Trainer, TrainingArguments

args = TrainingArguments("out", learning_rate=1e-4${more})
`;
    await checkFix(program(', max_grad_norm=0.0'), 'clip-grad-norm', [
      '- args = TrainingArguments("out", learning_rate=1e-4, max_grad_norm=0.0)',
      '+ args = TrainingArguments("out", learning_rate=1e-4, max_grad_norm=1.0)',
    ]);
    await checkNoFix(program(''), 'clip-grad-norm');
    await checkFix(
      program(''),
      'clip-grad-norm',
      [
        '- args = TrainingArguments("out", learning_rate=1e-4)',
        '+ args = TrainingArguments("out", learning_rate=1e-4, max_grad_norm=0.2)',
      ],
      { parameters: [], line: null, usualNorm: 0.12 },
    );
  });

  it("sets DeepSpeed's configuration and leaves its loop alone", () =>
    checkFix(
      `import deepspeed
import torch

ds_config = {
    "train_batch_size": 32,
    "fp16": {"enabled": True},
}
model, optimizer, _, _ = deepspeed.initialize(model=torch.nn.Linear(2, 1), config=ds_config)
for x, y in loader:
    loss = (model(x) - y).pow(2).mean()
    model.backward(loss)
    model.step()
`,
      'clip-grad-norm',
      ['+     "gradient_clipping": 1.0,'],
    ));

  it("gives Keras' optimizers the global norm, by constructor and by name", async () => {
    await checkFix(
      `from tensorflow import keras

model = keras.Sequential([keras.layers.Dense(4)])
model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="mse")
`,
      'clip-grad-norm',
      [
        '- model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="mse")',
        '+ model.compile(optimizer=keras.optimizers.Adam(1e-3, global_clipnorm=1.0), loss="mse")',
      ],
    );
    await checkFix(
      `import tensorflow as tf

model = tf.keras.Sequential([tf.keras.layers.Dense(4)])
model.compile("rmsprop", loss="mse")
`,
      'clip-grad-norm',
      [
        '- model.compile("rmsprop", loss="mse")',
        '+ model.compile(tf.keras.optimizers.RMSprop(global_clipnorm=1.0), loss="mse")',
      ],
    );
    await checkNoFix(
      `import keras

model = keras.Sequential([keras.layers.Dense(4)])
model.compile(optimizer=keras.optimizers.SGD(0.1, clipnorm=1.0), loss="mse")
`,
      'clip-grad-norm',
    );
  });

  it("clips first in Optax' chain", async () => {
    const program = (optimizer: string) => `import jax
import optax

tx = ${optimizer}
`;
    await checkFix(program('optax.adam(1e-3)'), 'clip-grad-norm', [
      '- tx = optax.adam(1e-3)',
      '+ tx = optax.chain(optax.clip_by_global_norm(1.0), optax.adam(1e-3))',
    ]);
    await checkFix(
      program('optax.chain(optax.add_decayed_weights(1e-4), optax.sgd(0.1))'),
      'clip-grad-norm',
      [
        '- tx = optax.chain(optax.add_decayed_weights(1e-4), optax.sgd(0.1))',
        '+ tx = optax.chain(optax.clip_by_global_norm(1.0), optax.add_decayed_weights(1e-4), optax.sgd(0.1))',
      ],
    );
  });
});
