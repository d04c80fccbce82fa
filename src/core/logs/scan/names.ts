/** What words and names before a number say. All patterns are linear; names are untrusted text. */
import { isParameterName } from '../keys';
import type { Key } from '../keyTable';
import { isDigit } from './bytes';

/** "grad norm before clip 12.5": no separator, and more words than two. */
export const AROUND_CLIPPING =
  /\bgrad(?:ient)?s?[ _-]?(?:norm)?[ _](?:before|after|pre|post)[ _-]?clip(?:ping)?$/i;

/** "fc1.weight has gradient mean of 0.0002", as a well-known book prints it. */
export const SPOKEN = /\bhas (?:a )?grad(?:ient)?s? (?:mean|norm|std|max) of$/i;

/** Ends in a word that means gradients: "mean gradient norms", "max|grad|", "∇". What is compared with one means something else. */
const GOVERNOR =
  /(?:^|[^a-z])(?:\|?grads?\|?|gradients?|∇|[d∂](?:l|j|e|loss)\/[d∂]\w{1,20})(?:[ _-](?:l2[ _-])?(?:norms?|magnitudes?|flow|l2))?$/i;
const NO_GOVERNOR =
  /log|ratio|cos|hist|updat|policy|penalt|clip|accum|scal|(?:no|zero|nan|inf|computing|skip\w*) grad/i;
const LONGEST_GOVERNOR = 60;
/** Numbers that lines print beside anything: statistics, and what is no part of a network at all. */
export const NO_LAYER =
  /^(?:(?:step|data|batch|iter|wall|elapsed|total)?_?time|eta|dt|(?:\w+_)?acc|accuracy|mem|memory|total|sum|sec|secs|s|ms|it|its|speed|tok|tokens|gpu|clip|clipped|count|n|num|size|norm|l2|mean|avg|std|max|min|median|var|ratio|scale|f1|auc|ppl|iou|miou|map|bleu|psnr|ssim|wer|cer|mae|rmse|r2|reward|return|score|kl|entropy|temp|util|tps|throughput|nan|inf|nans|infs|zeros?|samples|wd|beta|momentum|train|val|test|epoch|all|global)$/i;

/** A cheap look: words that mean gradients have a g, a slash, or the last byte of ∇. */
export function mayGovern(bytes: Uint8Array, at: number, end: number): boolean {
  if (end - at > LONGEST_GOVERNOR) {
    return false;
  }
  for (; at < end; at++) {
    const byte = bytes[at]!;
    if ((byte | 32) === 103 || byte === 47 || byte === 0x87) {
      return true;
    }
  }
  return false;
}

/** What is measured of each layer behind these words ("grad norm", "grad max"); null when they announce no gradients. */
export function governs(text: string): string | null {
  if (text.length > LONGEST_GOVERNOR || !GOVERNOR.test(text) || NO_GOVERNOR.test(text)) {
    return null;
  }
  return /(?:^|[^a-z])max/i.test(text) ? 'grad max' : 'grad norm';
}

/** Columns of an optimisation that is no training: of molecules, of structures. */
export function isOtherScience(names: readonly string[]): boolean {
  return names.some((name) =>
    /(?:^|[^a-z])(?:total )?(?:energy|displacement|disp|hartree|forces?|converged|trust radius)(?:[^a-z]|$)/i.test(
      name,
    ),
  );
}

export function isGradient(key: Key): boolean {
  const { kind, statistic } = key.meaning;
  return kind === 'grad-norm' || kind === 'grad-max' || statistic === 'mean';
}

/** Nothing but a word that means gradients. */
export function isGradientWord(text: string): boolean {
  return /^(?:grads?|gradients?|∇)$/i.test(text);
}

const OTHER_STATISTIC =
  /^([A-Za-z_\d][\w.\-/]{0,100}) grad(?:ient)?s?(?: (?:range|min\/max|shape|stats|percentiles|quantiles|hist(?:ogram)?))?$/i;

/** The first word of "enc.0 gradient", "enc.0 grad range" and the like, which say nothing of its size themselves; null elsewhere. */
export function withOtherStatistic(text: string): string | null {
  return OTHER_STATISTIC.exec(text)?.[1] ?? null;
}

export function isStatistic(word: string): boolean {
  return /^(?:norm|l2|mean|avg|std|max|min|abs_?mean|mean_?abs|rms|var)$/i.test(word);
}

/** What a line may be about without saying so: a parameter's full name, a numbered layer. */
export function isOwner(name: string): boolean {
  return (
    (isParameterName(name) && !/^(?:grads?|gradients?)[./]weight$/i.test(name)) ||
    /^(?:layer|block|conv(?:\dd)?|fc|linear|dense|param|parameter)[ _.-]?\d{1,4}$/i.test(name) ||
    /^[A-Za-z_]\w*\/\d{1,4}\/\w+$/.test(name)
  );
}

/** "Layer: conv1", "param=fc.weight": the word behind is a name, whatever it looks like. */
export function isLabel(text: string): boolean {
  return /^(?:layer|param|parameter|module|tensor|layer[ _]name|param[ _]name|parameter[ _]name)$/i.test(
    text,
  );
}

export function hasDot(bytes: Uint8Array, at: number, end: number): boolean {
  for (; at < end; at++) {
    if (bytes[at] === 46 || bytes[at] === 47) {
      return true;
    }
  }
  return false;
}

/** A cheap look before a name is looked up: a dotted name, or one that ends in a digit. */
export function mayOwn(bytes: Uint8Array, at: number, end: number): boolean {
  return isDigit(bytes[end - 1]) || hasDot(bytes, at, end);
}

export function isKnown(key: Key): boolean {
  const meaning = key.meaning;
  return (
    meaning.role === 'step' ||
    meaning.role === 'epoch' ||
    meaning.role === 'config' ||
    meaning.kind !== 'other' ||
    meaning.lossName !== null
  );
}

/** `time/batch`: a curve with the step as its value, behind other words. */
export function isPathToAxis({ name, meaning }: Key): boolean {
  return (meaning.role === 'step' || meaning.role === 'epoch') && name.includes('/');
}

/** What may stand before a colon and own the gradient behind it. */
export function isSubject(text: string): boolean {
  return (
    isParameterName(text) ||
    /^(?:layer|block|stage|head|conv(?:\dd)?|fc|linear|dense|param|parameter)[ _.-]?\d{1,4}$/i.test(text) ||
    /^[A-Za-z_]\w*\/\d{1,4}\/\w+$/.test(text) ||
    (/^[A-Za-z_][\w-]*(?:\.[\w-]+)+$/.test(text) && !/\.(?:py|cc|cpp|cu|js|ts|rs|go|java)$/.test(text))
  );
}

/** A single word at the start of a line that is no logger's name: `const: gradient norm = 0.5`. */
export function isLoneName(text: string): boolean {
  return (
    /^[a-z_]\w{0,60}$/.test(text) &&
    !/^(?:train|training|trainer|val|valid|eval|test|info|debug|warning|error|root|main|worker|rank\d*|gpu\d*|model|loop|status|results?|metrics?|stats?|log|logger|step|epoch|iter|total|global|wandb|stdout)$/.test(
      text,
    )
  );
}

export function hasEvalLetter(bytes: Uint8Array, at: number, end: number): boolean {
  for (; at < end; at++) {
    const letter = bytes[at]! | 32;
    if (letter === 118) {
      return true;
    }
    if ((letter === 116 || letter === 100) && (bytes[at + 1]! | 32) === 101) {
      return true;
    }
  }
  return false;
}
