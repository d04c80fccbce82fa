import type { RunFacts } from '../../run/facts';
import { layersThatJumped } from '../../run/factsMovers';
import { type Curve, momentOf } from '../../run/factsTimeline';
import type { LogRule, RuleDoc, RuleMeta } from '../rule';
import { GIVEN_BACK, givenBack } from './givenBack';
import { say, sayStep, sayWhen, toFinding } from './incident';
import { FEWEST_ROWS, findSpikes, peaks, type Spike } from './spikes/find';

const doc: RuleDoc = {
  sees: [
    'Single rows whose gradient norm is at least ten times the median of the 64 rows before, and six of their robust sigmas above it (on a',
    'logarithm, where norms spread evenly); three sigmas are enough where the loss took harm as well. At least 8 rows must have come before, as large',
    'first values are a warm-up, or three where the loss took harm or the norm rose a thousandfold. Where no norm is logged, the same is looked for in the loss. It is **harmful** when the loss stays 1.5 times as high as before for the next rows, or, after a spike a hundredfold high, a tenth higher to the end of the run. **Warning** for three harmful spikes, for three in a run whose loss does not improve, or for one whose loss needs more than a twentieth of the run to come back and had lost a quarter of what the run had learned, or keeps so much of the loss;',
    "**info** for others; with the code beside the log a **warning** for one that no clip stops and that Adam's second moment keeps, so that updates are below a tenth for a fifth of the run. A norm that stays up is no spike but an explosion.",
  ].join(' '),
  why: 'One bad batch can undo hundreds of steps, and poisons the moments of Adam for many more.',
  reference: {
    title: 'Chowdhery et al., PaLM: Scaling Language Modeling with Pathways, section 5.1 (2022)',
    url: 'https://arxiv.org/abs/2204.02311',
  },
  whenWrong:
    'With clipping in place a spike of the logged norm (which is taken before clipping) does no harm: the step was bounded.',
  example: [
    'step,loss,grad_norm',
    ...Array.from({ length: 60 }, (_, i) => {
      const since = i < 12 ? 0 : (i - 12) % 16;
      const hit = i >= 12 && since === 0;
      const loss = hit ? 900 : i >= 12 && since < 9 ? 3 : 0.5 + (i % 3) * 0.02;
      return `${i * 5},${loss},${hit ? 4e4 : 0.5 + (i % 4) * 0.1}`;
    }),
  ].join('\n'),
  better: [
    'step,loss,grad_norm',
    ...Array.from({ length: 60 }, (_, i) => `${i * 5},${0.5 + (i % 3) * 0.02},${0.5 + (i % 4) * 0.1}`),
  ].join('\n'),
};

const meta: RuleMeta = {
  code: 'GI004',
  name: 'gradient-spike',
  title: 'Gradient spikes',
  severity: 'warning',
  subject: 'log',
  remedies: ['clip-grad-norm', 'skip-bad-batch', 'lower-lr'],
  doc,
};

const HARMFUL_SPIKES = 3;
const SLOW_SHARE = 0.05;

export const gradientSpike: LogRule = {
  meta,
  ahead(facts) {
    const curve = spiking(facts);
    return curve === null || facts.ceiling !== null ? [] : peaks.ahead(curve);
  },
  check(facts) {
    const norm = spiking(facts);
    if (norm === null) {
      return { notChecked: 'no gradient norm is logged' };
    }
    const name = facts.norm === null ? 'loss' : 'gradient norm';
    if (norm.length <= FEWEST_ROWS) {
      return { notChecked: `only ${norm.length} rows: too few for a baseline` };
    }
    if (facts.ceiling !== null) {
      return {
        notChecked: `the norm is logged after clipping at ${say(facts.ceiling.value)}: a spike cannot show`,
      };
    }
    const spikes = findSpikes(facts, norm);
    const first = spikes[0];
    if (first === undefined) {
      return [];
    }
    const harmful = spikes.filter((spike) => spike.harmful);
    const slow = harmful.filter((spike) => spike.recovery > SLOW_SHARE && costsMuch(facts, spike));
    const worst = spikes.reduce((a, b) => (b.norm / b.baseline > a.norm / a.baseline ? b : a));
    const hinders = spikes.length >= HARMFUL_SPIKES && facts.progress?.verdict === 'stuck';
    const severe = harmful.length >= HARMFUL_SPIKES || slow.length > 0 || hinders;
    const shown = harmful[0] ?? worst;
    const last = spikes[spikes.length - 1] ?? first;
    const loss = Number.isNaN(shown.lossAfter)
      ? ''
      : shown.harmful
        ? `; the loss went from ${say(shown.lossBefore)} to ${say(shown.lossAfter)} and ${
            Number.isFinite(shown.recovery)
              ? `took ${Math.max(1, Math.round(shown.recovery * 100))} % of the run to come back`
              : 'did not come back'
          }`
        : hinders
          ? `; the loss does not improve between them (${say(facts.progress?.start ?? Number.NaN)} to ${say(facts.progress?.end ?? Number.NaN)})`
          : '; the loss was not harmed';
    const count =
      spikes.length === 1
        ? `The ${name} spiked once, at ${sayWhen(facts, first.at)}`
        : `The ${name} spiked ${spikes.length} times from ${sayWhen(facts, first.at)} to ${sayStep(last.at.step)}`;
    return [
      toFinding(meta, facts, {
        severity: severe ? 'warning' : 'info',
        at: first.at,
        end: momentOf(norm, last.last),
        message: `${count}: ${say(worst.norm)}, x${say(worst.norm / worst.baseline)} the level of the rows before${loss}.`,
        evidence: {
          spikes: spikes.length,
          harmful: harmful.length,
          norm: worst.norm,
          baseline: worst.baseline,
          ratio: worst.norm / worst.baseline,
          ...(worst.isInstant ? { instant: 1 } : {}),
          steps: spikes.slice(0, 32).map((spike) => spike.at.step),
          ...(Number.isNaN(shown.lossAfter)
            ? {}
            : { lossBefore: shown.lossBefore, lossAt: shown.lossAt, lossAfter: shown.lossAfter }),
        },
        remedies:
          spikes.length > 1
            ? ['clip-grad-norm', 'skip-bad-batch', 'lower-lr']
            : ['clip-grad-norm', 'skip-bad-batch'],
        parameters: layersThatJumped(facts, worst.at.step),
        series: [...norm.series],
      }),
    ];
  },
};

/** Where spikes show: in the norm, and without one in the loss, later and less. */
function spiking({ norm, lossRole, lossCurve }: RunFacts): Curve | null {
  return norm ?? (lossRole === 'minimised' ? lossCurve : null);
}

/**
 * How much was lost says whether a slow return is trouble or harder data: of what comes back, the loss after the spike, of what
 * does not, the loss that is left at the end.
 */
function costsMuch({ progress }: RunFacts, { recovery, lossBefore, lossAfter, left }: Spike): boolean {
  const lost =
    Number.isFinite(recovery) || left ? lossAfter : Math.min(lossAfter, progress?.end ?? lossAfter);
  return progress === null || left || givenBack(progress.start, lossBefore, lost) >= GIVEN_BACK;
}
