import { warmUpLength } from '../../remedies/edits/warmUpLength';
import { say, sayStep, sayWhen } from '../../rules/log/incident';
import { lossPlateau } from '../../rules/log/loss-plateau';
import { isWarmingUp } from '../../run/factsProgress';
import { type Curve, momentOf } from '../../run/factsTimeline';
import type { Both, BothRule } from './both';

/** RoBERTa's large model warms up over 30,000 steps, the longest in common recipes (Liu et al. 2019, arXiv 1907.11692). */
const LONGEST_STEPS = 30_000;
/** Masked autoencoders warm up over 40 of 1,600 epochs (He et al. 2021, arXiv 2111.06377), detectors and classifiers over 5 to 20. */
const LONGEST_EPOCHS = 100;
/** Of the way to the rate of the code: what has come further will get there while somebody waits. */
const FAR_AWAY = 0.1;
const FEWEST_ROWS = 20;
/** Half way through the rows a straight line stands half way up. */
const STRAIGHT = 0.1;

/**
 * A loss that does not move while the rate climbs to the one of the code at a pace that takes longer than any warm-up in use. The log
 * alone cannot tell it from the beginning of a run.
 */
export const endlessWarmUp: BothRule = {
  rule: lossPlateau,
  mayApply: (both) => goalOf(both) !== null && both.run.series.some(({ kind }) => kind === 'learning-rate'),
  check(both) {
    const facts = both.facts();
    const { lrCurve, lossCurve, progress, run } = facts;
    const goal = goalOf(both);
    if (
      goal === null ||
      lrCurve === null ||
      lossCurve === null ||
      progress === null ||
      lossCurve.length < FEWEST_ROWS ||
      facts.lossRole !== 'minimised' ||
      run.axis.kind === 'record' ||
      run.segments.length > 1 ||
      !(Math.abs(progress.improvement) < STUCK) ||
      !isWarmingUp(lrCurve)
    ) {
      return null;
    }
    const rate = lrCurve.value[lrCurve.length - 1] ?? Number.NaN;
    const pace = paceOf(lrCurve);
    const end = lrCurve.step[lrCurve.length - 1] ?? Number.NaN;
    const steps = end + (goal - rate) / pace.perStep;
    const longest = run.axis.kind === 'epoch' ? LONGEST_EPOCHS : LONGEST_STEPS;
    if (!(rate <= FAR_AWAY * goal) || !pace.isStraight || !(steps > longest)) {
      return null;
    }
    // A row is a step at least.
    const rows = goal / pace.perRow;
    const at = momentOf(lossCurve, 0);
    const length = both.code.training === null ? null : warmUpLength(both.code.training.source.facts, rows);
    return {
      // Steps may be counted in samples or tokens, of which a warm-up takes more: the code is to say so too.
      severity: length === null && run.axis.kind === 'step' ? 'info' : 'warning',
      at,
      end: null,
      message:
        `The loss does not move from ${sayWhen(facts, at)} on (${say(progress.start)} to ${say(progress.end)}): the learning rate is still warming up, ${say(rate)} at the end of the log of the ${say(goal)} that the code sets. ` +
        `At this pace it gets there at ${run.axis.kind} ${sayStep(Number(steps.toPrecision(2)))}${length === null ? '' : ` (line ${length.range.line} of the code: ${length.text})`}: longer than any warm-up in use.`,
      evidence: {
        lossStart: progress.start,
        lossEnd: progress.end,
        rate,
        rateOfCode: goal,
        warmUpRows: rows,
        ...(length === null ? {} : { causeLine: length.range.line }),
      },
      remedies: ['lr-warmup', 'raise-lr'],
      series: [...lossCurve.series, ...lrCurve.series],
    };
  },
};

/** As in {@link Progress}: an improvement below this is none. */
const STUCK = 0.1;

/** The rate that the only optimizer of the code is made with. */
function goalOf({ code }: Both): number | null {
  const [only, another] = code.training?.source.facts.optimizers ?? [];
  return another !== undefined || only?.lr == null || !(only.lr.value > 0) ? null : only.lr.value;
}

/** How fast a rate climbs, and whether it does so in a straight line. */
function paceOf({ value, step, length }: Curve): {
  readonly perStep: number;
  readonly perRow: number;
  readonly isStraight: boolean;
} {
  const [from, half, to] = [0, length >> 1, length - 1];
  const rate = (row: number): number => value[row] ?? Number.NaN;
  const at = (row: number): number => step[row] ?? Number.NaN;
  const climb = rate(to) - rate(from);
  const perStep = climb / (at(to) - at(from));
  const bend = Math.abs(rate(from) + perStep * (at(half) - at(from)) - rate(half));
  return { perStep, perRow: climb / (to - from), isStraight: perStep > 0 && bend <= STRAIGHT * climb };
}
