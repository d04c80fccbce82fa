import type { SeriesKind, Split, Statistic } from '../run/series';

/**
 * What the number behind a key is for. Neither `config` nor `setting` becomes a point: the first only stands in
 * configurations, the second (a batch size) also beside the numbers of a step.
 */
export type KeyRole = 'metric' | 'step' | 'epoch' | 'config' | 'setting' | 'ignored';

/** Everything a key's text says. One dictionary for all formats. */
export interface KeyMeaning {
  readonly role: KeyRole;
  /** Among step (or epoch) keys in one record the lowest is the axis. */
  readonly rank: number;
  readonly kind: SeriesKind;
  readonly statistic: Statistic;
  readonly split: Split;
  readonly parameter: string | null;
  /** A bare layer name (`fc1`): gradients only if the whole log is made of such names. */
  readonly layerName: boolean;
  /** A word that other programs print too (`norm`): proves nothing alone. */
  readonly weak: boolean;
}

const METRIC: KeyMeaning = {
  role: 'metric',
  rank: 0,
  kind: 'other',
  statistic: 'unknown',
  split: 'train',
  parameter: null,
  layerName: false,
  weak: false,
};
const CONFIG: KeyMeaning = { ...METRIC, role: 'config' };
const SETTING: KeyMeaning = { ...METRIC, role: 'setting' };
const IGNORED: KeyMeaning = { ...METRIC, role: 'ignored' };

/** Step keys, best first: counters of optimiser steps before counters that may restart each epoch. */
const STEP_RANKS: ReadonlyMap<string, number> = new Map([
  ['global_step', 0],
  ['global_steps', 0],
  ['globalstep', 0],
  ['global_step/max_steps', 0],
  ['num_updates', 0],
  ['current_steps', 0],
  ['optimizer_step', 1],
  ['train_step', 1],
  ['training_step', 1],
  ['global_iter', 1],
  ['global_iteration', 1],
  ['step', 2],
  ['steps', 2],
  ['iteration', 3],
  ['iterations', 3],
  ['iter', 3],
  ['iters', 3],
  ['itr', 3],
  ['training_iteration', 1],
  ['it', 4],
  ['update', 4],
  ['updates', 4],
  ['up.', 4],
  ['_step', 5],
  ['batch', 6],
  ['batch_idx', 6],
  ['minibatch', 6],
  ['mini_batch', 6],
  ['progress_bar', 7],
]);

const EPOCH_RANKS: ReadonlyMap<string, number> = new Map([
  ['epoch', 0],
  ['epch', 0],
  ['current_epoch', 1],
  ['epoch_idx', 1],
  ['ep', 3],
  ['ep.', 3],
]);

/** Words before or after a gradient word that name a part of the run, not a part of the model. */
const NAMESPACES: ReadonlySet<string> = new Set(
  (
    'train training actor critic policy value learning optim optimizer metrics metric stats stat monitor monitoring ' +
    'info global total overall all model models batch step iter mean avg average raw debug perf meta loss norm norms ' +
    'pre post before after clip clipping clipped unclipped param params parameter parameters layer layers per ' +
    'trainiterstats trainepochstats optimization diagnostics health log logs value values scalar scalars l2 current ' +
    'sum rms the of for in network net max abs norm_total mean_abs magnitude magnitudes eval val valid validation test ' +
    'history histories curves run runs gnorm data result results output payload record learner learners learner_stats default default_policy default_optimizer'
  ).split(' '),
);

const EVAL_WORD =
  /(?:^|[/._ (\-[])(?:val|valid|validation|eval|evaluation|test|dev|holdout)(?:$|[/._ )\-\]\d])/;
const CONFIG_WORDS =
  /(?:^|[/._ -])(?:target|init|initial|clip|clipping)[_ -]?(?:grad|grads|gradient|gradients|gnorm|norm)(?![a-z]*ped)|(?:^|[/._ -])max[_ -]?(?:grad(?:ient)?s?[_ -]?)?g?norm|grad(?:ient)?s?[_ -]?(?:norm[_ -])?(?:clip(?!ped)|clipping|accum|accumulate|accumulation|checkpoint|threshold|sync|bucket|reduce|dtype|enabled|required|steps)|requires[_ -]grad|(?:^|[/._ -])no[_ -]grad|grad[_ -]fn|max[_ -]norm/;
