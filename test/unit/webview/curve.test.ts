/** What is stroked of a curve: every finite value in sight, nothing that was not logged, nothing far outside. */
import { deepStrictEqual, ok } from 'node:assert';
import fc from 'fast-check';
import { type Curve, inSight, logsOf, markPoints, strokeCurve } from '../../../webview/chart/curve';
import type { Pen } from '../../../webview/chart/pen';
import { createProjection } from '../../../webview/chart/projection';

type Point = readonly [number, number];

/** A pen that keeps the strokes, and the centres of round markers. */
function recorder(): { pen: Pen; strokes: Point[][]; marks: Point[] } {
  const strokes: Point[][] = [];
  const marks: Point[] = [];
  const pen = {
    beginPath() {},
    stroke() {},
    fill() {},
    setLineDash() {},
    moveTo: (x: number, y: number) => strokes.push([[x, y]]),
    lineTo: (x: number, y: number) => strokes.at(-1)?.push([x, y]),
    arc: (x: number, y: number) => marks.push([x, y]),
  };
  return { pen: pen as unknown as Pen, strokes, marks };
}

function curveOf(points: readonly Point[]): Curve {
  const values = Float64Array.from(points, ([, value]) => value);
  return { steps: Float64Array.from(points, ([step]) => step), values, logs: logsOf(values) };
}

const AREA = { left: 50, right: 150, top: 0, bottom: 100 };
const STYLE = { hue: 0, dash: 0, width: 1 };
const across = (logarithmic: boolean) =>
  createProjection(AREA, { from: 0, to: 10 }, { min: 0.1, max: 1000, logarithmic });

describe('a stroked curve', () => {
  it('has every piece between two neighbours that can be drawn and that touches the plot', () => {
    const value = fc.oneof(
      fc.double({ min: 1e-3, max: 1e4, noNaN: true }),
      fc.constantFrom(0, -1, Number.NaN, Number.POSITIVE_INFINITY),
    );
    const points = fc.array(fc.tuple(fc.integer({ min: -20, max: 30 }), value), { maxLength: 40 });
    fc.assert(
      fc.property(points, fc.boolean(), (logged, logarithmic) => {
        const projection = across(logarithmic);
        const { pen, strokes } = recorder();
        strokeCurve(pen, curveOf(logged), projection, []);
        const drawn = strokes.flatMap((stroke) => stroke.slice(1).map((to, at) => [stroke[at], to]));
        const wanted = logged.slice(1).flatMap((to, at) => {
          const ends = [logged[at] ?? to, to].map(
            ([step, height]): Point => [projection.x(step), projection.y(height)],
          );
          const [[x1, y1] = [0, 0], [x2, y2] = [0, 0]] = ends;
          const isSeen = x2 >= AREA.left - 4 && x1 <= AREA.right + 4;
          return Number.isNaN(y1 + y2) || x2 < x1 || !isSeen ? [] : [ends];
        });
        deepStrictEqual(drawn, wanted);
      }),
    );
  });

  it('marks a point between two that cannot be drawn, and all where there is room', () => {
    const projection = across(true);
    const mark = (points: readonly Point[]) => {
      const { pen, marks } = recorder();
      const curve = curveOf(points);
      markPoints(pen, curve, STYLE, projection, inSight(curve, projection));
      return marks.map(([x]) => projection.step(x));
    };
    deepStrictEqual(
      mark([
        [1, 1],
        [2, 1],
        [20, 1],
      ]),
      [1, 2],
      'not the one outside',
    );
    const many = Array.from({ length: 50 }, (_, at): Point => [at / 5, at === 10 || at === 12 ? 0 : 1]);
    const [alone, ...others] = mark(many);
    ok(Math.abs((alone ?? 0) - 2.2) < 1e-9 && others.length === 0);
  });
});
