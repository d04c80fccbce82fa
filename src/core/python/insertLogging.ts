import { spell } from '../remedies/edits/names';
import { insertAfter, insertBefore } from '../remedies/edits/place';
import { isVisible } from '../remedies/edits/scope';
import { quoted } from '../remedies/edits/style';
import type { TextEdit } from '../text';
import type { ClassFact, LoopEvent, PythonFacts, StatementFact, TrainingLoop } from './facts';
import type { Expr, Stmt } from './syntax/ast';
import { statementsIn } from './syntax/walk';

/** What *Insert Gradient Logging* does to a file, or why it cannot. */
export type LoggingEdit =
  | { readonly title: string; readonly edits: readonly TextEdit[] }
  | { readonly why: string };

/** Stands beside everything that was inserted, so that it is found again and never inserted twice. */
export const LOGGING_MARKER = '# gradient-inspector: gradient logging';
/** File that the snippets append to. */
export const LOGGING_FILE = 'gradients.jsonl';
/** Steps between two records: frequent enough to see a spike's build-up, at a cost below a percent of a step. */
const EVERY = 10;

/**
 * The edits that make a training program write gradient norms: one JSON object a line, per parameter and for the whole
 * model, measured after `backward` (and unscaled) and before clipping.
 */
export function insertGradientLogging(facts: PythonFacts): LoggingEdit {
  if (facts.text.includes(LOGGING_MARKER)) {
    return { why: 'Gradient logging is already in this file.' };
  }
  const lightning = facts.classes.find((one) => one.kind === 'lightning');
  if (lightning !== undefined && !isManual(facts, lightning)) {
    return logInLightning(facts, lightning);
  }
  const loop = facts.loops.find((one) =>
    one.events.some((event) => event.kind === 'step' && event.helper === null),
  );
  if (loop !== undefined) {
    return logInLoop(facts, loop);
  }
  const trainer = huggingFaceTrainer(facts);
  if (trainer !== null) {
    return logWithCallback(facts, trainer);
  }
  return { why: 'No training loop with backward() and an optimizer step was found in this file.' };
}

function isManual(facts: PythonFacts, owner: ClassFact): boolean {
  return /automatic_optimization\s*=\s*False/.test(facts.textOf(owner.range));
}

/** A function after the imports and one call in the loop. */
function logInLoop(facts: PythonFacts, loop: TrainingLoop): LoggingEdit {
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
  const accelerator = acceleratorOf(loop);
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

function acceleratorOf(loop: TrainingLoop): string | null {
  return (
    loop.events.find(
      (event) => event.kind === 'backward' && /^(?:self\.)?accelerator$/.test(event.scaler ?? ''),
    )?.scaler ?? null
  );
}

/** A variable that counts steps over the whole run: `step += 1` in the loop, or the loop's own range when nothing is around it. */
function counterOf(facts: PythonFacts, loop: TrainingLoop): string | null {
  const inside = (stmt: Stmt) => {
    const range = facts.rangeOf(stmt);
    return loop.range.line <= range.line && range.endLine <= loop.range.endLine;
  };
  let counted: string | null = null;
  for (const stmt of statementsIn(facts.body)) {
    if (!inside(stmt)) {
      continue;
    }
    if (
      stmt.kind === 'augmented' &&
      stmt.op === '+=' &&
      stmt.value.kind === 'number' &&
      stmt.value.value === 1
    ) {
      const name = facts.textOf(facts.rangeOf(stmt.target));
      if (/(?:^|[._])(?:steps?|iter(?:ation)?s?|it|global_step|n_iter|batches)$/i.test(name)) {
        counted ??= name;
      }
    }
  }
  return counted ?? ownCounter(facts, loop);
}

/** `for step in range(...)` and `for step, batch in enumerate(...)` count the run when no other loop is around. */
function ownCounter(facts: PythonFacts, loop: TrainingLoop): string | null {
  let around = 0;
  let counter: string | null = null;
  for (const stmt of statementsIn(facts.body)) {
    const range = facts.rangeOf(stmt);
    if (
      (stmt.kind === 'for' || stmt.kind === 'while') &&
      range.line <= loop.range.line &&
      loop.range.endLine <= range.endLine
    ) {
      around++;
      counter = stmt.kind === 'for' ? counterName(stmt.target, stmt.iter) : null;
    }
  }
  return loop.kind === 'loop' && around === 1 ? counter : null;
}

function counterName(target: Expr, iter: Expr): string | null {
  const called = iter.kind === 'call' && iter.func.kind === 'name' ? iter.func.id : '';
  if (/^t?range$/.test(called) || called === 'trange') {
    return target.kind === 'name' && target.id !== '_' ? target.id : null;
  }
  const first = target.kind === 'tuple' ? target.items[0] : undefined;
  return called === 'enumerate' && first?.kind === 'name' ? first.id : null;
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

/** Lightning calls a hook after unscaling and before clipping, and has the norms ready. */
function logInLightning(facts: PythonFacts, owner: ClassFact): LoggingEdit {
  const name = 'on_before_optimizer_step';
  if (owner.lastStatement === null || facts.imports.last === null) {
    return { why: `${owner.name} has no body to add a hook to.` };
  }
  if (owner.methods.some((method) => method.name === name)) {
    return {
      why: `${owner.name}.${name} exists already: add self.log_dict(grad_norm(self, norm_type=2)) there.`,
    };
  }
  const isNew = [...facts.imports.bindings.values()].some((origin) => /^lightning(?:\.|$)/.test(origin));
  const module = isNew ? 'lightning.pytorch.utilities' : 'pytorch_lightning.utilities';
  const unit = facts.indentUnit;
  const method = insertAfter(
    facts,
    owner.lastStatement,
    [
      '',
      `def ${name}(self, optimizer):  ${LOGGING_MARKER}`,
      `${unit}self.log_dict(grad_norm(self, norm_type=2))`,
    ],
    owner.memberIndent,
  );
  const known = [...facts.imports.bindings].some(
    ([local, origin]) => local === 'grad_norm' && origin.endsWith('.grad_norm'),
  );
  const imported = known ? [] : [insertAfter(facts, facts.imports.last, [`from ${module} import grad_norm`])];
  const edits = [...imported, method].filter((edit) => edit !== null);
  return edits.length === imported.length + 1
    ? { title: `Log gradient norms from ${owner.name}`, edits }
    : { why: `${owner.name} shares its last line with other statements.` };
}

interface TrainerPlace {
  readonly name: string;
  readonly statement: StatementFact;
}

/** `trainer = Trainer(...)` of transformers. */
function huggingFaceTrainer(facts: PythonFacts): TrainerPlace | null {
  for (const stmt of statementsIn(facts.body)) {
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
function logWithCallback(facts: PythonFacts, trainer: TrainerPlace): LoggingEdit {
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
