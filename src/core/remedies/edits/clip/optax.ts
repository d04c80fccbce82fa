import type { PythonFacts } from '../../../python/facts';
import type { CallExpr } from '../../../python/syntax/ast';
import type { Fix } from '../../../rules/finding';
import { callsOf } from '../calls';
import { spell } from '../names';
import { appendTo, fixOf, prependTo, replace } from '../place';
import type { Bound } from './bound';

const CLIP = /^optax\.(?:clip|clip_by_global_norm|clip_by_block_rms|adaptive_grad_clip)$/;
const CHAIN = /^optax\.chain$/;

/**
 * Puts `optax.clip_by_global_norm` first in the chain of an Optax optimizer: what stands after the optimizer would
 * clip its updates and not the gradients.
 */
export function clipOptax(facts: PythonFacts, bound: Bound): readonly Fix[] {
  if (!facts.frameworks.includes('optax')) {
    return [];
  }
  const [optimizer, another] = facts.optimizers.filter(({ type }) => type.startsWith('optax.'));
  if (optimizer === undefined || another !== undefined) {
    return []; // several transformations are clipped each by its own norm: not the whole gradient's
  }
  const clip = spell(facts, 'optax.clip_by_global_norm');
  const chain = spell(facts, 'optax.chain');
  const title = `Clip the gradient norm at ${bound.text} before the optimizer`;
  if (clip === null || chain === null) {
    return [];
  }
  const clips = callsOf(facts, CLIP);
  if (clips.length > 0) {
    return rebound(facts, clips, bound);
  }
  const first = `${clip.name}(${bound.text})`;
  const call = facts.calls.find(
    (one) => sameStart(facts, one.call, optimizer.call) && facts.nameOf(one.call.func) === optimizer.type,
  )?.call;
  if (call === undefined) {
    return [];
  }
  const outer = callsOf(facts, CHAIN).find((one) => one.start < call.start && call.end <= one.end);
  const argument = outer?.args[0];
  return argument !== undefined
    ? fixOf(facts, 'clip-grad-norm', title, 'unsafe', [prependTo(facts.rangeOf(argument), `${first}, `)])
    : fixOf(facts, 'clip-grad-norm', title, 'unsafe', [
        prependTo(facts.rangeOf(call), `${chain.name}(${first}, `),
        appendTo(facts.rangeOf(call), ')'),
      ]);
}

/** A person's own bound takes the place of the number that is there. */
function rebound(facts: PythonFacts, clips: readonly CallExpr[], bound: Bound): readonly Fix[] {
  const [clip] = clips;
  const value = clip?.args[0]?.value;
  const isOther =
    bound.isChosen && clips.length === 1 && value?.kind === 'number' && value.value !== Number(bound.text);
  const isNorm = clip !== undefined && facts.nameOf(clip.func) === 'optax.clip_by_global_norm';
  return isOther && isNorm
    ? fixOf(facts, 'clip-grad-norm', `Clip the gradient norm at ${bound.text}`, 'unsafe', [
        replace(facts.rangeOf(value), bound.text),
      ])
    : [];
}

function sameStart(facts: PythonFacts, call: CallExpr, range: { line: number; column: number }): boolean {
  const at = facts.rangeOf(call);
  return at.line === range.line && at.column === range.column;
}
