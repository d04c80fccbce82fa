import { isCentred } from '../../python/dataScale';
import { inputsOf } from '../../python/dataTrace';
import type { ForwardStep, ModuleEntry, PythonFacts } from '../../python/facts';
import type { Expr } from '../../python/syntax/ast';
import type { Fix } from '../../rules/finding';
import type { TextEdit } from '../../text';
import type { RemedyTarget } from '../remedy';
import { type LargeData, largeInput, largeRawInput, largeTarget, readsOther } from './dataScale';
import { featuresIn, isNormalised, isWeightLayer, type ModelView, modelOf } from './model';
import { spell } from './names';
import { fixOf, insertAfter, isHandedOn, prependTo, replace } from './place';
import { standardise, type Unscaled } from './standardise';

/** Scales what the first layer of a model reads: where it is made, where the code shows that, and in the model. */
export function normaliseInput(facts: PythonFacts, target: RemedyTarget): readonly Fix[] {
  const model = modelOf(facts, target);
  if (model === null) {
    const raw = largeRawInput(facts);
    return raw === null ? [] : atSource(facts, 'normalise-input', unscaledOf(facts, raw, null));
  }
  if (
    isNormalised(model) ||
    model.modules.some(readsOther) ||
    inputsOf(facts).some(({ expr }) => isStandardised(facts, expr))
  ) {
    return [];
  }
  const large = largeInput(facts, model) ?? largeRawInput(facts);
  const inModel = model.type === null ? atElement(facts, firstLayer(model)) : inForward(facts, model);
  return [
    ...(large === null ? [] : atSource(facts, 'normalise-input', unscaledOf(facts, large, model))),
    ...fixOf(facts, 'normalise-input', 'Normalise the input of the model', 'unsafe', inModel),
  ];
}

/** `(x - mean) / std`. */
function isStandardised(facts: PythonFacts, expr: Expr): boolean {
  return expr.kind === 'binary' && expr.op === '/' && isCentred(facts, expr.left);
}

/** Large inputs, and with them targets that are large as well: scaled by halves a regression is as far from its start. */
function unscaledOf(facts: PythonFacts, large: LargeData, model: ModelView | null): readonly Unscaled[] {
  const target = largeTarget(facts);
  const input: Unscaled = { data: large, model };
  const both: readonly Unscaled[] = target === null ? [input] : [input, { data: target, model: null }];
  return standardise(facts, both).length > 0 ? both : [input];
}

/** Standardises what a regression is compared with. */
export function normaliseTarget(facts: PythonFacts): readonly Fix[] {
  const large = largeTarget(facts);
  return large === null ? [] : atSource(facts, 'normalise-target', [{ data: large, model: null }]);
}

function atSource(
  facts: PythonFacts,
  id: 'normalise-input' | 'normalise-target',
  unscaled: readonly Unscaled[],
): readonly Fix[] {
  const names = unscaled.map(
    ({ data: { tensor } }) => (tensor.made ?? tensor.unpacked)?.variable ?? 'the data',
  );
  const title = `Standardise ${names.join(' and ')} where ${names.length > 1 ? 'they are' : 'it is'} made`;
  return fixOf(facts, id, title, 'unsafe', standardise(facts, unscaled));
}

function firstLayer(model: ModelView): ModuleEntry | undefined {
  return model.modules.find((entry) => isWeightLayer(entry.type));
}

/** The constructor of a norm for what a layer takes in. */
function normFor(
  facts: PythonFacts,
  layer: ModuleEntry,
): { call: string; edits: readonly TextEdit[] } | null {
  const dims = /(\d)d$/.exec(layer.type)?.[1] ?? '1';
  const size = featuresIn(layer)?.text;
  const spelled = spell(facts, `torch.nn.BatchNorm${dims}d`);
  return size === undefined || spelled === null
    ? null
    : { call: `${spelled.name}(${size})`, edits: spelled.edits };
}

/** Before the first layer among the elements of a sequence. */
function atElement(facts: PythonFacts, layer: ModuleEntry | undefined): readonly (TextEdit | null)[] {
  const norm = layer === undefined ? null : normFor(facts, layer);
  if (norm === null || layer?.call == null || isHandedOn(facts, layer.call)) {
    return [];
  }
  const { line, column } = layer.call;
  const start = { line: Math.max(1, line - 1), column: 1, endLine: line, endColumn: column };
  const before = facts.textOf(start).replace(/#[^\n]*/g, '');
  const isElement =
    /[[(,]\s*$/.test(before) && !/["']\s*[,:]\s*$/.test(before) && !/append\(\s*$/.test(before);
  if (!isElement) {
    return [];
  }
  const indent = /^[ \t]*$/.test(before.slice(before.lastIndexOf('\n') + 1))
    ? `,${facts.lineEnding}${before.slice(before.lastIndexOf('\n') + 1)}`
    : ', ';
  return [...norm.edits, prependTo(layer.call, norm.call + indent)];
}

/** `self.fc1(x)` becomes `self.fc1(self.input_norm(x))` where `x` comes from outside. */
function inForward(facts: PythonFacts, model: ModelView): readonly (TextEdit | null)[] {
  const own = model.flows.find(({ owner }) => owner?.name === model.root);
  const first = own?.flow.steps.find((step) => step.op === 'module');
  if (
    own?.owner == null ||
    first?.path == null ||
    !comesFromOutside(own.flow.steps, first) ||
    first.loop >= 0
  ) {
    return [];
  }
  const { path } = first;
  const entry = own.owner.modules.find((one) => one.path === path);
  if (entry?.type === 'nn.Sequential') {
    const [inner] = own.owner.modules.filter(
      (one) => one.path.startsWith(`${path}.`) && isWeightLayer(one.type),
    );
    return atElement(facts, inner);
  }
  const norm = entry !== undefined && isWeightLayer(entry.type) ? normFor(facts, entry) : null;
  const written = facts.textOf(first.range);
  const callee = first.callee === null ? '' : facts.textOf(first.callee);
  const isPlain = first.argument !== null && written === `${callee}(${first.argument})`;
  if (norm === null || entry === undefined || !isPlain || /\binput_norm\b/.test(facts.text)) {
    return [];
  }
  if (!facts.textOf(entry.statement.range).startsWith(`self.${path} =`)) {
    return [];
  }
  return [
    ...norm.edits,
    insertAfter(facts, entry.statement, [`self.input_norm = ${norm.call}`]),
    replace(first.range, `${callee}(self.input_norm(${first.argument}))`),
  ];
}

/** No layer and no second value is on the way. */
function comesFromOutside(steps: readonly ForwardStep[], step: ForwardStep): boolean {
  const inputs = step.inputs.map((id) => steps[id]);
  return (
    inputs.length === 1 &&
    inputs.every(
      (one) =>
        one !== undefined && (one.op === 'input' || (one.op === 'other' && comesFromOutside(steps, one))),
    )
  );
}
