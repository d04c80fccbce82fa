import { type Activation, activationNamed } from '../activations';
import { activationMoments } from '../gaussian';
import { addKernel, flatKernel, type Kernel, mapKernel, scaleKernel, zeroKernel, zipKernel } from '../kernel';
import { type Axis, positionCount, type Shape } from '../shape';
import { type Flow, type Grad, type Parameter, parameterCount, secondMoment, type Tape } from '../tape';

export type CellKind = 'rnn-tanh' | 'rnn-relu' | 'lstm' | 'gru';

/** Parameters of one direction of one layer. */
export interface CellParts {
  readonly kind: CellKind;
  readonly inputs: number;
  readonly hidden: number;
  readonly weightInput: Parameter;
  readonly weightHidden: Parameter;
  readonly biasInput: Parameter | null;
  readonly biasHidden: Parameter | null;
  /** Extra constant on the forget gate's bias (LSTM); 0 by default. */
  readonly forgetBias: number;
  /** State and memory before the first step; null for zeros. */
  readonly initial: Flow | null;
  readonly initialMemory: Flow | null;
}

export interface RecurrentResult {
  readonly output: Flow;
  /** log10 of ‖dL/dh_first‖ / ‖dL/dh_last‖ over the sequence; null before the backward pass. */
  readonly attenuation: () => number | null;
}

const times = (a: number, b: number) => a * b;
const multiply = (a: Kernel, b: Kernel): Kernel => zipKernel(a, b, times);
const ones: Kernel = [1, 1, 1, 1];

function functionNamed(name: string): Activation {
  const found = activationNamed(name);
  if (found === null) throw new Error(name);
  return found;
}

const sigmoid = functionNamed('sigmoid');
const tanh = functionNamed('tanh');
const relu = functionNamed('relu');

/** One time step seen forward: the new state, and how the gradient of state and memory flows back through it. */
interface Step {
  readonly hidden: Kernel;
  readonly memory: Kernel;
  /** What the state has in common with what later steps add to it (a bias adds the same at each), by pair of samples. */
  readonly common: Kernel;
  /** Means of the hidden state (only a rectified cell has one). */
  readonly mean: number;
  readonly back: (hidden: Kernel, memory: Kernel) => StepBack;
}

interface StepBack {
  /** Gradient of the input side's pre-activations, summed over gates. */
  readonly inputGates: Kernel;
  /** The same for the recurrent side (GRU's candidate is gated before it). */
  readonly hiddenGates: Kernel;
  /** What reaches the previous state not through the recurrent matrix. */
  readonly direct: Kernel;
  readonly memory: Kernel;
  /** What passes from step to step through a gate: its mean, and that of what leads into it; null where nothing does. */
  readonly carry?: { readonly keep: number; readonly gain: number; readonly through: 'memory' | 'state' };
  /** Gates behind a memory: their gradient at neighbouring steps on each side, and its decay a step. */
  readonly lasting?: { readonly input: Shared; readonly hidden: Shared; readonly decay: number };
}

/** Second moments of what two steps share, in one sample and between two. */
interface Shared {
  readonly own: number;
  readonly other: number;
}

/**
 * A recurrent layer over the sequence axis, unrolled: moments of the state forward in time, of its gradient backward
 * (Pascanu et al. 2013, arXiv 1211.5063; Chen et al. 2018, arXiv 1806.05394). A parameter sums over time, so it keeps the
 * last steps' gradient even where early steps get none.
 */
