import type { LossFact } from './facts';
import { argumentFact } from './literals';
import { shortType } from './names';
import type { PythonSource } from './source';
import type { CallExpr } from './syntax/ast';

const LOSS_CLASS = /^torch\.nn\.\w*Loss$/;
const LOSS_FUNCTION =
  /^torch\.nn\.functional\.(?:cross_entropy|nll_loss|binary_cross_entropy(?:_with_logits)?|mse_loss|l1_loss|smooth_l1_loss|huber_loss|kl_div|\w+_loss)$/;

/** Loss objects with the calls they receive, and losses called as functions. */
export function collectLosses(source: PythonSource): LossFact[] {
  const out: LossFact[] = [];
  const made = new Map<CallExpr, { fact: LossFact; uses: LossFact['uses'][number][] }>();
  for (const { call, stmt } of source.allCalls()) {
    const type = source.nameOf(call.func);
    if (type !== null && LOSS_CLASS.test(type)) {
      const target = stmt.kind === 'assign' && stmt.value === call ? stmt.targets[0] : undefined;
      const uses: LossFact['uses'][number][] = [];
      const fact = {
        type: shortType(type),
        name: target === undefined ? null : source.source(target),
        call: source.range(call),
        uses,
      };
      made.set(call, { fact, uses });
      out.push(fact);
    } else if (type !== null && LOSS_FUNCTION.test(type)) {
      out.push({ type, name: null, call: source.range(call), uses: [useOf(source, call)] });
    }
  }
  for (const { call } of made.size === 0 ? [] : source.allCalls()) {
    const value = call.func.kind === 'call' ? call.func : source.valueOf(call.func);
    const loss = value?.kind === 'call' ? made.get(value) : undefined;
    if (loss !== undefined) {
      loss.uses.push(useOf(source, call));
    }
  }
  return out;
}

function useOf(source: PythonSource, call: CallExpr): LossFact['uses'][number] {
  const input = call.args.find((arg) => arg.name === 'input') ?? call.args[0];
  return {
    call: source.range(call),
    input: input === undefined || input.star !== 0 ? null : argumentFact(source, input),
  };
}
