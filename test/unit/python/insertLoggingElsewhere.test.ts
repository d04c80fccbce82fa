import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { applyEdits } from '../../../src/core/edits';
import { insertGradientLogging } from '../../../src/core/python/insertLogging';
import { LOGGING_FILE } from '../../../src/core/python/logging/edit';
import { assertParses } from '../remedies/checkFix';
import { pythonAnalyzer } from './analyzer';

async function insert(program: string): Promise<string> {
  const analysis = (await pythonAnalyzer()).analyze('train.py', program);
  assert.ok(analysis !== null);
  const result = insertGradientLogging(analysis.facts);
  assert.ok('edits' in result, 'why' in result ? result.why : '');
  const text = applyEdits(program, result.edits);
  assert.ok(text !== null);
  assertParses(text);
  const again = (await pythonAnalyzer()).analyze('train.py', text);
  assert.ok(again !== null);
  assert.ok('why' in insertGradientLogging(again.facts), 'inserted twice');
  return text;
}

/** Runs a program beside stand-ins for the libraries it imports; the records it wrote. */
function run(
  program: string,
  libraries: Readonly<Record<string, string>>,
): readonly Record<string, number>[] {
  const folder = mkdtempSync(join(tmpdir(), 'gradient-logging-'));
  try {
    for (const [name, text] of Object.entries({ ...libraries, 'train.py': program })) {
      writeFileSync(join(folder, name), text);
    }
    const done = spawnSync('python3', ['train.py'], { cwd: folder, encoding: 'utf8' });
    assert.equal(done.status, 0, done.stderr);
    const lines = readFileSync(join(folder, LOGGING_FILE), 'utf8').trim().split('\n');
    return lines.map((line) => JSON.parse(line) as Record<string, number>);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const JAX_STANDS_IN = `class Array(list):
    def __abs__(self): return Array(abs(x) for x in self)
    def __pow__(self, n): return Array(x ** n for x in self)
    def sum(self): return sum(self)

def value_and_grad(f):
    return lambda params, x: (f(params, x), {"dense": {"kernel": Array([3.0, 4.0]), "bias": Array([0.0])}})

def process_index(): return 0

class Key:
    def __init__(self, key): self.key = key

class tree_util:
    @staticmethod
    def tree_map(f, tree):
        return {k: tree_util.tree_map(f, v) for k, v in tree.items()} if isinstance(tree, dict) else f(tree)
    @staticmethod
    def tree_flatten_with_path(tree, at=()):
        if not isinstance(tree, dict): return [(at, tree)], None
        return [leaf for k, v in tree.items() for leaf in tree_util.tree_flatten_with_path(v, at + (Key(k),))[0]], None

class debug:
    callback = staticmethod(lambda f, *args: f(*args))
`;
const OPTAX_STANDS_IN = `class adam:
    def __init__(self, lr): pass
    def init(self, params): return 0
    def update(self, grads, state, params=None): return grads, state

apply_updates = lambda params, updates: params
`;

describe('insertGradientLogging beyond PyTorch', () => {
  it("takes the norms where Optax gets JAX' gradients", async () => {
    const text = await insert(`import jax
import optax

tx = optax.adam(1e-3)

def loss_fn(params, x):
    return 0.5

def train_step(params, opt_state, x):
    loss, grads = jax.value_and_grad(loss_fn)(params, x)
    updates, opt_state = tx.update(grads, opt_state, params)
    return optax.apply_updates(params, updates), opt_state

params, opt_state = {}, tx.init({})
for _ in range(21):
    params, opt_state = train_step(params, opt_state, 1.0)
`);
    assert.match(
      text,
      /\n {4}jax\.debug\.callback\(log_gradients, jax\.tree_util\.tree_map\(.*, grads\), loss\)/,
    );
    const records = run(text, { 'jax.py': JAX_STANDS_IN, 'optax.py': OPTAX_STANDS_IN });
    assert.deepEqual(
      records.map(({ step }) => step),
      [0, 10, 20],
    );
    assert.deepEqual(records[0], {
      step: 0,
      grad_norm: 5,
      loss: 0.5,
      'grad_norm/dense/kernel': 5,
      'grad_norm/dense/bias': 0,
    });
  });

  it("takes them before Flax' train state is updated", async () => {
    const text = await insert(`import jax
from flax.training import train_state

@jax.jit
def train_step(state, batch):
    grads = jax.grad(loss_fn)(state.params, batch)
    state = state.apply_gradients(grads=grads)
    return state
`);
    assert.match(text, /callback\(log_gradients, .*, grads\)\) {2}# .*\n {4}state = state\.apply_gradients/);
  });

  const KERAS_STANDS_IN = `class Variable:
    def __init__(self, value, trainable=True, name=None): self.value = value
    def assign(self, value): self.value = value
    def __float__(self): return float(self.value)

class ops:
    square = staticmethod(lambda g: [x * x for x in g])
    sum = staticmethod(sum)
    sqrt = staticmethod(lambda x: x ** 0.5)

class callbacks:
    class Callback: pass
    class Counter:
        def on_train_begin(self, logs=None): self.n = 0
        def on_train_batch_end(self, batch, logs=None): self.n += 1

class Optimizer:
    def apply(self, grads, variables=None): self.seen = grads

class Sequential:
    def __init__(self, layers): pass
    def compile(self, optimizer, loss): self.optimizer = Optimizer()
    def fit(self, x, y, epochs=1, callbacks=()):
        for one in callbacks:
            one.model = self
            one.on_train_begin()
        for batch in range(11):
            self.optimizer.apply(iter([[3.0], None, [4.0]]), [])
            assert self.optimizer.seen == [[3.0], None, [4.0]]
            for one in callbacks: one.on_train_batch_end(batch, {"loss": 2.0})
`;
  for (const [title, callbacks, expected] of [
    ['none are given', '', 'callbacks=[GradientLogger()]'],
    [
      'there is a list',
      ', callbacks=[keras.callbacks.Counter()]',
      'callbacks=[GradientLogger(), keras.callbacks.Counter()]',
    ],
  ] as const) {
    it(`adds a callback to Keras' fit where ${title}`, async () => {
      const text = await insert(`import keras

model = keras.Sequential([])
model.compile("adam", loss="mse")
model.fit([1], [2], epochs=1${callbacks})
`);
      assert.ok(text.includes(expected), text);
      const records = run(text, { 'keras.py': KERAS_STANDS_IN });
      assert.deepEqual(records, [
        { step: 0, grad_norm: 5, loss: 2 },
        { step: 10, grad_norm: 5, loss: 2 },
      ]);
    });
  }

  it('writes TensorFlow with its own operations', async () => {
    const text = await insert(`import tensorflow as tf

model = tf.keras.Sequential([tf.keras.layers.Dense(1)])
model.compile(optimizer="sgd", loss="mse")
model.fit(x, y)
`);
    assert.match(text, /class GradientLogger\(tf\.keras\.callbacks\.Callback\)/);
    assert.match(
      text,
      /self\.norm\.assign\(tf\.linalg\.global_norm\(\[g for g in grads if g is not None\]\)\)/,
    );
  });

  for (const [imports, added, base] of [
    [
      'from tensorflow.keras.models import Sequential\nfrom tensorflow.keras.layers import Dense',
      'import tensorflow as tf',
      'tf.keras',
    ],
    ['from keras.models import Sequential\nfrom keras.layers import Dense', 'import keras', 'keras'],
    [
      'from tensorflow import keras\nfrom tensorflow.keras.models import Sequential\nfrom tensorflow.keras.layers import Dense',
      'import tensorflow as tf',
      'keras',
    ],
  ] as const) {
    it(`imports what it needs after "${imports}"`, async () => {
      const text = await insert(`${imports}

model = Sequential([Dense(1)])
model.compile(optimizer="sgd", loss="mse")
model.fit(x, y)
`);
      const lines = text.split('\n');
      assert.ok(lines.includes(added), text);
      assert.ok(lines.indexOf(added) < lines.findIndex((line) => line.startsWith('class GradientLogger')));
      assert.ok(text.includes(`class GradientLogger(${base}.callbacks.Callback):`), text);
      assert.equal(text.includes('tf.linalg.global_norm'), added === 'import tensorflow as tf');
    });
  }

  it('waits for Accelerate to gather the gradients', async () => {
    const text = await insert(`import torch
from accelerate import Accelerator

accelerator = Accelerator()
model = torch.nn.Linear(2, 1)
optimizer = torch.optim.Adam(model.parameters())
for x, y in loader:
    loss = (model(x) - y).pow(2).mean()
    accelerator.backward(loss)
    optimizer.step()
    optimizer.zero_grad()
`);
    assert.match(
      text,
      / {4}if accelerator\.sync_gradients and accelerator\.is_main_process: {2}# .*\n {8}log_gradients\(model, loss=loss\)\n {4}optimizer\.step/,
    );
  });
});