export function recurrent(tape: Tape, x: Flow, cell: CellParts, axis: number): RecurrentResult {
  const length = Math.max(1, Math.round(x.shape[axis]?.size ?? 1));
  const shape: Shape = x.shape.map(
    (old, i): Axis => (i === x.shape.length - 1 ? { size: cell.hidden, role: 'feature' } : old),
  );
  const wi = secondMoment(cell.weightInput.init);
  const wh = secondMoment(cell.weightHidden.init);
  const biasInput = cell.biasInput === null ? 0 : secondMoment(cell.biasInput.init);
  const biasHidden = cell.biasHidden === null ? 0 : secondMoment(cell.biasHidden.init);
  const driven = mapKernel(x.kernel, (k) => cell.inputs * wi * k + biasInput);
  const before: Kernel[] = [];
  const steps: Step[] = [];
  let hidden: Kernel = cell.initial?.kernel ?? zeroKernel;
  let memory: Kernel = cell.initialMemory?.kernel ?? zeroKernel;
  let common: Kernel = zeroKernel;
  let settled: Step | null = null;
  for (let t = 0; t < length; t++) {
    before.push(hidden);
    const fed = mapKernel(hidden, (k) => cell.hidden * wh * k + biasHidden);
    const step: Step = settled ?? advance(cell, driven, fed, { hidden, memory, common });
    if (settled === null && t > 0 && close(step.hidden, hidden) && close(step.memory, memory)) settled = step;
    steps.push(step);
    hidden = step.hidden;
    memory = step.memory;
    common = step.common;
  }
  let attenuation: number | null = null;
  const output = tape.add({
    shape,
    mean: steps[steps.length - 1]?.mean ?? 0,
    kernel: hidden,
    back: (grad) => {
      attenuation = unroll(tape, x, cell, steps, before, grad, wi, wh);
    },
  });
  return { output, attenuation: () => attenuation };
}

function close(a: Kernel, b: Kernel): boolean {
  return Math.abs(a[0] - b[0]) <= 1e-6 * b[0] && Math.abs(a[2] - b[2]) <= 1e-6 * b[0];
}

function unroll(
  tape: Tape,
  x: Flow,
  cell: CellParts,
  steps: readonly Step[],
  before: readonly Kernel[],
  grad: Grad,
  wi: number,
  wh: number,
): number | null {
  const length = steps.length;
  const batch = tape.batch;
  let hidden: Kernel = addKernel(grad.spread, grad.last);
  let memory: Kernel = zeroKernel;
  let weightInput = 0;
  let weightHidden = 0;
  let biasInput = 0;
  let biasHidden = 0;
  let toInput: Kernel = zeroKernel;
  let echo: Kernel = zeroKernel;
  const atEnd = hidden[0];
  let carried = atEnd;
  // Sum over samples and over the pairs with other steps (spread evenly on the steps).
  const sum = (delta: Kernel, value: Kernel) => {
    const p = multiply(delta, value);
    const others = length - 1;
    return Math.max(0, (p[0] + (batch - 1) * p[2] + others * (p[1] + (batch - 1) * p[3])) / batch);
  };
  for (let t = length - 1; t >= 0; t--) {
    const step = steps[t];
    if (step === undefined) continue;
    const b = step.back(hidden, memory);
    weightInput += sum(b.inputGates, x.kernel);
    weightHidden += sum(b.hiddenGates, before[t] ?? zeroKernel);
    biasInput += sum(b.inputGates, ones);
    biasHidden += sum(b.hiddenGates, ones);
    if (b.lasting !== undefined) {
      const { input, hidden: side, decay } = b.lasting;
      const neighbours = neighboursOf(decay, length);
      const again = ({ own, other }: Shared, k: Kernel) =>
        (neighbours * Math.max(0, own * k[1] + (batch - 1) * other * k[3])) / batch;
      weightInput += again(input, x.kernel);
      weightHidden += again(side, before[t] ?? zeroKernel);
      // The state itself lasts as long as the memory behind it.
      const lasts = neighboursOf(decay * decay, length);
      const k = before[t] ?? zeroKernel;
      weightHidden +=
        (lasts * Math.max(0, side.own * (k[0] - k[1]) + (batch - 1) * side.other * (k[2] - k[3]))) / batch;
      biasInput += again(input, ones);
      biasHidden += again(side, ones);
      // Of all other steps only the neighbours share it.
      const share = length > 1 ? neighbours / (length - 1) : 0;
      const sent = share * cell.hidden * wi;
      toInput = addKernel(toInput, [0, sent * input.own, 0, sent * input.other]);
    }
    toInput = addKernel(toInput, scaleKernel(b.inputGates, cell.hidden * wi));
    const flowing = addKernel(b.direct, scaleKernel(b.hiddenGates, cell.hidden * wh));
    carried = flowing[0] + b.memory[0];
    memory = b.memory;
    hidden = addKernel(flowing, grad.spread);
    if (b.carry !== undefined) {
      // What comes from later steps and what this one is sent add up as far as all steps are sent the same.
      const { keep, gain, through } = b.carry;
      echo = addKernel(scaleKernel(elsewhere(grad.spread), gain), scaleKernel(echo, keep));
      const both = scaleKernel(echo, 2 * keep * gain);
      if (through === 'memory') memory = addKernel(memory, both);
      else hidden = addKernel(hidden, both);
    }
  }
  if (cell.initial !== null) tape.sendSpread(cell.initial, withoutLater(hidden, grad.spread));
  if (cell.initialMemory !== null) tape.sendSpread(cell.initialMemory, memory);
  const units = cell.hidden;
  tape.gather(cell.weightInput, units * cell.inputs * weightInput);
  tape.gather(cell.weightHidden, units * units * weightHidden);
  if (cell.biasInput !== null)
    tape.gather(cell.biasInput, (parameterCount(cell.biasInput.sizes) / gates(cell.kind)) * biasInput);
  if (cell.biasHidden !== null)
    tape.gather(cell.biasHidden, (parameterCount(cell.biasHidden.sizes) / gates(cell.kind)) * biasHidden);
  tape.sendSpread(x, scaleKernel(toInput, 1 / positionCountOr(x, length)));
  return atEnd > 0 && carried > 0 ? 0.5 * Math.log10(carried / atEnd) : null;
}

