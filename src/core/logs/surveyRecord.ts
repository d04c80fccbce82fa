import type { AxisSurvey } from './axis';
import { BARE_GRADIENT } from './gradientKeys';
import type { KeyMeaning } from './keyMeaning';
import { EPOCH, type Key, RATE, STEP, TRAINING } from './keyTable';

/** Vectors of any kind have one, and the earth has a g. */
const ANY_NORM = /^(?:(?:total[_ ])?norm|g)$/i;

/** Numbers of a record by which ranks are told: the others of its step are logged as often. */
const TOLD_OF_RANKS = 16;

/** The numbers of one record. */
export interface SurveyedRecord {
  readonly keysOf: readonly (Key | null)[];
  readonly valuesOf: Float64Array;
  readonly size: number;
  /** How many of them are metrics. */
  readonly metrics: number;
  /** The step was printed rounded (`50K`). */
  readonly rounded: boolean;
}

/** Counts what a record has, for the choice of an axis and of what the log is. */
export function surveyRecord(survey: AxisSurvey, record: SurveyedRecord): void {
  const { keysOf, valuesOf, size, metrics, rounded } = record;
  const header = metrics === 0;
  let metric: KeyMeaning | null = null;
  let named = false;
  let layers = 0;
  let companions = 0;
  let hasLoss = false;
  let maybe = false;
  let sureName = false;
  let rate = false;
  let weakGradients = 0;
  let weakOwned = 0;
  let letter = false;
  let epochKey: Key | null = null;
  let step = Number.NaN;
  let epoch = Number.NaN;
  let stepRank = Number.POSITIVE_INFINITY;
  for (let index = 0; index < size; index++) {
    const key = keysOf[index]!;
    const meaning = key.meaning;
    if ((key.flags & STEP) !== 0) {
      if (meaning.rank < stepRank) {
        stepRank = meaning.rank;
        step = valuesOf[index]!;
      }
      survey.step(meaning.rank, valuesOf[index]!, key.name, rounded, header);
    } else if ((key.flags & EPOCH) !== 0) {
      if (epochKey === null || meaning.rank < epochKey.meaning.rank) {
        epochKey = key;
        epoch = valuesOf[index]!;
      }
    } else if (meaning.lossName !== null) {
      if (meaning.split === 'train' && (meaning.lossName !== '' || !Number.isInteger(valuesOf[index]))) {
        survey.maybe.add(meaning.lossName, Number.isNaN(epoch) ? step : epoch, valuesOf[index]!);
        maybe = true;
        sureName ||= meaning.kind === 'loss';
      }
    } else if (meaning.layerName) {
      layers++;
    } else if ((key.flags & RATE) !== 0) {
      companions++;
      rate ||= meaning.kind === 'learning-rate';
    } else if ((key.flags & TRAINING) !== 0) {
      companions += meaning.kind === 'loss' ? 1 : 0;
      hasLoss ||= meaning.kind === 'loss';
      metric = metric === null || metric.kind === 'loss' ? meaning : metric;
      named ||= meaning.weak && /grad/i.test(key.name);
      letter ||= key.name === BARE_GRADIENT;
      if (meaning.weak && meaning.kind !== 'loss' && !ANY_NORM.test(key.name)) {
        weakGradients++;
        weakOwned += meaning.parameter === null ? 0 : 1;
      }
    }
  }
  if (!Number.isNaN(step)) {
    for (let index = 0, told = 0; index < size && told < TOLD_OF_RANKS; index++) {
      const key = keysOf[index]!;
      if ((key.flags & TRAINING) !== 0) {
        told++;
        survey.ranks.add(key, step, epoch, valuesOf[index]!);
      }
    }
  }
  if (epochKey !== null) {
    survey.epoch(epochKey.name, header);
  } else if (size === 1 && metric?.parameter != null) {
    survey.parameterLine();
    survey.weakParameters += weakOwned;
  }
  survey.losses += hasLoss || sureName ? 1 : 0;
  if (maybe && (epochKey !== null || letter)) {
    survey.suggest(epochKey === null ? step : epoch);
  } else if (sureName && !Number.isNaN(step)) {
    survey.suggestBesideCode();
  }
  // A loss, a rate, a gradient: two of them are a training's, however weak their names.
  const weakly =
    survey.placed && (maybe ? rate || weakGradients > 0 : weakOwned > 1 || (rate && weakOwned > 0));
  if (metric !== null || maybe || weakly) {
    survey.records++;
    survey.gradients += metric === null || metric.kind === 'loss' ? 0 : 1;
    const strong = metric !== null && metric.kind !== 'loss' && !metric.weak;
    if (strong || weakly || (survey.placed && (hasLoss || named))) {
      survey.prove();
    }
  }
  if (layers > 0 && layers + companions === metrics) {
    survey.layerRecords++;
  }
}
