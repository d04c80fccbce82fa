import assert from 'node:assert/strict';
import { createDiagnosis, diagnoseRun } from '../../../../src/core/rules/engine';
import { buildRun } from '../../../support/runBuilder';

describe('a diagnosis in steps', () => {
  const values = (scale: number) =>
    Array.from(
      { length: 60_000 },
      (_, row) => (row === 50_000 ? 900 : 1) * scale * (1 + Math.sin(row)) + 0.1,
    );
  const run = buildRun({
    series: [
      { name: 'loss', kind: 'loss', values: values(1) },
      { name: 'grad_norm', kind: 'grad-norm', values: values(2) },
      { name: 'fc1.weight', kind: 'grad-norm', parameter: 'fc1.weight', values: values(0.1) },
      { name: 'fc2.weight', kind: 'grad-norm', parameter: 'fc2.weight', values: values(0.2) },
    ],
  });

  it('says what a diagnosis at once says, and lets others work at every series and every few thousand rows', () => {
    const steps = createDiagnosis(run).steps();
    let count = 0;
    let step = steps.next();
    for (; step.done !== true; step = steps.next()) {
      count++;
    }
    assert.deepEqual(step.value, diagnoseRun(run));
    assert.ok(count > 60_000 / 8192 + run.series.length, `${count} steps`);
  });
});
