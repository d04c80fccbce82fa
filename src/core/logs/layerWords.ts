/** Words by which people call parts of a network. A table that grows by a word. */

const PARTS: ReadonlySet<string> = new Set(
  (
    'conv conv1d conv2d conv3d fc lin linear dense emb embed embedding embeddings wte wpe rnn gru lstm cell attn attention mha ' +
    'enc encoder dec decoder stem body trunk backbone neck bottleneck block blocks layer layers mlp ffn ff proj projection ln bn ' +
    'norm layernorm batchnorm classifier readout head heads patch tower mixer resblock res down up mid unet generator ' +
    'discriminator qkv wq wk wv wo query key pool router expert experts input output hidden in out first last final'
  ).split(' '),
);
/** Words that name a part only with a number or beside others: "block3", "attn.key", not a "key" or a "norm" alone. */
const AMBIGUOUS: ReadonlySet<string> = new Set(
  'layer layers block blocks norm key up down mid res in out ff ln bn cell pool input output first last final hidden query'.split(
    ' ',
  ),
);
const OF_A_PART = /^(?:\d{1,3}|[wb]|weight|bias|kernel|gamma|beta|scale)$/;
const LONGEST = 60;

/** True for "conv1", "enc.block3.attn", "fc_out": every word names a part of a network, and one of them nothing else. */
export function isLayerName(name: string): boolean {
  if (name.length > LONGEST) {
    return false;
  }
  const words = name.toLowerCase().split(/[._/-]/);
  const stems = words.map((word) => (PARTS.has(word) ? word : word.replace(/\d{1,3}$/, '')));
  return (
    stems.every((stem, index) => PARTS.has(stem) || OF_A_PART.test(words[index] ?? '')) &&
    stems.some((stem, index) => PARTS.has(stem) && (!AMBIGUOUS.has(stem) || words[index] !== stem))
  );
}
