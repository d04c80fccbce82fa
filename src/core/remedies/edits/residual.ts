import type { ForwardFacts, ForwardStep, ModuleEntry, PythonFacts, StatementFact } from '../../python/facts';
import type { Fix } from '../../rules/finding';
import type { TextEdit } from '../../text';
import type { RemedyTarget } from '../remedy';
import {
  argument,
  depthOf,
  featuresIn,
  featuresOut,
  hasResidual,
  isConvolution,
  isNormalised,
  isWeightLayer,
  type ModelView,
  modelOf,
} from './model';
import { spell } from './names';
import { fixOf, prependTo, replace } from './place';
import { freeName } from './style';

/** Un-normalised residual stacks train up to about 10 blocks with plain SGD; at 20 they end in NaN (measured). */
const MOST_BARE_BLOCKS = 10;
/** A stack worth a shortcut. */
const FEWEST_LAYERS = 3;

/** One `x = act(layer(x))` that may become `x = x + act(layer(x))`. */
interface Branch {
  readonly statement: StatementFact;
  /** Variable that goes in and comes out. */
  readonly variable: string;
  /** Text right of the `=`. */
  readonly value: string;
  /** The call of the layer, for a normalisation of its input. */
  readonly layer: ForwardStep;
  /** yes: in and out have the same size by the code. unknown: only the running program can tell. */
  readonly sameShape: 'yes' | 'no' | 'unknown';
  readonly convolution: boolean;
  /** How many times it runs. */
  readonly times: number;
}

/** Adds the input of each block to its output where the sizes agree, with normalisation where the sum would explode without. */
export function addResidual(facts: PythonFacts, target: RemedyTarget): readonly Fix[] {
  const model = modelOf(facts, target);
  if (model === null || hasResidual(model) || depthOf(model) < FEWEST_LAYERS) {
    return [];
  }
  for (const { flow } of model.flows) {
    const branches = branchesOf(facts, model, flow).filter((branch) => branch.sameShape !== 'no');
    const blocks = branches.reduce((sum, branch) => sum + branch.times, 0);
    if (branches.length > 0 && blocks >= 2) {
      const norm = needsNorm(facts, model, blocks)
        ? spell(facts, 'torch.nn.functional.layer_norm')
        : undefined;
      if (norm === null) {
        return [];
      }
      const edits = branches.flatMap((branch) => shortcut(facts, branch, norm?.name ?? null));
      const title =
        norm === undefined ? 'Add residual connections' : 'Add residual connections with layer normalisation';
      return fixOf(facts, 'residual', title, 'unsafe', [...(norm?.edits ?? []), ...edits]);
    }
    const unrolled = unrollSequential(facts, model, flow);
    if (unrolled !== null) {
      return fixOf(facts, 'residual', 'Add residual connections where the shapes agree', 'unsafe', [
        unrolled,
      ]);
    }
  }
  return [];
}

function branchesOf(facts: PythonFacts, model: ModelView, flow: ForwardFacts): readonly Branch[] {
  const branches: Branch[] = [];
  for (const layer of flow.steps) {
    if (layer.op !== 'module' || layer.path === null || layer.statement === null) {
      continue;
    }
    const { statement } = layer;
    const last = flow.steps
      .filter((step) => step.statement !== null && sameStart(step.statement, statement))
      .pop();
    const value =
      last?.target === undefined || last.target === null
        ? null
        : assignedValue(facts, statement, last.target);
    if (
      value === null ||
      last?.target === null ||
      last === undefined ||
      !isGiven(facts, layer, last.target)
    ) {
      continue;
    }
    const entries = entriesAt(model, layer.path);
    const inner =
      entries.length === 1 && isWeightLayer(entries[0]?.type ?? '')
        ? entries
        : blockEntries(model, layer.path);
    const weights = inner.filter((entry) => isWeightLayer(entry.type));
    if (weights.length > 0) {
      const loop = flow.loops[layer.loop];
      branches.push({
        statement,
        variable: last.target,
        value,
        layer,
        sameShape: loop === undefined ? certain(keepsShape(weights)) : keepsShape(weights),
        convolution: weights.some((entry) => isConvolution(entry.type)),
        times: loop === undefined ? 1 : (loop.count ?? FEWEST_LAYERS),
      });
    }
  }
  return branches;
}

/** Is a variable what a layer is called with, alone or beside others (`conv(adjacency, x)`)? */
function isGiven(facts: PythonFacts, layer: ForwardStep, variable: string): boolean {
  if (layer.argument?.trim() === variable) {
    return true;
  }
  const [, given] = /^[\w.[\]]+\(([\w\s,.]*)\)$/.exec(facts.textOf(layer.range)) ?? [];
  return given?.split(',').some((one) => one.trim() === variable) ?? false;
}

function sameStart(a: StatementFact, b: StatementFact): boolean {
  return a.range.line === b.range.line && a.range.column === b.range.column;
}

/** The call right of `name =`; null for anything but one call on lines of its own. */
function assignedValue(facts: PythonFacts, statement: StatementFact, name: string): string | null {
  const text = facts.textOf(statement.range);
  if (!statement.ownLines || !text.startsWith(name) || text.includes('\n')) {
    return null;
  }
  const value = /^\s*=\s*([\w.]+\(.*\))$/.exec(text.slice(name.length));
  return value?.[1] ?? null;
}

function entriesAt(model: ModelView, path: string): readonly ModuleEntry[] {
  return model.modules.filter((entry) => entry.path === path || entry.path.endsWith(`.${path}`));
}

function blockEntries(model: ModelView, path: string): readonly ModuleEntry[] {
  return model.modules.filter((entry) => `.${entry.path}`.includes(`.${path}.`));
}

