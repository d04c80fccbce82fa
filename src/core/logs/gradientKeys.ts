/** Names of gradients: what was measured, of which parameter, and how. */
import type { SeriesKind, Split, Statistic } from '../run/series';
import { formulaOwner } from './formulaKeys';
import { CONFIG, type KeyMeaning, METRIC, splitOf } from './keyMeaning';
import { NAMESPACES } from './keyWords';
import { isLayerName } from './layerWords';
import { mayBeLoss } from './lossNames';

const CONFIG_WORDS =
  /(?:^|[/._ -])(?:target|init|initial|clip|clipping)[_ -]?(?:grad|grads|gradient|gradients|gnorm|norm)(?![a-z]*ped)|(?:^|[/._ -])max[_ -]?(?:grad(?:ient)?s?[_ -]?)?g?norm|grad(?:ient)?s?[_ -]?(?:norm[_ -])?(?:clip(?!ped)|clipping|accum|accumulate|accumulation|checkpoint|threshold|sync|bucket|reduce|dtype|enabled|required|steps)|requires[_ -]grad|(?:^|[/._ -])no[_ -]grad|grad[_ -]fn|max[_ -]norm/;
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

/** True for what is called a gradient and is none of a loss. @param lower in lower case */
export function isForeign(lower: string): boolean {
  return FOREIGN.test(lower);
}

/** A gradient's norm where nothing but its letter is printed: `loss=0.5 g=1.5`. Many other things are called so. */
export const BARE_GRADIENT = 'g';

