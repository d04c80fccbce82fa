import type { TextRange } from '../text';
import type { ClassFact, ForwardStep, ModelFact, PythonFacts } from './facts';
import { activationOf } from './layers';
import type { ReachingActivation } from './outputs';
import { endsInPlainLayer } from './plainOutput';

/**
 * The activation on what a class of the file returns.
 * @param made the objects of the class that it may be
 */
export function ownOutput(
  facts: PythonFacts,
  owner: ClassFact,
  input: TextRange,
  made: readonly ModelFact[],
): ReachingActivation | null {
  const scope = facts.source.classNamed(owner.name);
  return scope !== null && endsInPlainLayer(facts.source, scope)
    ? null
    : classOutput(owner, input, made.length === 1 ? made[0] : undefined);
}

/** Steps of a forward pass that keep its values. */
const RESHAPES = /^torch\.(?:squeeze|unsqueeze|flatten|view|reshape|permute|transpose)$/;

/**
 * The activation on every value that a class's forward returns.
 * @param made the one object of the class, which may know the layers that the class is handed
 */
export function classOutput(
  owner: ClassFact,
  input: TextRange,
  made?: Pick<ModelFact, 'instances'>,
): ReachingActivation | null {
  const flow = owner.flow;
  const outputs = flow?.steps.filter((step) => step.op === 'output') ?? [];
  const [output] = outputs;
  if (flow === null || output === undefined || outputs.length !== 1 || output.inputs.length !== 1) {
    return null;
  }
  let last = flow.steps[output.inputs[0] ?? -1];
  while (last?.op === 'other' && RESHAPES.test(last.name) && last.inputs.length === 1) {
    last = flow.steps[last.inputs[0] ?? -1];
  }
  if (last?.op === 'activation') {
    const activation = activationOf(last.name);
    return activation === null ? null : { activation, via: 'class', ...placeOf(last), input };
  }
  if (last?.op !== 'module' || last.path === null) {
    return null;
  }
  // `for layer in self.layers: x = layer(x)`: the last of them.
  const list = flow.loops[last.loop]?.over ?? null;
  if (list !== null && last.path === `${list}.*`) {
    return containerOutput(made ?? owner, `${list}.`, input);
  }
  const activation = activationOf(last.name);
  if (activation !== null) {
    const entry = owner.modules.find((one) => one.path === last.path);
    return { activation, via: 'class', ...placeOf(last), callee: entry?.callee ?? null, input };
  }
  return last.name === 'nn.Sequential'
    ? containerOutput({ instances: owner.instances }, `${last.path}.`, input)
    : null;
}

function placeOf(step: ForwardStep): Pick<ReachingActivation, 'range' | 'callee' | 'argument'> {
  return { range: step.range, callee: step.callee, argument: step.argument };
}

/** The activation a Sequential ends in. */
export function containerOutput(
  model: Pick<ModelFact, 'instances'>,
  prefix: string,
  input: TextRange,
): ReachingActivation | null {
  const own = model.instances.filter(
    (one) => one.path.startsWith(prefix) && !one.path.slice(prefix.length).includes('.'),
  );
  const last = own.at(-1)?.entry;
  const activation = last === undefined ? null : activationOf(last.type);
  return last === undefined || activation === null || last.path.endsWith('*')
    ? null
    : { activation, via: 'container', range: last.range, callee: last.callee, argument: null, input };
}
