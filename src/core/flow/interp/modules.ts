import { createParameter, type Init, type Parameter } from '../tape';
import { constructAttention, constructTransformer, constructTransformerLayer } from './constructAttention';
import { cloneModule } from './moduleTree';
import type { Reader } from './reader';
import {
  type Args,
  args,
  argument,
  isKind,
  isList,
  list,
  numberArgument,
  numbersFor,
  type ObjectValue,
  type Value,
} from './values';

export { forwardModule } from './forward';
export { callModuleMethod, moduleMethods } from './moduleMethods';

/** U(−bound, bound). */
function uniform(bound: number): Init {
  return { mean: 0, variance: (bound * bound) / 3 };
}

const one: Init = { mean: 1, variance: 0 };

export const zero: Init = { mean: 0, variance: 0 };

export function register(
  reader: Reader,
  object: ObjectValue,
  name: string,
  sizes: readonly number[],
  init: Init,
): Parameter {
  const parameter = createParameter(sizes, init, reader.offset);
  object.fields.set(name, { kind: 'parameter', parameter });
  return parameter;
}

export function build(reader: Reader, type: string, given: Args): ObjectValue {
  const built = reader.construct(reader.nativeClass(`nn.${type}`), given);
  if (!isKind(built, 'object')) throw new Error(type);
  return built;
}

export function keywords(entries: Readonly<Record<string, Value>>, ...positional: Value[]): Args {
  return { positional, keywords: new Map(Object.entries(entries)) };
}

/** Number of axes in `Conv2d`, `MaxPool1d`. */
export function rankOf(type: string): number {
  const digit = /(\d)d$/.exec(type)?.[1];
  return digit === undefined ? 1 : Number(digit);
}

/** Makes a library module: its parameters with PyTorch's default initialisation, and its settings. */
export function constructModule(reader: Reader, object: ObjectValue, type: string, given: Args): void {
  const set = (name: string, value: number) => {
    object.settings.set(name, value);
    object.fields.set(name, value);
  };
  if (/^Conv(Transpose)?\dd$/.test(type)) {
    constructConvolution(reader, object, type, given);
    return;
  }
  if (/^BatchNorm\dd$|^SyncBatchNorm$|^InstanceNorm\dd$/.test(type)) {
    const features = numberArgument(given, 0, 'num_features', 1);
    set('num_features', features);
    object.settings.set('eps', numberArgument(given, 1, 'eps', 1e-5));
    const wanted = argument(given, 3, 'affine') ?? !type.startsWith('Instance');
    if (wanted !== false) {
      register(reader, object, 'weight', [features], one);
      register(reader, object, 'bias', [features], zero);
    }
    return;
  }
  if (type === 'LSTM' || type === 'GRU' || type === 'RNN') {
    constructRecurrent(reader, object, type, given);
    return;
  }
  switch (type) {
    case 'Linear':
    case 'NonDynamicallyQuantizableLinear': {
      const inputs = numberArgument(given, 0, 'in_features', Number.NaN);
      const outputs = numberArgument(given, 1, 'out_features', Number.NaN);
      set('in_features', inputs);
      set('out_features', outputs);
      // kaiming_uniform(a=√5) is U(±1/√fan_in); the bias has the same bound.
      const init = uniform(1 / Math.sqrt(inputs));
      register(reader, object, 'weight', [outputs, inputs], init);
      if (argument(given, 2, 'bias') !== false) register(reader, object, 'bias', [outputs], init);
      return;
    }
    case 'Bilinear': {
      const bound = 1 / Math.sqrt(numberArgument(given, 0, 'in1_features', 1));
      register(
        reader,
        object,
        'weight',
        [
          numberArgument(given, 2, 'out_features', 1),
          numberArgument(given, 0, 'in1_features', 1),
          numberArgument(given, 1, 'in2_features', 1),
        ],
        uniform(bound),
      );
      return;
    }
    case 'Embedding':
    case 'EmbeddingBag': {
      const rows = numberArgument(given, 0, 'num_embeddings', 1);
      const width = numberArgument(given, 1, 'embedding_dim', 1);
      set('num_embeddings', rows);
      set('embedding_dim', width);
      register(reader, object, 'weight', [rows, width], { mean: 0, variance: 1 });
      return;
    }
    case 'LayerNorm':
    case 'RMSNorm': {
      const shape = argument(given, 0, 'normalized_shape') ?? 1;
      const sizes = isList(shape)
        ? shape.items.filter((v): v is number => typeof v === 'number')
        : [typeof shape === 'number' ? shape : 1];
      object.settings.set('axes', sizes.length);
      object.settings.set('eps', numberArgument(given, 1, 'eps', 1e-5));
      if (argument(given, 2, 'elementwise_affine') === false) return;
      register(reader, object, 'weight', sizes, one);
      if (type === 'LayerNorm') register(reader, object, 'bias', sizes, zero);
      return;
    }
    case 'GroupNorm': {
      const features = numberArgument(given, 1, 'num_channels', 1);
      object.settings.set('groups', numberArgument(given, 0, 'num_groups', 1));
      object.settings.set('eps', numberArgument(given, 2, 'eps', 1e-5));
      if (argument(given, 3, 'affine') === false) return;
      register(reader, object, 'weight', [features], one);
      register(reader, object, 'bias', [features], zero);
      return;
    }
    case 'PReLU':
      register(reader, object, 'weight', [numberArgument(given, 0, 'num_parameters', 1)], {
        mean: numberArgument(given, 1, 'init', 0.25),
        variance: 0,
      });
      return;
    case 'Dropout':
    case 'Dropout1d':
    case 'Dropout2d':
    case 'Dropout3d':
    case 'AlphaDropout':
    case 'FeatureAlphaDropout':
    case 'StochasticDepth':
    case 'DropPath':
      object.settings.set('p', numberArgument(given, 0, 'p', 0.5));
      return;
    case 'Sequential':
    case 'ModuleList':
    case 'ModuleDict':
    case 'ParameterList':
    case 'ParameterDict':
      fillContainer(object, given);
      return;
    case 'MultiheadAttention':
      constructAttention(reader, object, given);
      return;
    case 'TransformerEncoderLayer':
    case 'TransformerDecoderLayer':
      constructTransformerLayer(reader, object, type, given);
      return;
    case 'TransformerEncoder':
    case 'TransformerDecoder': {
      const layer = argument(given, 0, type === 'TransformerEncoder' ? 'encoder_layer' : 'decoder_layer');
      const count = numberArgument(given, 1, 'num_layers', 1);
      const copies = isKind(layer, 'object')
        ? Array.from({ length: Math.min(count, 256) }, () => cloneModule(layer))
        : [];
      object.fields.set('layers', build(reader, 'ModuleList', args(list(copies))));
      object.fields.set('norm', argument(given, 2, 'norm') ?? null);
      return;
    }
    case 'Transformer':
      constructTransformer(reader, object, given);
      return;
    case 'LSTMCell':
    case 'GRUCell':
    case 'RNNCell':
      constructCell(reader, object, type, given);
      return;
    default:
      keepArguments(object, given);
  }
}

