import type { LogRule, RuleDoc, RuleMeta } from '../rule';
import { fromTheStart } from './exploding/fromTheStart';
import { hugeOutputs } from './exploding/hugeOutputs';
import { intoNonFinite } from './exploding/intoNonFinite';
import { overDepth } from './exploding/overDepth';
import { overTime } from './exploding/overTime';
import { sawtooth } from './exploding/sawtooth';
import { throughBiases } from './exploding/throughBiases';
import { toFinding } from './incident';

const doc: RuleDoc = {
  sees: [
    '**Over time**: the norm rose at least tenfold over the lowest settled level of the run itself, stays there to the end, and the loss got worse, or the norm keeps',
    'climbing while the loss does not improve (gradients that add up), or the loss is thrown above 1.5 times its start in a tenth of the run from there and does not halve. **Info** where the run keeps three quarters of what it had learned and learns the rest anew (the loss falls to a third of its peak). Where no loss can be read, a steady hundredfold is an **info**, ten thousandfold a warning.',
    '**Over depth**: the norm grows steadily toward the input by at least one and a half decades and 1.4 times a layer (or by three decades in any way), in most of the run, and the',
    'loss has not fallen by 90 %; or a hidden bias, which gets the backward signal alone, gets three hundred times what the output layer does. **From the start**: a norm so large that one step of the logged learning rate would, to first order, change the loss by a hundred times its',
    'initial value (**info** where it does so at first only, the loss falls by half and the norm does not jump twofold from row to row: it may hold a loss scale); without a logged rate a norm of a thousand times the initial loss that jumps by 1.6 from row to row while the loss does not halve; or a loss over',
    'token classes that starts above 10,000; or outputs that are too large: a loss of a thousand and more, a norm of its size, that falls with more than the 0.65th power of the loss (an error that shrinks makes it 0.5).',
    '**Adding up**: the norm climbs and falls back at a fixed distance of rows while the loss suffers. **Into NaN**: it grew tenfold in the last rows before. **At first**: a thousand times the loss in the first rows, a hundredth of that since, in a run whose loss does not halve. With the code beside the log: a mean cross-entropy that starts above a thousand with a norm of a tenth of it and more (**info** where it ends below ln 2). No absolute norm is a symptom.',
  ].join(' '),
  why: 'Each step throws the weights far past where the gradient holds. Training becomes a random walk, or ends in NaN.',
  reference: {
    title: 'Pascanu, Mikolov and Bengio, On the difficulty of training recurrent neural networks (2013)',
    url: 'https://proceedings.mlr.press/v28/pascanu13.html',
  },
  whenWrong: [
    'Norms grow in healthy runs while the loss keeps falling (large models late in training, a head that starts at zero), and in adversarial training.',
    'Large first values that settle are a warm-up. Where a loss scale was not divided out, norms follow it in powers of two.',
  ].join(' '),
  example: [
    'step,loss,grad_norm',
    ...[1.1, 1.2, 1.0, 1.3, 2.9, 8.1, 22, 41, 63, 88, 130, 190].map(
      (norm, i) => `${i * 10},${[0.9, 0.8, 0.7, 0.65, 0.7, 0.9, 1.1, 1.3, 1.2, 1.4, 1.5, 1.6][i]},${norm}`,
    ),
  ].join('\n'),
  better: [
    'step,loss,grad_norm',
    ...[1.1, 1.2, 1.0, 1.3, 1.1, 0.9, 1.0, 0.8, 0.9, 0.7, 0.8, 0.6].map(
      (norm, i) =>
        `${i * 10},${[0.9, 0.8, 0.7, 0.65, 0.6, 0.55, 0.5, 0.46, 0.42, 0.4, 0.38, 0.36][i]},${norm}`,
    ),
  ].join('\n'),
};

const meta: RuleMeta = {
  code: 'GI002',
  name: 'exploding-gradient',
  title: 'Gradients explode',
  severity: 'error',
  subject: 'log',
  remedies: [
    'xavier-init',
    'orthogonal-init',
    'scaled-init',
    'layer-norm',
    'zero-grad',
    'clip-grad-norm',
    'move-clip',
    'lower-lr',
    'lr-warmup',
    'he-init',
    'unscale',
    'residual',
    'gru',
    'lstm',
    'weight-decay',
  ],
  doc,
};

export const explodingGradient: LogRule = {
  meta,
  check(facts) {
    if (facts.norm === null) {
      return {
        notChecked: facts.normIsPlaceholder
          ? 'the gradient norm is a constant placeholder: nobody measured it'
          : 'no gradient norm is logged',
      };
    }
    const { norm } = facts;
    const incident =
      sawtooth(facts, norm) ??
      overTime(facts, norm) ??
      overDepth(facts) ??
      throughBiases(facts) ??
      fromTheStart(facts, norm) ??
      hugeOutputs(facts, norm) ??
      intoNonFinite(facts, norm);
    return incident === null ? [] : [toFinding(meta, facts, incident)];
  },
};
