import type { Draft } from '../draft';
import { convolutions, frozenBody, stack, transformer, twoNetworks } from '../layers';
import type { Random } from '../random';
import { decay, type Family, warmUpThenCosine } from './course';

/** Ways of training that are in daily use and look like trouble: harder data, several runs in one log, schedules that start over. */
export const PRACTICE: Readonly<Record<string, Family>> = {
  'curriculum with a rising floor': {
    rows: [100, 600],
    draw: (random) => {
      const stages = risingStages(random);
      return {
        loss: (t) => stages.loss(t),
        norm: (t) => 0.6 * stages.loss(t) ** stages.answer,
        lossNoise: random.between(0.02, 0.12),
        normNoise: random.between(0.1, 0.4),
        ...(random.chance(0.4) ? { net: stack(3, 8) } : {}),
      };
    },
  },
  folds: {
    rows: [60, 600],
    draw: (random) => {
      const folds = random.whole(2, 6);
      const [start, end] = [random.between(1, 6), random.between(0.05, 0.4)];
      return {
        loss: (t) => end * start + start * Math.exp(-random.between(6, 7) * within(t, folds)),
        norm: (t) => 0.3 + 3 * Math.exp(-5 * within(t, folds)),
        lossNoise: random.between(0.03, 0.2),
        normNoise: random.between(0.1, 0.4),
        ...(random.chance(0.4) ? { net: stack(3, 8) } : {}),
        finish: (draft) => startedAnew(draft, folds),
      };
    },
  },
  'warm restarts': {
    rows: [80, 800],
    draw: (random) => {
      const cycles = random.whole(2, 6);
      const rate = (t: number): number => 0.05 * (1 + Math.cos(Math.PI * within(t, cycles)));
      const floor = random.between(0.03, 0.4);
      return {
        rate: (t) => random.between(0.99, 1.01) * rate(t) + 1e-5,
        loss: (t) =>
          floor +
          2 * Math.exp(-6 * t) +
          floor * random.between(0.8, 1.2) * (rate(t) / 0.1) * (t * cycles < 1 ? 0 : 1),
        norm: (t) => 0.4 + 0.6 * (rate(t) / 0.1) + Math.exp(-9 * t),
        lossNoise: random.between(0.04, 0.2),
        normNoise: random.between(0.1, 0.4),
      };
    },
  },
  'one cycle': {
    rows: [60, 600],
    draw: (random) => {
      const peak = random.between(0.2, 0.45);
      const rate = (t: number): number =>
        t < peak ? 0.004 + (0.096 * t) / peak : 0.05 * (1 + Math.cos((Math.PI * (t - peak)) / (1 - peak)));
      const hump = random.between(0, 0.5);
      return {
        rate,
        // The high rate in the middle costs some loss, which its end gives back.
        loss: (t) => 0.1 + 2.2 * Math.exp(-6 * t) + hump * Math.max(0, rate(t) / 0.1 - 0.3),
        norm: (t) => 0.5 + 1.5 * Math.exp(-8 * t) + 0.5 * (rate(t) / 0.1),
        lossNoise: random.between(0.04, 0.15),
        normNoise: random.between(0.1, 0.4),
        net: convolutions,
      };
    },
  },
  'contrastive with a learned temperature': {
    rows: [80, 800],
    draw: (random) => {
      const batch = random.pick([64, 256, 1024, 4096]);
      const sharpening = random.between(0.5, 1.3);
      return {
        // InfoNCE starts at the logarithm of the batch; norms grow with the inverse temperature.
        loss: decay(
          Math.log(batch) * random.between(0.98, 1.02),
          random.between(0.3, 2.2),
          random.between(2, 12),
        ),
        norm: (t) => 0.3 * 10 ** (sharpening * t),
        lossNoise: random.between(0.02, 0.1),
        normNoise: random.between(0.1, 0.3),
        rate: warmUpThenCosine(random.logBetween(1e-4, 1e-3), 0.1),
        ...(random.chance(0.4) ? { net: transformer } : {}),
      };
    },
  },
  'fine-tuning of a head, then of all': {
    rows: [80, 500],
    draw: (random) => {
      const thaw = random.between(0.2, 0.6);
      return {
        loss: (t) => 0.3 + 1.1 * Math.exp(-8 * t) + (t < thaw ? 0.3 : 0.3 * Math.exp(-8 * (t - thaw))),
        norm: (t) => 0.5 + Math.exp(-6 * t) + (t < thaw ? 0 : 2 * Math.exp(-10 * (t - thaw))),
        lossNoise: random.between(0.04, 0.15),
        normNoise: random.between(0.1, 0.35),
        net: frozenBody,
        rate: (t) => (t < thaw ? 1e-3 : 1e-4),
      };
    },
  },
  'accumulation over micro-batches': {
    rows: [100, 800],
    draw: (random) => {
      const micro = random.pick([2, 4, 8, 16]);
      return {
        loss: decay(random.between(1, 8), random.between(0.1, 1), random.between(2, 12)),
        norm: decay(random.logBetween(0.5, 4), random.logBetween(0.2, 1), random.between(1, 10)),
        lossNoise: random.between(0.05, 0.25),
        normNoise: random.between(0.05, 0.3),
        finish: (draft) => accumulated(draft, micro),
      };
    },
  },
  'bfloat16 prints': {
    rows: [60, 600],
    draw: (random) => ({
      loss: decay(random.between(4, 11), random.between(0.5, 3), random.between(2, 12)),
      norm: decay(random.logBetween(0.8, 8), random.logBetween(0.1, 1), random.between(1, 10)),
      lossNoise: random.between(0.01, 0.1),
      normNoise: random.between(0.05, 0.3),
      net: transformer,
      finish: inBfloat16,
    }),
  },
  'likelihood of a density': {
    rows: [60, 600],
    draw: (random) => {
      // A negative log-likelihood crosses zero, and its gradient grows as the spread shrinks: sigma enters as its inverse.
      const [start, end] = [random.between(0.5, 3), random.between(-6, -0.5)];
      const decades = random.between(0.2, 1.2);
      return {
        loss: decay(start, end, random.between(2, 8)),
        lossSpread: random.between(0.02, 0.3),
        norm: (t) => random.between(0.9, 1.1) * 10 ** (decades * t),
        lossNoise: 0,
        normNoise: random.between(0.1, 0.5),
      };
    },
  },
  'value function with a moving target': {
    rows: [80, 800],
    draw: (random) => {
      const growth = random.between(1, 3);
      return {
        // Returns grow while the policy gets better, and squared errors with them.
        loss: (t) => 0.2 + growth * t ** 2 * random.between(0.5, 1.5),
        norm: (t) => 1 + growth * t,
        lossNoise: random.between(0.3, 0.7),
        normNoise: random.between(0.3, 0.7),
        net: twoNetworks,
        lossNames: ['value_loss', 'policy_loss'],
        reward: (t) => 5 + 90 * (1 - Math.exp(-4 * t)),
      };
    },
  },
  'noisy labels': {
    rows: [60, 600],
    draw: (random) => {
      const classes = random.whole(2, 20);
      const chance = Math.log(classes);
      return {
        // What can be learned is a part of the chance level: it falls at once and stays there.
        loss: decay(
          chance * random.between(1, 1.1),
          chance * random.between(0.6, 0.85),
          random.between(8, 40),
        ),
        norm: decay(random.logBetween(0.5, 2), random.logBetween(0.3, 0.6), random.between(4, 30)),
        lossNoise: random.between(0.02, 0.1),
        normNoise: random.between(0.1, 0.3),
        ...(random.chance(0.4) ? { net: stack(3, 8) } : {}),
      };
    },
  },
};

