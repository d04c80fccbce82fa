import type { Finding } from '../../rules/finding';
import { say, sayWhen } from '../../rules/log/incident';
import { lossPlateau } from '../../rules/log/loss-plateau';
import { momentOf } from '../../run/factsTimeline';
import type { Both, BothRule } from './both';

/**
 * Defects of the code, each certain, that keep parameters from being trained or shrink every gradient, whatever the log says. The
 * rest of the model may still learn a part.
 */
const CAUSES: ReadonlySet<string> = new Set([
  'modules-in-plain-list',
  'optimizer-before-replace',
  'softmax-into-cross-entropy',
  'softmax-into-nll',
  'updates-not-applied',
  'spread-loss',
  'optimizer-never-steps',
  'zero-grad-discards',
  'nll-of-scores',
  'read-along-batch',
]);
/** A hint of the code alone, since some layers are random on purpose; a loss that gains less than a tenth says that these are missed. */
const CAUSES_IF_STUCK: ReadonlySet<string> = new Set([
  'detached-layers',
  'optimizer-misses-layers',
  'made-in-loop',
  'rate-fades',
  'learning-rate-too-small',
  'bounded-scores',
  'dropout-too-high',
  'squared-classes',
  'linear-stack',
  'flat-scores',
  'clip-bound-too-small',
  'negated-loss',
  'init-std-too-small',
]);
/** Of the initial loss: a head on random features, or a gradient that is tenfold too small, gains about so much. */
const LITTLE = 0.25;
const FEWEST_ROWS = 10;

/** A loss that hardly falls, in a program whose code says why: the log alone would leave it at a slow or noisy run. */
export const neverTrained: BothRule = {
  rule: lossPlateau,
  mayApply: (both) => causeIn(both) !== null,
  check(both) {
    const facts = both.facts();
    const { progress, lossCurve, lossRole, run } = facts;
    const cause = causeIn(both);
    if (
      cause === null ||
      progress === null ||
      lossCurve === null ||
      lossRole !== 'minimised' ||
      lossCurve.length < FEWEST_ROWS ||
      run.segments.length > 1 ||
      progress.verdict === 'unknown' ||
      !(progress.improvement < LITTLE) ||
      (CAUSES_IF_STUCK.has(cause.finding.rule) && progress.verdict !== 'stuck')
    ) {
      return null;
    }
    const at = momentOf(lossCurve, 0);
    return {
      severity: 'warning',
      at,
      end: null,
      message:
        `The loss hardly moves from ${sayWhen(facts, at)} on (${say(progress.start)} to ${say(progress.end)}), and line ${cause.finding.range.line} of the code explains it: ` +
        cause.finding.message,
      evidence: {
        lossStart: progress.start,
        lossEnd: progress.end,
        improvement: progress.improvement,
        causeLine: cause.finding.range.line,
      },
      remedies: cause.finding.remedies,
      series: [...lossCurve.series],
    };
  },
};

function causeIn({ code }: Both): { readonly path: string; readonly finding: Finding } | null {
  for (const source of [code.training?.source, code.model?.source]) {
    const finding = source?.findings.find(
      ({ rule, severity }) =>
        CAUSES_IF_STUCK.has(rule) || (CAUSES.has(rule) && (severity === 'error' || severity === 'warning')),
    );
    if (source !== undefined && finding !== undefined) {
      return { path: source.path, finding };
    }
  }
  return null;
}
