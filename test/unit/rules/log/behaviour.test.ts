import assert from 'node:assert/strict';
import { diagnoseRun } from '../../../../src/core/rules/engine';
import { buildRun } from '../../../support/runBuilder';
import { column, falling, layer, loss, norm } from './cases';

describe('log rules', () => {
  it('tell of the growth in the two rows before NaN', () => {
    const blown = (first: number, second: number): number[] => [first, second, ...column(() => Number.NaN)];
    const { findings } = diagnoseRun(buildRun({ series: [loss(blown(3.1, 9000)), norm(blown(120, 8e5))] }));
    assert.equal(findings[0]?.rule, 'non-finite');
    assert.match(findings[0]?.message ?? '', /grown to 6667 times its level of 120 before/);
  });

  it('say why a rule had no signal', () => {
    const { notChecked } = diagnoseRun(buildRun({ series: [loss(falling), norm(column(() => 0))] }));
    const why = new Map(notChecked.map((one) => [one.rule, one.why]));
    assert.match(why.get('vanishing-gradient') ?? '', /placeholder/);
    assert.match(why.get('dead-layer') ?? '', /no norms per layer/);
    assert.match(why.get('learning-rate-zero') ?? '', /no learning rate/);
  });

  it('never throw on what a log may hold', () => {
    const odd = [Number.NaN, Number.POSITIVE_INFINITY, -1, 0, 1e308, 5e-324];
    for (const first of odd) {
      for (const second of odd) {
        const values = column((row) => (row % 2 === 0 ? first : second), 0);
        const { notChecked } = diagnoseRun(
          buildRun({
            series: [
              loss(values),
              norm(values),
              layer('a.weight', values),
              layer('a.bias', values),
              layer('b.weight', values),
              layer('c.weight', values),
            ],
          }),
        );
        assert.ok(
          !notChecked.some(({ why }) => why.startsWith('the rule failed')),
          notChecked.map(({ why }) => why).join('\n'),
        );
      }
    }
  });
});
