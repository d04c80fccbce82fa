import type { ClassFact, ForwardFacts, ForwardStep, ModuleEntry, PythonFacts } from '../../python/facts';
import type { Fix } from '../../rules/finding';
import type { TextEdit } from '../../text';
import type { RemedyTarget } from '../remedy';
import {
  activationName,
  featuresOut,
  hasResidual,
  isConvolution,
  isNormalised,
  isRecurrent,
  isWeightLayer,
  type ModelView,
  modelOf,
} from './model';
import { spell } from './names';
import { normaliseBranches } from './normaliseBranches';
import { type Norm, normCall } from './normCall';
import { appendTo, fixOf, insertAfter, isHandedOn, prependTo, replace } from './place';
import { preNormEncoder } from './preNorm';
import { freeName } from './style';

const TITLE: Readonly<Record<Norm, string>> = {
  'batch-norm': 'Add batch normalisation after the hidden layers',
  'layer-norm': 'Add layer normalisation after the hidden layers',
};

/** Normalises what the hidden layers of a model compute, in the way the model is written. */
export function addNorm(facts: PythonFacts, target: RemedyTarget, norm: Norm): readonly Fix[] {
  const model = modelOf(facts, target);
  if (model === null) {
    return [];
  }
  if (norm === 'layer-norm') {
    const encoder = preNormEncoder(facts, model);
    if (encoder.length > 0) {
      return encoder;
    }
  }
  if (isNormalised(model) || (norm === 'batch-norm' && (readsSequences(model) || readsSets(facts, model)))) {
    return [];
  }
  if (hasResidual(model) && norm === 'layer-norm') {
    return normaliseBranches(facts, model);
  }
  if (hasResidual(model) && !model.modules.some((entry) => isConvolution(entry.type))) {
    return []; // blocks of linear layers are normalised over their features
  }
  const edits = model.modules
    .filter(
      (entry) =>
        isWeightLayer(entry.type) &&
        entry.call !== null &&
        isSequentialElement(model, entry) &&
        !isHandedOn(facts, entry.call),
    )
    .filter(isFirstAtItsPlace)
    .flatMap((entry) => normaliseElement(facts, model, entry, norm));
  const calls = model.flows.flatMap(({ owner, flow }) =>
    owner === null ? [] : normaliseCalls(facts, owner, flow, norm),
  );
  return edits.length + calls.length === 0
    ? []
    : fixOf(facts, norm, TITLE[norm], 'unsafe', [...edits, ...calls]);
}

/** BatchNorm1d takes the features of a sequence for its time steps. */
function readsSequences(model: ModelView): boolean {
  return model.modules.some(
    (entry) =>
      isRecurrent(entry.type) || /^nn\.(?:Embedding|MultiheadAttention|Transformer)/.test(entry.type),
  );
}

