import type { PythonFacts } from '../../python/facts';
import { activationOf } from '../../python/layers';
import type { CallExpr, Expr } from '../../python/syntax/ast';
import { expressionsIn, expressionsOf, statementsIn } from '../../python/syntax/walk';
import { guard, pickedFrom } from '../../remedies/edits/numerics';
import { isNegated } from '../../remedies/edits/safeExp';
import type { Finding } from '../finding';
import type { PythonRule, RuleMeta } from '../rule';
import { finding, unsafeFix } from './support';
import { isTrainedThrough } from './trained-through';

const meta: RuleMeta = {
  code: 'GI305',
  name: 'log-of-probability',
  title: 'The logarithm of a probability that may be zero',
  severity: 'warning',
  subject: 'python',
  remedies: ['eps', 'logits-loss'],
  doc: {
    sees: '`torch.log` of a softmax or sigmoid, in the call itself or through one variable, also of values picked out of it; `torch.log` of a ReLU; and a cross-entropy written by hand: `log(p)` and `log(1 - p)` of the same p in one function, with no clamp or small constant; and an entropy written by hand, `p * torch.log(p)`. The first and the last form are hints. Only training loops, methods of modules and functions that compute a loss or a step are looked at.',
    why: 'In single precision a sigmoid is exactly 1 from an input of 17 on, and a softmax exactly 0 below -104: the logarithm is then infinite, its gradient NaN or infinite, and one such value ruins all weights.',
    reference: {
      title: 'torch.nn.BCEWithLogitsLoss',
      url: 'https://docs.pytorch.org/docs/stable/generated/torch.nn.BCEWithLogitsLoss.html',
    },
    whenWrong: 'Probabilities that are data, or bounded away from 0 and 1 elsewhere; code under no_grad.',
    example: `import torch

def loss(p, y):
    return -(y * torch.log(p) + (1 - y) * torch.log(1 - p)).mean()
`,
    better: `import torch

def loss(p, y):
    return -(y * torch.log(p + 1e-8) + (1 - y) * torch.log(1 - p + 1e-8)).mean()
`,
  },
};

interface Log {
  readonly call: CallExpr;
  readonly input: Expr;
  /** Text of the input. */
  readonly text: string;
  readonly scope: string | null;
}

export const logOfProbability: PythonRule = {
  meta,
  check(facts) {
    if (!facts.source.mentions(/\blog\b/)) {
      return [];
    }
    const logs = facts.calls.flatMap(({ call }) => logOf(facts, call) ?? []);
    return logs.flatMap((log) => checkLog(facts, log, logs));
  },
};

/** `torch.log(x)` or `x.log()` with a plain x. */
function logOf(facts: PythonFacts, call: CallExpr): Log | null {
  const name = facts.nameOf(call.func);
  const isMethod = call.func.kind === 'attribute' && call.func.attr === 'log' && call.args.length === 0;
  const input =
    name === 'torch.log'
      ? call.args[0]?.value
      : isMethod && call.func.kind === 'attribute'
        ? call.func.object
        : undefined;
  return input === undefined || (isMethod && name?.includes('.'))
    ? null
    : { call, input, text: facts.textOf(facts.rangeOf(input)), scope: facts.scopeOf(call) };
}

function checkLog(facts: PythonFacts, log: Log, logs: readonly Log[]): Finding[] {
  const partner = logs.find(
    (other) => other.scope === log.scope && complement(facts, other.input) === log.text,
  );
  const activation =
    probability(facts, log.input) ??
    (isEntropy(facts, log) ? 'probability' : null) ??
    (isRunningProduct(facts, log) ? RUNNING_PRODUCT : null) ??
    (isDensity(facts, log.input) ? DENSITY : null);
  if (
    (partner === undefined && activation === null) ||
    isGuarded(facts, log.input) ||
    !isTrainedThrough(facts, log.call)
  ) {
    return [];
  }
  const both = partner === undefined ? [log] : [log, partner];
  return [
    finding(meta, {
      severity: partner === undefined ? 'hint' : 'warning',
      message:
        partner === undefined
          ? `The ${activation} can ${activation === RUNNING_PRODUCT || activation === DENSITY ? 'become' : 'be'} exactly 0: its logarithm is then infinite and the gradient no number.`
          : `\`${log.text}\` can reach 0 or 1: one of these logarithms is then infinite and the gradient no number.`,
      range: facts.rangeOf(log.call),
      fixes: [
        unsafeFix(
          facts,
          'eps',
          'Add a small constant inside the logarithm',
          both.flatMap((one) => guard(facts, { call: one.call, argument: one.input, function: 'log' })),
          true,
        ),
      ],
    }),
  ];
}

