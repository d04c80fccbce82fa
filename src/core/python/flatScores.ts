import { argumentOf } from './definitions';
import type { LiteralPlace, PythonFacts } from './facts';
import { numberPlace } from './literals';
import { lossUses } from './outputs';

/** A number at a cross-entropy that takes its gradient away. */
export interface FlatScores {
  readonly kind: 'temperature' | 'smoothing';
  readonly place: LiteralPlace;
}

/** Smoothed by this and more, a target says next to nothing of its class; in use is 0.1. */
const MOST_SMOOTHING = 0.5;
/** Scores of similarities between -1 and 1 are divided by 0.05 to 0.1, and by 0.01 at the least (CLIP); raw scores are larger themselves. */
const LOWEST_TEMPERATURE = 0.02;
const SIMILARITIES = /normalize\(|cosine/;

/** Temperatures and label smoothing far outside what is in use. */
export function flatScores(facts: PythonFacts): readonly FlatScores[] {
  const raw = !facts.source.mentions(SIMILARITIES);
  const found = new Map<string, FlatScores>();
  const add = (kind: FlatScores['kind'], place: LiteralPlace | null, isFar: (value: number) => boolean) => {
    if (place !== null && isFar(place.value)) {
      found.set(`${place.range.line}:${place.range.column}`, { kind, place });
    }
  };
  for (const { loss, input } of lossUses(facts)) {
    if (
      /(?:CrossEntropyLoss|cross_entropy)$/.test(loss) &&
      raw &&
      input.kind === 'binary' &&
      input.op === '/'
    ) {
      add(
        'temperature',
        numberPlace(facts.source, input.right),
        (value) => value > 0 && value <= LOWEST_TEMPERATURE,
      );
    }
  }
  if (facts.source.mentions(/label_smoothing/)) {
    for (const { call } of facts.source.callsOfNamed(/(?:CrossEntropyLoss|cross_entropy)$/)) {
      const given = argumentOf(call, 'label_smoothing', Number.POSITIVE_INFINITY);
      const place = given === null ? null : numberPlace(facts.source, given);
      add('smoothing', place, (value) => value >= MOST_SMOOTHING && value <= 1);
    }
  }
  return [...found.values()];
}
