import type {
  ClassFact,
  ForwardFacts,
  ForwardStep,
  ModuleEntry,
  PythonFacts,
  StatementFact,
} from '../../python/facts';
import type { CallExpr } from '../../python/syntax/ast';
import { expressionsOf, statementsIn } from '../../python/syntax/walk';
import type { Fix } from '../../rules/finding';
import type { TextEdit, TextRange } from '../../text';
import type { RemedyTarget } from '../remedy';
import {
  activationName,
  featuresIn,
  featuresOut,
  hasResidual,
  isConvolution,
  isNormalised,
  isNormLayer,
  isRecurrent,
  isShortcut,
  isWeightLayer,
  type ModelView,
  modelOf,
} from './model';
import { type Spelling, spell } from './names';
import { appendTo, fixOf, insertAfter, prependTo, replace } from './place';
import { freeName } from './style';

export type Norm = 'batch-norm' | 'layer-norm';

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
  if (isNormalised(model) || (norm === 'batch-norm' && readsSequences(model))) {
    return [];
  }
  if (hasResidual(model)) {
    return norm === 'layer-norm' ? normaliseBranches(facts, model) : [];
  }
  const edits = model.modules
    .filter((entry) => isWeightLayer(entry.type) && entry.call !== null && isSequentialElement(model, entry))
    .filter(isFirstAtItsPlace)
    .flatMap((entry) => normaliseElement(facts, model, entry, norm));
  const calls = model.flows.flatMap(({ owner, flow }) => normaliseCalls(facts, owner, flow, norm));
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

