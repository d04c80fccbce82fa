import { addKernel, type Kernel, scaleKernel, zipKernel } from '../kernel';
import type { Shape } from '../shape';
import { type Flow, foldGrad, type Tape } from '../tape';

const times = (a: number, b: number) => a * b;

/**
 * Every sample against every sample (`image @ text.T`): the rows are samples, the columns as many features. An entry sums
 * `width` products; two rows share their column's y, so pairs of samples keep x's correlation.
 */
export function contrast(tape: Tape, x: Flow, y: Flow, width: number): Flow {
  const n = Math.max(2, tape.batch);
  const shape: Shape = [
    { size: tape.batch, role: 'batch' },
    { size: tape.batch, role: 'feature' },
  ];
  // Features of y's rows, seen by other samples, are alike as far as its samples are.
  const column = y.kernel[0];
  const centre = width * (width - 1) * (x.mean * y.mean) ** 2;
  const entry = (k: number) => width * k * column + centre;
  return tape.add({
    shape,
    mean: width * x.mean * y.mean,
    kernel: [entry(x.kernel[0]), entry(x.kernel[0]), entry(x.kernel[2]), entry(x.kernel[2])],
    back: (grad) => {
      const g = foldGrad(grad, 1);
      // δx = Σ_j g_ij y_j and δy = Σ_i g_ij x_i, each over n terms.
      const own = scaleKernel(g, n);
      tape.sendSpread(x, zipKernel(own, [column, column, y.kernel[0], y.kernel[0]], times));
      const across: Kernel = [
        n * g[0] * x.kernel[0] + n * (n - 1) * g[2] * x.kernel[2],
        0,
        n * g[2] * x.kernel[2],
        0,
      ];
      tape.sendSpread(y, addKernel(across, [0, across[0], 0, across[2]]));
    },
  });
}
