/** What kinds of layers, activations and normalisations there are, by canonical name. */

/** `sigmoid`, `relu`, ... of `nn.Sigmoid`, `torch.sigmoid`, `torch.nn.functional.sigmoid`, `keras.activations.sigmoid`. */
const ACTIVATION_WORDS = new Set([
  'relu',
  'relu6',
  'leakyrelu',
  'prelu',
  'rrelu',
  'elu',
  'selu',
  'celu',
  'gelu',
  'silu',
  'swish',
  'mish',
  'sigmoid',
  'hardsigmoid',
  'logsigmoid',
  'tanh',
  'hardtanh',
  'softplus',
  'softsign',
  'tanhshrink',
  'hardswish',
  'softmax',
  'logsoftmax',
  'glu',
]);

const NORM_WORDS =
  /^(?:batchnorm|layernorm|groupnorm|instancenorm|syncbatchnorm|rmsnorm|localresponsenorm|lazybatchnorm)(?:[123]d)?$/;

const WEIGHT_TYPES =
  /^nn\.(?:Lazy)?(?:Linear|Conv[123]d|ConvTranspose[123]d|Bilinear)$|^keras\.layers\.(?:Dense|Conv[123]D|Conv[123]DTranspose|SeparableConv[12]D)$/;

const RECURRENT_TYPES = /^nn\.(?:RNN|LSTM|GRU)(?:Cell)?$|^keras\.layers\.(?:SimpleRNN|LSTM|GRU)$/;

function word(name: string): string {
  return name
    .slice(name.lastIndexOf('.') + 1)
    .replace(/_/g, '')
    .toLowerCase();
}

function ofFramework(name: string): boolean {
  return /^(?:nn|torch|keras|tensorflow|jax|flax)\./.test(name);
}

/** Lower-case word of an activation (`leakyrelu`), or null when the name is none. */
export function activationOf(name: string): string | null {
  if (!ofFramework(name)) {
    return null;
  }
  const found = word(name);
  return ACTIVATION_WORDS.has(found) ? found : null;
}

export function isNorm(name: string): boolean {
  return ofFramework(name) && NORM_WORDS.test(word(name));
}

export function isDropout(name: string): boolean {
  return ofFramework(name) && /^(?:alpha|feature|spatial)?dropout(?:[123]d)?$/.test(word(name));
}

/** A layer with one weight matrix that values pass through: linear and convolution. */
export function isWeightLayer(type: string): boolean {
  return WEIGHT_TYPES.test(type);
}

export function isRecurrent(type: string): boolean {
  return RECURRENT_TYPES.test(type);
}