/** Name of the normalisation module for the output of a layer, and what it is given. */
function normCall(
  facts: PythonFacts,
  entry: ModuleEntry,
  norm: Norm,
  size: string,
): { call: string; spelled: Spelling } | null {
  const dims = /(\d)d$/.exec(entry.type)?.[1];
  const type =
    norm === 'batch-norm'
      ? `torch.nn.BatchNorm${dims ?? '1'}d`
      : dims === undefined
        ? 'torch.nn.LayerNorm'
        : 'torch.nn.GroupNorm';
  const spelled = spell(facts, type);
  // One group over all channels is layer normalisation of a feature map.
  return spelled === null
    ? null
    : { call: `${spelled.name}(${type.endsWith('GroupNorm') ? '1, ' : ''}${size})`, spelled };
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
  return /[[(,]\s*$/.test(before.replace(/#[^\n]*$/gm, '')) && !/["']\s*[,:]\s*$/.test(before);
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

/** `x = x + f(x)` becomes `x = x + f(norm(x))` with a norm for each branch. */
function normaliseBranches(facts: PythonFacts, model: ModelView): readonly Fix[] {
  for (const { owner, flow } of model.flows) {
    const init = owner.init;
    const adds = flow.steps.filter((step) => isShortcut(flow, step) && step.statement !== null);
    if (adds.length === 0 || init?.lastStatement == null) {
      continue;
    }
    const edits: (TextEdit | null)[] = [];
    const lines: string[] = [];
    adds.forEach((add, at) => {
      const input = add.statement === null ? null : branchInput(facts, add.statement, flow);
      const made = input === null ? null : branchNorm(facts, owner, input.layer);
      const name = `self.norm${adds.length === 1 ? '' : at + 1}`;
      if (input === null || made === null || new RegExp(`\\b${name}\\b`).test(facts.text)) {
        edits.push(null);
        return;
      }
      lines.push(`${name} = ${made.call}`);
      edits.push(...made.spelled.edits, replace(input.range, `${name}(${input.text})`));
    });
    return fixOf(facts, 'layer-norm', 'Normalise the input of each residual branch', 'unsafe', [
      insertAfter(facts, init.lastStatement, lines),
      ...edits,
    ]);
  }
  return [];
}

/** A norm of the size that goes into a branch: its first layer's, or that of any linear layer of the class. */
function branchNorm(
  facts: PythonFacts,
  owner: ClassFact,
  layer: ForwardStep,
): { readonly call: string; readonly spelled: Spelling } | null {
  const own = owner.modules.filter((entry) => entry.owner === owner.name && isWeightLayer(entry.type));
  const first = own.find((entry) => entry.path === layer.path);
  const sized = first === undefined ? own.filter((entry) => entry.type === 'nn.Linear') : [first];
  for (const entry of sized) {
    const size = featuresIn(entry)?.text;
    if (
      size !== undefined &&
      (/^[\d_]+$/.test(size) || owner.init?.params.some((param) => param.name === size))
    ) {
      return normCall(facts, entry, 'layer-norm', size);
    }
  }
  return null;
}

/** The argument of a branch's first layer in `x = x + f(g(x))` or `return x + f(g(x))`: where the normalised value goes in. */
function branchInput(
  facts: PythonFacts,
  statement: StatementFact,
  flow: ForwardFacts,
): { readonly range: TextRange; readonly text: string; readonly layer: ForwardStep } | null {
  const sum = /^(?:return|\w+[ \t]*=)[ \t]*(\w+)[ \t]*\+[ \t]*(\w+)?/.exec(facts.textOf(statement.range));
  const variable = sum?.[1];
  if (variable === undefined) {
    return null;
  }
  const taking = flow.steps.filter((step) => step.op === 'module' && step.argument?.trim() === variable);
  const here = taking.filter((step) => step.range.line === statement.range.line);
  const [layer, another] = here.length > 0 ? here : taking;
  const call = layer === undefined ? '' : facts.textOf(layer.range);
  const at = call.indexOf(`(${variable}`);
  if (layer === undefined || another !== undefined || at < 0 || call.includes('\n')) {
    return null;
  }
  const column = layer.range.column + at + 1;
  const { line } = layer.range;
  return {
    range: { line, column, endLine: line, endColumn: column + variable.length },
    text: variable,
    layer,
  };
}

/** Post-norm transformer layers become pre-norm, and the encoder gains the last norm that pre-norm needs. */
function preNormEncoder(facts: PythonFacts, model: ModelView): readonly Fix[] {
  const edits: (TextEdit | null)[] = [];
  for (const call of encoderLayerCalls(facts, model)) {
    edits.push(appendTo(call.last, ', norm_first=True'));
    edits.push(...call.finalNorm);
  }
  return edits.length === 0
    ? []
    : fixOf(
        facts,
        'layer-norm',
        'Normalise before each transformer block (norm_first=True)',
        'unsafe',
        edits,
      );
}

interface EncoderCall {
  /** Range of the call's last argument. */
  readonly last: TextRange;
  readonly finalNorm: readonly (TextEdit | null)[];
}

function encoderLayerCalls(facts: PythonFacts, model: ModelView): readonly EncoderCall[] {
  const layerNorm = spell(facts, 'torch.nn.LayerNorm');
  const stacks = callsOf(facts, /^torch\.nn\.Transformer(?:En|De)coder$/);
  return callsOf(facts, /^torch\.nn\.Transformer(?:En|De)coderLayer$/).flatMap((call) => {
    const width = argumentText(facts, call, 'd_model', 0);
    const last = call.args[call.args.length - 1];
    const decided = call.args.some((arg) => arg.name === 'norm_first' || arg.star === 2);
    if (width === null || last === undefined || decided || layerNorm === null) {
      return [];
    }
    const [stack, another] = stacks;
    const end = stack?.args[stack.args.length - 1];
    const bare =
      stack !== undefined &&
      another === undefined &&
      argumentText(facts, stack, 'norm', 2) === null &&
      !model.modules.some((entry) => isNormLayer(entry.type));
    const finalNorm =
      bare && end !== undefined
        ? [...layerNorm.edits, appendTo(facts.rangeOf(end), `, norm=${layerNorm.name}(${width})`)]
        : [];
    return [{ last: facts.rangeOf(last), finalNorm }];
  });
}

function callsOf(facts: PythonFacts, name: RegExp): readonly CallExpr[] {
  const found: CallExpr[] = [];
  for (const stmt of statementsIn(facts.body)) {
    for (const expr of expressionsOf(stmt)) {
      if (expr.kind === 'call' && name.test(facts.nameOf(expr.func) ?? '')) {
        found.push(expr);
      }
    }
  }
  return found;
}

function argumentText(facts: PythonFacts, call: CallExpr, name: string, position: number): string | null {
  const positional = call.args.filter((arg) => arg.name === null && arg.star === 0);
  const arg = call.args.find((one) => one.name === name) ?? positional[position];
  return arg === undefined ? null : facts.textOf(facts.rangeOf(arg.value));
}
