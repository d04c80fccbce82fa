import { cutsOf } from '../../remedies/edits/keepGraph';
import { deadLayer } from '../../rules/log/dead-layer';
import { say, sayNames } from '../../rules/log/incident';
import type { RunFacts } from '../../run/facts';
import { layerOf, roleOf } from '../../run/factsNames';
import { momentOf, type Track } from '../../run/factsTimeline';
import { nameOf } from '../../run/profile';
import { median } from '../../run/stats';
import type { Both, BothRule } from './both';

/** Zeros of the first rows alone are those of weights that start at zero (LoRA, ReZero, a head of zeros). */
const FEWEST_ROWS = 8;
/**
 * Decades of the least of the living weights above what the log can print. A weight's gradient is that of its output times its input: from
 * one layer to the next it loses a thousandth at most, so that a zero behind such a gap is no small number.
 */
const ABOVE_PRINTED = 3;
/** Parameters that are kept from the gradient on purpose, or come from elsewhere. */
const ON_PURPOSE =
  /requires_grad|freez|frozen|from_pretrained|pretrained\s*=|load_state_dict|torch\.load\(|weights\s*=|\b(?:ema|teacher|momentum_encoder|target_net)/i;

/**
 * Layers that never get a gradient while the ones behind them do, in a program whose optimizer holds them and that freezes nothing. The log
 * alone takes them for frozen. No dead units: where those are off, the weight behind them reads zeros and gets none either.
 */
export const cutOff: BothRule = {
  rule: deadLayer,
  mayApply: (both) => both.run.series.some(isZeroThroughout) && holdsAll(both),
  check(both) {
    const facts = both.facts();
    const never = facts.tracks.filter((track) => track.zeros === track.count && track.count >= FEWEST_ROWS);
    const weights = facts.tracks.filter((track) => roleOf(nameOf(track)) === 'weight');
    const living = weights.filter((track) => track.zeros < track.count / 2);
    const dead = never.filter((track) => isWholeLayer(facts, track));
    const behind = livingBehind(weights, dead);
    const [first] = dead;
    if (first === undefined || behind === null || !isTold(facts, living)) {
      return null;
    }
    const names = dead.map(nameOf);
    const [cut] = cutsIn(both);
    const { progress } = facts;
    const at = facts.norm === null ? first.first : momentOf(facts.norm, 0);
    // Features that are random on purpose may well do; what the loss does not gain is a sign that they do not. Layers that nothing
    // uses, without a cut that the code shows, are hardly why.
    const isHarmed = progress?.verdict === 'stuck' || progress?.verdict === 'little';
    const severity = isHarmed && cut !== undefined ? 'warning' : 'info';
    return {
      severity,
      at,
      end: null,
      message:
        `${sayNames(names)} never ${names.length === 1 ? 'gets' : 'get'} a gradient: 0 in all ${first.count} rows, while ${nameOf(behind)} right behind gets one, so these layers are not dead but cut off or unused. ` +
        `The optimizer holds them and nothing freezes them${cut === undefined ? '' : `; in line ${cut.range.line} ${cut.what}`}` +
        `${progress === null ? '' : ` (loss ${say(progress.start)} to ${say(progress.end)})`}.`,
      evidence: {
        cutLayers: names.length,
        livingLayers: living.length,
        ...(cut === undefined ? {} : { causeLine: cut.range.line }),
        ...(progress === null ? {} : { lossStart: progress.start, lossEnd: progress.end }),
      },
      remedies: ['keep-graph'],
      parameters: names,
      series: dead.map(({ series }) => series.id),
    };
  },
};

/** Cheap: a few points of a series. */
function isZeroThroughout({ kind, parameter, split, points }: Both['run']['series'][number]): boolean {
  const { length } = points;
  return (
    kind === 'grad-norm' &&
    parameter !== null &&
    split === 'train' &&
    length >= FEWEST_ROWS &&
    [0, length >> 1, length - 1].every((row) => points.value(row) === 0)
  );
}

/** Every optimizer is given all parameters of one whole model, and nothing in the code keeps any of them still. */
function holdsAll({ code }: Both): boolean {
  const files = [code.training?.source, code.model?.source, ...code.helpers].filter(
    (one) => one !== undefined,
  );
  const optimizers = code.training?.source.facts.optimizers ?? [];
  return (
    code.model !== null &&
    optimizers.length > 0 &&
    optimizers.every(({ model }) => model !== null && /^(?:self\.)?\w+$/.test(model)) &&
    !files.some(({ facts }) => ON_PURPOSE.test(facts.text))
  );
}

function cutsIn({ code }: Both): ReturnType<typeof cutsOf> {
  return code.model === null ? [] : cutsOf(code.model.source.facts);
}

/** No other parameter of its layer gets one: a bias that does is that of dead units. */
function isWholeLayer(facts: RunFacts, track: Track): boolean {
  const layer = layerOf(nameOf(track));
  return facts.tracks.every((other) => layerOf(nameOf(other)) !== layer || other.zeros === other.count);
}

/** The first living weight after the dead ones, in model order. */
function livingBehind(weights: readonly Track[], dead: readonly Track[]): Track | null {
  const last = weights.findLastIndex((track) => dead.includes(track));
  const next = weights[last + 1];
  return last < 0 || next === undefined || next.zeros >= next.count / 2 ? null : next;
}

/** Whether zeros are zeros: with fixed decimals the living must stand far above the last one. */
function isTold({ decimals }: RunFacts, living: readonly Track[]): boolean {
  const least = Math.min(...living.map(({ level }) => median(level.filter((one) => !Number.isNaN(one)))));
  return living.length > 0 && (decimals === null || least + decimals >= ABOVE_PRINTED);
}
