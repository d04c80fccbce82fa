import type { Branch, LoopEvent, PythonFacts, TrainingLoop } from '../../python/facts';
import { ofKind } from './support';

/** Do the libraries of a file accumulate gradients themselves, and decide when a step counts? */
export function managesAccumulation(facts: PythonFacts): boolean {
  const wrapped = ['accelerate', 'lightning', 'deepspeed'] as const;
  return wrapped.some((name) => facts.frameworks.includes(name));
}

/** The step of a loop that runs backward in every pass and steps in every n-th; null for any other loop. */
export function accumulatingStep(loop: TrainingLoop): { step: LoopEvent; guard: Branch } | null {
  const backwards = ofKind(loop, 'backward');
  const steps = ofKind(loop, 'step');
  const [step] = steps;
  const guard = step?.branches.find(isEveryNth);
  const everyPass = backwards.length > 0 && backwards.every((event) => event.branches.length === 0);
  return step === undefined || steps.length > 1 || guard === undefined || !everyPass ? null : { step, guard };
}

/** `(i + 1) % n == 0`. */
export function isEveryNth(branch: Branch): boolean {
  return branch.kind === 'then' && /%[^=%]*==/.test(branch.test);
}

/** `n` in `(i + 1) % n == 0`: a name, an attribute or a number; null for anything else. */
export function microBatches(guard: Branch): string | null {
  return /%\s*([A-Za-z_][\w.]*|\d+)\s*==/.exec(guard.test)?.[1] ?? null;
}

/**
 * The step of a loop that runs backward in an inner loop over micro-batches, by its name or its count's, and steps after
 * it; null for any other loop.
 */
export function stepAfterInner(loop: TrainingLoop): { step: LoopEvent; count: string } | null {
  const [backward, another] = ofKind(loop, 'backward');
  const [step, second] = ofKind(loop, 'step');
  const [inner, deeper] = backward?.branches ?? [];
  if (step === undefined || second !== undefined || another !== undefined || step.branches.length > 0) {
    return null;
  }
  const count =
    inner?.kind === 'loop' && deeper === undefined
      ? /^range\(\s*([A-Za-z_][\w.]*)\s*\)$/.exec(inner.test)?.[1]
      : undefined;
  return count !== undefined && /accum|micro/i.test(count) ? { step, count } : null;
}
