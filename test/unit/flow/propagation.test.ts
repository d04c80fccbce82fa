import assert from 'node:assert/strict';
import { activationNamed, leaky } from '../../../src/core/flow/activations';
import { activationMoments } from '../../../src/core/flow/gaussian';
import { gradientMoment, pairMean } from '../../../src/core/flow/kernel';
import { viewShape } from '../../../src/core/flow/ops/reshape';
import { describeShape } from '../../../src/core/flow/shape';
import { Tape } from '../../../src/core/flow/tape';

function near(actual: number, expected: number, tolerance: number): void {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not within ${tolerance} of ${expected}`);
}

describe('Gaussian moments of activations', () => {
  // E f(z)f(z') by brute force: z = a, z' = ρa + √(1−ρ²)b on a fine grid.
  function byGrid(f: (z: number) => number, mean: number, sd: number, rho: number): number {
    const h = 0.05;
    let sum = 0;
    for (let a = -6; a <= 6; a += h) {
      for (let b = -6; b <= 6; b += h) {
        const weight = (Math.exp(-0.5 * (a * a + b * b)) / (2 * Math.PI)) * h * h;
        sum += weight * f(mean + sd * a) * f(mean + sd * (rho * a + Math.sqrt(1 - rho * rho) * b));
      }
    }
    return sum;
  }

  for (const name of ['relu', 'tanh', 'sigmoid', 'gelu', 'silu', 'selu', 'softplus', 'elu']) {
    it(`${name} agrees with integration`, () => {
      const f = activationNamed(name);
      assert.ok(f !== null);
      for (const [mean, sd, rho] of [
        [0, 1, 0.5],
        [0, 0.3, 0.9],
        [0.4, 0.8, 0.2],
      ] as const) {
        const q = sd * sd + mean * mean;
        const c = rho * sd * sd + mean * mean;
        const m = activationMoments(f, mean, [q, c, c, c]);
        near(m.value[1], byGrid(f.value, mean, sd, rho), 3e-3);
        // A jump of the slope away from the nodes costs both integrations some accuracy.
        near(m.derivative[1], byGrid(f.derivative, mean, sd, rho), name === 'selu' ? 5e-2 : 1.2e-2);
      }
    });
  }

  it('halves the variance in a ReLU and keeps a negative slope', () => {
    near(activationMoments(leaky(0), 0, [2, 0, 0, 0]).value[0], 1, 1e-12);
    near(activationMoments(leaky(0.2), 0, [1, 0, 0, 0]).derivative[0], (1 + 0.04) / 2, 1e-12);
    near(activationMoments(leaky(0), 0, [1, 0, 0, 0]).value[2], 1 / (2 * Math.PI), 1e-12);
  });
});

describe('pairs of samples and positions', () => {
  it('averages over all pairs', () => {
    near(pairMean([1, 1, 1, 1], 7, 5), 1, 1e-12);
    near(pairMean([1, 0, 0, 0], 4, 5), 1 / 20, 1e-12);
  });

  it('cancels independent samples and adds equal ones', () => {
    near(gradientMoment([1, 0, 0, 0], [1, 0, 0, 0], 64, 1), 1 / 64, 1e-12);
    near(gradientMoment([1, 1, 1, 1], [1, 1, 1, 1], 64, 1), 1, 1e-12);
  });
});

describe('roles of axes in a view', () => {
  const tape = new Tape(64);
  const image = tape.add({
    shape: [
      { size: 64, role: 'batch' },
      { size: 16, role: 'feature' },
      { size: 5, role: 'position' },
      { size: 5, role: 'position' },
    ],
    mean: 0,
    kernel: [1, 0, 0, 0],
  });
  const cases: readonly (readonly [readonly number[], string | null])[] = [
    [[64, -1], 'batch feature'],
    [[-1, 400], 'batch feature'],
    [[64, 16, 25], 'batch feature position'],
    [[64, 4, 4, 5, 5], 'batch feature feature position position'],
    [[64, 17, -1], null],
  ];
  for (const [sizes, roles] of cases) {
    it(`[${sizes.join(', ')}] ${roles === null ? 'does not fit' : `is ${roles}`}`, () => {
      const shape = viewShape(image.shape, sizes, 64);
      assert.equal(
        shape === null ? null : shape.map((axis) => axis.role).join(' '),
        roles,
        shape === null ? '' : describeShape(shape),
      );
    });
  }
});