const RUNNING_PRODUCT = 'product over all steps';
const DENSITY = 'density, an exponential of a negative number,';
/** Names and functions are followed this far to the exponential. */
const MAX_HOPS = 4;

/**
 * `exp(-0.5 * z ** 2)`, in products, quotients and sums, also behind names and functions of the file: 0 in single precision
 * from an exponent of -104 on, which an outlier reaches. What subtracts a maximum first keeps one term at 1.
 */
function isDensity(facts: PythonFacts, expr: Expr, hops = MAX_HOPS): boolean {
  facts.source.work.spend(1);
  if (expr.kind === 'binary') {
    return (
      (expr.op === '*' || expr.op === '/') &&
      (isDensity(facts, expr.left, hops) || (expr.op === '*' && isDensity(facts, expr.right, hops)))
    );
  }
  if (expr.kind === 'name') {
    const value = hops > 0 ? facts.valueOf(expr) : null;
    return value !== null && value !== expr && isDensity(facts, value, hops - 1);
  }
  if (expr.kind !== 'call') {
    return false;
  }
  const { func, args } = expr;
  const isMethod = func.kind === 'attribute' && facts.nameOf(func)?.startsWith('torch.') !== true;
  if (isMethod && /^(?:sum|mean|prod|squeeze)$/.test(func.attr)) {
    return isDensity(facts, func.object, hops);
  }
  if (isMethod && func.attr === 'exp') {
    return isNegated(func.object);
  }
  const [first] = args;
  switch (facts.nameOf(func)) {
    case 'torch.exp':
      return first !== undefined && isNegated(first.value);
    case 'torch.sum':
    case 'torch.mean':
      return first !== undefined && isDensity(facts, first.value, hops);
    default: {
      const last = hops > 0 ? facts.source.helperOf(expr)?.body.at(-1) : undefined;
      return last?.kind === 'return' && last.value !== null && isDensity(facts, last.value, hops - 1);
    }
  }
}

/**
 * A value that a loop multiplies into itself (`alpha = (alpha @ a) * b[t]`), or its sum: a few dozen factors below one leave
 * less than the smallest number. Dividing it in between keeps its size.
 */
function isRunningProduct(facts: PythonFacts, { call, input }: Log): boolean {
  const summed =
    input.kind === 'call' && input.func.kind === 'attribute' && /^(?:sum|mean)$/.test(input.func.attr)
      ? input.func.object
      : input;
  if (summed.kind !== 'name') {
    return false;
  }
  const { id } = summed;
  const reads = (expr: Expr): boolean =>
    expressionsIn(expr).some((one) => one.kind === 'name' && one.id === id);
  const isProduct = (expr: Expr): boolean =>
    expr.kind === 'binary' && expr.op === '*' && reads(expr) && !expressionsIn(expr).some(isQuotient);
  const body = facts.source.functionAt(call.start)?.body ?? facts.body;
  const values = statementsIn(body).flatMap((stmt) =>
    stmt.kind === 'assign' &&
    stmt.value !== null &&
    stmt.targets.some((one) => one.kind === 'name' && one.id === id)
      ? [{ stmt, value: stmt.value }]
      : [],
  );
  const loops = statementsIn(body).filter((stmt) => stmt.kind === 'for' || stmt.kind === 'while');
  const isLooped = (at: { readonly start: number }): boolean =>
    loops.some(
      (loop) =>
        loop.start < at.start && at.start < loop.end && !(loop.start < call.start && call.start < loop.end),
    );
  return (
    values.some(({ stmt, value }) => isProduct(value) && isLooped(stmt)) &&
    !values.some(({ value }) => expressionsIn(value).some(isQuotient))
  );
}

