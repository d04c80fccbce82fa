/** What wrappers put in front of or between the segments of a parameter's name. They say nothing about the code. */
const WRAPPERS: ReadonlySet<string> = new Set([
  'module', // DistributedDataParallel, DataParallel, Accelerate
  '_orig_mod', // torch.compile
  '_fsdp_wrapped_module',
  '_fpw_module',
  '_checkpoint_wrapped_module',
  '_forward_module', // Fabric
  '_original_module',
  'original_module',
]);

/** Decorations of loggers before the name: `grad_2.0_norm/`, `gradients/`, `train/grad_norm/`. */
const LOGGER_WORD =
  /^(?:train|grads?|gradients?|grad_norms?|gradient_norms?|grad_(?:\d+(?:\.\d+)?|inf)_norm|norms?|layers?_grad_norms?)$/i;

/** Statistics that some loggers append to a name. */
const STATISTIC_SUFFIX = /[./_](?:grad_norm|grad|norm|l2|mean|abs_mean|max|std|step|epoch)$/i;

/** Names of a reparametrised weight, as the weight they stand for. */
const WEIGHT_ALIASES: ReadonlyMap<string, string> = new Map([
  ['weight_g', 'weight'],
  ['weight_v', 'weight'],
  ['weight_orig', 'weight'],
  ['bias_orig', 'bias'],
]);

/**
 * A logged parameter name as the path that `named_parameters()` of the bare model would give: without logger
 * decoration (`grad_2.0_norm/`, `.grad`, `:0`) and without the segments that wrappers (DDP, torch.compile, FSDP,
 * Fabric, PEFT, parametrisations) insert anywhere in the path.
 * @returns the segments of the path; empty when nothing is left.
 */
export function normalizeParameterName(name: string): readonly string[] {
  let text = name.trim();
  let slash = text.indexOf('/');
  while (slash > 0 && LOGGER_WORD.test(text.slice(0, slash))) {
    text = text.slice(slash + 1);
    slash = text.indexOf('/');
  }
  text = text.replace(/:\d+$/, '');
  for (let cut = text.replace(STATISTIC_SUFFIX, ''); cut !== text; cut = text.replace(STATISTIC_SUFFIX, '')) {
    text = cut;
  }
  const raw = text.split(/[./]/).filter((segment) => segment !== '');
  return unwrap(raw);
}

function unwrap(raw: readonly string[]): readonly string[] {
  const kept: string[] = [];
  for (let at = 0; at < raw.length; at++) {
    const segment = raw[at] ?? '';
    if (segment === 'base_model' && raw[at + 1] === 'model') {
      at++; // PEFT
    } else if (segment === 'modules_to_save') {
      at++; // followed by the adapter's name
    } else if (/^lora_/.test(segment)) {
      return [...kept, 'weight']; // an adapter of the layer so far
    } else if (segment === 'parametrizations') {
      return [...kept, raw[at + 1] ?? 'weight'];
    } else if (!WRAPPERS.has(segment) && segment !== 'base_layer') {
      kept.push(WEIGHT_ALIASES.get(segment) ?? segment);
    }
  }
  return kept;
}
