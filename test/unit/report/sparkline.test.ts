import { strict as assert } from 'node:assert';
import * as fc from 'fast-check';
import { profilePicture } from '../../../src/core/report/profilePicture';
import { sparkline } from '../../../src/core/report/sparkline';
import { PointColumns } from '../../../src/core/run/series';

function curve(values: readonly number[], name = 'grad_norm') {
  const points = new PointColumns();
  for (const [index, value] of values.entries()) {
    points.push(index, value, index + 1);
  }
  return { name, points };
}

function draw(values: readonly number[], onset: number | null = null): string {
  return sparkline([curve(values)], { theme: 'dark', onset, unit: 'step' });
}

/** Heights of the curve's points, by column of pixels. */
function strokes(svg: string): readonly (readonly [x: number, y: number])[] {
  const path = /<path d="([^"]*)" fill="none"/.exec(svg)?.[1] ?? '';
  return [...path.matchAll(/[ML](-?[\d.]+) (-?[\d.]+)/g)].map(
    (match) => [Number(match[1]), Number(match[2])] as const,
  );
}

describe('sparkline', () => {
  it('draws nothing for nothing', () => {
    assert.equal(sparkline([], { theme: 'dark', onset: null, unit: 'step' }), '');
    assert.equal(draw([]), '');
  });

  it('keeps a spike one point wide among 100,000', () => {
    const values = new Array<number>(100_000).fill(1);
    values[54_321] = 1000;
    const heights = strokes(draw(values)).map(([, y]) => y);
    assert.equal(Math.min(...heights), 10);
  });

  it('uses a logarithmic axis when values span decades, and says so', () => {
    assert.match(draw([1, 0.001]), /\(log axis\)/);
    assert.doesNotMatch(draw([1, 0.9]), /\(log axis\)/);
  });

  it('marks every kind of value that is no number, and breaks the curve there', () => {
    const svg = draw([1, Number.NaN, 1, Number.POSITIVE_INFINITY, 1]);
    assert.equal((svg.match(/h6l-3 6z/g) ?? []).length, 2);
    assert.equal((svg.match(/h0\.01/g) ?? []).length, 3);
  });

  it('shows a log of nothing but NaN', () => {
    assert.match(draw([Number.NaN, Number.NaN]), /h6l-3 6z/);
  });

  it('marks the onset', () => {
    assert.match(draw([1, 2, 3], 1), /stroke-dasharray/);
  });

  it('escapes names', () => {
    const svg = sparkline([curve([1, 2], '<script>"&')], { theme: 'light', onset: null, unit: 'step' });
    assert.doesNotMatch(svg, /<script>/);
    assert.match(svg, /&lt;script&gt;&quot;&amp;/);
  });

  it('stays inside its picture for any values', () => {
    fc.assert(
      fc.property(fc.array(fc.double(), { maxLength: 60 }), (values) => {
        for (const [x, y] of strokes(draw(values))) {
          assert.ok(x >= 52 && x <= 332 && y >= 9.9 && y <= 76.1, `${x} ${y}`);
        }
        assert.doesNotMatch(draw(values), /="[^"]*NaN[^"]*"/);
      }),
    );
  });
});

describe('profile picture', () => {
  const options = { theme: 'dark', first: 'inlet', last: '<out>' } as const;
  const heights = (svg: string) => [...svg.matchAll(/v-([\d.]+)h/g)].map((match) => Number(match[1]));

  it('draws a bar a layer, by decades', () => {
    assert.deepEqual(heights(profilePicture([1e-4, 1e-2, 1], options)), [2, 34, 66]);
  });

  it('leaves the place of a dead layer empty', () => {
    assert.equal(heights(profilePicture([1, 0, Number.NaN, 2], options)).length, 2);
  });

  it('draws nothing without two layers, and escapes names', () => {
    assert.equal(profilePicture([0, 1], options), '');
    assert.match(profilePicture([1, 2], options), /&lt;out&gt;/);
  });
});
