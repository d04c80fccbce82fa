import type { PythonFacts } from './facts';
import { activationInto, type LossUse, lossUses, type ReachingActivation } from './outputs';
import type { CallExpr, Expr } from './syntax/ast';

/** A squared or absolute error of probabilities against one-hot classes. */
export interface SquaredClasses {
  readonly use: LossUse;
  readonly activation: ReachingActivation;
  /** The one-hot call, and what it is made of. */
  readonly oneHot: CallExpr;
  readonly classes: Expr;
}

const SQUARES = /(?:MSELoss|mse_loss|L1Loss|l1_loss|SmoothL1Loss|smooth_l1_loss)$/;
const ONE_HOT = /(?:^|\.)one_hot$/;
const KEEPS = /^(?:float|to|double|half|type)$/;

/** Losses on numbers that compare a sigmoid or softmax with one-hot classes, in the call itself or through one name. */
export function squaredClasses(facts: PythonFacts): readonly SquaredClasses[] {
  if (!facts.source.mentions(/\bone_hot\(/)) {
    return [];
  }
  return lossUses(facts).flatMap((use) => {
    const target = SQUARES.test(use.loss) ? use.call.args[1]?.value : undefined;
    const oneHot = target === undefined ? null : oneHotOf(facts, target);
    const [first] = oneHot?.args ?? [];
    const activation = oneHot === null ? null : activationInto(facts, use);
    return oneHot === null ||
      first === undefined ||
      activation === null ||
      !/^(?:sigmoid|softmax)$/.test(activation.activation)
      ? []
      : [{ use, activation, oneHot, classes: first.value }];
  });
}

function oneHotOf(facts: PythonFacts, expr: Expr): CallExpr | null {
  let at: Expr | null = expr.kind === 'name' ? facts.valueOf(expr) : expr;
  while (
    at?.kind === 'call' &&
    at.func.kind === 'attribute' &&
    KEEPS.test(at.func.attr) &&
    !isOneHot(facts, at)
  ) {
    at = at.func.object;
  }
  return at?.kind === 'call' && isOneHot(facts, at) ? at : null;
}

function isOneHot(facts: PythonFacts, call: CallExpr): boolean {
  return ONE_HOT.test(facts.nameOf(call.func) ?? '');
}
