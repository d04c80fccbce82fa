import type { LoopEvent, PythonFacts, TrainingLoop } from '../../../python/facts';
import { callsOf } from '../calls';

/** What drives a training loop, and so knows how its gradients are clipped. */
export type Driver =
  | { readonly kind: 'torch' }
  /** `accelerator.backward(loss)`, `fabric.backward(loss)`: by the variable that holds it. */
  | { readonly kind: 'accelerate' | 'fabric'; readonly name: string }
  /** Manual optimisation in a LightningModule. */
  | { readonly kind: 'lightning' }
  /** The engine clips by its configuration. */
  | { readonly kind: 'deepspeed' };

/** Who takes the backward pass of a loop. */
export function driverOf(facts: PythonFacts, loop: TrainingLoop): Driver {
  const backward = loop.events.find((event) => event.kind === 'backward');
  const receiver = backward === undefined ? null : receiverOf(facts, backward);
  if (receiver === null) {
    return { kind: 'torch' };
  }
  const { line } = loop.range;
  const owner = facts.classes.find((one) => one.range.line <= line && line <= one.range.endLine);
  if (owner?.kind === 'lightning' && receiver === 'self') {
    return { kind: 'lightning' };
  }
  if (callsOf(facts, /^deepspeed\.initialize$/).length > 0) {
    return { kind: 'deepspeed' };
  }
  const type = constructorOf(facts, receiver);
  const word = receiver.replace(/^.*\./, '');
  if (/(?:^|\.)Accelerator$/.test(type) || (type === '' && /^accelerator$/i.test(word))) {
    return { kind: 'accelerate', name: receiver };
  }
  if (/(?:^|\.)Fabric$/.test(type) || (type === '' && /^fabric$/i.test(word))) {
    return { kind: 'fabric', name: receiver };
  }
  return { kind: 'torch' };
}

/** `accelerator` in `accelerator.backward(loss)`; null where the event happens in a helper. */
function receiverOf(facts: PythonFacts, event: LoopEvent): string | null {
  return event.helper === null
    ? (/^([\w.]+)\.(?:manual_)?backward\s*\(/.exec(facts.textOf(event.call))?.[1] ?? null)
    : null;
}

/** Canonical constructor of a variable that a call is assigned to; empty when there is none. */
function constructorOf(facts: PythonFacts, name: string): string {
  for (const { call, stmt } of facts.calls) {
    const target = stmt.kind === 'assign' && stmt.value === call ? stmt.targets[0] : undefined;
    if (target !== undefined && facts.textOf(facts.rangeOf(target)) === name) {
      return facts.nameOf(call.func) ?? '';
    }
  }
  return '';
}

/** The calls whose value a variable is given: `FSDP(...)` in `model = FSDP(model)`. */
export function isMadeBy(facts: PythonFacts, name: string, type: RegExp): boolean {
  return facts.calls.some(
    ({ call, stmt }) =>
      stmt.kind === 'assign' &&
      stmt.value === call &&
      stmt.targets.some((target) => facts.textOf(facts.rangeOf(target)) === name) &&
      type.test(facts.nameOf(call.func) ?? ''),
  );
}
