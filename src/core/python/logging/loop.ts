import { driverOf } from '../../remedies/edits/clip/driver';
import { spell } from '../../remedies/edits/names';
import { insertAfter, insertBefore } from '../../remedies/edits/place';
import { isVisible } from '../../remedies/edits/scope';
import { quoted } from '../../remedies/edits/style';
import type { LoopEvent, PythonFacts, TrainingLoop } from '../facts';
import { counterOf } from './counter';
import { EVERY, LOGGING_FILE, LOGGING_MARKER, type LoggingEdit } from './edit';

/** A function after the imports and one call in the loop. */
export function logInLoop(facts: PythonFacts, loop: TrainingLoop): LoggingEdit {
  const place = loggingPlace(loop);
  const imports = facts.imports.last;
  if (place === null || imports === null) {
    return { why: 'The optimizer steps where backward() cannot be seen.' };
  }
  const { line } = place.event.statement.range;
  const model = modelAt(facts, loop, line);
  const stack = spell(facts, 'torch.stack');
  if (model === null || stack === null) {
    return { why: 'The model whose parameters the optimizer updates cannot be named at the step.' };
  }
  const step = counterOf(facts, loop);
  const loss = lossAt(facts, loop, line);
  const scale = place.scaler === null ? null : `${place.scaler}.get_scale()`;
  const given = [
    model,
    ...(step === null ? [] : [`step=${step}`]),
    ...(loss === null ? [] : [`loss=${loss}`]),
    ...(scale === null ? [] : [`scale=${scale}`]),
  ];
  const driver = driverOf(facts, loop);
  const accelerator = driver.kind === 'accelerate' ? driver.name : null;
  const lines =
    accelerator === null
      ? [`log_gradients(${given.join(', ')})  ${LOGGING_MARKER}`]
      : [
          `if ${accelerator}.sync_gradients and ${accelerator}.is_main_process:  ${LOGGING_MARKER}`,
          `${facts.indentUnit}log_gradients(${given.join(', ')})`,
        ];
  const insertion = insertBefore(facts, place.event.statement, lines);
  const definition = insertAfter(facts, imports, [
    ...(facts.imports.bindings.get('json') === 'json' ? [] : ['import json']),
    '',
    '',
    ...helper(facts, stack.name),
  ]);
  return insertion === null || definition === null
    ? { why: 'The step shares its line with other statements.' }
    : { title: `Log gradient norms to ${LOGGING_FILE}`, edits: [...stack.edits, definition, insertion] };
}

/** The event before which gradients are complete, unscaled and not yet clipped. */
function loggingPlace(
  loop: TrainingLoop,
): { readonly event: LoopEvent; readonly scaler: string | null } | null {
  const { events } = loop;
  const step = events.findIndex(
    (event, at) => event.kind === 'step' && events.slice(0, at).some((one) => one.kind === 'backward'),
  );
  const stepEvent = events[step];
  if (stepEvent === undefined) {
    return null;
  }
  let backward = step;
  while (backward > 0 && events[backward]?.kind !== 'backward') {
    backward--;
  }
  const between = events.slice(backward + 1, step);
  const unscaled = between.findIndex((event) => event.kind === 'unscale');
  const clip = between.slice(unscaled + 1).find((event) => event.kind === 'clip');
  return { event: clip ?? stepEvent, scaler: stepEvent.scaled && unscaled < 0 ? stepEvent.scaler : null };
}

function modelAt(facts: PythonFacts, loop: TrainingLoop, line: number): string | null {
  const known = [
    loop.model,
    ...facts.optimizers.map((one) => one.model),
    ...facts.models.map((one) => one.name),
  ];
  const names = known.filter((name) => name !== null);
  // `optimizer = Adam(model.parameters())` in a constructor that also keeps `self.model`.
  const kept = names.map((name) => `self.${name}`).filter((name) => facts.text.includes(name));
  return [...names, ...kept].find((name) => isVisible(facts, name, line)) ?? null;
}

function lossAt(facts: PythonFacts, loop: TrainingLoop, line: number): string | null {
  const subject = loop.events.find((event) => event.kind === 'backward')?.subject ?? '';
  return /^[A-Za-z_][\w.]*$/.test(subject) && isVisible(facts, subject, line) ? subject : null;
}

/** The function that writes one record every few steps. */
function helper(facts: PythonFacts, stack: string): readonly string[] {
  const unit = facts.indentUnit;
  const q = (text: string) => quoted(facts, text);
  return [
    `def log_gradients(model, step=None, loss=None, scale=1.0, every=${EVERY}, path=${q(LOGGING_FILE)}):  ${LOGGING_MARKER}`,
    `${unit}"""Append gradient norms, unscaled and before clipping, as one JSON object a line."""`,
    `${unit}log_gradients.calls = getattr(log_gradients, ${q('calls')}, -1) + 1`,
    `${unit}step = log_gradients.calls if step is None else int(step)`,
    `${unit}if log_gradients.calls % every:`,
    `${unit}${unit}return`,
    `${unit}grads = {name: p.grad for name, p in model.named_parameters() if p.grad is not None}`,
    `${unit}if not grads:`,
    `${unit}${unit}return`,
    `${unit}norms = (${stack}([g.detach().float().norm() for g in grads.values()]) / scale).tolist()`,
    `${unit}record = {${q('step')}: step, ${q('grad_norm')}: sum(n * n for n in norms) ** 0.5}`,
    `${unit}if loss is not None:`,
    `${unit}${unit}record[${q('loss')}] = float(loss)`,
    `${unit}record.update((${q('grad_norm/')} + name, norm) for name, norm in zip(grads, norms))`,
    `${unit}with open(path, ${q('a')}) as log:`,
    `${unit}${unit}log.write(json.dumps(record) + "\\n")`,
  ];
}
