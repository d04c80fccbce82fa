import { activationNamed } from '../activations';
import { concat } from '../ops/concat';
import { add, dropout, multiply } from '../ops/elementwise';
import { linear } from '../ops/linear';
import { type CellKind, recurrent } from '../ops/recurrent';
import { select, slice } from '../ops/reshape';
import { activate, scale, shift } from '../ops/scalar';
import { describeShape } from '../shape';
import type { Flow, Parameter } from '../tape';
import { parameterOf, setting, taken } from './forward';
import { flowOf } from './operators';
import type { Reader } from './reader';
import { type Args, isKind, isList, list, type ObjectValue, tensor, tuple, type Value } from './values';

function cellKind(object: ObjectValue, type: string): CellKind {
  if (type.startsWith('LSTM')) return 'lstm';
  if (type.startsWith('GRU')) return 'gru';
  return object.fields.get('nonlinearity') === 'relu' ? 'rnn-relu' : 'rnn-tanh';
}

/** What the code writes into the forget gate's quarter of a bias (the second of four). */
function forgetMean(bias: Parameter | null): number {
  const quarter = (bias?.sizes[0] ?? 4) / 4;
  const written = bias?.parts
    .filter((p) => Math.abs(p.start - quarter) < 1 && Math.abs(p.stop - 2 * quarter) < 1)
    .at(-1);
  return written?.part.init.mean ?? 0;
}

/** nn.RNN, nn.LSTM, nn.GRU: layers and directions over the sequence. */
export function forwardRecurrent(reader: Reader, object: ObjectValue, type: string, given: Args): Value {
  const inputs = object.fields.get('input_size');
  const hidden = object.fields.get('hidden_size');
  const layers = object.fields.get('num_layers');
  const width = typeof hidden === 'number' ? hidden : 1;
  const features = typeof inputs === 'number' ? inputs : 1;
  const timeFirst = object.fields.get('batch_first') !== true;
  const start = taken(reader, given.positional[0], [{ kind: 'sequence', features, timeFirst }]);
  if (start === null) return reader.passOver(`nn.${type}`, given);
  let x: Flow = start;
  const time = Math.max(
    0,
    x.shape.findIndex((axis) => axis.role === 'position'),
  );
  // Two axes would be one sequence without samples: it is the input that was taken for less than it is.
  if (x.shape.length < 3 && x.shape[0]?.role === 'batch')
    reader.mismatch('unknown', `nn.${type} meets no sequence: ${describeShape(x.shape)}`);
  const got = x.shape[x.shape.length - 1]?.size ?? features;
  if (!Number.isNaN(got) && got !== features)
    reader.mismatch('features', `nn.${type} of ${features} inputs meets ${got}`, features);
  const states: Value[] = [];
  const count = typeof layers === 'number' ? layers : 1;
  for (let layer = 0; layer < count; layer++) {
    const ends: Flow[] = [];
    for (const end of object.fields.get('bidirectional') === true ? ['', '_reverse'] : ['']) {
      const weightInput = parameterOf(object, `weight_ih_l${layer}${end}`);
      const weightHidden = parameterOf(object, `weight_hh_l${layer}${end}`);
      if (weightInput === null || weightHidden === null) continue;
      const biasInput = parameterOf(object, `bias_ih_l${layer}${end}`);
      const biasHidden = parameterOf(object, `bias_hh_l${layer}${end}`);
      const result = recurrent(
        reader.tape,
        x,
        {
          kind: cellKind(object, type),
          inputs: weightInput.sizes[1] ?? features,
          hidden: width,
          weightInput,
          weightHidden,
          biasInput,
          biasHidden,
          initial: initialState(reader, given, type, 0, states.length),
          initialMemory: type === 'LSTM' ? initialState(reader, given, type, 1, states.length) : null,
          forgetBias: type === 'LSTM' ? forgetMean(biasInput) + forgetMean(biasHidden) : 0,
        },
        time,
      );
      reader.attenuations.push({
        name: () => weightHidden.name,
        length: x.shape[time]?.size ?? 1,
        value: result.attenuation,
      });
      ends.push(result.output);
      states.push(tensor(select(reader.tape, result.output, time, 'last')));
    }
    const only = ends[0];
    if (only === undefined) break;
    x = ends.length > 1 ? concat(reader.tape, ends, only.shape.length - 1) : only;
    if (layer < count - 1) x = dropout(reader.tape, x, setting(object, 'dropout', 0));
  }
  const state = list(states);
  return tuple([tensor(x), type === 'LSTM' ? tuple([state, list(states)]) : state]);
}

