import type { PythonFacts } from './facts';
import { lastValue } from './lastValue';
import { lossUses } from './outputs';
import type { Expr, Stmt, UnaryExpr } from './syntax/ast';

/** Losses whose least value is what training is after, as torch names them. */
const MINIMISED =
  /(?:CrossEntropyLoss|cross_entropy|BCELoss|BCEWithLogitsLoss|with_logits|NLLLoss|nll_loss|MSELoss|mse_loss|L1Loss|l1_loss|HuberLoss|huber_loss)$/;
/** The sign is on purpose: an attack, unlearning, a schedule of the sign, or an optimizer that climbs. */
const ON_PURPOSE =
  /advers|attack|unlearn|ascent|maximi[sz]e|revers|perturb|discrimin|generator\.\w|class\s{1,4}generator|critic|\bw?gan\b|\bfgsm|\bpgd/i;
/** Steps back from what `backward()` is called on to the loss. */
const MOST_STEPS = 12;

/** A loss that is turned round before `backward()`. */
export interface NegatedLoss {
  /** The minus and what it stands before. */
  readonly minus: UnaryExpr;
  /** Canonical name of the loss; `square` for a square or absolute value written out; the variable's in `(-loss).backward()`. */
  readonly loss: string;
}

/** Minus signs before a known loss that the optimizers of the file then minimise: they climb. */
export function negatedLosses(facts: PythonFacts): readonly NegatedLoss[] {
  const { optimizers } = facts;
  if (
    optimizers.length === 0 ||
    !optimizers.every(({ ownsModules }) => ownsModules) ||
    facts.source.mentions(ON_PURPOSE)
  ) {
    return [];
  }
  const found = new Map<number, NegatedLoss>();
  for (const { call, stmt } of facts.calls) {
    if (call.func.kind === 'attribute' && call.func.attr === 'backward') {
      const negated = negatedIn(facts, call.func.object, stmt);
      if (negated !== null) {
        found.set(negated.minus.start, negated);
      }
    }
  }
  return [...found.values()];
}

function negatedIn(facts: PythonFacts, given: Expr, before: Stmt): NegatedLoss | null {
  // What is called a loss and is turned round in the very call that it is given to.
  if (
    given.kind === 'unary' &&
    given.op === '-' &&
    given.operand.kind === 'name' &&
    /loss/i.test(given.operand.id)
  ) {
    return { minus: given, loss: given.operand.id };
  }
  let at: Expr = given;
  const signs: UnaryExpr[] = [];
  for (let step = 0; step < MOST_STEPS; step++) {
    if (at.kind === 'unary' && at.op === '-') {
      signs.push(at);
      at = at.operand;
    } else if (at.kind === 'name') {
      const value = lastValue(facts, at.id, before);
      if (value === null || (value.kind === 'name' && value.id === at.id)) {
        return null;
      }
      at = value;
    } else if (at.kind === 'binary' && (at.op === '*' || at.op === '/') && isPositive(at.right)) {
      at = at.left;
    } else if (at.kind === 'binary' && at.op === '*' && isPositive(at.left)) {
      at = at.right;
    } else if (at.kind === 'call' && at.func.kind === 'attribute' && /^(?:mean|sum)$/.test(at.func.attr)) {
      at = at.func.object;
    } else {
      break;
    }
  }
  const [minus, second] = signs;
  const loss = minus === undefined || second !== undefined ? null : lossAt(facts, at);
  return minus === undefined || loss === null ? null : { minus, loss };
}

function isPositive(expr: Expr): boolean {
  return expr.kind === 'number' && expr.value > 0;
}

function lossAt(facts: PythonFacts, at: Expr): string | null {
  if (at.kind === 'binary' && at.op === '**' && at.right.kind === 'number' && at.right.value === 2) {
    return 'square';
  }
  if (at.kind !== 'call') {
    return null;
  }
  const { func, args } = at;
  const [power] = args;
  if (
    func.kind === 'attribute' &&
    (/^(?:square|abs)$/.test(func.attr) ||
      (func.attr === 'pow' && power?.value.kind === 'number' && power.value.value === 2))
  ) {
    return 'square';
  }
  const use = lossUses(facts).find(({ call }) => call.start === at.start && call.end === at.end);
  return use !== undefined && MINIMISED.test(use.loss) ? use.loss : null;
}