/** Σ over other steps of what is left of one step's gradient there, `decay` to the power of their distance: the mean over steps. */
function neighboursOf(decay: number, length: number): number {
  const lost = 1 - Math.min(decay, 1 - 1e-6);
  return Math.max(0, (2 * decay * (1 - (1 - decay ** length) / (length * lost))) / lost);
}

/** The state before the first step gets no gradient of its own. */
function withoutLater(hidden: Kernel, own: Kernel): Kernel {
  return zipKernel(hidden, own, (a, b) => Math.max(0, a - b));
}

function positionCountOr(x: Flow, length: number): number {
  return Math.max(1, Math.min(positionCount(x.shape), length));
}

function gates(kind: CellKind): number {
  return kind === 'lstm' ? 4 : kind === 'gru' ? 3 : 1;
}

/** What a step finds. */
type State = Pick<Step, 'hidden' | 'memory' | 'common'>;

function advance(cell: CellParts, driven: Kernel, fed: Kernel, state: State): Step {
  const z = addKernel(driven, fed);
  switch (cell.kind) {
    case 'rnn-tanh':
      return plainStep(tanh, z);
    case 'rnn-relu':
      return plainStep(relu, z);
    case 'lstm':
      return lstmStep(cell, z, state);
    case 'gru':
      return gruStep(driven, fed, state, z);
  }
}

function plainStep(f: Activation, z: Kernel): Step {
  const m = activationMoments(f, 0, z);
  return {
    hidden: m.value,
    memory: zeroKernel,
    common: zeroKernel,
    mean: m.mean,
    back: (hidden) => {
      const gate = multiply(hidden, m.derivative);
      return { inputGates: gate, hiddenGates: gate, direct: zeroKernel, memory: zeroKernel };
    },
  };
}

