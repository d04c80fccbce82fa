import type { ForwardFacts, ModuleEntry, PythonFacts } from '../../python/facts';
import type { Fix } from '../../rules/finding';
import type { TextEdit, TextRange } from '../../text';
import type { RemedyTarget } from '../remedy';
import { initialiseForRelu } from './initialise';
import {
  activationName,
  activationsOf,
  depthOf,
  hasResidual,
  isCounted,
  isNormalised,
  isWeightLayer,
  type ModelView,
  modelOf,
} from './model';
import { spell } from './names';
import { fixOf, replace } from './place';

export type Activation = 'relu' | 'leaky-relu' | 'gelu';

const MODULE: Readonly<Record<Activation, string>> = {
  relu: 'nn.ReLU',
  'leaky-relu': 'nn.LeakyReLU',
  gelu: 'nn.GELU',
};
const FUNCTION: Readonly<Record<Activation, string>> = {
  relu: 'torch.relu',
  'leaky-relu': 'torch.nn.functional.leaky_relu',
  gelu: 'torch.nn.functional.gelu',
};
const LABEL: Readonly<Record<Activation, string>> = { relu: 'ReLU', 'leaky-relu': 'LeakyReLU', gelu: 'GELU' };
/** Slope of LeakyReLU for negative inputs: PyTorch's 0.01 barely lets a gradient through. */
const SLOPE = '0.1';

/** Activations that each one may replace. Swapping tanh is left to the person unless the evidence is saturation. */
const REPLACES: Readonly<Record<Activation, ReadonlySet<string>>> = {
  relu: new Set(['sigmoid', 'hardsigmoid', 'softsign', 'tanh', 'hardtanh']),
  'leaky-relu': new Set(['sigmoid', 'hardsigmoid', 'softsign', 'tanh', 'hardtanh', 'relu', 'relu6']),
  gelu: new Set(['sigmoid', 'hardsigmoid', 'softsign', 'tanh', 'hardtanh', 'relu', 'relu6']),
};

/** Weight layers that train with ReLUs and PyTorch's default initialisation under plain SGD (measured). */
const BEARS_DEFAULT = 5;

/** Replaces the hidden activations of a model; never the one at the output, never a gate. */
export function swapActivations(facts: PythonFacts, target: RemedyTarget, to: Activation): readonly Fix[] {
  const model = modelOf(facts, target);
  if (model === null) {
    return [];
  }
  const replaced = REPLACES[to];
  const places = [...hiddenModules(model, replaced), ...hiddenFunctions(model, replaced)];
  const imports: TextEdit[] = [];
  const edits: TextEdit[] = [];
  const seen = new Set<string>();
  for (const place of places) {
    const key = `${place.callee.line}:${place.callee.column}`;
    const spelled = spell(facts, place.isModule ? `torch.${MODULE[to]}` : FUNCTION[to]);
    if (spelled === null) {
      return [];
    }
    if (!seen.has(key)) {
      seen.add(key);
      imports.push(...spelled.edits);
      edits.push(...swap(facts, place, spelled.name, to));
    }
  }
  const uniqueImports = imports.filter(
    (edit, at) => imports.findIndex((one) => one.newText === edit.newText) === at,
  );
  const title = `Use ${LABEL[to]} in the hidden layers`;
  const swapped = [...uniqueImports, ...edits];
  const isDeep = depthOf(model) > BEARS_DEFAULT || !isCounted(model);
  const saturates = [...activationsOf(model).keys()].some((name) => REPLACES.relu.has(name));
  const initialised =
    edits.length === 0 || !isDeep || !saturates || isNormalised(model) || hasResidual(model)
      ? null
      : initialiseForRelu(facts, model);
  return initialised === null
    ? fixOf(facts, to, title, 'unsafe', swapped)
    : fixOf(facts, to, `${title}, with He initialisation`, 'unsafe', [
        ...swapped,
        ...initialised.filter((edit) => !swapped.some((one) => edit !== null && sameEdit(one, edit))),
      ]);
}

function sameEdit(a: TextEdit, b: TextEdit): boolean {
  return a.line === b.line && a.column === b.column && a.newText === b.newText;
}

interface Place {
  readonly callee: TextRange;
  /** The whole call; null when it has more arguments than can be carried over. */
  readonly call: TextRange | null;
  readonly isModule: boolean;
  /** Text of the value a function is applied to; null for `x.sigmoid()`, whose callee names it. */
  readonly argument: string | null;
}