/** What only a dimension between batch and features makes sense for: points of a set that are pooled, positions that attend. */
const OVER_ITEMS =
  /\.(?:max|amax|mean|sum|logsumexp)\(\s*(?:dim\s*=\s*|axis\s*=\s*)?(?:1|-2)\b|\.transpose\(-2|\.mT\b|\b(?:bmm|einsum)\(/;

/** Linear layers over the items of a set: BatchNorm1d would take the items for features. */
function readsSets(facts: PythonFacts, model: ModelView): boolean {
  return (
    !model.modules.some((entry) => isConvolution(entry.type)) &&
    model.flows.some(
      ({ owner }) => owner?.forward != null && OVER_ITEMS.test(facts.textOf(owner.forward.range)),
    )
  );
}

/** An element of an `nn.Sequential`, or of a list that becomes one. */
function isSequentialElement(model: ModelView, entry: ModuleEntry): boolean {
  const cut = entry.path.lastIndexOf('.');
  const parent = model.modules.find((one) => one.path === entry.path.slice(0, cut));
  return (
    (cut > 0 || model.type === null) && (parent === undefined ? cut < 0 : parent.type === 'nn.Sequential')
  );
}

/** One constructor in a helper stands for many layers. */
function isFirstAtItsPlace(entry: ModuleEntry, at: number, all: readonly ModuleEntry[]): boolean {
  return (
    all.findIndex((one) => one.call?.line === entry.call?.line && one.call?.column === entry.call?.column) ===
    at
  );
}

/** Puts a normalisation between a layer of a sequence and the activation after it. */
function normaliseElement(
  facts: PythonFacts,
  model: ModelView,
  entry: ModuleEntry,
  norm: Norm,
): readonly (TextEdit | null)[] {
  const size = featuresOut(entry)?.text;
  if (size === undefined || entry.call === null || !activationFollows(model, entry)) {
    return [];
  }
  const made = normCall(facts, entry, norm, size);
  if (made === null) {
    return [null];
  }
  const text = facts.textOf(entry.statement.range);
  const append = /^([\w.]+\.append\()/.exec(text)?.[1];
  if (append !== undefined && text === `${append}${facts.textOf(entry.call)})`) {
    return [...made.spelled.edits, insertAfter(facts, entry.statement, [`${append}${made.call})`])];
  }
  return isElement(facts, entry) ? [...made.spelled.edits, appendTo(entry.call, `, ${made.call}`)] : [null];
}

/** The constructor stands between other elements, not beside a name that only it has (`("fc1", nn.Linear(...))`). */
function isElement(facts: PythonFacts, entry: ModuleEntry): boolean {
  if (entry.call === null) {
    return false;
  }
  const { line, column } = entry.call;
  const before = facts.textOf({ line: Math.max(1, line - 1), column: 1, endLine: line, endColumn: column });
  return /[[(,]\s*$/.test(before.replace(/#[^\n]*/g, '')) && !/["']\s*[,:]\s*$/.test(before);
}

/** The next element of the same container is an activation: the layer is hidden and not the output. */
function activationFollows(model: ModelView, entry: ModuleEntry): boolean {
  const cut = entry.path.lastIndexOf('.') + 1;
  const siblings = model.modules.filter(
    (one) => one.path.slice(0, cut) === entry.path.slice(0, cut) && !one.path.slice(cut).includes('.'),
  );
  const next = siblings[siblings.indexOf(entry) + 1];
  return (
    next !== undefined &&
    activationName(next.type) !== null &&
    !activationName(next.type)?.endsWith('softmax')
  );
}

/** `act(self.fc(x))` becomes `act(self.fc_norm(self.fc(x)))`, lists of layers gain a list of norms. */
function normaliseCalls(
  facts: PythonFacts,
  owner: ClassFact,
  flow: ForwardFacts,
  norm: Norm,
): readonly (TextEdit | null)[] {
  const edits: (TextEdit | null)[] = [];
  const done = new Set<string>();
  for (const step of flow.steps) {
    const { path } = step;
    if (step.op !== 'module' || path === null || done.has(path) || !activationUses(flow, step)) {
      continue;
    }
    const entry = owner.modules.find((one) => one.path === path && isWeightLayer(one.type));
    if (entry === undefined || entry.owner !== owner.name) {
      continue;
    }
    done.add(path);
    edits.push(
      ...(path.endsWith('.*')
        ? normaliseList(facts, owner, flow, step, entry, norm)
        : normaliseAttribute(facts, step, entry, norm)),
    );
  }
  return edits;
}

function activationUses(flow: ForwardFacts, step: ForwardStep): boolean {
  return flow.steps.some((one) => {
    const name = activationName(one.name);
    return one.inputs.includes(step.id) && name !== null && !name.endsWith('softmax');
  });
}

function normaliseAttribute(
  facts: PythonFacts,
  step: ForwardStep,
  entry: ModuleEntry,
  norm: Norm,
): readonly (TextEdit | null)[] {
  const size = featuresOut(entry)?.text;
  const attribute = entry.path;
  const made = size === undefined ? null : normCall(facts, entry, norm, size);
  if (made === null || !facts.textOf(entry.statement.range).startsWith(`self.${attribute} =`)) {
    return [null];
  }
  const name = `self.${attribute}_norm`;
  return [
    ...made.spelled.edits,
    insertAfter(facts, entry.statement, [`${name} = ${made.call}`]),
    prependTo(step.range, `${name}(`),
    appendTo(step.range, ')'),
  ];
}

function normaliseList(
  facts: PythonFacts,
  owner: ClassFact,
  flow: ForwardFacts,
  step: ForwardStep,
  entry: ModuleEntry,
  norm: Norm,
): readonly (TextEdit | null)[] {
  const list = entry.path.slice(0, -2);
  const holder = owner.modules.find((one) => one.path === list);
  const loop = flow.loops[step.loop];
  const variable = loop?.variable ?? null;
  const moduleList = spell(facts, 'torch.nn.ModuleList');
  const out = isConvolution(entry.type) ? 'out_channels' : 'out_features';
  const item = freeName(facts, ['layer', 'item', 'entry']);
  const made = normCall(facts, entry, norm, `${item}.${out}`);
  // A list that other statements fill is whole at the end of __init__ only.
  const filled = holder?.statement.range.line === entry.statement.range.line;
  const complete = filled ? holder?.statement : owner.init?.lastStatement;
  if (
    holder === undefined ||
    complete == null ||
    loop === undefined ||
    variable === null ||
    moduleList === null ||
    made === null
  ) {
    return [null];
  }
  const header = facts.text.split(/\r?\n/)[loop.range.line - 1] ?? '';
  const written = `for ${variable} in self.${list}:`;
  const at = header.indexOf(written);
  if (at < 0) {
    return [null];
  }
  const normVariable = freeName(facts, ['norm', 'layer_norm_']);
  const place = {
    line: loop.range.line,
    column: at + 1,
    endLine: loop.range.line,
    endColumn: at + 1 + written.length,
  };
  return [
    ...moduleList.edits,
    ...made.spelled.edits,
    insertAfter(facts, complete, [
      `self.${list}_norms = ${moduleList.name}(${made.call} for ${item} in self.${list})`,
    ]),
    replace(place, `for ${variable}, ${normVariable} in zip(self.${list}, self.${list}_norms):`),
    prependTo(step.range, `${normVariable}(`),
    appendTo(step.range, ')'),
  ];
}
