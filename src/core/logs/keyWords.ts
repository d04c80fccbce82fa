/** Words of the key dictionary: tables that grow by a line. */

import { formulaOwner } from './formulaKeys';

/** Step keys, best first: counters of optimiser steps before counters that may restart each epoch. */
export const STEP_RANKS: ReadonlyMap<string, number> = new Map([
  ['global_step', 0],
  ['global_steps', 0],
  ['globalstep', 0],
  ['global_step/max_steps', 0],
  ['num_updates', 0],
  ['current_steps', 0],
  ['optimizer_step', 1],
  ['meta_iter', 1],
  ['meta_iteration', 1],
  ['meta_step', 1],
  ['outer_step', 1],
  ['outer_iter', 1],
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
  ['micro_step', 6],
  ['minibatch', 6],
  ['mini_batch', 6],
  ['progress_bar', 7],
  ['t', 8],
  ['i', 8],
  ['k', 8],
  ['line_count', 8],
]);

/** Epoch keys, best first. */
export const EPOCH_RANKS: ReadonlyMap<string, number> = new Map([
  ['epoch', 0],
  ['epch', 0],
  ['current_epoch', 1],
  ['epoch_idx', 1],
  ['round', 2],
  ['communication_round', 2],
  ['ep', 3],
  ['ep.', 3],
  ['episode', 4],
]);

/** Words before or after a gradient word that name a part of the run, not a part of the model. */
export const NAMESPACES: ReadonlySet<string> = new Set(
  (
    'train training actor critic policy value learning optim optimizer metrics metric stats stat monitor monitoring ' +
    'info global total overall all model models batch step iter mean avg average raw debug perf meta loss norm norms ' +
    'pre post before after clip clipping clipped unclipped param params parameter parameters layer layers per ' +
    'trainiterstats trainepochstats optimization diagnostics health log logs value values scalar scalars l2 current ' +
    'sum rms the of for in network net max abs norm_total mean_abs magnitude magnitudes eval val valid validation test ' +
    'per_layer layerwise layer_wise per_param per_parameter per_module history histories curves run runs gnorm data result results output payload record learner learners learner_stats default default_policy default_optimizer'
  ).split(' '),
);

/** Settings that programs print beside the numbers of a step. */
export const SETTINGS: ReadonlySet<string> = new Set(
  (
    'batch_size train_batch_size eval_batch_size per_device_train_batch_size num_train_epochs num_epochs epochs ' +
    'max_epochs max_steps total_steps total_epochs warmup_steps warmup_ratio weight_decay seed hidden_size num_layers ' +
    'n_layers dropout momentum adam_beta1 adam_beta2 beta1 beta2 adam_epsilon eps label_smoothing num_workers ' +
    'max_iters max_iter logging_steps save_steps eval_steps world_size vocab_size block_size n_head n_embd ' +
    'label_smoothing_factor lr_decay lr_scheduler learning_rate_decay'
  ).split(' '),
);

/** What programs print beside losses and gradients, by names that stand before no other number. */
const COMPANION =
  /^(?:acc(?:uracy)?|top[_-]?[15]|f1|auc|ppl|perplexity|(?:ep_?|episode_?)?(?:reward|return)s?|entropy|ent|kl|approx_?kl|clip_?frac|iou|miou|map|psnr|ssim|wer|cer|bleu|rouge|r2|score|mfu|elbo|d\((?:x|g\(z\d?\))\)\d?)$/i;
/** Words that may stand before it and belong to its name. */
const QUALIFIER =
  /^(?:train(?:ing)?|val(?:id(?:ation)?)?|test|eval|mean|avg|average|best|max|ep|episode|policy)$/i;

/** `acc`, `entropy`, `D(G(z))`: a number's name without a separator too, beside the metrics of a training. */
export function isCompanion(name: string): boolean {
  return COMPANION.test(name);
}

/** "test acc": the word before belongs to the name. */
export function isQualifier(word: string): boolean {
  return QUALIFIER.test(word);
}

/** A gradient's norm as formulas write it: `|g|`, `||∇L||_2`, `‖∇‖`. */
const NORM_BARS = /^(?:\|\|?|‖|∥)(?:∇[LJfEwθ]?|g|grads?|gradients?|d[lw])(?:\|\|?|‖|∥)(?:_?[2₂])?$/i;

/** `mean|g|`: a statistic of absolute values. */
const MEAN_BARS = /^(mean|avg|max|min|std|rms|med(?:ian)?)[ _]?\|{1,2}g(?:rad)?\|{1,2}$/i;

const TRANSLATED: readonly (readonly [RegExp, string])[] = [
  [
    /^(?:validierungs?|valid|test)[ _-]?verlust$|^(?:验证|測試|测试|検証|검증)[集用 ]{0,2}(?:损失(?:值|函数)?|損失|손실)$/i,
    'val_loss',
  ],
  [
    /^trainings?[ _-]?verlust$|^(?:训练|訓練|学習|훈련)[集用 ]{0,2}(?:损失(?:值|函数)?|損失|손실)$/i,
    'train_loss',
  ],
  [/梯度的?平?均值?/, 'grad_mean'],
  [
    /norme d(?:u|es) gradients?|norma de(?:l|lla)? gradient[ei]|norma d[oe] gradiente|gradientennorm|梯度(?:的)?范数|梯度|норм[аы] градиент(?:а|ов)|勾配(?:の)?ノルム|그래디언트(?: l2)? 노름|기울기 노름/i,
    'grad_norm',
  ],
  [
    /(?<![a-z])(?:perte|perda|perdita|verlust)(?![a-z])|p[ée]rdida|损失(?:值|函数)?|損失|потер[ия]|손실/i,
    'loss',
  ],
  [/学习率/, 'learning_rate'],
  [/^(?:schritt|étape|paso|passo|步数|步|迭代|шаг|ステップ|스텝)$/i, 'step'],
  [/^(?:轮次|轮数|轮|эпоха|エポック|에포크|época|époque|epoca|epoche)$/i, 'epoch'],
];

/** Words of other languages that are written in ASCII. */
const ASCII_WORDS =
  /norm[ea] d|gradientennorm|(?<![a-z])(?:perte|perda|perdita|perdida)(?![a-z])|verlust|^(?:schritt|paso|passo|epoca|epoche)$/i;

/** Formula signs and words of other languages as the dictionary spells them. */
export function plainName(text: string): string {
  const colon = text.lastIndexOf(': ');
  const behind = colon > 0 ? text.slice(colon + 2) : '';
  if (NORM_BARS.test(behind) || MEAN_BARS.test(behind)) {
    // "layer 0: |g|"
    return text.slice(0, colon + 2) + plainName(text.slice(colon + 2));
  }
  if (MEAN_BARS.test(text)) {
    return text.replace(MEAN_BARS, '$1 |grad|');
  }
  if (NORM_BARS.test(text)) {
    return text.startsWith('|grad') && !text.startsWith('||') ? text : 'grad_norm';
  }
  if (formulaOwner(text) !== undefined) {
    return text;
  }
  if (!/[^ -~]/.test(text) && !ASCII_WORDS.test(text)) {
    return text;
  }
  let plain = text.replace(/∇\w{0,12}/, 'grad').replace(/[‖∥]/g, '');
  for (const [pattern, word] of TRANSLATED) {
    // "conv1.weight梯度": no blank parts them.
    plain = plain.replace(pattern, (_, at: number) =>
      /[\w.]/.test(plain[at - 1] ?? '') ? ` ${word}` : word,
    );
  }
  return plain;
}
