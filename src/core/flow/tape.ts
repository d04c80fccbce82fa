import type { Activation } from './activations';
import { addKernel, gradientMoment, type Kernel, scaleKernel, zeroKernel, zipKernel } from './kernel';
import { hasBatch, positionCount, type Shape } from './shape';

/** Distribution of a parameter's entries at initialisation. */
export interface Init {
  readonly mean: number;
  readonly variance: number;
}

/** One parameter: what it starts as, and the squared gradient norm gathered for it. */
export interface Parameter {
  /** Dotted path in its model; filled in when the model is complete. */
  name: string;
  readonly sizes: readonly number[];
  init: Init;
  /** Offset in the source of the call that creates it. */
  readonly offset: number;
  requiresGrad: boolean;
  /** Expected squared norm of its gradient, up to a factor common to all. */
  squared: number;
  used: boolean;
  /** Position in the order the backward pass meets parameters; the last weight of the model comes first. */
  order: number;
  /** Ranges of a bias that code writes on its own (the forget gate's quarter). */
  parts: { readonly start: number; readonly stop: number; readonly part: Parameter }[];
  /** The packed parameter this one is a slice of: what it gathers counts there. */
  readonly whole: Parameter | null;
  /** Name in its layer where a parametrisation changes it. */
  alias: string | null;
  /** Row norms that are a parameter of their own (weight normalisation). */
  magnitude: Parameter | null;
  /** Squared gradient of what is stored over that of what is used (spectral normalisation). */
  storedScale: number;
  /** The tensor it is computed as (`weight * scale`, a hypernetwork's output): what it gathers flows on there. */
  readonly computed: Flow | null;
  /** Its first input tells its sizes (a lazy layer's). */
  lazy: boolean;
  /** Initialisations asked for before its sizes were known (a lazy layer's), in order. */
  readonly pending: ((parameter: Parameter) => void)[];
}

export function createParameter(
  sizes: readonly number[],
  init: Init,
  offset: number,
  whole: Parameter | null = null,
  computed: Flow | null = null,
): Parameter {
  return {
    name: '',
    sizes,
    init,
    offset,
    requiresGrad: true,
    squared: 0,
    used: false,
    order: Number.POSITIVE_INFINITY,
    parts: [],
    whole,
    alias: null,
    magnitude: null,
    storedScale: 1,
    computed,
    lazy: false,
    pending: [],
  };
}

/** Gives a lazy layer's parameter the sizes its first input tells, its default initialisation, and those asked for since. */
export function settle(parameter: Parameter, sizes: readonly number[], init: Init): void {
  Object.assign(parameter, { sizes, init });
  for (const initialise of parameter.pending.splice(0)) initialise(parameter);
}

export function parameterCount(sizes: readonly number[]): number {
  return sizes.reduce((total, size) => total * size, 1);
}

/** Mean of the squared entries. */
export function secondMoment(init: Init): number {
  return init.variance + init.mean * init.mean;
}

/**
 * How a tensor's gradient δ changes with the tensor itself, as squared entries of the Hessian averaged over features,
 * by pair. δ and a layer's input are not independent: over many samples and places that dependence adds up where the
 * gradients themselves cancel (Stein's lemma: E[δ x] = Var(x) E ∂δ/∂x).
 */
export interface Bend {
  /** Squared mean of the diagonal: a curved loss bends all features alike. */
  readonly trace: Kernel;
  /** Diagonal entries of random sign: curved activations. */
  readonly own: Kernel;
  /** Squared entries between features. */
  readonly mixed: Kernel;
}

/** Second moments of the loss's gradient: spread over all positions, and what only the first or last position gets. */
export interface Grad {
  readonly spread: Kernel;
  /** Same-position pairs only (entries 0 and 2). */
  readonly first: Kernel;
  readonly last: Kernel;
  readonly bend: Bend | null;
  /** Share of it that all features have in common (what a sum over features sends back): 0 where nothing tells. */
  readonly alike: number;
}

/** Another gradient for the same places; how it bends is left out unless given, and what features share is forgotten. */
export function mapGrad(grad: Grad, f: (k: Kernel) => Kernel, bend: Bend | null = null): Grad {
  const focused = (k: Kernel) => (k[0] === 0 ? zeroKernel : f(k));
  return { spread: f(grad.spread), first: focused(grad.first), last: focused(grad.last), bend, alike: 0 };
}