const SETTINGS: ReadonlySet<string> = new Set(
  (
    'batch_size train_batch_size eval_batch_size per_device_train_batch_size num_train_epochs num_epochs epochs ' +
    'max_epochs max_steps total_steps total_epochs warmup_steps warmup_ratio weight_decay seed hidden_size num_layers ' +
    'n_layers dropout momentum adam_beta1 adam_beta2 beta1 beta2 adam_epsilon eps label_smoothing num_workers ' +
    'max_iters max_iter logging_steps save_steps eval_steps world_size vocab_size block_size n_head n_embd ' +
    'label_smoothing_factor lr_decay lr_scheduler learning_rate_decay'
  ).split(' '),
);

const LAYER_NAME =
  /^(?:layer|block|fc|conv|linear|dense|lstm|gru|rnn|encoder|decoder|stage|hidden)[ _.-]?\d{1,3}$|^(?:input|output|hidden|embedding|embed|head)(?:[ _]layer)?$/;
const PARAMETER_END =
  /(?:[./](?:[a-z0-9]+_)*(?:weight|bias|kernel|gamma|beta|embedding|scale)(?:_[a-z]{1,2}_l\d+(?:_reverse)?|_[vgu]|_orig)?|(?:^|[./])(?:weight|bias)_[a-z]{1,2}_l\d+(?:_reverse)?|[./](?:pos_embed|cls_token|pos_embedding|a_log|d_skip))$/;

/** Groups of curves about parameters that are not their gradients. */
const OTHER_GROUP =
  /^[^/]{0,60}(?:mean|std|param|weight|value|update|activ|moment|ema|hist|ratio|norm|adam|decay|scale|var|min|max|l1|l2|lr)[^/]{0,60}\//i;

