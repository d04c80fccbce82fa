import { momentOf } from '../../run/factsTimeline';
import type { LogRule, RuleDoc, RuleMeta } from '../rule';
import { say, toFinding } from './incident';

/** A norm of about 1 times a loss scale that doubles every eight rows and falls back by 16. */
function exampleLog(isScaled: boolean): string {
  return [
    'step,loss,loss_scale,grad_norm',
    ...Array.from({ length: 48 }, (_, i) => {
      const scale = 1024 * 2 ** (Math.floor(i / 8) % 5);
      const norm = (1.1 + 0.17 * Math.sin(i * 2.4)) * (isScaled ? scale : 1);
      return `${i * 10},${(0.4 + 2.1 * 0.93 ** i).toFixed(4)},${scale},${norm.toFixed(5)}`;
    }),
  ].join('\n');
}

const doc: RuleDoc = {
  sees: [
    'A gradient norm that changes by the same power of two whenever the logged loss scale does: at four of five changes, of at least three when',
    'the scale went both up and down, else of six. Each change compares the medians of up to four rows before and after. Other rules then judge the norm with the scale divided out.',
  ].join(' '),
  why: 'The number in the log is the gradient times the loss scale: its size says nothing, and its jumps are the scaler at work.',
  reference: {
    title: 'PyTorch documentation: Automatic Mixed Precision examples, working with unscaled gradients',
    url: 'https://pytorch.org/docs/stable/notes/amp_examples.html#gradient-clipping',
  },
  whenWrong: 'A scale that someone sets by hand in step with the learning rate may move the norm too.',
  example: exampleLog(true),
  better: exampleLog(false),
};

const meta: RuleMeta = {
  code: 'GI012',
  name: 'norm-before-unscaling',
  title: 'The norm is logged before unscaling',
  severity: 'hint',
  subject: 'log',
  remedies: ['unscale'],
  doc,
};

export const normBeforeUnscaling: LogRule = {
  meta,
  check(facts) {
    if (facts.norm === null || facts.lossScaleCurve === null) {
      return { notChecked: facts.norm === null ? 'no gradient norm is logged' : 'no loss scale is logged' };
    }
    const { scaleInNorm, norm, lossScaleCurve } = facts;
    if (scaleInNorm === null) {
      return [];
    }
    const last = norm.value[norm.length - 1] ?? Number.NaN;
    return [
      toFinding(meta, facts, {
        severity: 'hint',
        at: momentOf(norm, 0),
        end: null,
        message:
          `The norm is logged before unscaling: it changed with the loss scale at ${scaleInNorm.following} of its ${scaleInNorm.changes} changes, ` +
          `by the same power of two. Divided by the scale it starts at ${say(norm.value[0] ?? Number.NaN)} and ends at ${say(last)}; ` +
          'all findings use it so. Log it after scaler.unscale_(optimizer).',
        evidence: {
          changes: scaleInNorm.changes,
          following: scaleInNorm.following,
          lossScale: lossScaleCurve.value[lossScaleCurve.length - 1] ?? Number.NaN,
        },
        remedies: ['unscale'],
        series: [...norm.series],
      }),
    ];
  },
};
