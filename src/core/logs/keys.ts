import { gradientMeaning } from './gradientKeys';
import { CONFIG, IGNORED, type KeyMeaning, METRIC, SETTING, splitOf } from './keyMeaning';
import { EPOCH_RANKS, plainName, SETTINGS, STEP_RANKS } from './keyWords';
import { BARE_SPLIT, isLossFormula, mayBeLoss, UNNAMED, withoutSplit } from './lossNames';

const LAYER_NAME =
  /^(?:layer|block|fc|conv|linear|dense|lstm|gru|rnn|encoder|decoder|stage|hidden)[ _.-]?\d{1,3}$|^(?:input|output|hidden|embedding|embed|head)(?:[ _]layer)?$/;
const PARAMETER_END =
  /(?:[./](?:[a-z0-9]+_)*(?:weight|bias|kernel|gamma|beta|embedding|scale)(?:_[a-z]{1,2}_l\d+(?:_reverse)?|_[vgu]|_orig)?|[./]lora_(?:a|b|down|up)|(?:^|[./])(?:weight|bias)_[a-z]{1,2}_l\d+(?:_reverse)?|[./](?:pos_embed|cls_token|pos_embedding|a_log|d_skip))$/;

/** `phi0.w`, `out.b`: a parameter of a program that calls its weights by one letter. */
const SHORT_PARAMETER = /^[A-Za-z_]\w{0,40}(?:\.\w{1,40}){0,6}\.[wWbB]$/;
/** A box is w wide, a quaternion has a w, a colour a b. */
const OTHER_SHORT =
  /box|rect|roi|crop|ima?ge?|win|size|screen|frame|quat|orient|rot|pose|colou?r|rgb|lab|pixel/;

/** Groups of curves about parameters that are not their gradients. */
const OTHER_GROUP =
  /^[^/]{0,60}(?:mean|std|param|weight|value|update|activ|moment|ema|hist|ratio|norm|adam|decay|scale|var|min|max|l1|l2|lr)[^/]{0,60}\//i;

/** True for names such as `encoder.0.weight`, which only a parameter of a model has. */
export function isParameterName(name: string): boolean {
  return (
    PARAMETER_END.test(name.toLowerCase()) && !/loss|[\s=(){}"'<>]/.test(name) && !OTHER_GROUP.test(name)
  );
}

/** A loss that no training has. @param lower in lower case */
export function isOtherLoss(lower: string): boolean {
  return /(?:packet|frame|connection|signal|power|path|stop|data|profit|weight|hearing|heat|job|stock|blood)[_ -]?(?:and[_ -]?)?loss/.test(
    lower,
  );
}

/** Meanings of names of usual length: recognising a log asks for the same ones again and again. */
const known = new Map<string, KeyMeaning>();
const MOST_KNOWN = 24_576;
const LONGEST_KNOWN = 160;

/** Reads a key's text. Same text, same answer. */
export function meaningOf(name: string): KeyMeaning {
  const before = known.get(name);
  if (before !== undefined) {
    return before;
  }
  const meaning = read(name);
  if (name.length <= LONGEST_KNOWN) {
    if (known.size >= MOST_KNOWN) {
      known.clear();
    }
    known.set(name, meaning);
  }
  return meaning;
}

function read(name: string): KeyMeaning {
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

const LOSS = /(?:^|[/._ -])(?:losses|[a-z]?loss|xent|nll|cross[_ -]?entropy)\d{0,2}(?:$|[/._ -])|loss$/;

function scalarMeaning(text: string, lower: string): KeyMeaning {
  const split = splitOf(text);
  if (BARE_SPLIT.test(lower) || lower === UNNAMED) {
    return { ...METRIC, lossName: '', split };
  }
  if (/loss[_ -]?scal|amp[_ -]scaler?|^(?:train\/)?scaler?$/.test(lower)) {
    return { ...METRIC, kind: 'loss-scale' };
  }
  if (isOtherLoss(lower)) {
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
  if (/^(?:the )?(?:cost|error) after (?:iteration|epoch|step)$/.test(lower)) {
    // Gradient descent as it is taught.
    return { ...METRIC, kind: 'loss', split };
  }
  const measured = isLossFormula(lower);
  if (measured || LOSS.test(lower) || /^Loss[A-Z]|^loss[A-Z]\d?$/.test(text)) {
    if (/loss(?:es)?[_ -](?:weight|weights|fn|type|coef|coeff|reduction|ratio|name|function)/.test(lower)) {
      return CONFIG;
    }
    const summary = /_epoch$/.test(lower) || /(?:^|[/_])(?:avg|running|epoch)[_/ ]/.test(lower);
    // "mse" alone stands in tables of many sciences, "train_mse" does not.
    const weak = measured && !LOSS.test(lower) && !/(?:^|[/._ -])train(?:ing)?[/._ -]/.test(lower);
    return {
      ...METRIC,
      kind: 'loss',
      split: split === 'train' && summary ? 'summary' : split,
      weak,
      lossName: weak ? withoutSplit(lower) : null,
    };
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
  if (mayBeLoss(text)) {
    return { ...METRIC, split, lossName: withoutSplit(lower) };
  }
  if (isParameterName(text)) {
    return { ...METRIC, kind: 'grad-norm', statistic: 'norm', parameter: text };
  }
  if (SHORT_PARAMETER.test(text) && !OTHER_SHORT.test(lower)) {
    return { ...METRIC, kind: 'grad-norm', statistic: 'norm', parameter: text, weak: true };
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