export function mapBend(bend: Bend | null, f: (k: Kernel) => Kernel): Bend | null {
  return bend === null ? null : { trace: f(bend.trace), own: f(bend.own), mixed: f(bend.mixed) };
}

/** All of a gradient as averages over positions. */
export function foldGrad(grad: Grad, positions: number): Kernel {
  const { spread, first, last } = grad;
  if (first[0] === 0 && last[0] === 0) return spread;
  const own = (first[0] + last[0]) / positions;
  const other = (first[2] + last[2]) / positions;
  return [spread[0] + own, spread[1], spread[2] + other, spread[3]];
}

export function spreadGrad(spread: Kernel, bend: Bend | null = null): Grad {
  return { spread, first: zeroKernel, last: zeroKernel, bend, alike: 0 };
}

function addGrad(a: Grad, b: Grad): Grad {
  const total = a.spread[0] + b.spread[0];
  return {
    alike: total > 0 ? (a.alike * a.spread[0] + b.alike * b.spread[0]) / total : 0,
    spread: addKernel(a.spread, b.spread),
    first: addKernel(a.first, b.first),
    last: addKernel(a.last, b.last),
    bend: a.bend === null ? b.bend : b.bend === null ? a.bend : addBend(a.bend, b.bend),
  };
}

/** Traces have a sign in common, so their roots add. */
function addBend(a: Bend, b: Bend): Bend {
  return {
    trace: zipKernel(
      a.trace,
      b.trace,
      (x, y) => (Math.sqrt(Math.max(0, x)) + Math.sqrt(Math.max(0, y))) ** 2,
    ),
    own: addKernel(a.own, b.own),
    mixed: addKernel(a.mixed, b.mixed),
  };
}

/** One tensor of the forward pass: its shape, moments, and how a gradient flows on from it. */
export interface Flow {
  readonly shape: Shape;
  /** Mean over features. */
  readonly mean: number;
  readonly kernel: Kernel;
  grad: Grad | null;
  readonly back: ((grad: Grad) => void) | null;
  /** Set on the output of a non-decreasing activation: a maximum may be taken before it. */
  readonly before: Scalar | null;
  /** Set on what is a function of another tensor's entries, one by one. */
  readonly scalar: Scalar | null;
  /** Set on a difference of two tensors, with or without its gradient cut. */
  readonly difference: { readonly minuend: Flow; readonly subtrahend: Flow } | null;
  /** Set on a mean over the samples, which is no independent tensor where it meets what it is the mean of. */
  readonly average: Average | null;
  /** A parameter or constant: its axes take the roles of what it is combined with. */
  readonly free: boolean;
  /** Set on what attention is made of: products of queries and keys. */
  readonly scores: Scores | null;
  /** Second moment at the first position over that of all: a class token starts smaller than what it stands before. */
  readonly lead: number;
  /** Set on learned tokens that every sample starts from: the parameter. */
  readonly learned: Flow | null;
  /** Set where tensors were joined along their features: what normalises channels does so to each on its own. */
  readonly pieces: Pieces | null;
  /** 1 where no entry is negative, −1 where none is positive: what a normal distribution of the same moments would not know. */
  readonly sign: Sign;
}

export type Sign = -1 | 0 | 1;

export function signOf(value: number): Sign {
  return value > 0 ? 1 : value < 0 ? -1 : 0;
}

/** What a tensor is the mean of, over all samples and, where they are `pooled`, all positions. */
export interface Average {
  readonly of: Flow;
  readonly pooled: boolean;
}

/** Tensors that lie behind each other along an axis. */
export interface Pieces {
  readonly axis: number;
  readonly flows: readonly Flow[];
}

/** Entries that are a function of another tensor's entries. */
export interface Scalar {
  readonly activation: Activation;
  readonly input: Flow;
  /** Functions it is made of. */
  readonly parts: number;
}

/** Unnormalised attention: queries and keys, and the factor their product is multiplied by. */
export interface Scores {
  readonly query: Flow;
  readonly key: Flow;
  readonly scale: number;
  readonly normalised: boolean;
}

