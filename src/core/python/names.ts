import type { Framework } from './facts';

/** Packages and the framework they belong to. */
const PACKAGES: Readonly<Record<string, Framework>> = {
  torch: 'torch',
  torchvision: 'torch',
  torchaudio: 'torch',
  lightning: 'lightning',
  pytorch_lightning: 'lightning',
  lightning_fabric: 'lightning',
  transformers: 'transformers',
  accelerate: 'accelerate',
  deepspeed: 'deepspeed',
  keras: 'keras',
  tf_keras: 'keras',
  tensorflow: 'tensorflow',
  jax: 'jax',
  flax: 'flax',
  optax: 'optax',
  equinox: 'jax',
  haiku: 'jax',
};

/** A cheap look for a framework's name, so that nothing else is ever parsed. */
const MENTIONS = new RegExp(`\\b(?:${Object.keys(PACKAGES).join('|')})\\b`);

export function mentionsFramework(text: string): boolean {
  return MENTIONS.test(text);
}

/** Framework of a dotted import origin; null for anything else. */
export function frameworkOf(origin: string): Framework | null {
  const head = origin.split('.')[0] ?? '';
  return Object.hasOwn(PACKAGES, head) ? (PACKAGES[head] ?? null) : null;
}

/** Does an import's origin belong to a framework, by its own name or by the one it is known under? */
export function isOfFramework(origin: string): boolean {
  return frameworkOf(origin) !== null || canonicalName(origin).startsWith('keras');
}

/** Where public names are also reachable from, longest first: the name on the right is the one we use. */
const SYNONYMS: readonly (readonly [RegExp, string])[] = [
  [/^torch\.nn\.modules\.(?:[a-z_]+\.)?(?=[A-Z])/, 'torch.nn.'],
  [/^torch\.nn\.parameter\.(?=[A-Z])/, 'torch.nn.'],
  [/^torch\.nn\.utils\.clip_grad\./, 'torch.nn.utils.'],
  [/^torch\.optim\.(?!lr_scheduler\b)[a-z_]+\.(?=[A-Z])/, 'torch.optim.'],
  [/^torch\.(?:cuda\.)?amp\.(?:grad_scaler\.)?GradScaler$/, 'torch.amp.GradScaler'],
  [/^(?:pytorch_lightning|lightning\.pytorch)(?=\.|$)/, 'lightning'],
  [/^lightning\.core\.(?:module\.|lightning\.)?LightningModule$/, 'lightning.LightningModule'],
  [/^lightning\.trainer\.(?:trainer\.)?Trainer$/, 'lightning.Trainer'],
  [/^(?:tensorflow\.(?:python\.)?keras|tf_keras)(?=\.|$)/, 'keras'],
  [/^keras\.(?:models|engine(?:\.[a-z]+)?)\.(?=(?:Model|Sequential)$)/, 'keras.'],
  [
    /^keras\.layers\.(?:core|recurrent|convolutional|rnn|normalization)\.(?:[a-z_]+\.)?(?=[A-Z])/,
    'keras.layers.',
  ],
  [/^flax\.linen\.(?:linear|module|recurrent)\.(?=[A-Z])/, 'flax.linen.'],
];

/** Where a name must start for any synonym to fit: most names are a program's own. */
const HEADS = /^(?:torch|pytorch_lightning|lightning|tensorflow|tf_keras|keras|flax)(?:\.|$)/;

/** The public name of a dotted origin. */
export function canonicalName(origin: string): string {
  if (!HEADS.test(origin)) {
    return origin;
  }
  const known = canonicalNames.get(origin);
  if (known !== undefined) {
    return known;
  }
  const name = SYNONYMS.reduce(
    (given, [pattern, replacement]) => given.replace(pattern, replacement),
    origin,
  );
  if (canonicalNames.size >= MOST_NAMES) {
    canonicalNames.clear();
  }
  canonicalNames.set(origin, name);
  return name;
}

/** Programs name the same few things again and again. */
const canonicalNames = new Map<string, string>();
const MOST_NAMES = 2000;

/** `torch.nn.Linear` as the project writes it: `nn.Linear`. Everything else stays as it is. */
export function shortType(name: string): string {
  return name.startsWith('torch.nn.') && !name.startsWith('torch.nn.functional.')
    ? name.slice('torch.'.length)
    : name;
}
