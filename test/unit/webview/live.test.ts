import { deepStrictEqual, ok, strictEqual } from 'node:assert';
import { setTimeout as wait } from 'node:timers/promises';
import type { LogFinding } from '../../../src/core/rules/finding';
import { quantileBand } from '../../../src/core/run/quantileBand';
import { RankPoints } from '../../../src/core/run/rankPoints';
import { columnOf, type Window } from '../../../src/core/run/reduce';
import { PointColumns, type Points } from '../../../src/core/run/series';
import { stepGrid } from '../../../src/core/run/stepGrid';
import type { Snapshot } from '../../../src/protocol/messages';
import type { DrawnLine } from '../../../webview/chart/content';
import { continued } from '../../../webview/continued';
import { panePlans } from '../../../webview/panePlans';
import { INITIAL_STATE } from '../../../webview/state';
import { growingRun } from '../../support/growingRun';
import { type LivePage, livePage } from '../../support/livePage';
import { randomNumbers } from '../../support/randomNumbers';

const LAYERS = 30;

/** A run of so many records, and how it goes on. */
function started(records: number, seed = 1) {
  const random = randomNumbers(seed);
  const growing = growingRun(LAYERS);
  let step = 0;
  const append = (count: number, special = 0.01) => {
    for (let at = 0; at < count; at++) {
      growing.push(step++, (series) =>
        random() < special ? (random() < 0.5 ? Number.NaN : 1000 * random()) : 0.1 + series + random(),
      );
    }
  };
  append(records);
  return { run: growing.run, append, goBack: (to: number) => (step = to) };
}

function drawnLines(page: LivePage, snapshot: Snapshot): readonly DrawnLine[] {
  return panePlans(snapshot, INITIAL_STATE, null).flatMap(
    ({ id, choice }) => page.columns.content(id, choice.lines).lines,
  );
}

/** What the picture guarantees of every column, gathered from all points. */
function holdsAll(line: DrawnLine, points: Points, window: Window): void {
  const drawn = new Set(line.lines);
  const column = new Map<number, { min: number; max: number }>();
  const isDrawn = (at: number) => drawn.has(points.line(at));
  for (let at = 0; at < points.length; at++) {
    const value = points.value(at);
    if (!Number.isFinite(value)) {
      ok(isDrawn(at), `the ${value} of step ${points.step(at)} is missing`);
      continue;
    }
    const key = columnOf(points.step(at), window);
    const known = column.get(key) ?? { min: at, max: at };
    known.min = value < points.value(known.min) ? at : known.min;
    known.max = value > points.value(known.max) ? at : known.max;
    column.set(key, known);
  }
  for (const at of [...column.values()].flatMap(({ min, max }) => [min, max])) {
    ok(isDrawn(at), `the extreme of step ${points.step(at)} is missing`);
  }
  line.steps.forEach((step, at) => {
    ok(at === 0 || step >= line.steps[at - 1]!, 'points are in order, none twice');
    ok(at === 0 || line.lines[at]! > line.lines[at - 1]!);
  });
  strictEqual(line.steps.at(-1), points.step(points.length - 1));
}

