import { gradientMoment } from '../kernel';
import type { Shape } from '../shape';
import { positionCount } from '../shape';
import { type Flow, foldGrad, type Parameter, secondMoment, type Tape } from '../tape';

/** Rows of a table looked up by tokens drawn at random: two places agree with probability 1/rows. */
export function embedding(tape: Tape, tokens: Shape, weight: Parameter, rows: number, width: number): Flow {
  return lookup(tape, tokens, weight, width, 1 / rows);
}

/** A table of positions: every sample reads the same row at the same place. */
export function positionTable(tape: Tape, places: Shape, weight: Parameter, width: number): Flow {
  return lookup(tape, places, weight, width, 0);
}

function lookup(tape: Tape, tokens: Shape, weight: Parameter, width: number, hit: number): Flow {
  const shape: Shape = [...tokens, { size: width, role: 'feature' }];
  const second = secondMoment(weight.init);
  const base = weight.init.mean * weight.init.mean;
  const pair = base + (second - base) * hit;
  const batched = tokens.some((axis) => axis.role === 'batch');
  const sameElsewhere = batched ? pair : second;
  return tape.add({
    shape,
    mean: weight.init.mean,
    kernel: [second, pair, sameElsewhere, pair],
    back: (grad) => {
      const positions = positionCount(tokens);
      const delta = foldGrad(grad, positions);
      const together = batched ? hit : 1;
      const hits = [1, hit, together, hit] as const;
      // Sum over the rows of (Σ δ of the places that read the row)².
      const entry = batched
        ? gradientMoment(delta, hits, tape.batch, positions)
        : gradientMoment(delta, hits, 1, positions) / (tape.batch * tape.batch);
      tape.gather(weight, width * entry);
    },
  });
}
