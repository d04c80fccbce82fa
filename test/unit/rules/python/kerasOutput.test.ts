import { strict as assert } from 'node:assert';
import { applyEdits } from '../../../../src/core/edits';
import { pythonAnalyzer } from '../../python/analyzer';

const HEAD = `import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

`;

function model(last: string, loss: string): string {
  return `${HEAD}model = keras.Sequential([layers.Dense(8, activation="relu"), ${last}])\nmodel.compile("adam", loss=${loss})\n`;
}

function loop(last: string, loss: string): string {
  return `${HEAD}class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.head = ${last}

    def call(self, x):
        return self.head(x)


net = Net()
loss_fn = ${loss}
for x, y in data:
    with tf.GradientTape() as tape:
        loss = loss_fn(y, net(x, training=True))
`;
}

const SPARSE = 'keras.losses.SparseCategoricalCrossentropy';
const LOGITS = `${SPARSE}(from_logits=True)`;

describe('fixes of what ends a Keras model', () => {
  for (const [what, program, ...wanted] of [
    [
      'softmax, and a loss of logits',
      model('layers.Dense(10, activation="softmax")', LOGITS),
      model('layers.Dense(10, activation="softmax")', `${SPARSE}(from_logits=False)`),
      model('layers.Dense(10)', LOGITS),
    ],
    [
      'no activation, and a loss of probabilities by name',
      model('layers.Dense(10)', '"sparse_categorical_crossentropy"'),
      model('layers.Dense(10)', LOGITS),
      model('layers.Dense(10, activation="softmax")', '"sparse_categorical_crossentropy"'),
    ],
    [
      'no activation, and a loss of two classes',
      model('layers.Dense(1)', '"binary_crossentropy"'),
      model('layers.Dense(1, activation="sigmoid")', '"binary_crossentropy"'),
      model('layers.Dense(1)', 'keras.losses.BinaryCrossentropy(from_logits=True)'),
    ],
    [
      'a subclassed model under a tape',
      loop('layers.Dense(10, "softmax", name="out")', LOGITS),
      loop('layers.Dense(10, "softmax", name="out")', `${SPARSE}(from_logits=False)`),
      loop('layers.Dense(10, name="out")', LOGITS),
    ],
    [
      'a loss of probabilities under a tape',
      loop('layers.Dense(10)', `${SPARSE}()`),
      loop('layers.Dense(10)', LOGITS),
      loop('layers.Dense(10, activation="softmax")', `${SPARSE}()`),
    ],
    [
      'a loss that is told of probabilities',
      loop('layers.Dense(10)', `${SPARSE}(from_logits=False)`),
      loop('layers.Dense(10)', LOGITS),
      loop('layers.Dense(10, activation="softmax")', `${SPARSE}(from_logits=False)`),
    ],
  ] as const) {
    it(what, async () => {
      const analyzer = await pythonAnalyzer();
      const found = (text: string) =>
        analyzer.analyze('k.py', text)?.findings.filter(({ rule }) => rule === 'output-loss-mismatch') ?? [];
      const [finding, ...others] = found(program);
      assert.equal(others.length, 0);
      const fixed = finding?.fixes.map(({ edits }) => applyEdits(program, edits)) ?? [];
      assert.deepEqual(fixed, wanted);
      assert.deepEqual(
        finding?.fixes.map(({ preferred }) => preferred),
        [true, false],
      );
      for (const text of fixed) {
        assert.deepEqual(found(text ?? ''), [], 'the rule is silent afterwards');
      }
    });
  }

  it('an unbounded recurrent activation is taken away, wherever it stands', async () => {
    const analyzer = await pythonAnalyzer();
    for (const [given, wanted] of [
      ['layers.LSTM(8, activation="relu")', 'layers.LSTM(8)'],
      ['layers.GRU(activation="elu", units=8)', 'layers.GRU(units=8)'],
      [
        'layers.LSTM(\n    8,\n    activation="relu",\n    return_sequences=True,\n)',
        'layers.LSTM(\n    8,\n    return_sequences=True,\n)',
      ],
      [
        'layers.LSTM(\n    8,  # units\n    activation="relu",\n)',
        'layers.LSTM(\n    8,  # units\n    activation=None,\n)',
      ],
    ] as const) {
      const text = `${HEAD}layer = ${given}\n`;
      const [finding] = analyzer.analyze('k.py', text)?.findings ?? [];
      assert.equal(finding?.rule, 'unbounded-rnn-activation');
      assert.equal(applyEdits(text, finding?.fixes[0]?.edits ?? []), `${HEAD}layer = ${wanted}\n`);
    }
  });
});
