import type { PythonFacts } from '../../python/facts';
import type { LossUse, ReachingActivation } from '../../python/outputs';
import type { Finding, Fix } from '../finding';
import type { RuleMeta } from '../rule';
import { finding, place } from './support';

/** An activation that a loss must not be given, and what is said of it. */
export interface WrongInput {
  readonly meta: RuleMeta;
  /** Qualified names of the losses concerned. */
  readonly loss: RegExp;
  readonly activation: ReachingActivation['activation'];
  readonly message: string;
  readonly fixes: (owner: PythonFacts, found: ReachingActivation) => Fix[];
}

/**
 * The finding where an activation reaches a loss that must not have it. An error where both are seen on one way; a warning where
 * the model ends in it and the loss is elsewhere.
 *
 * @param owner the file that applies or registers the activation; the loss may be in another.
 */
export function activationIntoLoss(
  wrong: WrongInput,
  use: LossUse,
  owner: PythonFacts,
  found: ReachingActivation,
): Finding[] {
  if (!wrong.loss.test(use.loss) || found.activation !== wrong.activation) {
    return [];
  }
  const seen = found.via === 'direct' || found.via === 'variable';
  const name = `The ${wrong.activation} that the model ends in`;
  return [
    finding(wrong.meta, {
      severity: seen ? 'error' : 'warning',
      message: wrong.message,
      range: seen ? found.range : found.input,
      related: seen ? [] : [place(owner, found.range, name)],
      fixes: wrong.fixes(owner, found),
    }),
  ];
}