/** Outside a loop differing names are differing sizes: there is no first layer that alone differs. */
function certain(shape: Branch['sameShape']): Branch['sameShape'] {
  return shape === 'yes' ? 'yes' : 'no';
}

/** Compares what goes into the first layer of a block with what comes out of its last, as written. */
function keepsShape(weights: readonly ModuleEntry[]): Branch['sameShape'] {
  const first = weights[0];
  const last = weights[weights.length - 1];
  const from = first === undefined ? undefined : featuresIn(first)?.text;
  const to = last === undefined ? undefined : featuresOut(last)?.text;
  if (from === undefined || to === undefined) {
    return 'unknown';
  }
  const sizes = weights.map(keepsSize);
  if (sizes.includes('no')) {
    return 'no';
  }
  if (from === to) {
    return sizes.includes('unknown') ? 'unknown' : 'yes';
  }
  return /^[\d_]+$/.test(from) && /^[\d_]+$/.test(to) ? 'no' : 'unknown';
}

/** Whether a convolution keeps height and width; a linear layer has none. */
function keepsSize(entry: ModuleEntry): Branch['sameShape'] {
  if (!isConvolution(entry.type)) {
    return 'yes';
  }
  const kernel = argument(entry.args, 'kernel_size', 2)?.literal;
  const stride = argument(entry.args, 'stride', 3)?.literal ?? 1;
  const padding = argument(entry.args, 'padding', 4)?.literal ?? 0;
  if (stride !== 1) {
    return typeof stride === 'number' ? 'no' : 'unknown';
  }
  if (padding === 'same') {
    return 'yes';
  }
  return typeof kernel === 'number' && typeof padding === 'number'
    ? kernel === 2 * padding + 1
      ? 'yes'
      : 'no'
    : 'unknown';
}

/** Default-initialised branches are small enough to be summed; anything larger or deeper needs a normalised input. */
function needsNorm(facts: PythonFacts, model: ModelView, blocks: number): boolean {
  if (isNormalised(model)) {
    return false;
  }
  const sgd = facts.optimizers.some((one) => /\.SGD$/.test(one.type));
  const strong = facts.inits.some(
    (init) => init.writes !== 'bias' && /^(?:kaiming|xavier|orthogonal)$/.test(init.kind),
  );
  return blocks > MOST_BARE_BLOCKS ? sgd || strong : strong && blocks > FEWEST_LAYERS;
}

function shortcut(facts: PythonFacts, branch: Branch, norm: string | null): (TextEdit | null)[] {
  const { statement, variable, value } = branch;
  const text = facts.textOf(statement.range);
  let branchValue = value;
  if (norm !== null) {
    const dims = branch.convolution ? '[1:]' : '[-1:]';
    const call = `${facts.textOf(branch.layer.range)}`;
    const argumentAt = call.lastIndexOf(variable);
    if (argumentAt < 0 || !value.includes(call)) {
      return [null];
    }
    const inner = `${call.slice(0, argumentAt)}${norm}(${variable}, ${variable}.shape${dims})${call.slice(argumentAt + variable.length)}`;
    branchValue = value.replace(call, () => inner);
  }
  if (branch.sameShape === 'yes') {
    if (norm === null) {
      const start = statement.range.column + text.length - value.length;
      return [prependTo({ ...statement.range, column: start }, `${variable} + `)];
    }
    return [replace(statement.range, `${variable} = ${variable} + ${branchValue}`)];
  }
  const branchName = freeName(facts, ['y', 'out', 'branch']);
  const newText =
    `${branchName} = ${branchValue}${facts.lineEnding}${statement.indent}` +
    `${variable} = ${variable} + ${branchName} if ${branchName}.shape == ${variable}.shape else ${branchName}`;
  return [replace(statement.range, newText)];
}

/** `x = self.features(x)` over a plain Sequential becomes a loop with a shortcut around every layer that keeps the shape. */
function unrollSequential(facts: PythonFacts, model: ModelView, flow: ForwardFacts): TextEdit | null {
  for (const step of flow.steps) {
    const { statement, target, path } = step;
    if (
      step.op !== 'module' ||
      path === null ||
      statement === null ||
      target === null ||
      path.includes('*')
    ) {
      continue;
    }
    const layers = model.modules.filter((entry) => entry.path.startsWith(`${path}.`));
    const weights = layers.filter((entry) => isWeightLayer(entry.type));
    const count = weights.reduce((sum, entry) => sum + (entry.count ?? FEWEST_LAYERS), 0);
    const plain = layers.every((entry) => entry.path.split('.').length === path.split('.').length + 1);
    const callee = step.callee === null ? null : facts.textOf(step.callee);
    const value = assignedValue(facts, statement, target);
    if (!plain || count < FEWEST_LAYERS || callee === null || value !== `${callee}(${target})`) {
      continue;
    }
    const types = [...new Set(weights.map((entry) => entry.type))].map(
      (type) => spell(facts, `torch.${type}`)?.name,
    );
    if (types.includes(undefined)) {
      return null;
    }
    const [layer, out] = [
      freeName(facts, ['layer', 'module', 'block']),
      freeName(facts, ['y', 'out', 'branch']),
    ];
    const filter = types.length === 1 ? types[0] : `(${types.join(', ')})`;
    const [eol, indent, unit] = [facts.lineEnding, statement.indent, facts.indentUnit];
    return replace(
      statement.range,
      `for ${layer} in ${callee}:${eol}` +
        `${indent}${unit}${out} = ${layer}(${target})${eol}` +
        `${indent}${unit}${target} = ${target} + ${out} if isinstance(${layer}, ${filter}) and ${out}.shape == ${target}.shape else ${out}`,
    );
  }
  return null;
}