const LONGEST_FORMULA = 80;
/** Nothing but a model has such a thing, so what is said of it is no slope or colour. */
const WEIGHT = /[./](?:weight|bias|kernel)$/;
/** Gradients in space, and what is compared with a gradient. */
const FOREIGN =
  /(?:^|[^a-z])(?:image|colou?r|temperature|pressure|velocity|density|spatial|concentration|thermal|magnetic|intensity|terrain|road) gradient|^\|?grad(?:ient)?\|?[ _]?(?:\/|:|to|÷)[ _]?(?:w|weights?|params?|\|[wθ]\|)$|^log(?:10|2)?[ (_|]{1,2}(?:grad|g\b|‖)/;

const GRADIENT_WORD = /(?:^|_)(?:grads?|gradients?|gradnorms?|gnorm|g_norm|grdn)(?:$|_|\d)/;
/** Timers of a training step are named after what they time. */
const TIMER_WORD =
  /(?:^|[/._ -])(?:optimizer|reduce|allreduce|allgather|copy|time|timer|backward|forward|sync|unscale|compute|elapsed|zero|bucket|update|hook|hooks|buffer|memory|bytes|size)(?:$|[/._ -])/;
const STATISTIC_WORD =
  /^(?:norms?|l2|l_?2_norms?|l1|l_?1_norm|l1sum|l_?1_sum|mean|avg|average|std|stds|max|absmax|abs|min|var|total|global|value|values|magnitudes?|rms|mean_abs|abs_mean|total_norm|norm_total|global_norm|stats?|raw|step|epoch|histogram|inf_norm|l_?inf)$/;

/** `g:temp`: a column of a table, or a key that two words make. */
const COLUMN = /^[A-Za-z_][\w.]{0,40}$/;

/** When the norm was taken: no part of a name. */
const CLIP_WORD = /^(?:before|after|pre|post|clip|clipping|clipped|unclipped)$/;

/** What a key that speaks of a gradient means; null when it does not. @param lower the text in lower case */
export function gradientMeaning(text: string, lower: string): KeyMeaning | null {
  const formula = text.length > LONGEST_FORMULA ? undefined : formulaOwner(text);
  if (formula !== undefined) {
    return { ...gradient('norm', 'train', formula), weak: !/[|‖∇/]/.test(text) };
  }
  if (!/grad|gnorm|grdn|norm|^gn?[_/:]|^gn?$/.test(lower)) {
    return null;
  }
  const short = /^gn?[_/:](.{1,200})$/.exec(text);
  if (short !== null) {
    // "g_conv1", "gn/fc.weight": one letter means a gradient before a layer's name only.
    const name = short[1] ?? '';
    return isLayerName(name) ||
      (text.includes(':') && COLUMN.test(name)) ||
      // "g_outer": of the loss that is called so.
      mayBeLoss(name) ||
      /[./](?:weight|bias|kernel)$/.test(name)
      ? { ...gradient('norm', 'train', name), weak: true }
      : /norm/.test(lower)
        ? segmentedGradient(text, lower)
        : null;
  }
  if (lower === 'gn' || text === BARE_GRADIENT) {
    return { ...gradient('norm', 'train', null), weak: true };
  }
  if (/^(?:l_?2|norm|l2_?norm)\(\|?(?:grads?|gradients?|g)\|?\)$/.test(lower)) {
    return gradient('norm', 'train', null);
  }
  const called = /^(?:grad(?:ient)?s?(?:[_ ]?norms?)?|gnorm) ?\(([\w.\-/]{1,100})\)$/i.exec(text)?.[1];
  if (called !== undefined && (isLayerName(called) || WEIGHT.test(called))) {
    return gradient('norm', 'train', called);
  }
  if (isForeign(lower)) {
    return METRIC;
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
      ? {
          ...measure,
          parameter: text.slice(0, colon),
          weak: measure.weak && !WEIGHT.test(text.slice(0, colon)),
        }
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
    /^(?:average |mean |avg |total )?grad(?:ient)?s?(?:[ _](?:l2[ _])?norms?| magnitudes?| mean)?\s{1,3}(?:for|of|in|at|wrt|w\.r\.t\.?)\s{1,3}(?:layer\s|param(?:eter)?\s)?\s{0,3}(\S.{0,300})$/i.exec(
      text,
    );
  if (spoken !== null) {
    const owner = spoken[1] ?? '';
    return gradient(statisticOf(lower.slice(0, 24)), 'train', /^\d+$/.test(owner) ? `layer ${owner}` : owner);
  }
  // "grad_fc1.weight": what follows the word is a parameter as PyTorch names it.
  const prefixed =
    /^grad(?:ient)?s?_((?!norm|mean|std|max|min|abs|l2)(?:\w{1,80}\.){1,12}(?:weight|bias))$/i.exec(text);
  if (prefixed !== null) {
    return gradient('norm', 'train', prefixed[1] ?? null);
  }
  if (/^max[_ ]grad(?:ient)?s?$/.test(lower)) {
    return { ...gradient('max', 'train', null), weak: true };
  }
  if (/^grad(?:ient)?s?$/.test(lower)) {
    // Slopes, colours and roads have one too.
    return { ...gradient('norm', 'train', null), weak: true };
  }
  if (lower === 'norm' || lower === 'total_norm' || lower === 'total norm') {
    return { ...gradient('norm', 'train', null), weak: true };
  }
  if (/(?:^|\/)global[_ -]norm$/.test(lower)) {
    // As Optax and TensorFlow call what they clip by.
    return { ...gradient('norm', splitOf(text), null), weak: true };
  }
  return segmentedGradient(text, lower);
}

/** "grad_fc1.weight_norm": the name and then what was taken of it. */
const MEASURED_WEIGHT = /([./](?:weight|bias|kernel|[wb]))_(?:grad_)?norm$/i;

/** "grad norms per layer": of each, and none is named. */
const PER_LAYER = /[ _-](?:per|by|of each)[ _-](?:layer|param(?:eter)?|module|tensor)s?(?=\.\d{1,4}$|$)/i;

/** `[before/]GRAD[/rest]`, where GRAD is a segment or a part of one. */
function segmentedGradient(whole: string, lower: string): KeyMeaning | null {
  const text = whole.replace(PER_LAYER, '');
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
  const statistic =
    lower.includes('|grad') && statisticOf(words) !== 'max'
      ? 'mean-abs'
      : statisticOf(rest.length > 0 ? `${found.plain}_${statisticTail(segments)}` : words);
  if (
    /(?:^|_)(?:histogram|penalty|zeros?|nan|nans|infs|sparsity|ratio|cos|cosine|noise|var|variance|min|snr|similarity|count|time|ms|l1|l_1|low|high|lower|upper|median|percentile|quantile|quartiles|bucket)(?:_|$)/.test(
      words,
    )
  ) {
    return METRIC;
  }
  let parameter: string | null;
  if (rest.length > 0) {
    // "grad_conv1.w": the name begins in the gradient's own segment.
    const inside = tailName === '' ? -1 : found.text.toLowerCase().lastIndexOf(tailName);
    const from = headName !== '' ? found.start : inside < 0 ? rest[0]!.start : found.start + inside;
    parameter = text.slice(from, rest.at(-1)!.end).replace(MEASURED_WEIGHT, '$1');
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