/** From 0 to 1 within each of so many equal parts. */
function within(t: number, parts: number): number {
  return t >= 1 ? 1 : (t * parts) % 1;
}

/** Each stage begins with a jump that its harder examples make, falls, and ends above the one before. */
function risingStages(random: Random): { readonly answer: number; loss(t: number): number } {
  const stages = random.whole(3, 7);
  const floors = [random.between(0.05, 0.4)];
  const jumps = [random.between(3, 6)];
  for (let stage = 1; stage < stages; stage++) {
    floors.push((floors[stage - 1] ?? 0) * random.between(1, 1.4));
    jumps.push(random.between(0.4, 2.5) * (floors[stage] ?? 0));
  }
  const speed = random.between(4, 12);
  return {
    answer: random.between(0.2, 0.7),
    loss: (t) => {
      const stage = Math.min(stages - 1, Math.floor(t * stages));
      return (floors[stage] ?? 0) + (jumps[stage] ?? 0) * Math.exp(-speed * within(t, stages));
    },
  };
}

/** The steps of each part are counted from 0. */
function startedAnew(draft: Draft, parts: number): Draft {
  const part = (row: number): number => Math.floor((row / Math.max(1, draft.rows - 1)) * parts);
  const begins = draft.loss.flatMap((_, row) =>
    row > 0 && row < draft.rows - 1 && part(row) > part(row - 1) ? [row] : [],
  );
  return { ...draft, restarts: begins.map((row, i) => ({ row, back: row - (begins[i - 1] ?? 0) })) };
}

/** The norm is logged at each micro-batch, and cleared after so many: independent batches add up as a root. */
function accumulated(draft: Draft, micro: number): Draft {
  return {
    ...draft,
    norm: draft.norm.map((value, row) => (value * Math.sqrt((row % micro) + 1)) / Math.sqrt(micro)),
  };
}

/** Eight bits of mantissa. */
function inBfloat16(draft: Draft): Draft {
  const rounded = (value: number): number => {
    const unit = 2 ** (Math.floor(Math.log2(Math.abs(value))) - 7);
    return value === 0 ? 0 : Math.round(value / unit) * unit;
  };
  return {
    ...draft,
    loss: draft.loss.map(rounded),
    norm: draft.norm.map(rounded),
    layers: draft.layers.map(({ name, values }) => ({ name, values: values.map(rounded) })),
  };
}
