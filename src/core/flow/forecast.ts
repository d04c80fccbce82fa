import type { Framework, PythonFacts } from '../python/facts';
import { expressionsOf, statementsIn } from '../python/syntax/walk';
import { type ReadOptions, readModel } from './fromFacts';
import { fans } from './interp/initialisers';
import { LinkedFiles } from './interp/linkedFiles';
import { type Target, targetsOf } from './modelsOf';
import type { ReadModel } from './readOnce';
import {
  explodingBorder,
  type FlowClass,
  type FlowConfidence,
  type FlowLayer,
  type FlowLevel,
  type FlowReport,
  type FlowVerdict,
  vanishingBorder,
  zeroGradient,
} from './report';
import { type Parameter, parameterCount, secondMoment } from './tape';

export interface FlowOptions {
  /** Only this class or model variable; every model of the file otherwise. */
  readonly className?: string;
  /** Only models with these names, of those the file does not use as parts of others. */
  readonly among?: ReadonlySet<string>;
  /** Length of sequences and number of tokens; 32 where the code does not fix it. */
  readonly sequenceLength?: number;
  /** Samples a gradient is the mean of; what the file sets, else 64. */
  readonly batchSize?: number;
  /** Other files of the workspace: classes and functions that the file imports from them are followed. */
  readonly modules?: readonly PythonFacts[];
  /** Steps that reading all the models may take (about a microsecond each), for callers in a hurry; counted down, and what does not fit is unknown. */
  readonly budget?: { left: number };
}

/** Libraries with models of their own, which are not read. */
const foreign: ReadonlySet<Framework> = new Set(['keras', 'tensorflow', 'jax', 'flax', 'optax']);

const defaultSequence = 32;
/** Far more than any model written by hand takes (a hundred layers: 2,000); hostile code ends within seconds. */
const defaultWork = 60_000;
const defaultBatch = 64;

/** Expected gradient flow at initialisation of the models in a file. Never throws. */
export function forecastFlow(facts: PythonFacts, options: FlowOptions = {}): FlowReport {
  const read: ReadOptions = {
    batch: Math.max(2, Math.min(4096, options.batchSize ?? batchIn(facts.text) ?? defaultBatch)),
    sequence: Math.max(1, options.sequenceLength ?? defaultSequence),
    sequenceFixed: options.sequenceLength !== undefined,
    links: options.modules === undefined ? null : new LinkedFiles(facts, options.modules),
    parts: new Set(),
    budget: options.budget ?? { left: defaultWork },
  };
  const classes: FlowClass[] = [];
  for (const target of targetsOf(facts, options.className, read.links)) {
    if (options.className !== undefined && options.className !== target.name) continue;
    if (options.among?.has(target.name) === false) continue;
    classes.push(forecastTarget(facts, target, read));
  }
  const some = classes.some((c) => c.layers.length > 0);
  const whole =
    options.className === undefined ? classes.filter((c) => !isPart(facts, c, some, read.parts)) : classes;
  return { version: 1, path: facts.path, classes: whole };
}

