import { dropArgument } from '../../remedies/edits/dropArgument';
import type { PythonRule, RuleMeta } from '../rule';
import { literalString } from './literal';
import { finding, unsafeFix } from './support';

const meta: RuleMeta = {
  code: 'GI404',
  name: 'unbounded-rnn-activation',
  title: 'A recurrent layer with an activation that has no bound',
  severity: 'warning',
  subject: 'python',
  remedies: ['bounded-activation', 'orthogonal-init', 'clip-grad-norm'],
  doc: {
    sees: 'A Keras `LSTM`, `GRU` or `SimpleRNN` with `activation="relu"`, `"elu"`, `"selu"`, `"linear"` or `"exponential"`.',
    why: 'The state is fed back at every step. Tanh keeps it in -1..1; without a bound it can double at each step and overflow within one sequence. The fast GPU kernel is lost too.',
    reference: { title: 'Keras, LSTM layer', url: 'https://keras.io/api/layers/recurrent_layers/lstm/' },
    whenWrong:
      'SimpleRNN with ReLU and an identity recurrent matrix (IRNN) is a known recipe and left alone.',
    example: `from tensorflow.keras import layers, models

model = models.Sequential([
    layers.LSTM(64, activation="relu", input_shape=(50, 8)),
    layers.Dense(1),
])
`,
    better: `from tensorflow.keras import layers, models

model = models.Sequential([
    layers.LSTM(64, input_shape=(50, 8)),
    layers.Dense(1),
])
`,
  },
};

const UNBOUNDED = new Set([
  'relu',
  'elu',
  'selu',
  'linear',
  'exponential',
  'leaky_relu',
  'gelu',
  'swish',
  'silu',
]);

const RECURRENT = /^keras\.layers\.(?:LSTM|GRU|SimpleRNN)$/;

export const unboundedRnnActivation: PythonRule = {
  meta,
  check: (facts) =>
    facts.source.callsOfNamed(RECURRENT).flatMap(({ call }) => {
      const type = facts.nameOf(call.func) ?? '';
      const arg = call.args.find((one) => one.name === 'activation');
      const word = arg === undefined ? null : literalString(arg.value);
      if (arg === undefined || word === null || !UNBOUNDED.has(word)) {
        return [];
      }
      if (type.endsWith('SimpleRNN') && call.args.some((one) => one.name === 'recurrent_initializer')) {
        return [];
      }
      return [
        finding(meta, {
          message: `activation="${word}" lets the recurrent state grow without bound: the default tanh keeps it stable.`,
          range: facts.rangeOf(arg),
          fixes: [
            unsafeFix(
              facts,
              'bounded-activation',
              'Use tanh, the default, which bounds the state',
              [dropArgument(facts, call, arg)],
              true,
            ),
          ],
        }),
      ];
    }),
};
