import type { LogRule, RuleDoc, RuleMeta } from '../rule';
import { toFinding } from './incident';
import { discriminatorWon, generatorStarves } from './vanishing/adversarial';
import { besideTheWhole } from './vanishing/besideTheWhole';
import { globalCollapse } from './vanishing/collapse';
import { fadesWhileStalled } from './vanishing/fades';
import { forgetsOverTime } from './vanishing/forgets';
import { nothingArrives } from './vanishing/nothingArrives';
import { outputAlone } from './vanishing/outputAlone';
import { overDepth } from './vanishing/overDepth';
import { underflow } from './vanishing/underflow';
import { printedZeros, zeroEverywhere, zeroWeights } from './vanishing/zeros';

const doc: RuleDoc = {
  sees: [
    'A gradient that falls steadily from the output toward the input: at least two decades (a hundredfold) over the weight matrices, most layers',
    'smaller than the next one, **and** a loss that does not improve by more than 10 %. With at least three decades (AUTOTRAINER calls a first layer below',
    'a thousandth of the last vanishing) a loss that improves by less than half is enough, and without a loss the profile alone. Layers at the input that fade thirtyfold beside the output during the run, while the loss stops above half its start, are a **warning**. When the loss falls well,',
    'four decades are an **info** (a **warning** where all of it was gained in the first tenth of the run, as the bias of the output alone does). Also: every weight matrix (or every parameter) at exactly zero from the start, layers at the input printed as 0 with fixed decimals beside a stuck loss, layers at the input four decades below all others that end at exactly 0, and, where only',
    "the whole model's norm is logged, a norm that fell a hundredfold while the loss did not improve, or one that scatters from row to row as that of two to four output biases alone does, beside a loss that never left equal chances; a recurrent network that never leaves equal chances though its parameters get ordinary gradients; a norm below a millionth of a loss that does not move, whatever the profile; a weight logged beside the whole model that gets less than a millionth of its norm while the loss does not move; and, in",
    'adversarial training, a generator whose norm fell a hundredfold while the loss of the discriminator fell to a fiftieth, or (**info**) whose loss doubled meanwhile.',
  ].join(' '),
  why: 'The layers near the input hardly move: the network trains as if it had only its last layers, on features fixed at random.',
  reference: {
    title:
      'Glorot and Bengio, Understanding the difficulty of training deep feedforward neural networks (2010)',
    url: 'https://proceedings.mlr.press/v9/glorot10a.html',
  },
  whenWrong: [
    'Not vanishing: small norms in all layers alike (a small loss scale, a converged run), a frozen layer (zero throughout), an embedding,',
    'a normalisation scale, a bias before batch normalisation. A recurrent network can forget over time without a trace in the norms of its parameters,',
    'which sum over time: log the gradient of the hidden state to see it.',
  ].join(' '),
  example: [
    'step,loss,fc1.weight,fc2.weight,fc3.weight,fc4.weight,fc5.weight',
    '0,2.303,1.2e-7,2.1e-6,4.0e-5,8.1e-4,1.9e-2',
    '10,2.302,1.1e-7,2.3e-6,4.1e-5,8.0e-4,1.8e-2',
    '20,2.303,1.3e-7,2.0e-6,4.4e-5,8.5e-4,1.9e-2',
    '30,2.302,1.2e-7,2.2e-6,4.2e-5,8.2e-4,2.0e-2',
    '40,2.303,1.1e-7,2.1e-6,4.1e-5,7.9e-4,1.8e-2',
  ].join('\n'),
  better: [
    'step,loss,fc1.weight,fc2.weight,fc3.weight,fc4.weight,fc5.weight',
    '0,2.303,1.2e-1,1.4e-1,1.1e-1,1.6e-1,1.9e-1',
    '10,1.602,1.1e-1,1.5e-1,1.2e-1,1.5e-1,1.8e-1',
    '20,0.903,0.9e-1,1.1e-1,1.0e-1,1.2e-1,1.4e-1',
    '30,0.402,0.5e-1,0.7e-1,0.6e-1,0.8e-1,0.9e-1',
    '40,0.203,0.3e-1,0.4e-1,0.3e-1,0.5e-1,0.6e-1',
  ].join('\n'),
};

const meta: RuleMeta = {
  code: 'GI003',
  name: 'vanishing-gradient',
  title: 'Gradients vanish toward the input',
  severity: 'error',
  subject: 'log',
  remedies: [
    'he-init',
    'xavier-init',
    'orthogonal-init',
    'relu',
    'leaky-relu',
    'gelu',
    'residual',
    'batch-norm',
    'gru',
    'lstm',
    'forget-bias',
    'lower-lr',
    'logits-loss',
  ],
  doc,
};

export const vanishingGradient: LogRule = {
  meta,
  check(facts) {
    if (facts.layers.length === 0 && facts.norm === null) {
      return {
        notChecked: facts.normIsPlaceholder
          ? 'the gradient norm is a constant placeholder: nobody measured it'
          : 'no gradient norm is logged',
      };
    }
    const incident =
      zeroWeights(facts) ??
      zeroEverywhere(facts) ??
      overDepth(facts) ??
      fadesWhileStalled(facts) ??
      printedZeros(facts) ??
      underflow(facts) ??
      nothingArrives(facts) ??
      besideTheWhole(facts) ??
      generatorStarves(facts) ??
      discriminatorWon(facts) ??
      (facts.layers.length < 3 ? (globalCollapse(facts) ?? outputAlone(facts)) : null) ??
      forgetsOverTime(facts);
    if (incident !== null) {
      return [toFinding(meta, facts, incident)];
    }
    if (facts.chains.length === 0 && (facts.progress === null || facts.progress.verdict === 'unknown')) {
      return {
        notChecked: 'no norms per layer, and no loss that tells a collapsed norm from a converged run',
      };
    }
    return [];
  },
};
