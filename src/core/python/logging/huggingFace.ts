import { spell } from '../../remedies/edits/names';
import { insertAfter } from '../../remedies/edits/place';
import { quoted } from '../../remedies/edits/style';
import type { PythonFacts, StatementFact } from '../facts';
import { EVERY, LOGGING_FILE, LOGGING_MARKER, type LoggingEdit } from './edit';

export interface TrainerPlace {
  readonly name: string;
  readonly statement: StatementFact;
}

/** `trainer = Trainer(...)` of transformers. */
export function huggingFaceTrainer(facts: PythonFacts): TrainerPlace | null {
  for (const stmt of facts.source.statements()) {
    const value = stmt.kind === 'assign' ? stmt.value : null;
    if (stmt.kind === 'assign' && value?.kind === 'call') {
      const callee = facts.nameOf(value.func) ?? '';
      const target = stmt.targets[0];
      if (/^(?:transformers|trl)\.(?:\w+\.)*\w*Trainer$/.test(callee) && target !== undefined) {
        return { name: facts.textOf(facts.rangeOf(target)), statement: facts.statementOf(stmt) };
      }
    }
  }
  return null;
}

/** A callback: the Trainer logs the whole norm itself, before clipping; per layer the values are after it. */
export function logWithCallback(facts: PythonFacts, trainer: TrainerPlace): LoggingEdit {
  const { last } = facts.imports;
  const stack = spell(facts, 'torch.stack');
  if (last === null || stack === null) {
    return { why: 'There is no import to add the callback after.' };
  }
  const unit = facts.indentUnit;
  const q = (text: string) => quoted(facts, text);
  const known = facts.imports.bindings.get('TrainerCallback') === 'transformers.TrainerCallback';
  const definition = insertAfter(facts, last, [
    ...(facts.imports.bindings.get('json') === 'json' ? [] : ['import json']),
    ...(known ? [] : ['from transformers import TrainerCallback']),
    '',
    '',
    `class GradientLogger(TrainerCallback):  ${LOGGING_MARKER}`,
    `${unit}"""Appends gradient norms per parameter, after clipping, as one JSON object a line."""`,
    '',
    `${unit}def on_pre_optimizer_step(self, args, state, control, model=None, **kwargs):`,
    `${unit}${unit}if not state.is_world_process_zero or state.global_step % ${EVERY}:`,
    `${unit}${unit}${unit}return`,
    `${unit}${unit}grads = {name: p.grad for name, p in model.named_parameters() if p.grad is not None}`,
    `${unit}${unit}if not grads:`,
    `${unit}${unit}${unit}return`,
    `${unit}${unit}norms = ${stack.name}([g.detach().float().norm() for g in grads.values()]).tolist()`,
    `${unit}${unit}record = {${q('step')}: state.global_step, ${q('clipped')}: bool(args.max_grad_norm)}`,
    `${unit}${unit}record.update((${q('grad_norm/')} + name, norm) for name, norm in zip(grads, norms))`,
    `${unit}${unit}with open(${q(LOGGING_FILE)}, ${q('a')}) as log:`,
    `${unit}${unit}${unit}log.write(json.dumps(record) + "\\n")`,
  ]);
  const added = insertAfter(facts, trainer.statement, [`${trainer.name}.add_callback(GradientLogger())`]);
  return definition === null || added === null
    ? { why: 'The trainer shares its line with other statements.' }
    : {
        title: `Log gradient norms per parameter to ${LOGGING_FILE}`,
        edits: [...stack.edits, definition, added],
      };
}
