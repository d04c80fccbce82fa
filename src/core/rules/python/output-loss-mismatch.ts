import type { PythonFacts } from '../../python/facts';
import { type KerasOutput, kerasOutputs } from '../../python/keras';
import type { Finding, Severity } from '../finding';
import type { PythonRule, RuleMeta } from '../rule';
import { outputFixes } from './outputFixes';
import { finding, place } from './support';

const meta: RuleMeta = {
  code: 'GI403',
  name: 'output-loss-mismatch',
  title: 'The last activation and the loss do not belong together',
  severity: 'error',
  subject: 'python',
  remedies: ['logits-loss'],
  doc: {
    sees: 'A Keras model, a subclassed one too, whose last layer is visible, and the loss that `compile` or a loop under a `GradientTape` gives it: softmax over one unit; categorical cross-entropy with one unit; ReLU, tanh or no activation before a cross-entropy that expects probabilities; `from_logits=True` after softmax or sigmoid. Warnings: sigmoid with categorical cross-entropy, softmax with binary cross-entropy (more than two units) or with mean squared error.',
    why: 'Softmax over one unit is always 1, its gradient exactly 0: nothing is learnt. Cross-entropies clip values outside 0..1 and then pass no gradient; softmax applied twice shrinks it tenfold.',
    reference: {
      title: 'Keras, Probabilistic losses',
      url: 'https://keras.io/api/losses/probabilistic_losses/',
    },
    whenWrong:
      'Models with several outputs are not judged. Binary cross-entropy over softmax is right for one-hot labels of two classes.',
    example: `from tensorflow import keras
from tensorflow.keras import layers

model = keras.Sequential([
    layers.Dense(16, activation="relu"),
    layers.Dense(1, activation="softmax"),
])
model.compile(optimizer="adam", loss="binary_crossentropy")
`,
    better: `from tensorflow import keras
from tensorflow.keras import layers

model = keras.Sequential([
    layers.Dense(16, activation="relu"),
    layers.Dense(1, activation="sigmoid"),
])
model.compile(optimizer="adam", loss="binary_crossentropy")
`,
  },
};

export const outputLossMismatch: PythonRule = {
  meta,
  check: (facts) =>
    kerasOutputs(facts).flatMap((output) => {
      const verdict = judge(output);
      return verdict === null ? [] : [report(facts, output, verdict)];
    }),
};

interface Verdict {
  readonly severity: Severity;
  readonly message: string;
  /** The activation that would fit; null where the loss is the wrong one. */
  readonly wanted: string | null;
}

function judge(output: KerasOutput): Verdict | null {
  const { activation, units, loss, fromLogits } = output;
  const crossEntropy = /crossentropy$/.test(loss);
  const categorical = /categorical_crossentropy$/.test(loss);
  const fitting = units === 1 || loss === 'binary_crossentropy' ? 'sigmoid' : 'softmax';
  if (activation === 'softmax' && units === 1) {
    return {
      severity: 'error',
      message: 'Softmax over a single unit is always 1 and its gradient exactly 0: nothing can be learnt.',
      wanted: 'sigmoid',
    };
  }
  if (fromLogits && (activation === 'softmax' || activation === 'sigmoid')) {
    return {
      severity: 'error',
      message: `The loss expects logits (from_logits=True), but the last layer applies ${activation} already.`,
      wanted: null,
    };
  }
  if (loss === 'categorical_crossentropy' && units === 1) {
    return {
      severity: 'error',
      message:
        'Categorical cross-entropy over a single unit is always 0 after normalisation: use binary cross-entropy.',
      wanted: null,
    };
  }
  if (crossEntropy && !fromLogits && (activation === 'relu' || activation === 'tanh')) {
    return {
      severity: 'error',
      message: `${loss} expects probabilities; ${activation} gives values outside 0..1, where the loss passes no gradient.`,
      wanted: fitting,
    };
  }
  if (crossEntropy && !fromLogits && activation === 'linear') {
    return {
      severity: 'error',
      message: `${loss} expects probabilities, but the last layer has no activation: add ${fitting}, or from_logits=True.`,
      wanted: fitting,
    };
  }
  if (categorical && activation === 'sigmoid' && units !== null && units > 1) {
    return {
      severity: 'warning',
      message: `${loss} expects one distribution over all classes: sigmoid treats them apart.`,
      wanted: 'softmax',
    };
  }
  if (loss === 'binary_crossentropy' && activation === 'softmax' && units !== null && units > 2) {
    return {
      severity: 'warning',
      message:
        'Binary cross-entropy judges every class by itself, softmax couples them: use categorical cross-entropy, or sigmoid for several labels at once.',
      wanted: null,
    };
  }
  if (/^(?:mse|mean_squared_error)$/.test(loss) && activation === 'softmax') {
    return {
      severity: 'warning',
      message:
        'Squared error over softmax has vanishing gradients where the model is surely wrong: use cross-entropy.',
      wanted: null,
    };
  }
  return null;
}

function report(facts: PythonFacts, output: KerasOutput, verdict: Verdict): Finding {
  return finding(meta, {
    severity: verdict.severity,
    message: verdict.message,
    range: output.range,
    related: [place(facts, output.lossRange, 'The loss')],
    fixes: outputFixes(facts, output, verdict.wanted),
  });
}
