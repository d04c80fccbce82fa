import type { Cause, Code, Explains, Symptom } from './cause';

const NOTHING_MOVES: Explains = { 'loss-plateau': 90, 'vanishing-gradient': 80, 'dead-layer': 60 };
const GROWS: Explains = {
  'diverging-loss': 95,
  'exploding-gradient': 94,
  'non-finite': 93,
  'gradient-spike': 90,
  'loss-plateau': 70,
};

/** What hints of the code alone explain once a run shows the symptom. */
const EXPLAINS: Readonly<Record<string, Explains>> = {
  'dropout-too-high': {
    'loss-plateau': 88,
    'oscillating-loss': 84,
    'gradient-spike': 60,
    'vanishing-gradient': 50,
  },
  'clip-bound-too-small': { 'loss-plateau': 90 },
  'negated-loss': GROWS,
  'read-along-batch': NOTHING_MOVES,
  'linear-stack': { 'loss-plateau': 82 },
  'squared-classes': { 'loss-plateau': 84, 'vanishing-gradient': 78, 'dead-layer': 50 },
  'flat-scores': {
    'loss-plateau': 86,
    'exploding-gradient': 88,
    'diverging-loss': 86,
    'gradient-spike': 84,
    'oscillating-loss': 86,
    'non-finite': 70,
  },
  'constant-weight': { 'vanishing-gradient': 92, 'dead-layer': 92, 'loss-plateau': 85 },
  'init-std-too-small': { 'vanishing-gradient': 91, 'loss-plateau': 84 },
};

/** Where the model is in another file: what is looked at closely beside it is all that is known here. */
const WITHOUT_MODEL: Readonly<Record<string, Explains>> = {
  'init-std-too-large': {
    'exploding-gradient': 90,
    'non-finite': 78,
    'diverging-loss': 80,
    'loss-plateau': 62,
    'vanishing-gradient': 66,
  },
};

/** Causes that a rule on the code names; its remedies are theirs. */
export function hintedCauses({ findings, model }: Code, { rule, atStart }: Symptom): readonly Cause[] {
  return findings.flatMap((finding) => {
    const explains =
      model === null ? (WITHOUT_MODEL[finding.rule] ?? EXPLAINS[finding.rule]) : EXPLAINS[finding.rule];
    const weight = explains?.[rule];
    const what = finding.message.replace(/\.$/, '');
    // The first record precedes every step: no bound and no direction has made it.
    const late = atStart && OF_STEPS.has(finding.rule) && rule !== 'loss-plateau';
    return weight === undefined || late
      ? []
      : [{ range: finding.range, what, weight, remedies: finding.remedies }];
  });
}

const OF_STEPS: ReadonlySet<string> = new Set(['clip-bound-too-small', 'negated-loss']);
