import { replace } from '../../python/edits';
import type { PythonFacts } from '../../python/facts';
import { isSumOfSquares } from '../../python/squares';
import type { Expr } from '../../python/syntax/ast';
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
    sees: '`torch.sqrt((x ** 2).sum())`, `x.pow(2).sum().sqrt()`, `squared ** 0.5` of a variable that holds such a sum, a squared distance by the scalar product (`aa + bb - 2 * a @ b.T`, also cut off at zero) and the like with nothing added inside the root, in a training loop, a method of a module or a function that computes a loss or a step.',
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
    roots(facts).flatMap(({ whole, input, isMethod }) => {
      if (!isSumOfSquares(facts, input) || !isTrainedThrough(facts, whole)) {
        return [];
      }
      const range = facts.rangeOf(input);
      const text = facts.textOf(range);
      const safe = isMethod ? `(${text} + 1e-12)` : `${text} + 1e-12`;
      return [
        finding(meta, {
          message:
            'Where this sum is 0 the gradient of its root is NaN: add a small constant inside the root, or use a norm.',
          range: facts.rangeOf(whole),
          fixes: [
            unsafeFix(facts, 'eps', 'Add a small constant inside the root', [replace(range, safe)], true),
          ],
        }),
      ];
    }),
};

interface Root {
  readonly whole: Expr;
  /** What the root is taken of. */
  readonly input: Expr;
  /** It binds tighter than a sum: `x.sqrt()`, `x ** 0.5`. */
  readonly isMethod: boolean;
}

/** `torch.sqrt(x)`, `x.sqrt()`, `x ** 0.5`, `x.pow(0.5)`, `torch.pow(x, 0.5)`. */
function roots(facts: PythonFacts): readonly Root[] {
  const powers = facts.source
    .binaries('**')
    .flatMap((whole) => (isHalf(whole.right) ? [{ whole, input: whole.left, isMethod: true }] : []));
  const called = (facts.source.mentions(/sqrt|pow/) ? facts.calls : []).flatMap(({ call }) => {
    const name = facts.nameOf(call.func);
    const [first, second] = call.args;
    if (name === 'torch.sqrt' || (name === 'torch.pow' && isHalf(second?.value))) {
      return first === undefined ? [] : [{ whole: call, input: first.value, isMethod: false }];
    }
    const { func } = call;
    const isRoot =
      func.kind === 'attribute' &&
      !name?.startsWith('torch.') &&
      ((func.attr === 'sqrt' && first === undefined) || (func.attr === 'pow' && isHalf(first?.value)));
    return isRoot ? [{ whole: call, input: func.object, isMethod: true }] : [];
  });
  return [...called, ...powers];
}

function isHalf(expr: Expr | undefined): boolean {
  return expr?.kind === 'number' && expr.value === 0.5;
}
