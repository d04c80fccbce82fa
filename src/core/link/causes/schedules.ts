import { longWarmUp } from '../../python/warmUp';
import { callsOf } from '../../remedies/edits/calls';
import { growingRates } from '../../remedies/edits/growingRates';
import { schedulesPerBatch } from '../../remedies/edits/scheduleStep';
import { warmUpLength } from '../../remedies/edits/warmUpLength';
import type { Cause, Code, Explains, Symptom } from './cause';

/** What schedules do to the learning rate. */
export function scheduleCauses(code: Code, symptom: Symptom): readonly Cause[] {
  return [...schedules(code, symptom), ...endedSchedules(code, symptom), ...warmUps(code, symptom)];
}

/** What sets the rate is what made it zero; how it is to end is for people to say, but for one that counts batches as epochs. */
const ENDS = 80;
const PER_BATCH = 90;

function endedSchedules({ facts }: Code, symptom: Symptom): readonly Cause[] {
  return symptom.rule !== 'learning-rate-zero'
    ? []
    : [
        ...schedulesPerBatch(facts).map(({ range, subject }) => ({
          range,
          what: `${subject} counts epochs and is stepped at every batch`,
          weight: PER_BATCH,
          remedies: ['schedule-per-epoch'] as const,
        })),
        ...callsOf(facts, SCHEDULE).map((call) => ({
          range: facts.rangeOf(call),
          what: 'this schedule sets the learning rate',
          weight: ENDS,
          remedies: [],
        })),
      ];
}

const SCHEDULE = /(?:^|\.)lr_scheduler\.\w+$|(?:^|\.)get_\w*schedule\w*$/;

/** The rate has hardly begun to climb, and nothing else can be judged before it has. */
const WARMS_UP = 94;
/** A rate that a warm-up keeps next to zero, by the numbers of the code. */
const HELD_DOWN: Explains = { 'loss-plateau': 92, 'vanishing-gradient': 80, 'learning-rate-zero': 85 };

function warmUps({ facts }: Code, { rule, warmUpRows }: Symptom): readonly Cause[] {
  const place = warmUpRows === null ? null : warmUpLength(facts, warmUpRows);
  if (place !== null) {
    const what = `the learning rate takes ${place.text} steps to warm up`;
    return [{ range: place.range, what, weight: WARMS_UP, remedies: ['lr-warmup'] }];
  }
  const weight = HELD_DOWN[rule];
  const long = weight === undefined ? null : longWarmUp(facts);
  return weight === undefined || long === null
    ? []
    : [
        {
          range: long.place.range,
          what: `the warm-up takes ${long.place.value} steps, and the run ends after ${long.steps}`,
          weight,
          remedies: ['lr-warmup'],
        },
      ];
}

/** A rate that grows until the steps are too long. */
const GROWS: Explains = {
  'diverging-loss': 93,
  'exploding-gradient': 90,
  'non-finite': 90,
  'gradient-spike': 92,
  'oscillating-loss': 80,
};

function schedules({ facts }: Code, symptom: Symptom): readonly Cause[] {
  // The first record precedes every step.
  const weight = symptom.atStart ? undefined : GROWS[symptom.rule];
  const [first] = weight === undefined ? [] : growingRates(facts);
  return weight === undefined || first === undefined
    ? []
    : [
        {
          range: first.call,
          what: `the schedule ${first.what}`,
          weight,
          remedies: ['lower-lr', 'clip-grad-norm'],
        },
      ];
}
