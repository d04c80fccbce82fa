import type { RunFacts } from '../../run/facts';
import { whyLossIsSilent } from '../../run/factsLossLevel';
import type { Curve } from '../../run/factsTimeline';
import type { LogRule, RuleDoc, RuleMeta } from '../rule';
import { toFinding } from './incident';
import { atChance } from './plateau/atChance';
import { stuckByFade } from './plateau/fadedRate';
import { levelLoss } from './plateau/level';
import { neverStepped } from './plateau/neverStepped';
import { earlyPolicy } from './plateau/policy';

const doc: RuleDoc = {
  sees: [
    'A loss that settled within the first half of the run and stays level to the end (**warning**): less than 10 % below its start while the gradient norm fell to a fifth or',
    'less (the run came to rest where it has learned little more than the mean of its targets), up to 20 % where the learning rate is 0.01 or more as well,',
    'or a loss that moved by less than 3 % over at least 20 rows or 10 epochs (6 that agree to 1 %). Where rows scatter by more than 5 %, the first third of the run is held against the last with two standard errors for',
    'doubt: **info** where that leaves up to 10 % that may have been gained, but a **warning** where the loss began and stays at the cross-entropy of equally likely classes (ln k), or loss and accuracy are both those of equal chances. At the',
    'rates of fine-tuning an unmoved loss is an **info**. In reinforcement learning: gradients that fell a thousandfold within the first quarter of the run',
    'while the reward still varies and is below what it had reached: the policy became deterministic too early. A norm that grows as a straight line from zero at the start while the loss gains less than 10 %: the gradients of weights that the optimizer does not hold add up. A loss that had not fallen by half when the learning rate faded to a millionth, with half of the run to come. With the code beside the log: plain SGD whose gradient is clipped at under a hundredth of its usual norm in nine rows of ten; a rate that still climbs to that of the code when the log ends, at a pace that takes more than 30,000 steps or 100 epochs.',
  ].join(' '),
  why: 'More steps of the same will not help: the step is too large for the valley, too small to move, or no gradient comes through.',
  reference: {
    title: 'Goodfellow, Bengio and Courville, Deep Learning, section 8.2 (2016)',
    url: 'https://www.deeplearningbook.org/contents/optimization.html',
  },
  whenWrong: [
    'A converged run is level too, but far below its start. Fine-tuning starts near its floor and gains little by nature: its norm stays, kept up by the noise of the',
    'batches, and its rates (5e-4 and below) are known. Adversarial losses do not fall.',
  ].join(' '),
  example: [
    'step,loss,grad_norm,lr',
    ...Array.from(
      { length: 30 },
      (_, i) =>
        `${i * 10},${(2.8 + 0.5 * 0.3 ** i + 0.004 * (i % 3)).toFixed(4)},${(0.12 + 1.3 * 0.6 ** i).toFixed(4)},0.03`,
    ),
  ].join('\n'),
  better: [
    'step,loss,grad_norm,lr',
    ...Array.from(
      { length: 30 },
      (_, i) => `${i * 10},${(0.4 + 2.9 * 0.85 ** i).toFixed(4)},${(0.3 + 1.1 * 0.9 ** i).toFixed(4)},0.03`,
    ),
  ].join('\n'),
};

const meta: RuleMeta = {
  code: 'GI007',
  name: 'loss-plateau',
  title: 'The loss is stuck',
  severity: 'warning',
  subject: 'log',
  remedies: [
    'lower-lr',
    'lr-warmup',
    'raise-lr',
    'move-optimizer',
    'zero-grad',
    'he-init',
    'batch-norm',
    'residual',
    'logits-loss',
  ],
  doc,
};

const FEWEST_ROWS = 20;
/** An epoch's loss is a mean over its batches: half as many tell as much and more. */
const FEWEST_EPOCHS = 10;
/** Fewer do where they say the same to a hundredth: the scatter of batches is gone from a mean over an epoch. */
const FEWEST_EPOCHS_UNMOVED = 6;
const UNMOVED = 0.01;

export const lossPlateau: LogRule = {
  meta,
  check(facts) {
    const policy =
      facts.lossRole === 'policy' && facts.reward !== null ? earlyPolicy(facts, facts.reward) : null;
    if (policy !== null) {
      return [toFinding(meta, facts, policy)];
    }
    const silent = whyLossIsSilent(facts);
    if (silent !== null || facts.lossCurve === null || facts.progress === null) {
      return { notChecked: silent ?? 'no training loss is logged' };
    }
    const kept = neverStepped(facts, facts.lossCurve) ?? stuckByFade(facts, facts.lossCurve);
    if (kept !== null) {
      return [toFinding(meta, facts, kept)];
    }
    if (facts.lossCurve.length < fewestRows(facts, facts.lossCurve)) {
      return { notChecked: `only ${facts.lossCurve.length} rows of loss: too few to call it level` };
    }
    const level = levelLoss(facts, facts.lossCurve);
    const incident = level?.severity === 'warning' ? level : (atChance(facts, facts.lossCurve) ?? level);
    return incident === null ? [] : [toFinding(meta, facts, incident)];
  },
};

function fewestRows({ run }: RunFacts, { value }: Curve): number {
  if (run.axis.kind !== 'epoch') {
    return FEWEST_ROWS;
  }
  const [lowest, highest] = [
    Math.min(...value.slice(0, FEWEST_EPOCHS)),
    Math.max(...value.slice(0, FEWEST_EPOCHS)),
  ];
  return highest - lowest <= UNMOVED * lowest ? FEWEST_EPOCHS_UNMOVED : FEWEST_EPOCHS;
}
