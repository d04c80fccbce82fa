/** Losses by other names than "loss": by their formula, or by a word that means one only in some logs. */

/** A split and nothing else. */
export const BARE_SPLIT = /^(?:train(?:ing)?|trn|tr|val(?:id(?:ation)?)?|vld|test|dev)$/;
/** What stands behind a step and has no name: `Epoch 3: 0.75`. */
export const UNNAMED = 'unnamed value';
const SPLIT_WORD =
  /(?:^|[/._ (-])(?:train(?:ing)?|trn|tr|val(?:id(?:ation)?)?|vld|eval(?:uation)?|test|dev)(?=$|[/._ )-])/g;

/** Formulas that are minimised, whatever stands behind their name. */
const FORMULA = /(?:^|[/._ (-])(?:mse|sse|bce|ce)\d{0,2}(?:$|[/._ )-])/;
/** Formulas whose name ends the key: a "triplet margin" or a "ctc wer" is something else. */
const LAST_FORMULA =
  /(?:^|[/._ -])(?:ctc|rnn-?t|transducer|info_?nce|nt_?xent|contrastive|triplet|hinge|huber|smooth_?l1|log_?cosh|charbonnier|bce_?with_?logits|neg_?elbo|xe)$/;

/** Names a loss by its formula. @param lower in lower case */
export function isLossFormula(lower: string): boolean {
  return FORMULA.test(lower) || LAST_FORMULA.test(lower);
}

/** Losses where they are all that is minimised, else figures of merit, distances, parts of a loss. */
const MAYBE =
  /^(?:mae|l1|rmse|kld?|kl_?div|elbo|recon(?:s|struction)?|rec|focal|dice|cost|obj(?:ective)?|criterion|outer|inner|td|td_?err(?:or)?|bellman|adv|perceptual|commit(?:ment)?|vq)$/;
/** `J`, `L`, `L_temp`, `L(θ)`, `f(x)`: as formulas write what is minimised. */
const SYMBOL = /^(?:[JL]|[Lℒ]_[A-Za-z]\w{0,20}|ℒ|[JLEfℒ]\((?:[θφwWx]|theta|phi|params?)\))$/;

/** True for a name that may be a loss's, with or without a split. */
export function mayBeLoss(text: string): boolean {
  return text.length <= LONGEST && (SYMBOL.test(text) || MAYBE.test(withoutSplit(text.toLowerCase())));
}

const LONGEST = 40;

/** "mae" for "val_mae": the name without its split. @param lower in lower case */
export function withoutSplit(lower: string): string {
  return lower.replace(SPLIT_WORD, '').replace(/^[/._ -]+|[/._ )-]+$/g, '');
}
