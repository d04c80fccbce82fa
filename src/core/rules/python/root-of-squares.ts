import { replace } from '../../python/edits';
import type { PythonFacts } from '../../python/facts';
import type { CallExpr, Expr } from '../../python/syntax/ast';
import type { PythonRule, RuleMeta } from '../rule';
import { finding, unsafeFix } from './support';
import { isTrainedThrough } from './trained-through';

const meta: RuleMeta = {
  code: 'GI306',
  name: 'root-of-squares',
  title: 'A square root of a sum of squares has no gradient at zero',
  severity: 'hint',
  subject: 'python',
  remedies: ['eps'],
  doc: {
    sees: '`torch.sqrt((x ** 2).sum())`, `x.pow(2).sum().sqrt()` and the like with nothing added inside the root, in a training loop, a method of a module or a function that computes a loss or a step.',
    why: 'At zero the slope of the root is infinite and the inner one zero: their product is NaN. Two equal points in a distance are enough. `x.norm()` is safe there, and so is a small constant inside the root; one outside does not help.',
    reference: { title: 'PyTorch issue 2421', url: 'https://github.com/pytorch/pytorch/issues/2421' },
    whenWrong: 'When the sum can never be zero, or no gradient flows through it.',
    example: `import torch

def distance_loss(a, b):
    return torch.sqrt(((a - b) ** 2).sum(dim=1)).mean()
`,
    better: `import torch

def distance_loss(a, b):
    return torch.sqrt(((a - b) ** 2).sum(dim=1) + 1e-12).mean()
`,
  },
};

export const rootOfSquares: PythonRule = {
  meta,
  check: (facts) =>
    (facts.source.mentions(/sqrt/) ? facts.calls : []).flatMap(({ call }) => {
      const input = rooted(facts, call);
      if (input === null || !isSumOfSquares(facts, input) || !isTrainedThrough(facts, call)) {
        return [];
      }
      const range = facts.rangeOf(input);
      const text = facts.textOf(range);
      const isMethod = facts.nameOf(call.func) !== 'torch.sqrt';
      const safe = isMethod ? `(${text} + 1e-12)` : `${text} + 1e-12`;
      return [
        finding(meta, {
          message:
            'Where this sum is 0 the gradient of its root is NaN: add a small constant inside the root, or use a norm.',
          range: facts.rangeOf(call),
          fixes: [
            unsafeFix(facts, 'eps', 'Add a small constant inside the root', [replace(range, safe)], true),
          ],
        }),
      ];
    }),
};

/** x of `torch.sqrt(x)` or `x.sqrt()`. */
function rooted(facts: PythonFacts, call: CallExpr): Expr | null {
  const name = facts.nameOf(call.func);
  if (name === 'torch.sqrt') {
    return call.args[0]?.value ?? null;
  }
  const isMethod = call.func.kind === 'attribute' && call.func.attr === 'sqrt' && call.args.length === 0;
  return isMethod && call.func.kind === 'attribute' && !name?.includes('.') ? call.func.object : null;
}

/** `(x ** 2).sum(...)`, `x.pow(2).sum(...)`, `torch.sum(x ** 2, ...)`; means are left alone, being averages over many. */
function isSumOfSquares(facts: PythonFacts, expr: Expr): boolean {
  if (expr.kind !== 'call') {
    return false;
  }
  if (facts.nameOf(expr.func) === 'torch.sum') {
    return expr.args[0] !== undefined && isSquare(facts, expr.args[0].value);
  }
  return expr.func.kind === 'attribute' && expr.func.attr === 'sum' && isSquare(facts, expr.func.object);
}

function isSquare(facts: PythonFacts, expr: Expr): boolean {
  const isTwo = (one: Expr | undefined): boolean => one?.kind === 'number' && one.value === 2;
  if (expr.kind === 'binary') {
    const text = (one: Expr): string => facts.textOf(facts.rangeOf(one));
    return (
      (expr.op === '**' && isTwo(expr.right)) || (expr.op === '*' && text(expr.left) === text(expr.right))
    );
  }
  if (expr.kind !== 'call') {
    return false;
  }
  const name = facts.nameOf(expr.func);
  if (name === 'torch.pow' || name === 'torch.square') {
    return name === 'torch.square' || isTwo(expr.args[1]?.value);
  }
  const method = expr.func.kind === 'attribute' ? expr.func.attr : '';
  return method === 'square' || (method === 'pow' && isTwo(expr.args[0]?.value));
}
