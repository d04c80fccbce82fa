/** What a parameter's logged name tells about it. Names are untrusted text; every pattern here is linear in its length. */

const BIAS = /(^|[^a-z])(bias(_[a-z0-9]+)*|b\d?|beta)$/i;
const NORMALISATION =
  /(^|[^a-z])(batch_?norm\w*|layer_?norm\w*|group_?norm\w*|rms_?norm\w*|norm\w*|bn|gn|ln)(\d|[^a-z]|$)|(^|[^a-z])(gamma|scale)$/i;
const NORMALISATION_SUFFIX = /[a-z0-9]_?(norm|layernorm|batchnorm|bn|ln)\d*[._/]/i;
const EMBEDDING = /embed|(^|[^a-z])(emb|wte|wpe|tok|token|tokens|pos|position|vocab|lookup)([^a-z]|$)/i;
const WEIGHT = /(weight(_[a-z0-9]+)*|kernel(:0)?|\bw\d?)$/i;

export type ParameterRole = 'weight' | 'bias' | 'normalisation' | 'embedding' | 'unknown';

/** Role of a parameter by its name: only weight matrices carry the depth profile. */
export function roleOf(parameter: string): ParameterRole {
  if (NORMALISATION.test(parameter) || NORMALISATION_SUFFIX.test(parameter)) {
    return 'normalisation';
  }
  if (BIAS.test(parameter)) {
    return 'bias';
  }
  if (EMBEDDING.test(parameter)) {
    return 'embedding';
  }
  return WEIGHT.test(parameter) ? 'weight' : 'unknown';
}

/** Names of sub-networks that are trained against or beside each other, so that their layers form no common depth. */
const NETWORK =
  /^(d|g|net_?[dg]|disc|discriminator|gen|generator|critic\d?|actor|policy|value|target|teacher|student|online|q\d?|qf\d?)$/i;

/** First part of a dotted name when it names one of several networks (a discriminator, an actor); else empty. */
export function networkOf(parameter: string): string {
  const first = parameter.split(/[./]/, 1)[0] ?? '';
  return first.length < parameter.length && NETWORK.test(first) ? first : '';
}

/** `layers.3.attn.0.weight` as template `layers.*.attn.0.weight` and index 3; null without a number. */
export function numbered(parameter: string): { readonly template: string; readonly index: number } | null {
  const match = /^(\D*)(\d+)(.*)$/s.exec(parameter);
  return match === null ? null : { template: `${match[1]}*${match[3]}`, index: Number(match[2]) };
}

/** The layer a parameter belongs to: the name without its last part. */
export function layerOf(parameter: string): string {
  const cut = Math.max(parameter.lastIndexOf('.'), parameter.lastIndexOf('/'));
  return cut < 0 ? parameter : parameter.slice(0, cut);
}

/** `w3` and `b3`, `W_out` and `b_out`, `fc3_w` and `fc3_b`: what stands where the layer has no part of its own. */
const SHORT_WEIGHT = /(^|[^a-z])(weights?|w)(?=[^a-z]|$)/i;
const SHORT_BIAS = /(^|[^a-z])(bias(?:es)?|b)(?=[^a-z]|$)/i;

/** Are a weight and a bias, by their names, those of one layer? */
export function isSameLayer(weight: string, bias: string): boolean {
  const layer = layerOf(weight);
  if (layer !== weight && layer === layerOf(bias)) {
    return !SHORT_WEIGHT.test(lastPart(weight)) || sameBut(lastPart(weight), lastPart(bias));
  }
  return sameBut(weight, bias);
}

function lastPart(name: string): string {
  return name.slice(Math.max(name.lastIndexOf('.'), name.lastIndexOf('/')) + 1);
}

function sameBut(weight: string, bias: string): boolean {
  const one = weight.replace(SHORT_WEIGHT, '$1*');
  return one !== weight && one === bias.replace(SHORT_BIAS, '$1*');
}

/** Compares texts with runs of digits by value. */
export function compareNaturally(a: string, b: string): number {
  const left = a.match(/\d+|\D+/g) ?? [];
  const right = b.match(/\d+|\D+/g) ?? [];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const x = left[i] ?? '';
    const y = right[i] ?? '';
    if (x !== y) {
      const difference = Number(x) - Number(y);
      return Number.isNaN(difference) || difference === 0 ? (x < y ? -1 : 1) : difference;
    }
  }
  return left.length - right.length;
}

const ADVERSARIAL_LOSS =
  /(^|[^a-z])(d|g|disc|discriminator|gen|generator|adv|adversarial|real|fake)[ _./-]?loss|loss[ _./-]?(d|g|disc|discriminator|gen|generator|adv|adversarial|real|fake)([^a-z]|$)/i;
const DISCRIMINATOR_LOSS =
  /(^|[^a-z])(d|disc|discriminator)[ _./-]?(total[ _./-]?)?loss|loss[ _./-]?(d|disc|discriminator)([^a-z]|$)/i;
const GENERATOR_LOSS =
  /(^|[^a-z])(g|gen|generator)[ _./-]?(total[ _./-]?)?loss|loss[ _./-]?(g|gen|generator)([^a-z]|$)/i;
const CRITIC_LOSS = /(^|[^a-z])critic[ _./-]?loss|loss[ _./-]?critic([^a-z]|$)/i;
const GENERATOR = /^(net_?)?(g|gen|generator)([^a-z]|$)/i;
/** Also losses against a target that moves as they learn: a critic's, a temporal difference. */
const POLICY_LOSS =
  /policy|(^|[^a-z])(actor|critic|pg|ppo|vf|qf\d?|value|td|bellman)[ _./-]?(error[ _./-]?)?loss|loss[ _./-]?(actor|critic|pg|ppo|vf|qf\d?|value|td|bellman)([^a-z]|$)/i;
const PREFERENCE = /rewards?[._/-](chosen|rejected|margins?|accurac)/i;
const REWARD = /(^|[^a-z])(mean[ _])?(ep(isode)?[ _])?(reward|return)s?([^a-z]|$)/i;

/**
 * How to read the main loss. `minimised`: lower is better. `adversarial` and `policy`: it need not fall in a good run,
 * so that nothing may be concluded from its not falling.
 */
export type LossRole = 'minimised' | 'adversarial' | 'policy';

export function lossRoleOf(lossNames: readonly string[], allNames: readonly string[]): LossRole {
  // A critic is a discriminator beside a generator (WGAN), a value function beside an actor.
  const isWgan = [GENERATOR_LOSS, CRITIC_LOSS].every((part) => lossNames.some((name) => part.test(name)));
  if (isWgan || lossNames.filter((name) => ADVERSARIAL_LOSS.test(name)).length >= 2) {
    return 'adversarial';
  }
  if (lossNames.some((name) => POLICY_LOSS.test(name)) || allNames.some(isRewardName)) {
    return 'policy';
  }
  return 'minimised';
}

/** A reward or return of reinforcement learning; not the bookkeeping of preference optimisation (DPO, KTO). */
export function isRewardName(name: string): boolean {
  return REWARD.test(name) && !PREFERENCE.test(name);
}

/** The loss of the discriminator of adversarial training. */
export function isDiscriminatorLoss(name: string): boolean {
  return DISCRIMINATOR_LOSS.test(name);
}

/** The loss of the generator of adversarial training. */
export function isGeneratorLoss(name: string): boolean {
  return GENERATOR_LOSS.test(name);
}

/** A generator's norm, or that of one of its parameters. */
export function isGenerator(parameter: string): boolean {
  return GENERATOR.test(parameter);
}
