import type { RunFacts } from '../../run/facts';
import type { AbsentGradient } from '../../run/run';
import type { LogRule, RuleDoc, RuleMeta } from '../rule';
import { sayNames, toFinding } from './incident';

const ROWS = Array.from({ length: 8 }, (_, i) => i);

const doc: RuleDoc = {
  sees: 'Parameters whose gradient is printed as `None` in every row (at least 3), while others of the model have one. `None` is not zero: no backward pass has ever reached them. Adapters beside a frozen model are left alone. A **hint** where every gradient is `None`.',
  why: 'An optimizer passes over a parameter without a gradient: it stays what it was initialised to. Most often it is not used in `forward`, or what it computes is detached before it reaches the loss.',
  reference: {
    title: 'PyTorch documentation: torch.Tensor.grad',
    url: 'https://pytorch.org/docs/stable/generated/torch.Tensor.grad.html',
  },
  whenWrong: [
    'Parameters that are frozen on purpose have no gradient either. Where every one is `None`, the gradients were most likely looked at in the wrong place:',
    'before `backward()`, or after `zero_grad()`, which sets them to `None` since PyTorch 2.0.',
  ].join(' '),
  example: ROWS.map(
    (i) =>
      `epoch ${i} loss ${(2.3 - i * 0.2).toFixed(3)}\nembed.weight None\nhead.weight ${(0.61 - i * 0.05).toFixed(3)}`,
  ).join('\n'),
  better: ROWS.map(
    (i) =>
      `epoch ${i} loss ${(2.3 - i * 0.2).toFixed(3)}\nembed.weight ${(0.23 - i * 0.01).toFixed(3)}\nhead.weight ${(0.61 - i * 0.05).toFixed(3)}`,
  ).join('\n'),
};

const meta: RuleMeta = {
  code: 'GI013',
  name: 'no-gradient',
  title: 'A parameter never gets a gradient',
  severity: 'info',
  subject: 'log',
  remedies: [],
  doc,
};

/** Before the first backward pass every gradient is None, once. */
const FEWEST_ROWS = 3;
/** Lines are cut and lost now and then. */
const NEARLY_ALL = 0.9;
/** What is trained beside a model that is frozen on purpose. */
const ADAPTER = /lora|adapter|prompt|prefix|ia3|probe/i;

export const noGradient: LogRule = {
  meta,
  check(facts) {
    const { absent = [] } = facts.run;
    if (absent.length === 0) {
      return [];
    }
    const measured = new Set(
      facts.run.series.flatMap(({ kind, parameter }) => (kind === 'grad-norm' ? (parameter ?? []) : [])),
    );
    const rows = Math.max(0, ...facts.layers.map(({ points }) => points.length));
    const never = absent.filter(
      (one) => one.rows >= FEWEST_ROWS && one.rows >= NEARLY_ALL * rows && !measured.has(one.parameter),
    );
    const [first] = never;
    if (first === undefined) {
      return [];
    }
    if (facts.layers.length === 0) {
      return [
        incident(
          facts,
          never,
          first,
          'hint',
          `Every gradient is printed as None, in ${first.rows} rows: it was looked at before backward(), or after zero_grad(), which sets gradients to None since PyTorch 2.0.`,
        ),
      ];
    }
    if ([...measured].some((name) => ADAPTER.test(name))) {
      return { notChecked: 'adapters are trained beside parameters without a gradient' };
    }
    const names = sayNames(never.map(({ parameter }) => parameter));
    const others = `${facts.layers.length} ${facts.layers.length === 1 ? 'other parameter has' : 'others have'} one`;
    return [
      incident(
        facts,
        never,
        first,
        'info',
        `${names} never ${never.length === 1 ? 'gets' : 'get'} a gradient: the log says None in all ${first.rows} rows, while ${others}. Either frozen on purpose, or no part of what the loss is computed from: not used in forward, or detached on the way.`,
      ),
    ];
  },
};

function incident(
  facts: RunFacts,
  never: readonly AbsentGradient[],
  first: AbsentGradient,
  severity: 'info' | 'hint',
  message: string,
) {
  const { step, line, rows } = first;
  return toFinding(meta, facts, {
    severity,
    at: { time: step, step, line },
    end: null,
    message,
    evidence: { rows, parameters: never.length },
    remedies: [],
    parameters: never.map(({ parameter }) => parameter),
    // It has no curve of its own: the loss, which it has no part in.
    series: facts.loss === null ? [] : [facts.loss.id],
  });
}
