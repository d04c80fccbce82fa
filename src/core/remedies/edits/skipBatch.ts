import type { PythonFacts } from '../../python/facts';
import type { Fix } from '../../rules/finding';
import type { TextEdit } from '../../text';
import type { RemedyTarget } from '../remedy';
import { parametersOf } from './clip/loop';
import { spell } from './names';
import { fixOf, insertBefore, prependTo } from './place';
import { freeName, quoted } from './style';

/** A norm this many times the usual one comes from a bad batch, not from learning. */
const ABSURD = 100;

/** Takes the optimizer's step only when the gradient is finite and of a size the run has seen. */
export function skipBadBatches(facts: PythonFacts, target: RemedyTarget): readonly Fix[] {
  return facts.loops.flatMap((loop) => {
    const steps = loop.events.filter((event) => event.kind === 'step');
    const [step] = steps;
    const clips = loop.events.some((event) => event.kind === 'clip');
    if (step === undefined || steps.length > 1 || clips || step.helper !== null || step.scaled) {
      return [];
    }
    const text = facts.textOf(step.statement.range);
    const clip = spell(facts, 'torch.nn.utils.clip_grad_norm_');
    const finite = spell(facts, 'torch.isfinite');
    if (clip === null || finite === null || text.includes('\n') || !step.statement.ownLines) {
      return [];
    }
    const norm = freeName(facts, ['total_norm', 'gradient_norm']);
    const usual = target.usualNorm;
    const bounded = usual !== undefined && usual > 0 && Number.isFinite(usual * ABSURD);
    const test = bounded ? `${norm} < ${Number((usual * ABSURD).toPrecision(1))}` : `${finite.name}(${norm})`;
    const measure = `${norm} = ${clip.name}(${parametersOf(facts, loop, step)}, float(${quoted(facts, 'inf')}))`;
    const edits: (TextEdit | null)[] = [
      ...clip.edits,
      insertBefore(facts, step.statement, [measure, `if ${test}:`]),
      prependTo(step.statement.range, facts.indentUnit),
    ];
    return fixOf(facts, 'skip-bad-batch', 'Skip steps with a broken gradient', 'unsafe', edits);
  });
}
