import { replace } from '../../python/edits';
import type { PythonFacts } from '../../python/facts';
import type { CallExpr, Expr } from '../../python/syntax/ast';
import { expressionsIn } from '../../python/syntax/walk';
import type { Finding, Fix } from '../finding';
import type { PythonRule, RuleMeta } from '../rule';
import { finding, unsafeFix } from './support';
import { isTrainedThrough } from './trained-through';

const meta: RuleMeta = {
  code: 'GI304',
  name: 'where-unsafe',
  title: 'The branch that where() discards still sends NaN gradients back',
  severity: 'warning',
  subject: 'python',
  remedies: ['eps'],
  doc: {
    sees: '`torch.where(cond, f(x), other)` or `jnp.where` in which f is a logarithm, square root, reciprocal, arccosine or a division by x, while the condition tests that same x against a number: the discarded branch is evaluated where f has no finite slope. A clamp or eps inside f makes it safe. Only training loops, methods of modules and functions that compute a loss or a step are looked at.',
    why: 'where() multiplies the gradient of the branch not taken by 0, and 0 times infinity is NaN. The forward value looks right, the gradient of x is NaN.',
    reference: { title: 'PyTorch issue 23395', url: 'https://github.com/pytorch/pytorch/issues/23395' },
    whenWrong: 'Values that need no gradient: metrics, masks, code under no_grad.',
    example: `import torch

def loss(x):
    return torch.where(x > 0, torch.log(x), torch.zeros_like(x)).mean()
`,
    better: `import torch

def loss(x):
    return torch.where(x > 0, torch.log(torch.where(x > 0, x, 1.0)), torch.zeros_like(x)).mean()
`,
  },
};

const WHERE = /^(?:torch|jax\.numpy)\.where$/;
const SINGULAR =
  /^(?:torch|jax\.numpy|numpy)\.(?:log|log2|log10|sqrt|rsqrt|reciprocal|acos|asin|arccos|arcsin)$/;
const SINGULAR_METHOD = /^(?:log|log2|log10|sqrt|rsqrt|reciprocal|acos|asin)$/;

export const whereUnsafe: PythonRule = {
  meta,
  check: (facts) => facts.source.callsOfNamed(WHERE).flatMap(({ call }) => checkWhere(facts, call)),
};

function checkWhere(facts: PythonFacts, call: CallExpr): Finding[] {
  const [condition, first, second] = call.args;
  if (
    call.args.length !== 3 ||
    condition === undefined ||
    call.args.some((arg) => arg.star !== 0 || arg.name !== null)
  ) {
    return [];
  }
  const tested = testedNames(facts, condition.value);
  return [first, second].flatMap((branch) => {
    const inner = branch === undefined ? null : singularInput(facts, branch.value, tested);
    if (inner === null || !isTrainedThrough(facts, call)) {
      return [];
    }
    const text = facts.textOf(facts.rangeOf(inner.node));
    return [
      finding(meta, {
        message: `\`${text}\` is also evaluated where the condition does not hold; its infinite slope there turns the gradient of ${inner.name} into NaN.`,
        range: facts.rangeOf(inner.node),
        fixes: branch === first ? fixes(facts, call, condition.value, inner) : [],
      }),
    ];
  });
}

/** Names compared with a number in the condition: `x > 0`, `x != 0`. */
function testedNames(facts: PythonFacts, condition: Expr): ReadonlySet<string> {
  const names = new Set<string>();
  for (const expr of expressionsIn(condition)) {
    if (expr.kind === 'compare' && expr.operands.length === 2) {
      const [left, right] = expr.operands;
      if (left !== undefined && right !== undefined) {
        const isNumber = (one: Expr): boolean =>
          one.kind === 'number' || (one.kind === 'unary' && one.operand.kind === 'number');
        if (isNumber(right)) {
          names.add(facts.textOf(facts.rangeOf(left)));
        } else if (isNumber(left)) {
          names.add(facts.textOf(facts.rangeOf(right)));
        }
      }
    }
  }
  return names;
}

interface Singular {
  readonly node: Expr;
  readonly input: Expr;
  readonly name: string;
}

/** A function without a finite slope applied to one of the tested values, nothing in between. */
function singularInput(facts: PythonFacts, branch: Expr, tested: ReadonlySet<string>): Singular | null {
  for (const expr of expressionsIn(branch)) {
    let input: Expr | undefined;
    if (expr.kind === 'call') {
      const name = facts.nameOf(expr.func);
      if (name !== null && SINGULAR.test(name)) {
        input = expr.args[0]?.value;
      } else if (
        expr.func.kind === 'attribute' &&
        SINGULAR_METHOD.test(expr.func.attr) &&
        expr.args.length === 0
      ) {
        input = expr.func.object;
      }
    } else if (expr.kind === 'binary' && expr.op === '/') {
      input = expr.right;
    }
    const text = input === undefined ? '' : facts.textOf(facts.rangeOf(input));
    if (input !== undefined && tested.has(text) && (input.kind === 'name' || input.kind === 'attribute')) {
      return { node: expr, input, name: text };
    }
  }
  return null;
}

/** The double where: a safe input in the place of the dangerous one. */
function fixes(facts: PythonFacts, call: CallExpr, condition: Expr, inner: Singular): Fix[] {
  const where = facts.textOf(facts.rangeOf(call.func));
  const test = facts.textOf(facts.rangeOf(condition));
  const safe = `${where}(${test}, ${inner.name}, 1.0)`;
  return [
    unsafeFix(
      facts,
      'eps',
      'Give the discarded branch a harmless input',
      [replace(facts.rangeOf(inner.input), safe)],
      true,
    ),
  ];
}
