import type { Init } from '../tape';
import { build, keywords, register, zero } from './modules';
import { parametersOf } from './moduleTree';
import type { Reader } from './reader';
import { type Args, args, argument, isKind, numberArgument, type ObjectValue } from './values';

export function constructAttention(reader: Reader, object: ObjectValue, given: Args): void {
  const width = numberArgument(given, 0, 'embed_dim', 1);
  object.settings.set('heads', numberArgument(given, 1, 'num_heads', 1));
  object.settings.set('dropout', numberArgument(given, 2, 'dropout', 0));
  object.fields.set('embed_dim', width);
  object.fields.set('num_heads', numberArgument(given, 1, 'num_heads', 1));
  object.fields.set('batch_first', argument(given, 8, 'batch_first') === true);
  const keys = argument(given, 6, 'kdim');
  const values = argument(given, 7, 'vdim');
  const xavier = (a: number, b: number): Init => ({ mean: 0, variance: 2 / (a + b) });
  if ((typeof keys === 'number' && keys !== width) || (typeof values === 'number' && values !== width)) {
    const k = typeof keys === 'number' ? keys : width;
    const v = typeof values === 'number' ? values : width;
    register(reader, object, 'q_proj_weight', [width, width], xavier(width, width));
    register(reader, object, 'k_proj_weight', [width, k], xavier(width, k));
    register(reader, object, 'v_proj_weight', [width, v], xavier(width, v));
  } else register(reader, object, 'in_proj_weight', [3 * width, width], xavier(width, 3 * width));
  const bias = argument(given, 3, 'bias') !== false;
  if (bias) register(reader, object, 'in_proj_bias', [3 * width], zero);
  const out = build(reader, 'Linear', keywords({ bias }, width, width));
  const outBias = out.fields.get('bias');
  if (isKind(outBias, 'parameter')) outBias.parameter.init = zero;
  object.fields.set('out_proj', out);
}

export function constructTransformerLayer(
  reader: Reader,
  object: ObjectValue,
  type: string,
  given: Args,
): void {
  const width = numberArgument(given, 0, 'd_model', 1);
  const heads = numberArgument(given, 1, 'nhead', 1);
  const inner = numberArgument(given, 2, 'dim_feedforward', 2048);
  const rate = numberArgument(given, 3, 'dropout', 0.1);
  const activation = argument(given, 4, 'activation') ?? 'relu';
  const batchFirst = argument(given, 6, 'batch_first') === true;
  const first = argument(given, 7, 'norm_first') === true;
  object.fields.set('activation', activation);
  object.fields.set('norm_first', first);
  object.fields.set('batch_first', batchFirst);
  const attention = () =>
    build(reader, 'MultiheadAttention', keywords({ dropout: rate, batch_first: batchFirst }, width, heads));
  object.fields.set('self_attn', attention());
  if (type === 'TransformerDecoderLayer') object.fields.set('multihead_attn', attention());
  object.fields.set('linear1', build(reader, 'Linear', args(width, inner)));
  object.fields.set('dropout', build(reader, 'Dropout', args(rate)));
  object.fields.set('linear2', build(reader, 'Linear', args(inner, width)));
  const norms = type === 'TransformerDecoderLayer' ? 3 : 2;
  for (let i = 1; i <= norms; i++) object.fields.set(`norm${i}`, build(reader, 'LayerNorm', args(width)));
  for (let i = 1; i <= norms; i++) object.fields.set(`dropout${i}`, build(reader, 'Dropout', args(rate)));
}

export function constructTransformer(reader: Reader, object: ObjectValue, given: Args): void {
  const width = numberArgument(given, 0, 'd_model', 512);
  const heads = numberArgument(given, 1, 'nhead', 8);
  const options = keywords(
    {
      activation: argument(given, 6, 'activation') ?? 'relu',
      batch_first: argument(given, 10, 'batch_first') === true,
      norm_first: argument(given, 11, 'norm_first') === true,
    },
    width,
    heads,
    numberArgument(given, 4, 'dim_feedforward', 2048),
    numberArgument(given, 5, 'dropout', 0.1),
  );
  object.fields.set('batch_first', argument(given, 10, 'batch_first') === true);
  for (const [name, type, index, key] of [
    ['encoder', 'TransformerEncoder', 2, 'num_encoder_layers'],
    ['decoder', 'TransformerDecoder', 3, 'num_decoder_layers'],
  ] as const) {
    const layer = build(reader, `${type}Layer`, options);
    const norm = build(reader, 'LayerNorm', args(width));
    object.fields.set(name, build(reader, type, args(layer, numberArgument(given, index, key, 6), norm)));
  }
  for (const p of parametersOf(object)) {
    if (p.sizes.length > 1) p.init = { mean: 0, variance: 2 / ((p.sizes[0] ?? 1) + (p.sizes[1] ?? 1)) };
  }
}