/** Settings of modules without parameters (activations, pooling, padding, upsampling). */
function keepArguments(object: ObjectValue, given: Args): void {
  given.positional.forEach((value, i) => {
    object.fields.set(`argument ${i}`, value);
  });
  for (const [name, value] of given.keywords) object.fields.set(`argument ${name}`, value);
}

/** An argument kept by keepArguments. */
export function kept(object: ObjectValue, index: number, name: string): Value | undefined {
  return object.fields.get(`argument ${name}`) ?? object.fields.get(`argument ${index}`);
}

export function fillContainer(object: ObjectValue, given: Args): void {
  const first = given.positional[0];
  if (isKind(first, 'dict')) {
    for (const [name, value] of first.entries) object.fields.set(String(name), value);
    return;
  }
  const flat = given.positional.length === 1 && isList(first) ? first.items : given.positional;
  flat.forEach((value, i) => {
    object.fields.set(String(i), value);
  });
}

function constructConvolution(reader: Reader, object: ObjectValue, type: string, given: Args): void {
  const rank = rankOf(type);
  const transposed = type.includes('Transpose');
  const inputs = numberArgument(given, 0, 'in_channels', Number.NaN);
  const outputs = numberArgument(given, 1, 'out_channels', Number.NaN);
  const kernel = numbersFor(argument(given, 2, 'kernel_size'), rank, 1);
  const stride = numbersFor(argument(given, 3, 'stride'), rank, 1);
  const paddingValue = argument(given, 4, 'padding');
  const dilation = numbersFor(argument(given, transposed ? 8 : 5, 'dilation'), rank, 1);
  const outputPadding = transposed
    ? numbersFor(argument(given, 5, 'output_padding'), rank, 0)
    : numbersFor(0, rank, 0);
  const groups = numberArgument(given, 6, 'groups', 1);
  const padding =
    paddingValue === 'same'
      ? kernel.map((k, i) => ((dilation[i] ?? 1) * (k - 1)) / 2)
      : numbersFor(paddingValue, rank, 0);
  object.fields.set('in_channels', inputs);
  object.fields.set('out_channels', outputs);
  object.fields.set('groups', groups);
  object.fields.set('kernel_size', { kind: 'tuple', items: kernel });
  object.fields.set('stride', { kind: 'tuple', items: stride });
  const { settings } = object;
  for (let i = 0; i < rank; i++) {
    settings.set(`kernel${i}`, kernel[i] ?? 1);
    settings.set(`stride${i}`, stride[i] ?? 1);
    settings.set(`padding${i}`, padding[i] ?? 0);
    settings.set(`dilation${i}`, dilation[i] ?? 1);
    settings.set(`outputPadding${i}`, outputPadding[i] ?? 0);
  }
  settings.set('inputs', inputs);
  settings.set('outputs', outputs);
  settings.set('groups', groups);
  const field = kernel.reduce((a, b) => a * b, 1);
  const sizes = transposed ? [inputs, outputs / groups, ...kernel] : [outputs, inputs / groups, ...kernel];
  // The fan PyTorch computes from the weight's second axis, which a transposed weight has its outputs in.
  const fan = (sizes[1] ?? 1) * field;
  const init = uniform(1 / Math.sqrt(fan));
  register(reader, object, 'weight', sizes, init);
  if (argument(given, 7, 'bias') !== false) register(reader, object, 'bias', [outputs], init);
}

