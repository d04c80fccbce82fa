import type { PythonFacts } from '../../python/facts';
import type { CallExpr, Expr } from '../../python/syntax/ast';
import { type UnguardedDivisor, unguardedDivisors } from '../../remedies/edits/divisors';
import { eps } from '../../remedies/eps';
import type { PythonRule, RuleMeta } from '../rule';
import { finding } from './support';

const meta: RuleMeta = {
  code: 'GI310',
  name: 'unguarded-divisor',
  title: 'A divisor that constant or masked data make zero',
  severity: 'hint',
  subject: 'python',
  remedies: ['eps'],
  doc: {
    sees: 'A division by `x.sum(...)`, `x.std(...)`, `x.norm(...)` or by the difference of a maximum and a minimum, itself or through one variable, or by the root of a variance, with nothing added, no clamp and no entries put right afterwards: in a training loop, a method of a module or what these call, and wherever data are centred and divided, column by column. Sums of exponentials are left out.',
    why: 'A sensor that never changes has a standard deviation of 0, a set whose mask is empty a sum of 0: the quotient is NaN, and one of them in a batch ruins all weights.',
    reference: {
      title: 'PyTorch, torch.std',
      url: 'https://docs.pytorch.org/docs/stable/generated/torch.std.html',
    },
    whenWrong: 'Data that are known to vary, and masks that are never empty.',
    example: `import torch
import torch.nn as nn

class Pool(nn.Module):
    def forward(self, x, mask):
        return (x * mask).sum(1) / mask.sum(1, keepdim=True)
`,
    better: `import torch
import torch.nn as nn

class Pool(nn.Module):
    def forward(self, x, mask):
        return (x * mask).sum(1) / mask.sum(1, keepdim=True).clamp(min=1)
`,
  },
};

/** Functions that prepare data, by their names. */
const PREPARES = /standardi[sz]e|normali[sz]e|z_?score|whiten|preprocess|scale/i;

/** In a file that trains, a method of a module, or a function that prepares data: a library's helpers have callers who know their input. */
function isTraining(facts: PythonFacts, divisor: Expr): boolean {
  const scope = facts.scopeOf(divisor) ?? '';
  const [owner = ''] = scope.split('.');
  const isModule = facts.classes.some(({ name, kind }) => name === owner && kind !== 'other');
  return facts.loops.length > 0 || isModule || PREPARES.test(scope);
}

/** `x.std()`, `np.std(x)`, `torch.std(x)`. */
function hasNoAxis(facts: PythonFacts, { func, args }: CallExpr): boolean {
  const isFunction = /^(?:torch|numpy)\./.test(facts.nameOf(func) ?? '');
  return args.length === (isFunction ? 1 : 0);
}

/** `x.std()` of all data at once, where data are prepared: zero only where all of them are the same number. */
function isOfAllData(facts: PythonFacts, { divisor, prepares }: UnguardedDivisor): boolean {
  const made = divisor.kind === 'name' ? facts.valueOf(divisor) : divisor;
  return prepares && made?.kind === 'call' && hasNoAxis(facts, made);
}

export const unguardedDivisor: PythonRule = {
  meta,
  check: (facts) =>
    unguardedDivisors(facts)
      .filter((one) => isTraining(facts, one.divisor) && !isOfAllData(facts, one))
      .map(({ divisor, what }) => {
        const range = facts.rangeOf(divisor);
        return finding(meta, {
          message: `${what.charAt(0).toUpperCase()}${what.slice(1)}.`,
          range,
          fixes: eps.fixes?.(facts, { parameters: [], line: range.line }) ?? [],
        });
      }),
};
