import type { LoopEvent, PythonFacts, TrainingLoop } from './facts';
import type { CallExpr } from './syntax/ast';

/** An optimizer that steps and that nothing resets, in a program that resets others. */
export interface Unreset {
  readonly loop: TrainingLoop;
  readonly backward: LoopEvent;
  readonly step: LoopEvent;
}

/** Ways to reset gradients besides `zero_grad()`. */
const OTHER_RESETS =
  /(?:reset|clear)_?grad|zero_?grad(?!\(|\w)|\.grad\s*=\s*None|grad(?:\.data)?\.zero_|grad\.fill_/i;
const OPTIMIZER = /^torch\.optim\.(?!lr_scheduler|swa_utils|LBFGS)[A-Z]\w*$/;

/**
 * Optimizers under names of their own whose program calls `zero_grad()` on other optimizers by their names only. Every
 * reset of the file has to be known, and what the optimizer holds must be what no other one does.
 */
export function unresetOptimizers(facts: PythonFacts): readonly Unreset[] {
  const { source } = facts;
  const made = facts.optimizers.filter(({ name, type }) => name !== null && OPTIMIZER.test(type));
  if (made.length < 2 || made.length < facts.optimizers.length || source.mentions(OTHER_RESETS)) {
    return [];
  }
  const names = new Set(made.map(({ name }) => name));
  const resets = source.callsNamed('zero_grad').map(({ call }) => subjectOf(facts, call));
  if (
    names.size < made.length ||
    resets.length === 0 ||
    resets.some((one) => one === null || !names.has(one))
  ) {
    return [];
  }
  return facts.loops.flatMap((loop) => {
    const backward = loop.events.find(({ kind }) => kind === 'backward');
    const steps = loop.events.filter(({ kind, args }) => kind === 'step' && args.length === 0);
    return steps.flatMap((step) => {
      const own = made.find(({ name }) => name === step.subject);
      const isShared = made.some((other) => other !== own && other.params === own?.params);
      return own === undefined ||
        own.params === null ||
        isShared ||
        resets.includes(step.subject) ||
        isHandedOn(facts, step.subject) ||
        backward === undefined
        ? []
        : [{ loop, backward: lastBefore(loop, step) ?? backward, step }];
    });
  });
}

function lastBefore({ events }: TrainingLoop, step: LoopEvent): LoopEvent | undefined {
  return events.slice(0, events.indexOf(step)).findLast(({ kind }) => kind === 'backward');
}

function subjectOf(facts: PythonFacts, { func }: CallExpr): string | null {
  return func.kind === 'attribute' ? facts.textOf(facts.rangeOf(func.object)) : null;
}

/** Calls that may be given an optimizer and reset nothing. */
const HARMLESS = /^torch\.optim\.lr_scheduler\.|(?:^|\.)(?:print|len)$/;

/** May something else in the file reset it: a function that is given it, a list that it is in, another name? */
function isHandedOn(facts: PythonFacts, name: string): boolean {
  const word = name.replace(/[^\w.]/g, '').replace(/\./g, '\\.');
  const uses = facts.text.match(new RegExp(`(?<![\\w.])${word}(?![\\w])`, 'g'))?.length ?? 0;
  const plain = facts.text.match(
    new RegExp(
      `(?<![\\w.])${word}(?:\\s*=(?!=)|\\.(?:step|state_dict|load_state_dict|param_groups)\\b)`,
      'g',
    ),
  );
  const given = facts.calls.filter(
    ({ call }) =>
      HARMLESS.test(facts.nameOf(call.func) ?? '') &&
      call.args.some(({ value }) => facts.textOf(facts.rangeOf(value)) === name),
  );
  return uses > (plain?.length ?? 0) + given.length;
}