/** Replaces the whole call: the arguments of one activation mean nothing to another. */
function swap(facts: PythonFacts, place: Place, name: string, to: Activation): readonly TextEdit[] {
  const leaky = to === 'leaky-relu';
  if (place.isModule && place.call !== null && !holds(place.call, place.callee)) {
    return [replace(place.callee, name)]; // the class is written where it is handed over
  }
  if (place.isModule) {
    return place.call === null ? [] : [replace(place.call, `${name}(${leaky ? SLOPE : ''})`)];
  }
  if (place.argument === null || place.call === null) {
    return [];
  }
  const written = facts.textOf(place.call);
  const callee = facts.textOf(place.callee);
  const isMethod =
    !written.slice(callee.length).replace(/^\(/, '').startsWith(place.argument.slice(0, 1)) &&
    /\(\s*\)$/.test(written);
  if (isMethod) {
    return [replace(place.call, `${name}(${place.argument}${leaky ? `, ${SLOPE}` : ''})`)];
  }
  if (!leaky && written === `${callee}(${place.argument})`) {
    return [replace(place.callee, name)];
  }
  return [replace(place.call, `${name}(${place.argument}${leaky ? `, ${SLOPE}` : ''})`)];
}

function holds(outer: TextRange, inner: TextRange): boolean {
  return (
    (outer.line < inner.line || (outer.line === inner.line && outer.column <= inner.column)) &&
    (outer.endLine > inner.endLine || (outer.endLine === inner.endLine && outer.endColumn >= inner.endColumn))
  );
}

/** Activation modules that another weight layer follows. */
function hiddenModules(model: ModelView, replaced: ReadonlySet<string>): readonly Place[] {
  const places: Place[] = [];
  model.modules.forEach((entry, at) => {
    const name = activationName(entry.type);
    if (name === null || !replaced.has(name) || entry.callee === null || entry.call === null) {
      return;
    }
    if (feedsLayer(model, entry, at)) {
      places.push({ callee: entry.callee, call: entry.call, isModule: true, argument: null });
    }
  });
  return places;
}

function feedsLayer(model: ModelView, entry: ModuleEntry, at: number): boolean {
  const parent = entry.path.slice(0, Math.max(0, entry.path.lastIndexOf('.')));
  const siblings = model.modules.filter((one, index) => index > at && one.path.startsWith(`${parent}.`));
  const container = model.modules.find((one) => one.path === parent);
  if (parent === '' && model.type === null) {
    return model.modules.slice(at + 1).some((one) => isWeightLayer(one.type)); // the model is the sequence
  }
  if (
    parent !== '' &&
    (container === undefined || container.type === 'nn.Sequential' || entry.path.endsWith('*'))
  ) {
    if (siblings.some((one) => isWeightLayer(one.type)) || parent.endsWith('*') || entry.path.endsWith('*')) {
      return true;
    }
    return model.flows.some(({ flow }) => usedBeforeLayer(flow, (path) => path === parent));
  }
  return model.flows.some(({ flow }) =>
    usedBeforeLayer(flow, (path) => path === entry.path || entry.path.endsWith(`.${path}`)),
  );
}

/** True when a call of the module reaches another module, and is not multiplied into a value on the way. */
function usedBeforeLayer(flow: ForwardFacts, isIt: (path: string) => boolean): boolean {
  const calls = flow.steps.filter((step) => step.op === 'module' && step.path !== null && isIt(step.path));
  return calls.length > 0 && calls.every((step) => isHidden(flow, step.id));
}

/** Follows a value forward: it must meet a module before the output, and no product that would make it a gate. */
function isHidden(flow: ForwardFacts, from: number): boolean {
  const todo = [from];
  const seen = new Set<number>();
  let meetsLayer = flow.steps[from]?.loop !== undefined && (flow.steps[from]?.loop ?? -1) >= 0;
  for (let id = todo.pop(); id !== undefined; id = todo.pop()) {
    for (const step of flow.steps) {
      if (!step.inputs.includes(id) || seen.has(step.id)) {
        continue;
      }
      seen.add(step.id);
      if (step.op === 'multiply') {
        return false;
      }
      if (step.op === 'module') {
        meetsLayer = true;
      } else {
        todo.push(step.id);
      }
    }
  }
  return meetsLayer;
}

function hiddenFunctions(model: ModelView, replaced: ReadonlySet<string>): readonly Place[] {
  return model.flows.flatMap(({ flow }) =>
    flow.steps
      .filter((step) => {
        const name = step.op === 'activation' ? activationName(step.name) : null;
        return name !== null && replaced.has(name) && step.callee !== null && isHidden(flow, step.id);
      })
      .flatMap((step) =>
        step.callee === null
          ? []
          : [{ callee: step.callee, call: step.range, isModule: false, argument: step.argument }],
      ),
  );
}