describe('a log that grows under the charts', () => {
  it('is told by what has changed, and the page has all of it', async () => {
    const { run, append } = started(3000);
    const page = livePage(run);
    const fresh = livePage(run);
    for (const count of [0, 1, 1, 7, 40, 300, 1, 900, 2, 2000, 5]) {
      append(count);
      const snapshot = await page.refresh();
      const whole = await fresh.refresh();
      deepStrictEqual({ ...snapshot, serial: 0 }, { ...whole, serial: 0 });
      const { grid } = page.heat();
      const window = { ...grid.range, columns: grid.columns };
      const layers = run.series.slice(2).map(({ points }) => points);
      deepStrictEqual(grid.states, stepGrid(layers, window).states);
      deepStrictEqual(grid.medians, stepGrid(layers, window).medians);
      for (const line of drawnLines(page, snapshot)) {
        const { points } = run.series[line.series.id]!;
        // The columns of the heat map are wider than those of the lines, and begin with the same step.
        holdsAll(line, points, window);
      }
      const { band } = page.columns.content('norms', []);
      ok(band !== null);
      const rest = panePlans(snapshot, INITIAL_STATE, null)[0]!.choice.rest;
      const expected = quantileBand(
        rest.map(({ id }) => run.series[id]!.points),
        { ...band.range, columns: band.nonFinite.length },
      );
      deepStrictEqual(band.nonFinite, expected.nonFinite);
      deepStrictEqual(
        band.high.values,
        expected.high.filter((value) => !Number.isNaN(value)),
      );
      deepStrictEqual(
        band.median.values,
        expected.median.filter((value) => !Number.isNaN(value)),
      );
    }
    page.dispose();
    fresh.dispose();
  });

  it('costs bytes for what was appended, however long the run is', async () => {
    const costs = await Promise.all(
      [5000, 20_000, 40_000].map(async (records) => {
        const { run, append } = started(records, 5);
        const page = livePage(run);
        await page.refresh();
        const whole = page.sent().bytes;
        append(1);
        await page.refresh();
        const before = page.sent().bytes;
        for (let at = 0; at < 10; at++) {
          append(1);
          await page.refresh();
        }
        page.dispose();
        return { whole, record: (page.sent().bytes - before) / 10 };
      }),
    );
    const records = costs.map(({ record }) => record);
    const least = Math.min(...records);
    ok(Math.max(...records) < 1.5 * least, `bytes a record: ${records.join(', ')}`);
    for (const { whole, record } of costs) {
      ok(record * 15 < whole, `${record} bytes a record, ${whole} for everything`);
    }
  });

  it('is drawn after a restart that goes back', async () => {
    const { run, append, goBack } = started(500);
    const page = livePage(run);
    await page.refresh();
    goBack(200);
    append(30, 0);
    const snapshot = await page.refresh();
    const line = drawnLines(page, snapshot).find(({ series }) => series.id === 0);
    ok(line !== undefined);
    const { points } = run.series[0]!;
    strictEqual(line.lines.at(-1), points.line(points.length - 1));
    strictEqual(line.steps.at(-1), 229);
    const { grid } = page.heat();
    deepStrictEqual(
      grid.states,
      stepGrid(
        run.series.slice(2).map((series) => series.points),
        { ...grid.range, columns: grid.columns },
      ).states,
    );
    page.dispose();
  });

  it('shows the values that the other ranks have changed since', async () => {
    const { run, append } = started(300);
    const logged = new PointColumns();
    const merged = new RankPoints(logged, true);
    const page = livePage({
      ...run,
      series: [{ ...run.series[0]!, points: merged }, ...run.series.slice(1)],
    });
    for (let step = 0; step < 300; step++) {
      logged.push(step, 1, step + 1);
    }
    await page.refresh();
    logged.push(290, 7, 301);
    append(1);
    const line = drawnLines(page, await page.refresh()).find(({ series }) => series.id === 0);
    strictEqual(line?.values[line.steps.indexOf(290)], 7);
    page.dispose();
  });

  it('moves the points along a clock that a later reading sets right', async () => {
    const { run, append } = started(0);
    const clock = new PointColumns();
    const timed = {
      id: run.series.length,
      name: 'elapsed',
      kind: 'other',
      statistic: 'norm',
      split: 'train',
    } as const;
    const page = livePage({ ...run, series: [...run.series, { ...timed, parameter: null, points: clock }] });
    const fresh = livePage({ ...run, series: [...run.series, { ...timed, parameter: null, points: clock }] });
    page.choose({ axis: 'time' });
    fresh.choose({ axis: 'time' });
    // Every hundredth record has the time, and the records get slower.
    for (let turn = 1; turn <= 12; turn++) {
      append(50);
      if (turn % 2 === 0) {
        clock.push(turn * 50 - 1, 200 + turn ** 2, turn * 50);
      }
      await page.refresh();
    }
    const snapshot = await page.refresh();
    await fresh.refresh();
    strictEqual(snapshot.axis.kind, 'minute');
    for (const line of drawnLines(page, snapshot)) {
      const expected = drawnLines(fresh, snapshot).find(({ series }) => series.id === line.series.id);
      const placeOf = new Map(Array.from(expected?.steps ?? [], (step, at) => [expected?.lines[at], step]));
      const both = [...line.lines.keys()].filter((at) => placeOf.has(line.lines[at]!));
      ok(both.length > 400);
      for (const at of both) {
        strictEqual(line.steps[at], placeOf.get(line.lines[at]!), `line ${line.lines[at]}`);
      }
    }
    page.dispose();
    fresh.dispose();
  });

  it('has the points of a finding that is new, wherever they are', async () => {
    const { run, append } = started(40_000);
    const page = livePage(run);
    await page.refresh();
    append(1);
    page.find([{ ...FINDING, step: 12_345 }]);
    const snapshot = await page.refresh();
    strictEqual(snapshot.findings.length, 1);
    for (const line of drawnLines(page, snapshot)) {
      ok(line.steps.includes(12_345), line.series.name);
    }
    page.dispose();
  });

  it('is told as a whole after it was read anew', async () => {
    const page = livePage(started(2000).run);
    const before = await page.refresh();
    const { run } = started(50, 9);
    page.replace(run);
    page.change(true);
    const now = await page.refresh();
    ok(now.epoch > before.epoch);
    strictEqual(now.series[0]?.points, 50);
    for (const line of drawnLines(page, now)) {
      strictEqual(line.steps.length, 50);
    }
    page.dispose();
  });

  it('sends nothing at all while nobody can see it', async () => {
    const { run, append } = started(100);
    const page = livePage(run);
    await page.refresh();
    page.show(false);
    const { bytes, events } = page.sent();
    for (let at = 0; at < 5; at++) {
      append(10);
      page.change();
    }
    await wait(300);
    deepStrictEqual(page.sent(), { bytes, events });
    page.show(true);
    await wait(20);
    strictEqual(page.sent().events, events + 1);
    strictEqual((await page.refresh()).series[0]?.points, 150);
    page.dispose();
  });

  it('smooths on as if the whole had been asked for', async () => {
    const { run, append } = started(4000);
    const page = livePage(run);
    page.choose({ smoothing: 0.9 });
    await page.refresh();
    append(200);
    const line = drawnLines(page, await page.refresh()).find(({ series }) => series.id === 0);
    ok(line !== undefined && line.smoothed !== null);
    strictEqual(line.smoothed.values.length, line.steps.length);
    ok(line.smoothed.values.every((value, at) => Number.isNaN(value) === !Number.isFinite(line.values[at])));
    page.dispose();
  });
});

