import type { ForwardStep, ModuleEntry, PythonFacts } from '../../python/facts';
import type { Stmt } from '../../python/syntax/ast';
import type { TextEdit } from '../../text';
import { featuresIn, isWeightLayer, type ModelView } from './model';
import { spell } from './names';
import { insertAfter, insertBefore, isHandedOn, prependTo, replace } from './place';

/** A norm before the first layer of a model: an element of its sequence, or a layer of its own. */
export function normBeforeFirst(facts: PythonFacts, model: ModelView): readonly (TextEdit | null)[] {
  return model.type === null ? atElement(facts, firstLayer(model)) : inForward(facts, model);
}

function firstLayer(model: ModelView): ModuleEntry | undefined {
  return model.modules.find((entry) => isWeightLayer(entry.type));
}

/** `for a, b in zip(sizes, sizes[1:])`, `zip(sizes[:-1], sizes[1:])` */
const PAIRS = /\bfor\s+\(?(\w+),\s*\w+\)?\s+in\s+zip\(\s*(\w[\w.]*)(?:\[:-1\])?\s*,\s*([\w.]+)\[1:\]\s*\)/;

/** What the first of such layers takes in, as it can be written behind them: `sizes[0]` where each has a pair of sizes. */
function sizeIn(facts: PythonFacts, layer: ModuleEntry): string | null {
  const size = featuresIn(layer)?.text ?? null;
  const text = facts.textOf(layer.statement.range);
  const [, each, sizes, again] = PAIRS.exec(text) ?? [];
  if (each === size && sizes !== undefined && sizes === again) {
    return `${sizes}[0]`;
  }
  // Names of a comprehension mean nothing behind it.
  return /\bfor\b/.test(text) && !/^\d+$/.test(size ?? '') ? null : size;
}

/** The constructor of a norm for what a layer takes in. */
function normFor(
  facts: PythonFacts,
  layer: ModuleEntry,
): { call: string; edits: readonly TextEdit[] } | null {
  const dims = /(\d)d$/.exec(layer.type)?.[1] ?? '1';
  const size = sizeIn(facts, layer);
  const spelled = spell(facts, `torch.nn.BatchNorm${dims}d`);
  return size === null || spelled === null
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
  if (own?.owner == null || first?.path == null || !comesFromOutside(own.flow.steps, first)) {
    return [];
  }
  if (first.loop >= 0) {
    return beforeLoop(facts, own.owner.name, own.owner.modules, first);
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

/** `x = self.input_norm(x)` before the loop over the layers, of which the first reads what `forward` is given. */
function beforeLoop(
  facts: PythonFacts,
  owner: string,
  modules: readonly ModuleEntry[],
  { path, range, argument }: ForwardStep,
): readonly (TextEdit | null)[] {
  const entry = modules.find((one) => one.path === path);
  const scope = facts.source.classNamed(owner);
  const node = (scope === null ? null : facts.source.methodOf(scope, 'forward'))?.node;
  if (entry === undefined || !isWeightLayer(entry.type) || node?.kind !== 'function') {
    return [];
  }
  const param = node.params[1]?.name;
  const at = node.body.findIndex((stmt) => stmt.kind === 'for' && holds(facts, stmt, range.line));
  const loop = node.body[at];
  const isFirst = node.body.slice(0, Math.max(0, at)).every(({ kind }) => kind === 'expr');
  const norm = normFor(facts, entry);
  const [held] = entry.path.split('.');
  if (
    norm === null ||
    loop === undefined ||
    param === undefined ||
    param !== argument ||
    !isFirst ||
    /\binput_norm\b/.test(facts.text) ||
    !facts.textOf(entry.statement.range).startsWith(`self.${held} =`)
  ) {
    return [];
  }
  return [
    ...norm.edits,
    insertAfter(facts, entry.statement, [`self.input_norm = ${norm.call}`]),
    insertBefore(facts, facts.statementOf(loop), [`${param} = self.input_norm(${param})`]),
  ];
}

function holds(facts: PythonFacts, stmt: Stmt, line: number): boolean {
  const range = facts.rangeOf(stmt);
  return range.line <= line && line <= range.endLine;
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
