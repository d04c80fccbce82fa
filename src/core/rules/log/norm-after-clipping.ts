import { momentOf } from '../../run/factsTimeline';
import type { LogRule, RuleDoc, RuleMeta } from '../rule';
import { say, toFinding } from './incident';

const doc: RuleDoc = {
  sees: 'A gradient norm with a flat top: several rows (at least 2 % of the run) at its very maximum, within two thousandths, and none above. That is the clip value, so the norm was logged after clipping.',
  why: 'Spikes and explosions cannot show in such a norm. How often it sits on the ceiling is how often clipping acted.',
  reference: {
    title: 'PyTorch documentation: torch.nn.utils.clip_grad_norm_ (it returns the norm before clipping)',
    url: 'https://pytorch.org/docs/stable/generated/torch.nn.utils.clip_grad_norm_.html',
  },
  whenWrong: 'Norms rounded to one digit share their maximum by chance.',
  example: [
    'step,loss,grad_norm',
    ...Array.from(
      { length: 30 },
      (_, i) => `${i},${(3 - i * 0.05).toFixed(3)},${i % 3 === 0 ? (0.4123 + i * 0.01).toFixed(5) : 1}`,
    ),
  ].join('\n'),
  better: [
    'step,loss,grad_norm',
    ...Array.from(
      { length: 30 },
      (_, i) =>
        `${i},${(3 - i * 0.05).toFixed(3)},${(1.4123 + ((i * 7) % 11) * 0.171 + i * 0.0131).toFixed(5)}`,
    ),
  ].join('\n'),
};

const meta: RuleMeta = {
  code: 'GI011',
  name: 'norm-after-clipping',
  title: 'The norm is logged after clipping',
  severity: 'hint',
  subject: 'log',
  remedies: [],
  doc,
};

export const normAfterClipping: LogRule = {
  meta,
  check(facts) {
    if (facts.norm === null || facts.normIsSummed) {
      return { notChecked: 'no norm of the whole model is logged' };
    }
    if (facts.ceiling === null) {
      return [];
    }
    const { value, share, firstIndex } = facts.ceiling;
    return [
      toFinding(meta, facts, {
        severity: 'hint',
        at: momentOf(facts.norm, firstIndex),
        end: null,
        message: `The norm is logged after clipping: ${say(100 * share)} % of the rows sit at its ceiling of ${say(value)}, so clipping acted in these. Spikes above it cannot be seen; log the value that clip_grad_norm_ returns.`,
        evidence: { ceiling: value, shareOfRun: share },
        remedies: [],
        series: [...facts.norm.series],
      }),
    ];
  },
};