export interface FlowParts {
  readonly shape: Shape;
  readonly mean: number;
  readonly kernel: Kernel;
  readonly back?: (grad: Grad) => void;
  readonly before?: Flow['before'];
  readonly scalar?: Scalar | null;
  readonly difference?: Flow['difference'];
  readonly average?: Average | null;
  readonly free?: boolean;
  readonly scores?: Scores;
  readonly learned?: Flow;
  readonly lead?: number;
  readonly pieces?: Pieces | null;
  readonly sign?: Sign;
}

/** Records the forward pass of one batch and walks it backwards. */
export class Tape {
  private readonly flows: Flow[] = [];
  readonly notes = new Set<string>();
  private gathered = 0;
  /** Activations that no gradient passes: all their inputs lie where the slope is zero. */
  blocked = 0;

  constructor(readonly batch: number) {}

  get length(): number {
    return this.flows.length;
  }

  add(parts: FlowParts): Flow {
    const flow: Flow = {
      shape: parts.shape,
      mean: parts.mean,
      kernel: parts.kernel,
      grad: null,
      back: parts.back ?? null,
      before: parts.before ?? null,
      scalar: parts.scalar ?? null,
      difference: parts.difference ?? null,
      average: parts.average ?? null,
      free: parts.free ?? false,
      scores: parts.scores ?? null,
      learned: parts.learned ?? null,
      lead: parts.lead ?? 1,
      pieces: parts.pieces ?? null,
      sign: parts.sign ?? 0,
    };
    this.flows.push(flow);
    return flow;
  }

  /** A parameter used as a tensor. */
  leaf(parameter: Parameter): Flow {
    const second = secondMoment(parameter.init);
    return this.add({
      shape: parameter.sizes.map((size) => ({ size, role: 'feature' })),
      mean: parameter.init.mean,
      kernel: [second, second, second, second],
      free: true,
      back: (grad) => {
        const entry = grad.spread[0] / (this.batch * this.batch);
        this.gather(parameter, entry * parameterCount(parameter.sizes));
      },
    });
  }

  /** Adds to a tensor's gradient. */
  send(flow: Flow, grad: Grad): void {
    flow.grad = flow.grad === null ? grad : addGrad(flow.grad, grad);
  }

  sendSpread(flow: Flow, spread: Kernel, bend: Bend | null = null): void {
    this.send(flow, spreadGrad(spread, bend));
  }

  gather(parameter: Parameter, squared: number): void {
    const target = parameter.whole ?? parameter;
    if (target.computed !== null) {
      // A tensor without samples is met by the sum over them; where each sample has its own, each by its share.
      const entry = (squared / parameterCount(parameter.sizes)) * this.batch * this.batch;
      const isOwn = hasBatch(target.computed.shape);
      this.sendSpread(target.computed, isOwn ? [entry / this.batch, 0, 0, 0] : [entry, 0, entry, 0]);
      return;
    }
    target.used = true;
    target.order = Math.min(target.order, this.gathered++);
    target.squared += squared * target.storedScale;
    if (target.magnitude === null) return;
    // Of a row's gradient, the magnitude gets the component along the row.
    const { magnitude } = target;
    this.gather(magnitude, (squared * parameterCount(magnitude.sizes)) / parameterCount(target.sizes));
  }

  /** Second moment of an entry of a weight's gradient, δ and x having this many positions each (see gradientMoment). */
  entryMoment(delta: Kernel, x: Kernel, shape: Shape, positions = positionCount(shape)): number {
    if (hasBatch(shape)) return gradientMoment(delta, x, this.batch, positions);
    return gradientMoment(delta, x, 1, positions) / (this.batch * this.batch);
  }

  backward(): void {
    for (let i = this.flows.length - 1; i >= 0; i--) {
      const flow = this.flows[i];
      if (flow?.grad != null && flow.back !== null) flow.back(flow.grad);
    }
  }
}

/** Gradient seen before a multiplication: the gradient by the factor's square, its bend by the fourth power. */
export function scaleGrad(grad: Grad, square: number): Grad {
  return mapGrad(
    grad,
    (k) => scaleKernel(k, square),
    mapBend(grad.bend, (k) => scaleKernel(k, square * square)),
  );
}