function constructRecurrent(reader: Reader, object: ObjectValue, type: string, given: Args): void {
  const inputs = numberArgument(given, 0, 'input_size', 1);
  const hidden = numberArgument(given, 1, 'hidden_size', 1);
  const layers = numberArgument(given, 2, 'num_layers', 1);
  const shift = type === 'RNN' && typeof given.positional[3] === 'string' ? 1 : 0;
  const bias = argument(given, 3 + shift, 'bias') !== false;
  const directions = argument(given, 6 + shift, 'bidirectional') === true ? 2 : 1;
  const gates = type === 'LSTM' ? 4 : type === 'GRU' ? 3 : 1;
  object.fields.set('input_size', inputs);
  object.fields.set('hidden_size', hidden);
  object.fields.set('num_layers', layers);
  object.fields.set('batch_first', argument(given, 4 + shift, 'batch_first') === true);
  object.fields.set('bidirectional', directions === 2);
  object.fields.set('nonlinearity', argument(given, 3, 'nonlinearity') === 'relu' ? 'relu' : 'tanh');
  object.settings.set('dropout', numberArgument(given, 5 + shift, 'dropout', 0));
  const init = uniform(1 / Math.sqrt(hidden));
  for (let layer = 0; layer < Math.min(layers, 64); layer++) {
    const width = layer === 0 ? inputs : hidden * directions;
    for (const end of directions === 2 ? ['', '_reverse'] : ['']) {
      register(reader, object, `weight_ih_l${layer}${end}`, [gates * hidden, width], init);
      register(reader, object, `weight_hh_l${layer}${end}`, [gates * hidden, hidden], init);
      if (!bias) continue;
      register(reader, object, `bias_ih_l${layer}${end}`, [gates * hidden], init);
      register(reader, object, `bias_hh_l${layer}${end}`, [gates * hidden], init);
    }
  }
}

function constructCell(reader: Reader, object: ObjectValue, type: string, given: Args): void {
  const inputs = numberArgument(given, 0, 'input_size', 1);
  const hidden = numberArgument(given, 1, 'hidden_size', 1);
  const gates = type === 'LSTMCell' ? 4 : type === 'GRUCell' ? 3 : 1;
  const init = uniform(1 / Math.sqrt(hidden));
  object.fields.set('input_size', inputs);
  object.fields.set('hidden_size', hidden);
  object.fields.set('nonlinearity', argument(given, 3, 'nonlinearity') === 'relu' ? 'relu' : 'tanh');
  register(reader, object, 'weight_ih', [gates * hidden, inputs], init);
  register(reader, object, 'weight_hh', [gates * hidden, hidden], init);
  if (argument(given, 2, 'bias') === false) return;
  register(reader, object, 'bias_ih', [gates * hidden], init);
  register(reader, object, 'bias_hh', [gates * hidden], init);
}