/** The batch size the file sets (`batch_size=128`, `--batch-size ... default=128`), where it sets one. */
function batchIn(text: string): number | null {
  const found =
    /\bbatch_size["']?\s*[=:]\s*(\d{1,5})\b/i.exec(text) ??
    /--batch[-_]size["'][^\n]{0,80}default=(\d{1,5})\b/.exec(text);
  return found === null ? null : Number(found[1]);
}

/** A block without a forecast of its own that another class of the file builds or derives from, or a single layer in a variable beside models: it is forecast as part of them. */
function isPart(facts: PythonFacts, c: FlowClass, others: boolean, parts: ReadonlySet<string>): boolean {
  if (c.layers.length > 0 || c.blocked.length > 0) return false;
  if (parts.has(c.class)) return true;
  if (others && facts.models.some((model) => model.name === c.class)) return true;
  return facts.body.some(
    (stmt) =>
      stmt.kind === 'class' &&
      stmt.name !== c.class &&
      [stmt, ...statementsIn(stmt.body)].some((inner) =>
        expressionsOf(inner).some((expr) => expr.kind === 'name' && expr.id === c.class),
      ),
  );
}

function forecastTarget(facts: PythonFacts, target: Target, options: ReadOptions): FlowClass {
  if (facts.frameworks.length > 0 && !facts.frameworks.some((name) => !foreign.has(name)))
    return empty(target, `${target.name}: only models of PyTorch are forecast`);
  const model = quietly(() => readModel(facts, target.build, options));
  if (typeof model === 'string') return empty(target, `${target.name}: ${model}`);
  return summarise(facts, target, model, options);
}

/** A fault of ours must not reach the editor: it becomes an unknown forecast. */
function quietly(read: () => ReadModel | string): ReadModel | string {
  try {
    return read();
  } catch (error) {
    return `not understood (${error instanceof Error ? error.message : 'error'})`;
  }
}

function empty(target: Target, why: string, parts: readonly string[] = []): FlowClass {
  return {
    class: target.name,
    line: target.line,
    verdict: 'unknown',
    layers: [],
    perLayer: null,
    reference: null,
    scale: null,
    level: 'unknown',
    confidence: 'low',
    coverage: 0,
    overTime: [],
    blocked: [],
    assumptions: [],
    unknown: [why, ...parts],
  };
}

function summarise(facts: PythonFacts, target: Target, model: ReadModel, options: ReadOptions): FlowClass {
  const trained = model.parameters.filter(([, p]) => p.requiresGrad);
  const rounding = roundingOnly(trained);
  const flowing = trained.filter(
    ([name, p]) => p.squared > 0 && Number.isFinite(p.squared) && !rounding.has(name),
  );
  const matrices = flowing.filter(([, p]) => isMatrix(p));
  const reference = lastUsed(matrices);
  const placeAt = (offset: number) => {
    const place = model.placeOf(offset);
    return {
      line: place?.line ?? target.line,
      ...(place === null || place.path === facts.path ? {} : { path: place.path }),
    };
  };
  const blocked = cutOff(trained)
    ? model.blocked.slice(0, 3).map(({ activation, offset }) => ({ activation, ...placeAt(offset) }))
    : [];
  const total = count(trained.map(([, p]) => p));
  const coverage = total > 0 ? count(trained.filter(([, p]) => p.used).map(([, p]) => p)) / total : 0;
  const isSound = model.opaque === 0 && model.mismatches.length === 0;
  if (reference === null) {
    const parts = [...model.skipped, ...misfits(model)];
    const nothing = empty(target, `${target.name}: no weight gets a gradient that can be followed`, parts);
    if (!isSound || blocked.length === 0) return nothing;
    const known = {
      coverage,
      confidence: confidenceOf(model, coverage),
      unknown: unknownParts(trained, model, rounding),
    };
    return { ...nothing, ...known, verdict: 'vanishes', blocked };
  }
  const [referenceName, referenceParameter] = reference;
  const layers = flowing.map(
    ([parameter, p]): FlowLayer => ({
      parameter,
      ...placeAt(p.offset),
      log10: 0.5 * Math.log10(p.squared / referenceParameter.squared),
      matrix: isMatrix(p),
      gain: isMatrix(p) ? fanIn(p) * secondMoment(p.init) : null,
    }),
  );
  const first = layers.find((layer) => layer.matrix);
  const steps = matrices.length - 1;
  const unknown = unknownParts(trained, model, rounding);
  const confidence = confidenceOf(model, coverage);
  const square = referenceParameter.squared / model.output.squared;
  const scale = square > 0 && Number.isFinite(square) ? 0.5 * Math.log10(square) : null;
  return {
    class: target.name,
    line: target.line,
    verdict:
      first === undefined || (model.opaque > 0 && matrices.length < 2)
        ? 'unknown'
        : blocked.length > 0 && isSound
          ? 'vanishes'
          : sureVerdict(first.log10, coverage, confidence, model),
    layers,
    perLayer: first !== undefined && steps > 0 ? 10 ** (first.log10 / steps) : null,
    reference: referenceName,
    confidence,
    scale,
    level: levelOf(layers, scale, model.output.positions),
    coverage,
    overTime: model.attenuations,
    blocked,
    assumptions: assumptionsOf(model, options, referenceName),
    unknown,
  };
}

/** The first weight that the forward pass uses gets nothing at all. */
function cutOff(trained: readonly (readonly [string, Parameter])[]): boolean {
  let first: Parameter | null = null;
  for (const [, p] of trained)
    if (isMatrix(p) && p.used && (first === null || p.order > first.order)) first = p;
  return first !== null && !(first.squared > 0);
}

/** Square of the ratio to its layer's weight below which a vector's gradient is what rounding leaves of zero. */
const roundingSquare = 1e-10;

/** Biases in front of a normalisation: their gradient cancels exactly, and only rounding is left. */
function roundingOnly(trained: readonly (readonly [string, Parameter])[]): Set<string> {
  const weights = new Map<string, number>();
  for (const [name, p] of trained) if (isMatrix(p)) weights.set(stemOf(name), p.squared);
  return new Set(
    trained
      .filter(([name, p]) => !isMatrix(p) && p.squared < roundingSquare * (weights.get(stemOf(name)) ?? 0))
      .map(([name]) => name),
  );
}

function stemOf(name: string): string {
  return name.slice(0, name.lastIndexOf('.') + 1);
}

export function verdictOf(log10: number): FlowVerdict {
  if (log10 < Math.log10(vanishingBorder)) return 'vanishes';
  return log10 > Math.log10(explodingBorder) ? 'explodes' : 'stable';
}

/**
 * What a forecast is wrong by (decades; nine of ten first layers of the models in test/bench/flow.md are nearer): a ratio is said to
 * vanish or explode where it is beyond the border by more.
 */
const expectedError: Readonly<Record<FlowConfidence, number>> = { high: 0.1, medium: 0.15, low: 0.3 };

/** The verdict, where the code was read well enough for one: sizes that do not fit are no ground for an alarm. */
function sureVerdict(
  log10: number,
  coverage: number,
  confidence: FlowConfidence,
  model: ReadModel,
): FlowVerdict {
  if (coverage < 0.5) return 'unknown';
  const towards = Math.sign(log10) * expectedError[confidence];
  const verdict = verdictOf(log10) === 'stable' ? 'stable' : verdictOf(log10 - towards);
  return verdict !== 'stable' && model.mismatches.length > 0 ? 'unknown' : verdict;
}

/**
 * Gradients that add up over places may be as much larger as the root of their number without anything being wrong, so
 * "huge" is judged as if they all did.
 */
function levelOf(layers: readonly FlowLayer[], scale: number | null, positions: number): FlowLevel {
  const levels = layers.filter((layer) => layer.matrix).map((layer) => layer.log10 + (scale ?? Number.NaN));
  if (scale === null || levels.length === 0) return 'unknown';
  if (Math.max(...levels) < Math.log10(vanishingBorder)) return 'tiny';
  return Math.min(...levels) - 0.5 * Math.log10(positions) > Math.log10(explodingBorder) ? 'huge' : 'kept';
}

function isMatrix(p: Parameter): boolean {
  return p.sizes.filter((size) => size > 1).length > 1 || p.sizes.length > 1;
}

function fanIn(p: Parameter): number {
  return fans(p.sizes).fanIn;
}

function count(parameters: readonly Parameter[]): number {
  return parameters.reduce((total, p) => total + parameterCount(p.sizes), 0);
}

/** The weight the backward pass meets first. */
function lastUsed(matrices: readonly (readonly [string, Parameter])[]): readonly [string, Parameter] | null {
  let best: readonly [string, Parameter] | null = null;
  for (const entry of matrices) if (best === null || entry[1].order < best[1].order) best = entry;
  return best;
}

/** The first sizes that do not fit, each once. */
function misfits({ mismatches }: ReadModel): string[] {
  return [...new Set(mismatches.map((m) => m.text))].slice(0, 3);
}

function unknownParts(
  trained: readonly (readonly [string, Parameter])[],
  model: ReadModel,
  rounding: ReadonlySet<string>,
): string[] {
  const out: string[] = [];
  const list = (names: readonly string[], what: string) => {
    if (names.length === 0) return;
    const shown = names.slice(0, 4).join(', ');
    out.push(`${shown}${names.length > 4 ? ` and ${names.length - 4} more` : ''}: ${what}`);
  };
  list(
    trained.filter(([, p]) => !p.used).map(([n]) => n),
    'not reached by the forward pass as read',
  );
  list(
    trained.filter(([n, p]) => p.used && (!(p.squared > 0) || rounding.has(n))).map(([n]) => n),
    zeroGradient,
  );
  out.push(...model.skipped, ...misfits(model));
  return out;
}

function confidenceOf(model: ReadModel, coverage: number): FlowConfidence {
  if (model.mismatches.length > 0 || model.opaque > 0 || coverage < 0.9) return 'low';
  return model.skipped.length > 0 || model.assumed.size > 0 ? 'medium' : 'high';
}

const lossText: Readonly<Record<ReadModel['loss'], string>> = {
  'cross-entropy': 'cross-entropy with labels drawn at random',
  bce: 'binary cross-entropy with labels drawn at random',
  'bce-logits': 'binary cross-entropy with labels drawn at random',
  mse: 'squared error against targets of unit variance',
  sum: 'sum of the outputs',
};

function assumptionsOf(model: ReadModel, options: ReadOptions, reference: string): string[] {
  return [
    ...model.inputs.map((input) => `input ${input}`),
    `loss: ${lossText[model.loss]}`,
    `mean over a batch of ${options.batch}`,
    ...model.notes,
    ...[...model.assumed].map(([name, size]) => `${name} = ${size}, which only the data tells`),
    `norms are relative to ${reference}`,
  ];
}
