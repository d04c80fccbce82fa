/** The same data in plain Chart.js with its own decimation: what it costs and what it loses. */
import {
  Chart,
  Decimation,
  LinearScale,
  LineController,
  LineElement,
  LogarithmicScale,
  PointElement,
} from 'chart.js';
import { syntheticRun } from '../../webview-page/synthetic';

Chart.register(Decimation, LinearScale, LineController, LineElement, LogarithmicScale, PointElement);

declare global {
  interface Window {
    measurePlain(layers: number, steps: number): Promise<{ first: number; frames: number[] }>;
    lossesPlain(): { spikes: number; nan: number };
  }
}

const frame = () => new Promise<void>((resolve) => requestAnimationFrame(() => resolve()));
const COMMON = { animation: false as const, parsing: false as const, normalized: true };

window.measurePlain = async (layers, steps) => {
  const run = syntheticRun({ layers, steps, decay: 0.97 });
  const datasets = run.series
    .filter(({ kind }) => kind === 'grad-norm')
    .map(({ points }) => ({
      data: Array.from({ length: points.length }, (_, at) => ({ x: points.step(at), y: points.value(at) })),
      pointRadius: 0,
      borderWidth: 1,
    }));
  const canvas = document.querySelector('canvas');
  if (canvas === null) {
    return { first: Number.NaN, frames: [] };
  }
  const start = performance.now();
  const chart = new Chart(canvas, {
    type: 'line',
    data: { datasets },
    options: {
      ...COMMON,
      plugins: { decimation: { enabled: true, algorithm: 'min-max' } },
      scales: { x: { type: 'linear', min: 0, max: steps }, y: { type: 'logarithmic' } },
    },
  });
  const first = performance.now() - start;
  await frame();
  const frames: number[] = [];
  for (let at = 1; at <= 20; at++) {
    const before = performance.now();
    chart.options.scales = {
      x: { type: 'linear', min: at * steps * 0.01, max: steps * (1 - at * 0.01) },
      y: { type: 'logarithmic' },
    };
    chart.update('none');
    frames.push(performance.now() - before);
    await frame();
  }
  chart.destroy();
  return { first, frames };
};

/** Of 100 spikes and 100 NaN in 100,000 points, how many reach the picture. A NaN stands before each spike. */
window.lossesPlain = () => {
  const data = Array.from({ length: 100_000 }, (_, x) => ({
    x,
    y: x % 1000 === 500 ? Number.NaN : x % 1000 === 510 ? 1000 : 1 + (x % 7) / 10,
  }));
  const canvas = document.querySelector('canvas');
  if (canvas === null) {
    return { spikes: Number.NaN, nan: Number.NaN };
  }
  const chart = new Chart(canvas, {
    type: 'line',
    data: { datasets: [{ data, pointRadius: 0 }] },
    options: {
      ...COMMON,
      plugins: { decimation: { enabled: true, algorithm: 'min-max' } },
      scales: { x: { type: 'linear', min: 0, max: 100_000 }, y: { type: 'linear' } },
    },
  });
  const kept: unknown[] = chart.data.datasets[0]?.data ?? [];
  const values = kept.map((point) =>
    typeof point === 'object' && point !== null && 'y' in point ? Number(point.y) : 0,
  );
  const losses = {
    spikes: 100 - values.filter((value) => value === 1000).length,
    nan: 100 - values.filter(Number.isNaN).length,
  };
  chart.destroy();
  return losses;
};