function isQuotient(expr: Expr): boolean {
  return expr.kind === 'binary' && expr.op === '/';
}

/** Names of what is a probability where no value tells, and of what is given and has no gradient. */
const PROBABILITY_NAME = /^(?:p|q|pi)$|prob|dist|soft|attn|attention/i;
const GIVEN_NAME = /target|label|true|teacher/i;

/** Is the logarithm, or the variable that holds it, multiplied with its own plain argument: `-(p * log_p).sum()`? */
function isEntropy(facts: PythonFacts, { call, input, text }: Log): boolean {
  if (input.kind !== 'name' || !PROBABILITY_NAME.test(input.id) || GIVEN_NAME.test(input.id)) {
    return false;
  }
  const around = facts.source.statementAround(call);
  const [target] = around?.kind === 'assign' && around.value === call ? around.targets : [];
  const logText = facts.textOf(facts.rangeOf(target ?? call));
  const scope = facts.source.functionAt(call.start);
  return statementsIn(scope?.body ?? facts.body)
    .flatMap(expressionsOf)
    .some((expr) => {
      if (expr.kind !== 'binary' || expr.op !== '*') {
        return false;
      }
      const sides = [expr.left, expr.right].map((side) => facts.textOf(facts.rangeOf(side)));
      return sides.includes(text) && sides.includes(logText);
    });
}

/** Is the argument kept from 0 anywhere it gets a value: `p = p.clamp(min=1e-6)`, `p = torch.clamp(p, 1e-6)`, `p = p + eps`? */
function isGuarded(facts: PythonFacts, input: Expr): boolean {
  const bindings = input.kind === 'name' ? facts.source.bindings(input) : [];
  return bindings.some(({ kind, value }) => {
    if (kind === 'augmented' || value === null) {
      return kind === 'augmented';
    }
    if (value.kind === 'binary') {
      return value.op === '+';
    }
    const { func } = value.kind === 'call' ? value : { func: null };
    const word = func?.kind === 'attribute' ? func.attr : func?.kind === 'name' ? func.id : '';
    return /^(?:clamp\w*|clip\w*|maximum|max|add\w*|where|nan_to_num|masked_fill)$/.test(word);
  });
}

/** Text of p in `1 - p`. */
function complement(facts: PythonFacts, expr: Expr): string | null {
  const isOne =
    expr.kind === 'binary' && expr.op === '-' && expr.left.kind === 'number' && expr.left.value === 1;
  return isOne && expr.kind === 'binary' ? facts.textOf(facts.rangeOf(expr.right)) : null;
}

/** The activation that an expression, or the only value of a variable, applies last; null for anything else. */
function probability(facts: PythonFacts, expr: Expr): 'softmax' | 'sigmoid' | 'ReLU' | null {
  const whole = pickedFrom(expr);
  const value = whole.kind === 'name' ? facts.valueOf(whole) : whole;
  if (value?.kind !== 'call') {
    return null;
  }
  const name = facts.nameOf(value.func);
  const isMethod = value.func.kind === 'attribute' && (name === null || !name.includes('.'));
  const word =
    isMethod && value.func.kind === 'attribute'
      ? activationOf(`torch.${value.func.attr}`)
      : activationOf(name ?? '');
  const isFunction = name === null || !/^torch\.nn\.[A-Z]/.test(name);
  if (!isFunction) {
    return null;
  }
  // A ReLU is 0 for half of what it is given.
  return word === 'softmax' || word === 'sigmoid' ? word : word === 'relu' ? 'ReLU' : null;
}