/** True for names such as `encoder.0.weight`, which only a parameter of a model has. */
export function isParameterName(name: string): boolean {
  return (
    PARAMETER_END.test(name.toLowerCase()) && !/loss|[\s=(){}"'<>]/.test(name) && !OTHER_GROUP.test(name)
  );
}

/** Reads a key's text. Same text, same answer: callers keep the result. */
export function meaningOf(name: string): KeyMeaning {
  const exported = /^.{1,200} - (\S+?)(__MIN|__MAX)?$/.exec(name);
  if (exported?.[2] !== undefined) {
    return IGNORED;
  }
  // "run - metric" heads the columns of an exported W&B chart.
  const text = plainName((exported?.[1] ?? name).trim());
  const lower = text.toLowerCase();
  if (CODE_PLACE.test(lower) || /^config(?:uration)?[./]/.test(lower)) {
    return IGNORED;
  }
  if (text.startsWith('--')) {
    return CONFIG;
  }
  const axis = axisMeaning(lower);
  if (axis !== null) {
    return axis;
  }
  if (/ vs (?:samples|tokens|time|flops)$/.test(lower)) {
    return METRIC;
  }
  const gradient = gradientMeaning(text, lower);
  if (gradient !== null) {
    return gradient;
  }
  if (SETTINGS.has(lower.replaceAll(' ', '_'))) {
    return SETTING;
  }
  return scalarMeaning(text, lower);
}

/** A file's name, as log prefixes print it before a line number. */
const CODE_PLACE = /\.(?:py|cc|cpp|cu|js|ts|rs|go|java|ipynb)$/;

/** A gradient's norm as formulas write it: `|g|`, `||∇L||_2`, `‖∇‖`. */
const NORM_BARS = /^(?:\|\|?|‖)(?:∇\w{0,12}|g|grads?|gradients?|d[lw])(?:\|\|?|‖)(?:_?[2₂])?$/i;

const TRANSLATED: readonly (readonly [RegExp, string])[] = [
  [
    /梯度(?:的)?范数|梯度|норм[аы] градиент(?:а|ов)|勾配(?:の)?ノルム|그래디언트(?: l2)? 노름|기울기 노름/i,
    'grad_norm',
  ],
  [/损失(?:值|函数)?|損失|потер[ия]|손실/i, 'loss'],
  [/学习率/, 'learning_rate'],
  [/^(?:步数|步|迭代|шаг|ステップ|스텝)$/i, 'step'],
  [/^(?:轮次|轮数|轮|эпоха|エポック|에포크|época|époque)$/i, 'epoch'],
];

/** Formula signs and words of other languages as the dictionary spells them. */
function plainName(text: string): string {
  if (NORM_BARS.test(text)) {
    return text.startsWith('|grad') && !text.startsWith('||') ? text : 'grad_norm';
  }
  if (!/[^ -~]/.test(text)) {
    return text;
  }
  let plain = text.replace(/∇\w{0,12}/, 'grad').replaceAll('‖', '');
  for (const [pattern, word] of TRANSLATED) {
    plain = plain.replace(pattern, word);
  }
  return plain;
}

function axisMeaning(lower: string): KeyMeaning | null {
  const flat = lower.replaceAll(' ', '_').replaceAll('-', '_');
  const cut = Math.max(flat.lastIndexOf('/'), flat.lastIndexOf('.', flat.length - 2));
  const head = flat.slice(0, Math.max(0, cut));
  const last = flat.slice(cut + 1);
  if (
    cut > 0 &&
    !/^(?:train|training|trainer|learning|info|progress|metrics|time|log|global|eval|val|data|result|record|payload)$/.test(
      head,
    )
  ) {
    return STEP_RANKS.has(flat) ? { ...METRIC, role: 'step', rank: STEP_RANKS.get(flat) ?? 0 } : null;
  }
  const step =
    STEP_RANKS.get(flat) ??
    STEP_RANKS.get(last) ??
    STEP_RANKS.get(/^(?:train|valid)_(num_updates)$/.exec(last)?.[1] ?? '');
  if (step !== undefined) {
    return { ...METRIC, role: 'step', rank: step };
  }
  const epoch = EPOCH_RANKS.get(last);
  return epoch === undefined ? null : { ...METRIC, role: 'epoch', rank: epoch };
}

interface Segment {
  readonly text: string;
  /** Lower case, camelCase split by underscores, |bars| removed. */
  readonly plain: string;
  readonly start: number;
  readonly end: number;
}

function segmentsOf(text: string): Segment[] {
  const segments: Segment[] = [];
  for (const match of text.matchAll(/[^/.\s:]+/g)) {
    const word = match[0];
    const plain = word
      .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
      .toLowerCase()
      .replace(/[|()'"`]/g, '')
      .replaceAll('-', '_');
    segments.push({ text: word, plain, start: match.index, end: match.index + word.length });
  }
  return segments;
}

const GRADIENT_WORD = /(?:^|_)(?:grads?|gradients?|gradnorms?|gnorm|g_norm|grdn)(?:$|_|\d)/;
/** Timers of a training step are named after what they time. */
const TIMER_WORD =
  /(?:^|[/._ -])(?:optimizer|reduce|allreduce|allgather|copy|time|timer|backward|forward|sync|unscale|compute|elapsed|zero|bucket|update|hook|hooks|buffer|memory|bytes|size)(?:$|[/._ -])/;
const STATISTIC_WORD =
  /^(?:norms?|l2|l_?2_norms?|l1|l_?1_norm|l1sum|l_?1_sum|mean|avg|average|std|stds|max|absmax|abs|min|var|total|global|value|values|magnitudes?|rms|mean_abs|abs_mean|total_norm|norm_total|global_norm|stats?|raw|step|epoch|histogram|inf_norm|l_?inf)$/;

/** When the norm was taken: no part of a name. */
const CLIP_WORD = /^(?:before|after|pre|post|clip|clipping|clipped|unclipped)$/;

function gradientMeaning(text: string, lower: string): KeyMeaning | null {
  if (!/grad|gnorm|grdn|norm/.test(lower)) {
    return null;
  }
  if (CONFIG_WORDS.test(lower)) {
    return CONFIG;
  }
  if (/grad[_ -]?scal|loss[_ -]?scal/.test(lower)) {
    return { ...METRIC, kind: 'loss-scale' };
  }
  const colon = text.indexOf(': ');
  if (colon > 0) {
    // "Layer 3: mean |grad|", "fc.weight: gradient norm": the parameter stands before its measure.
    const measure = gradientMeaning(text.slice(colon + 2), lower.slice(colon + 2));
    return (measure?.kind.startsWith('grad-') || measure?.statistic === 'mean') && measure.parameter === null
      ? { ...measure, parameter: text.slice(0, colon) }
      : measure;
  }
  const lightning =
    /^(?:train[/_])?grad_(inf|\d{1,2}(?:\.\d{1,2})?)_norm[_/](.{1,300}?)(_step|_epoch)?$/.exec(text);
  if (lightning !== null) {
    const parameter = lightning[2] ?? '';
    return gradient(
      lightning[1] === 'inf' ? 'max' : 'norm',
      lightning[3] === '_epoch' ? 'summary' : 'train',
      parameter === 'total' ? null : parameter,
    );
  }
  const composer = /^l2_norm\/grad\/(.{1,300})$/.exec(text);
  if (composer !== null) {
    return gradient('norm', 'train', composer[1] === 'global' ? null : (composer[1] ?? null));
  }
  const sentence = /^has (?:a )?grad(?:ient)?s? (mean|norm|std|max) of$/i.exec(text);
  if (sentence !== null) {
    // The book's listing takes the mean of absolute values.
    return gradient(sentence[1] === 'mean' ? 'mean-abs' : statisticOf(sentence[1] ?? ''), 'train', null);
  }
  if (/^(?:avg|average)[ _]grad(?:ient)?s?$/.test(lower)) {
    // Of the whole model: a mean of norms; a signed mean over all parameters says nothing and nobody prints it.
    return gradient('norm', 'train', null);
  }
  const spoken =
    /^(?:average |mean |avg |total )?grad(?:ient)?s?(?:[ _](?:l2[ _])?norms?| magnitudes?| mean)?\s{1,3}(?:for|of|in|at)\s{1,3}(?:layer\s|param(?:eter)?\s)?\s{0,3}(\S.{0,300})$/i.exec(
      text,
    );
  if (spoken !== null) {
    const owner = spoken[1] ?? '';
    return gradient(statisticOf(lower.slice(0, 24)), 'train', /^\d+$/.test(owner) ? `layer ${owner}` : owner);
  }
  if (/^max[_ ]grad(?:ient)?s?$/.test(lower)) {
    return { ...gradient('max', 'train', null), weak: true };
  }
  if (lower === 'norm' || lower === 'total_norm' || lower === 'total norm') {
    return { ...gradient('norm', 'train', null), weak: true };
  }
  return segmentedGradient(text, lower);
}

/** `[before/]GRAD[/rest]`, where GRAD is a segment or a part of one. */
function segmentedGradient(text: string, lower: string): KeyMeaning | null {
  const segments = segmentsOf(text);
  const pure = segments.findIndex((segment) => isPure(segment.plain));
  const at =
    pure >= 0 ? pure : segments.map((segment) => GRADIENT_WORD.test(segment.plain)).lastIndexOf(true);
  const found = segments[at];
  if (found === undefined || /loss$/.test(lower)) {
    return null;
  }
  if (/(?:^|[/._ -])(?:weight|weights|param|params)[_ -]?norms?[/. ]/.test(lower)) {
    return null;
  }
  if (TIMER_WORD.test(lower) && !/norm/.test(lower)) {
    return METRIC;
  }
  const before = segments.slice(0, at);
  const rest = segments.slice(at + 1);
  const says = ({ plain }: Segment): boolean => STATISTIC_WORD.test(plain) || CLIP_WORD.test(plain);
  while (rest.length > 0 && says(rest.at(-1)!)) {
    rest.pop();
  }
  while (rest.length > 0 && says(rest[0]!)) {
    rest.shift();
  }
  const word = GRADIENT_WORD.exec(found.plain);
  const head = found.plain.slice(0, word?.index ?? 0);
  const tail = found.plain.slice((word?.index ?? 0) + (word?.[0].length ?? 0));
  const tailName = meaningfulTail(tail);
  const headName = NAMESPACES.has(head) ? '' : stripWords(head);
  const split: Split = /_epoch$/.test(lower) || /(?:^|[/_])avg_/.test(lower) ? 'summary' : splitOf(text);
  const beforeNames = before.filter(
    (segment, index) =>
      /^\d+$/.test(before[index + 1]?.plain ?? '') ||
      (!NAMESPACES.has(segment.plain) && !STATISTIC_WORD.test(segment.plain)),
  );
  const words = `${before.map((segment) => segment.plain).join('_')}_${found.plain}_${segments
    .slice(at + 1)
    .map((segment) => segment.plain)
    .join('_')}`;
  const statistic = lower.includes('|grad')
    ? 'mean-abs'
    : statisticOf(rest.length > 0 ? `${found.plain}_${statisticTail(segments)}` : words);
  if (
    /(?:^|_)(?:histogram|zeros?|nan|nans|infs|sparsity|ratio|cos|cosine|noise|var|variance|min|snr|similarity|count|time|ms|l1|l_1|low|high|lower|upper|median|percentile|quantile|quartiles|bucket)(?:_|$)/.test(
      words,
    )
  ) {
    return METRIC;
  }
  let parameter: string | null;
  if (rest.length > 0) {
    const from = headName === '' ? rest[0]!.start : found.start;
    parameter = text.slice(from, rest.at(-1)!.end);
  } else if (tailName !== '' && (headName !== '' || beforeNames.length > 0)) {
    return METRIC;
  } else if (tailName !== '') {
    parameter = tailName;
  } else if (headName !== '' || beforeNames.length > 0) {
    const first = beforeNames[0] ?? found;
    const last = headName === '' ? before.at(-1)! : found;
    const end = headName === '' ? last.end : found.start + headName.length + (head.length - headName.length);
    parameter = text.slice(first.start, Math.max(end, first.start)).replace(/[_\s./:-]+$/, '');
  } else {
    parameter = null;
  }
  if (parameter !== null) {
    parameter = parameter.replace(/_(?:step|epoch)$/, '');
  }
  return gradient(statistic, split, parameter === '' ? null : parameter);
}

/** A segment of gradient, statistic and run words only: it names no parameter. */
function isPure(plain: string): boolean {
  return (
    GRADIENT_WORD.test(plain) &&
    plain
      .split('_')
      .every(
        (word) => /^(?:grads?|gradients?|gradnorms?|gnorm|g|grdn|)$/.test(word) || STATISTIC_WORD.test(word),
      )
  );
}

/** What follows the gradient word in its own segment once statistics and run parts are taken away. */
function meaningfulTail(tail: string): string {
  const words = tail.split('_').filter((word) => word !== '');
  while (
    words.length > 0 &&
    (STATISTIC_WORD.test(words[0]!) || NAMESPACES.has(words[0]!) || /^\d+$/.test(words[0]!))
  ) {
    words.shift();
  }
  while (words.length > 0 && (words.at(-1) === 'step' || words.at(-1) === 'epoch')) {
    words.pop();
  }
  return words.join('_');
}

function stripWords(head: string): string {
  const words = head.split('_').filter((word) => word !== '');
  return words.every((word) => NAMESPACES.has(word) || STATISTIC_WORD.test(word)) ? '' : words.join('_');
}

function statisticTail(segments: readonly Segment[]): string {
  const last = segments.at(-1);
  return last !== undefined && STATISTIC_WORD.test(last.plain) ? last.plain : '';
}

function statisticOf(words: string): Statistic {
  if (/(?:^|_)(?:absmax|max|linf|l_inf|inf_norm)(?:_|$)/.test(words)) {
    return 'max';
  }
  if (/\|grad|mean_abs|abs_mean|avg_abs|abs_avg/.test(words)) {
    return 'mean-abs';
  }
  if (/(?:^|_)stds?(?:_|$)/.test(words)) {
    return 'std';
  }
  if (/(?:^|[_ ])(?:mean|avg|average)(?:[_ ]|$)/.test(words) && !/norm|magn/.test(words)) {
    return 'mean';
  }
  return 'norm';
}

/** A signed mean is no measure of size, so it stays a plain curve. */
function gradient(statistic: Statistic, split: Split, parameter: string | null): KeyMeaning {
  const kind: SeriesKind = statistic === 'max' ? 'grad-max' : statistic === 'mean' ? 'other' : 'grad-norm';
  return { ...METRIC, kind, statistic, split, parameter };
}

function splitOf(text: string): Split {
  return EVAL_WORD.test(text.replace(/([a-z])([A-Z])/g, '$1_$2').toLowerCase()) ? 'eval' : 'train';
}

function scalarMeaning(text: string, lower: string): KeyMeaning {
  const split = splitOf(text);
  if (/loss[_ -]?scal|amp[_ -]scaler?|^(?:train\/)?scaler?$/.test(lower)) {
    return { ...METRIC, kind: 'loss-scale' };
  }
  if (/(?:packet|stop|data|profit|weight|hearing|heat|job|stock)[_ -]?(?:and[_ -]?)?loss/.test(lower)) {
    return { ...METRIC, split };
  }
  const weights =
    /(?:^|[/._ -])(?:param|params|parameter|weight|weights)[_ -]?norms?(?:$|[/._ ](.{1,300})$)/.exec(lower);
  if (weights !== null) {
    const colon = text.indexOf(': ');
    const behind = weights[1] === undefined ? null : text.slice(text.length - weights[1].length);
    const inside = /^(?:layers?|params?|parameters?|modules?)[./](.{1,300})[./]\w+$/i.exec(text)?.[1] ?? null;
    const parameter = colon > 0 ? text.slice(0, colon) : (behind ?? inside);
    return { ...METRIC, kind: 'weight-norm', statistic: 'norm', split, parameter };
  }
  if (/update[_ -]?(?:to[_ -]?(?:weight|data|param)[_ -]?)?ratio/.test(lower)) {
    return { ...METRIC, kind: 'update-ratio', split, parameter: parameterAfterSlash(text) };
  }
  if (/clip[_ -]?coef/.test(lower)) {
    return { ...METRIC, kind: 'clip-coefficient', split };
  }
  if (
    /(?:^|[/._ -])(?:loss|losses|[a-z]?loss|xent|nll|cross[_ -]?entropy)(?:$|[/._ -])|loss$/.test(lower) ||
    /^Loss[A-Z]/.test(text)
  ) {
    if (/loss(?:es)?[_ -](?:weight|weights|fn|type|coef|coeff|reduction|ratio|name|function)/.test(lower)) {
      return CONFIG;
    }
    const summary = /_epoch$/.test(lower) || /(?:^|[/_])(?:avg|running|epoch)[_/ ]/.test(lower);
    return { ...METRIC, kind: 'loss', split: split === 'train' && summary ? 'summary' : split };
  }
  if (
    /^(?:.{0,120}[/._ -])?(?:lr|learning[_ -]?rate|current_lr|l\.r\.)(?:$|[/._-]?(?:[a-z]{0,12}_?\d{1,2}|step|[a-z]{1,12}\/pg\d|adamw?.{0,20}))$/.test(
      lower.replace(/ ?\([^()]{1,40}\)$/, ''),
    )
  ) {
    return /(?:^|[_ ])(?:min|max|base|initial|init|peak|final|target)[_ ](?:lr|learning)/.test(lower)
      ? METRIC
      : { ...METRIC, kind: 'learning-rate', split };
  }
  if (/^(?:l\.r\.|optim\d+_lr\d+)$/.test(lower)) {
    return { ...METRIC, kind: 'learning-rate' };
  }
  if (isParameterName(text)) {
    return { ...METRIC, kind: 'grad-norm', statistic: 'norm', parameter: text };
  }
  if (LAYER_NAME.test(lower)) {
    return { ...METRIC, layerName: true, parameter: text };
  }
  if (/^(?:version|total|max|num|id|port|seed|rank|eta)$|(?:^| )pid$/.test(lower)) {
    return IGNORED;
  }
  return { ...METRIC, split };
}

function parameterAfterSlash(text: string): string | null {
  const cut = text.indexOf('/');
  return cut < 0 ? null : text.slice(cut + 1);
}
