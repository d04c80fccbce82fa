/** The same data in libraries as they come: Chart.js with its own decimation, and uPlot. What it costs and what it loses. */
import {
  Chart,
  Decimation,
  LinearScale,
  LineController,
  LineElement,
  LogarithmicScale,
  PointElement,
} from 'chart.js';
import uPlot from 'uplot';
import type { Points } from '../../../src/core/run/series';
import { syntheticRun } from '../../webview-page/synthetic';
import { lossData } from './losses';

Chart.register(Decimation, LinearScale, LineController, LineElement, LogarithmicScale, PointElement);

export type RivalName = 'Chart.js' | 'uPlot';

/** A library's chart over one range after another. */
interface Rival {
  show(from: number, to: number): void;
  destroy(): void;
}

declare global {
  interface Window {
    /** Makes the data, which is not measured. */
    prepareRival(layers: number, steps: number): void;
    /** Draws it for the first time; milliseconds. */
    startRival(name: RivalName): Promise<number>;
    /** Zooms to a part; shares of the whole. Milliseconds of its own work. */
    moveRival(from: number, to: number): Promise<number>;
    /** Of the spikes and NaN of {@link lossData}, how many do not reach the picture. */
    lossesOf(name: RivalName): Promise<{ spikes: number; nan: number }>;
  }
}

const SIZE = { width: 1000, height: 500 } as const;

let series: readonly Points[] = [];
let steps = 1;
let rival: Rival | undefined;

window.prepareRival = (layers, length) => {
  steps = length;
  const run = syntheticRun({ layers, steps: length, decay: 0.97 });
  series = run.series.filter(({ kind }) => kind === 'grad-norm').map(({ points }) => points);
};

/** In a task of the page's own, as the browser does not count what it is told to evaluate, and with what it leaves for later. */
function clocked(work: () => void): Promise<number> {
  return new Promise((resolve) => {
    setTimeout(() => {
      const start = performance.now();
      work();
      queueMicrotask(() => queueMicrotask(() => resolve(performance.now() - start)));
    });
  });
}

window.startRival = (name) =>
  clocked(() => {
    rival = name === 'uPlot' ? startUplot() : startChartJs();
  });

window.moveRival = (from, to) => clocked(() => rival?.show(from * steps, to * steps));

function startChartJs(): Rival {
  const datasets = series.map((points) => ({
    data: Array.from({ length: points.length }, (_, at) => ({ x: points.step(at), y: points.value(at) })),
    pointRadius: 0,
    borderWidth: 1,
  }));
  const scales = (from: number, to: number) => ({
    x: { type: 'linear' as const, min: from, max: to },
    y: { type: 'logarithmic' as const },
  });
  const chart = new Chart(canvas(), {
    type: 'line',
    data: { datasets },
    options: {
      animation: false,
      parsing: false,
      normalized: true,
      plugins: { decimation: { enabled: true, algorithm: 'min-max' } },
      scales: scales(0, steps),
    },
  });
  return {
    show: (from, to) => {
      chart.options.scales = scales(from, to);
      chart.update('none');
    },
    destroy: () => chart.destroy(),
  };
}

function startUplot(): Rival {
  const x = Float64Array.from({ length: series[0]?.length ?? 0 }, (_, at) => series[0]?.step(at) ?? 0);
  const columns = series.map((points) => Float64Array.from(x, (_, at) => points.value(at)));
  const plot = new uPlot(
    {
      ...SIZE,
      scales: { x: { time: false }, y: { distr: 3 } },
      series: [{}, ...columns.map((_, at) => ({ stroke: `hsl(${(at * 47) % 360} 60% 50%)`, width: 1 }))],
      legend: { show: false },
    },
    [x, ...columns],
    document.body,
  );
  return {
    show: (min, max) => plot.setScale('x', { min, max }),
    destroy: () => plot.destroy(),
  };
}

function canvas(): HTMLCanvasElement {
  const present = document.querySelector('canvas.chart');
  if (!(present instanceof HTMLCanvasElement)) {
    throw new Error('The page of the benchmark has no canvas.');
  }
  return present;
}

window.lossesOf = async (name) => {
  const { x, y, spike, spikes, nan } = lossData();
  if (name === 'Chart.js') {
    const chart = new Chart(canvas(), {
      type: 'line',
      data: { datasets: [{ data: x.map((at, i) => ({ x: at, y: y[i] ?? Number.NaN })), pointRadius: 0 }] },
      options: {
        animation: false,
        parsing: false,
        normalized: true,
        plugins: { decimation: { enabled: true, algorithm: 'min-max' } },
        scales: { x: { type: 'linear', min: 0, max: x.length }, y: { type: 'linear' } },
      },
    });
    const kept: unknown[] = chart.data.datasets[0]?.data ?? [];
    const values = kept.map((point) =>
      typeof point === 'object' && point !== null && 'y' in point ? Number(point.y) : 0,
    );
    chart.destroy();
    return {
      spikes: spikes - values.filter((value) => value === spike).length,
      nan: nan - values.filter(Number.isNaN).length,
    };
  }
  return uplotLosses(x, y, spike, spikes, nan);
};

/** Reads off the path that it strokes: columns that reach the height of a spike, and gaps, its sign for a missing value. */
async function uplotLosses(x: number[], y: number[], spike: number, spikes: number, nan: number) {
  let gaps = 0;
  const touched = new Set<number>();
  const { lineTo } = Path2D.prototype;
  let height = Number.NaN;
  const plot = new uPlot(
    {
      ...SIZE,
      scales: { x: { time: false } },
      series: [
        {},
        {
          stroke: 'red',
          paths: (u, index, from, to) => {
            height = u.valToPos(spike, 'y', true);
            Path2D.prototype.lineTo = function (px, py) {
              if (Math.abs(py - height) <= 1) {
                touched.add(Math.round(px));
              }
              lineTo.call(this, px, py);
            };
            const paths = uPlot.paths.linear?.()(u, index, from, to) ?? null;
            Path2D.prototype.lineTo = lineTo;
            gaps = paths?.gaps?.length ?? 0;
            return paths;
          },
        },
      ],
      legend: { show: false },
    },
    // Its way to say that a value is missing; a NaN among numbers would end its path for good.
    [x, y.map((value) => (Number.isNaN(value) ? null : value))],
    document.body,
  );
  // It draws when the present task is over.
  await new Promise((resolve) => setTimeout(resolve));
  plot.destroy();
  return { spikes: Math.max(0, spikes - touched.size), nan: Math.max(0, nan - gaps) };
}