describe('columns of a picture that is continued', () => {
  const before = { from: 0, to: 100, columns: 50 };

  it('keep their width, and never are wider than a pixel', () => {
    deepStrictEqual(continued(before, { from: 0, to: 101 }, 50), { from: 0, to: 102, columns: 51 });
    deepStrictEqual(continued(before, { from: 0, to: 100 }, 50), before);
    deepStrictEqual(continued(before, { from: 20, to: 121 }, 50), { from: 0, to: 122, columns: 61 });
  });

  it('are asked for anew after a zoom, in a wider picture, and when they have become too many', () => {
    strictEqual(continued(before, { from: 0, to: 50 }, 50), null);
    strictEqual(continued(before, { from: 0, to: 101 }, 80), null);
    strictEqual(continued(before, { from: 0, to: 201 }, 50), null);
    strictEqual(continued(before, { from: -5, to: 101 }, 50), null);
    strictEqual(continued(before, { from: 150, to: 250 }, 50), null);
  });
});

const FINDING: LogFinding = {
  code: 'GI004',
  rule: 'gradient-spike',
  severity: 'warning',
  message: '',
  range: { line: 1, column: 1, endLine: 1, endColumn: 2 },
  evidence: {},
  remedies: [],
  fixes: [],
  related: [],
  step: 0,
  endStep: null,
  parameters: [],
  series: [0],
};