/** c' = f c + i g, h = o tanh(c'), gates sigmoid (Hochreiter & Schmidhuber 1997). */
function lstmStep(cell: CellParts, z: Kernel, { memory, common }: State): Step {
  const gate = activationMoments(sigmoid, 0, z);
  const bias = cell.forgetBias;
  const forget = bias === 0 ? gate : activationMoments(sigmoid, bias, addKernel(z, flatKernel(bias * bias)));
  const candidate = activationMoments(tanh, 0, z);
  const added = addKernel(multiply(forget.value, memory), multiply(gate.value, candidate.value));
  const next = addKernel(added, scaleKernel(common, 2 * forget.mean * gate.mean));
  const squashed = activationMoments(tanh, 0, next);
  return {
    hidden: multiply(gate.value, squashed.value),
    memory: next,
    common: addKernel(scaleKernel(common, forget.mean), scaleKernel(elsewhere(candidate.value), gate.mean)),
    mean: 0,
    back: (dh, dcLater) => {
      const out = multiply(multiply(dh, squashed.value), gate.derivative);
      const dc = addKernel(multiply(multiply(dh, gate.value), squashed.derivative), dcLater);
      const input = multiply(multiply(dc, candidate.value), gate.derivative);
      const remembered = multiply(multiply(dc, memory), forget.derivative);
      const proposed = multiply(multiply(dc, gate.value), candidate.derivative);
      const all = addKernel(addKernel(out, input), addKernel(remembered, proposed));
      // What the memory carries is the same gradient at every step; the gates' other factors differ by step.
      const factors = (i: 1 | 3) =>
        (candidate.value[i] + memory[i]) * gate.derivative[i] + gate.value[i] * candidate.derivative[i];
      const shared = { own: dc[0] * factors(1), other: dc[2] * factors(3) };
      const lasting = { input: shared, hidden: shared, decay: Math.sqrt(forget.value[1]) };
      return {
        inputGates: all,
        hiddenGates: all,
        direct: zeroKernel,
        memory: multiply(dc, forget.value),
        lasting,
        carry: {
          keep: forget.mean,
          gain: gate.mean * Math.sqrt(squashed.derivative[0]),
          through: 'memory',
        },
      };
    },
  };
}

/** Of pairs of places the moments at other places: what two steps have in common. */
function elsewhere(k: Kernel): Kernel {
  return [k[1], k[1], k[3], k[3]];
}

/** h' = (1−z) n + z h, n = tanh(Wx + r (U h)) (Cho et al. 2014, as PyTorch writes it). */
function gruStep(driven: Kernel, fed: Kernel, { hidden, common }: State, z: Kernel): Step {
  const gate = activationMoments(sigmoid, 0, z);
  const candidate = activationMoments(tanh, 0, addKernel(driven, multiply(gate.value, fed)));
  // 1 − z has the moments of z: the gate is symmetric about one half.
  const kept = gate.value;
  const mixed = addKernel(multiply(kept, candidate.value), multiply(gate.value, hidden));
  return {
    hidden: addKernel(mixed, scaleKernel(common, 2 * gate.mean * (1 - gate.mean))),
    memory: zeroKernel,
    common: addKernel(scaleKernel(common, gate.mean), scaleKernel(elsewhere(candidate.value), 1 - gate.mean)),
    mean: 0,
    back: (dh) => {
      const proposed = multiply(multiply(dh, kept), candidate.derivative);
      const update = multiply(multiply(dh, addKernel(candidate.value, hidden)), gate.derivative);
      const reset = multiply(multiply(proposed, fed), gate.derivative);
      const gatedBack = multiply(proposed, gate.value);
      // Through the update gate the state's gradient stays from step to step, as a memory's does.
      const factors = (i: 1 | 3, reset: number) =>
        kept[i] * candidate.derivative[i] * reset +
        (candidate.value[i] + hidden[i]) * gate.derivative[i] +
        kept[i] * candidate.derivative[i] * fed[i] * gate.derivative[i];
      const shared = (reset: Kernel) => ({
        own: dh[0] * factors(1, reset[1]),
        other: dh[2] * factors(3, reset[3]),
      });
      return {
        lasting: { input: shared(ones), hidden: shared(gate.value), decay: Math.sqrt(gate.value[1]) },
        inputGates: addKernel(addKernel(proposed, update), reset),
        hiddenGates: addKernel(addKernel(gatedBack, update), reset),
        direct: multiply(dh, gate.value),
        carry: { keep: gate.mean, gain: 1, through: 'state' },
        memory: zeroKernel,
      };
    },
  };
}
