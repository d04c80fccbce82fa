import type { OptimizerFact } from '../../python/trainingFacts';
import { gradientSpike } from '../../rules/log/gradient-spike';
import { say, sayWhen } from '../../rules/log/incident';
import { findSpikes, type Spike } from '../../rules/log/spikes/find';
import { momentOf } from '../../run/factsTimeline';
import { stepSpan } from '../../run/stepSpan';
import type { BothRule } from './both';

const ADAM = /(?:^|\.)(?:Adam|AdamW|NAdam|RAdam|Adamax)$/;
/** Of torch.optim's Adam: https://docs.pytorch.org/docs/stable/generated/torch.optim.Adam.html */
const BETA2 = 0.999;
/** Updates of a tenth and less are as a learning rate of a tenth: the run stands still beside what it was to do. */
const SHORT = 10;
/** Of all steps: so much of the budget lost is trouble, whatever came of the run. */
const LOST_SHARE = 0.2;
/** Of the loss before: a run that halved it since has learned all the same. */
const LEARNED = 0.5;

/**
 * A spike that no clip stops stays in Adam's second moment (Kingma and Ba, 2015): v takes (1 - beta2) of its square and keeps beta2 of
 * that a step, and the update is the gradient over the root of v. Its factor is ratio * sqrt(1 - beta2) at first, and falls by
 * sqrt(beta2) a step: the loss comes back at once, and the run hardly moves for thousands of steps.
 */
export const spikeInAdam: BothRule = {
  rule: gradientSpike,
  mayApply({ code, findings, clip }) {
    const facts = code.training?.source.facts;
    return (
      facts !== undefined &&
      clip === null &&
      findings.some(({ rule }) => rule === gradientSpike.meta.name) &&
      facts.optimizers.length > 0 &&
      facts.optimizers.every(isUsualAdam) &&
      facts.loops.every(({ events }) => events.every(({ kind }) => kind !== 'clip'))
    );
  },
  check(both) {
    const facts = both.facts();
    const { norm, progress, run } = facts;
    if (norm === null || progress === null || run.axis.kind !== 'step' || facts.lossRole !== 'minimised') {
      return null;
    }
    const [first, last] = stepSpan(run);
    const worst = findSpikes(facts, norm)
      .map((spike) => ({ spike, steps: Math.min(shortSteps(spike), last - spike.at.step) }))
      .sort((a, b) => b.steps - a.steps)[0];
    if (
      worst === undefined ||
      !(worst.steps >= LOST_SHARE * (last - first)) ||
      !(progress.end > LEARNED * worst.spike.lossBefore)
    ) {
      return null;
    }
    const { spike, steps } = worst;
    const factor = shrinks(spike);
    return {
      severity: 'warning',
      at: spike.at,
      end: momentOf(norm, spike.last),
      message:
        `The gradient norm spiked at ${sayWhen(facts, spike.at)}: ${say(spike.norm)}, x${say(spike.norm / spike.baseline)} the level of the rows before. Nothing clips it, and Adam's second ` +
        `moment keeps it: updates were 1/${say(factor)} of their usual size right after, and below a tenth for ${say(steps)} steps. The loss went from ${say(spike.lossBefore)} to ${say(progress.end)} since.`,
      evidence: {
        spikes: 1,
        harmful: 1,
        norm: spike.norm,
        baseline: spike.baseline,
        ratio: spike.norm / spike.baseline,
        ...(spike.isInstant ? { instant: 1 } : {}),
        steps: [spike.at.step],
        updateFactor: 1 / factor,
        shortSteps: steps,
      },
      remedies: ['clip-grad-norm', 'skip-bad-batch'],
      series: [...norm.series],
    };
  },
};

/** By how much updates are shortened right after a spike. */
function shrinks({ norm, baseline }: Spike): number {
  return (norm / baseline) * Math.sqrt(1 - BETA2);
}

/** Steps until updates are back at a tenth. */
function shortSteps(spike: Spike): number {
  return (2 * Math.log(shrinks(spike) / SHORT)) / -Math.log(BETA2);
}

function isUsualAdam({ type, args }: OptimizerFact): boolean {
  return ADAM.test(type) && args.every(({ name }) => name !== 'betas' && name !== 'amsgrad');
}