/** The state handed to a recurrent layer: one entry a layer and direction, or one tensor for all. */
function initialState(reader: Reader, given: Args, type: string, part: 0 | 1, index: number): Flow | null {
  let state = given.positional[1] ?? given.keywords.get('hx') ?? null;
  if (type === 'LSTM') state = isList(state) ? (state.items[part] ?? null) : null;
  if (isList(state)) state = state.items[index] ?? null;
  const flow = state === null || isKind(state, 'input') ? null : flowOf(reader, state);
  return flow === null || flow.free || flow.kernel[0] === 0 ? null : flow;
}

/** One step of a cell, from the operations it is made of. */
export function forwardCell(reader: Reader, object: ObjectValue, type: string, given: Args): Value {
  const tape = reader.tape;
  const hidden = object.fields.get('hidden_size');
  const inputs = object.fields.get('input_size');
  const n = typeof hidden === 'number' ? hidden : 1;
  const x = taken(reader, given.positional[0], [
    { kind: 'vector', features: typeof inputs === 'number' ? inputs : 1 },
  ]);
  const weightInput = parameterOf(object, 'weight_ih');
  const weightHidden = parameterOf(object, 'weight_hh');
  if (x === null || weightInput === null || weightHidden === null)
    return reader.passOver(`nn.${type}`, given);
  const last = x.shape[x.shape.length - 1];
  if (last?.role !== 'feature' || (!Number.isNaN(last.size) && last.size !== inputs)) {
    reader.mismatch('features', `nn.${type} meets ${describeShape(x.shape)}`);
  }
  const state = given.positional[1] ?? null;
  const old = isList(state) ? flowOf(reader, state.items[0]) : flowOf(reader, state);
  const oldMemory = isList(state) ? flowOf(reader, state.items[1]) : null;
  const gates = type === 'LSTMCell' ? 4 : type === 'GRUCell' ? 3 : 1;
  const fed = (flow: Flow, weight: Parameter, bias: Parameter | null) =>
    linear(tape, flow, { inputs: weight.sizes[1] ?? 1, outputs: gates * n, weight, bias });
  const driven = fed(x, weightInput, parameterOf(object, 'bias_ih'));
  const back = old === null ? null : fed(old, weightHidden, parameterOf(object, 'bias_hh'));
  const part = (flow: Flow) => slice(tape, flow, flow.shape.length - 1, n);
  const z = () => (back === null ? part(driven) : add(tape, part(driven), part(back)));
  const apply = (flow: Flow, name: string) => {
    const f = activationNamed(name);
    return f === null ? flow : activate(tape, flow, f);
  };
  if (type === 'RNNCell')
    return tensor(apply(z(), object.fields.get('nonlinearity') === 'relu' ? 'relu' : 'tanh'));
  if (type === 'LSTMCell') {
    const forget = forgetMean(parameterOf(object, 'bias_ih')) + forgetMean(parameterOf(object, 'bias_hh'));
    const proposed = multiply(tape, apply(z(), 'sigmoid'), apply(z(), 'tanh'));
    const keep = apply(forget === 0 ? z() : shift(tape, z(), forget), 'sigmoid');
    const memory = oldMemory === null ? proposed : add(tape, proposed, multiply(tape, keep, oldMemory));
    const output = multiply(tape, apply(z(), 'sigmoid'), apply(memory, 'tanh'));
    return tuple([tensor(output), tensor(memory)]);
  }
  const gate = apply(z(), 'sigmoid');
  const rest = shift(tape, scale(tape, gate, -1), 1);
  const candidate =
    back === null ? part(driven) : add(tape, part(driven), multiply(tape, apply(z(), 'sigmoid'), part(back)));
  const fresh = multiply(tape, rest, apply(candidate, 'tanh'));
  return tensor(old === null ? fresh : add(tape, fresh, multiply(tape, gate, old)));
}
