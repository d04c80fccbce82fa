import type { LogRule, RuleDoc, RuleMeta } from '../rule';
import { toFinding } from './incident';
import { besides } from './nonFinite/besides';
import { judge } from './nonFinite/mainCurves';
import { earliest, firstBad } from './nonFinite/rows';

const doc: RuleDoc = {
  sees: [
    'A gradient norm or the loss that is NaN or infinite. **Error** when it stays so until the end of the log (or for at least 3 rows at',
    'its end), or when the loss is printed as exactly 0 beside a NaN norm, as the Hugging Face Trainer does after divergence. **Warning** when it',
    'comes and goes in more than 5 % of the rows after the first twentieth of the run, when the loss itself is hit, or when the run came to harm. **Info** for the rest:',
    'mixed precision overflows now and then, skips that step and lowers its loss scale. That is how dynamic loss scaling finds its level.',
  ].join(' '),
  why: 'One step with a non-finite gradient makes every weight NaN, unless the step is skipped. Nothing after it is training.',
  reference: {
    title: 'Micikevicius et al., Mixed Precision Training (2018)',
    url: 'https://arxiv.org/abs/1710.03740',
  },
  whenWrong:
    'A logger may print NaN for a mean over no values (no episode ended, no batch was kept). Then the gradient norm stays finite.',
  example: [
    'step: 1 loss: 2.31 grad_norm: 1.1',
    'step: 2 loss: 2.30 grad_norm: 1.2',
    'step: 3 loss: 2.28 grad_norm: 1.0',
    'step: 4 loss: 2.25 grad_norm: nan',
    'step: 5 loss: nan grad_norm: nan',
    'step: 6 loss: nan grad_norm: nan',
    'step: 7 loss: nan grad_norm: nan',
  ].join('\n'),
  better: [
    'step: 1 loss: 2.31 grad_norm: 1.1',
    'step: 2 loss: 2.30 grad_norm: 1.2',
    'step: 3 loss: 2.28 grad_norm: 1.0',
    'step: 4 loss: 2.25 grad_norm: 1.1',
    'step: 5 loss: 2.19 grad_norm: 1.2',
    'step: 6 loss: 2.12 grad_norm: 1.1',
    'step: 7 loss: 2.04 grad_norm: 1.0',
  ].join('\n'),
};

const meta: RuleMeta = {
  code: 'GI001',
  name: 'non-finite',
  title: 'NaN or infinite gradient or loss',
  severity: 'error',
  subject: 'log',
  remedies: [
    'clip-grad-norm',
    'move-clip',
    'lower-lr',
    'lr-warmup',
    'eps',
    'logits-loss',
    'orthogonal-init',
    'gru',
    'lstm',
    'unscale',
    'skip-bad-batch',
  ],
  doc,
};

export const nonFinite: LogRule = {
  meta,
  check(facts) {
    const curves = [facts.norm, facts.lossCurve].filter((curve) => curve !== null);
    if (curves.length === 0) {
      return { notChecked: 'neither a gradient norm nor a loss is logged' };
    }
    const first = earliest([
      ...curves.map((curve) => firstBad(curve)),
      ...facts.tracks.map((track) => track.firstNonfinite),
    ]);
    const incident = first === null ? besides(facts) : judge(facts, first);
    return incident === null ? [] : [toFinding(meta, facts, incident)];
  },
};
