/** The page's side of the benchmark: a fake VS Code API over the worker, and clocks around our own work. */

interface Drawing {
  /** Milliseconds from loading our script to the first picture with curves. */
  readonly first: number;
  /** Own work in each frame while zooming and panning, milliseconds. */
  readonly frames: readonly number[];
}

declare global {
  interface Window {
    prepare(layers: number, steps: number): Promise<void>;
    measure(): Promise<Drawing>;
    acquireVsCodeApi(): unknown;
  }
}

let work = 0;
let segments = 0;

/** Counts the time that a function of ours takes. */
function timed<A extends unknown[]>(call: (...parameters: A) => void): (...parameters: A) => void {
  return (...parameters) => {
    const start = performance.now();
    call(...parameters);
    work += performance.now() - start;
  };
}

const requestFrame = window.requestAnimationFrame.bind(window);
window.requestAnimationFrame = (callback) => requestFrame(timed(callback));
const lineTo = CanvasRenderingContext2D.prototype.lineTo;
CanvasRenderingContext2D.prototype.lineTo = function (x, y) {
  segments++;
  lineTo.call(this, x, y);
};
const frame = () => new Promise<void>((resolve) => requestFrame(() => resolve()));

let worker: Worker;

window.prepare = (layers, steps) =>
  new Promise((resolve) => {
    worker = new Worker('host.js');
    worker.onmessage = () => resolve();
    worker.postMessage({ layers, steps });
  });

window.measure = async () => {
  const deliver = timed((data: unknown) => window.dispatchEvent(new MessageEvent('message', { data })));
  worker.onmessage = ({ data }) => deliver(data);
  let kept: unknown;
  window.acquireVsCodeApi = () => ({
    getState: () => kept,
    setState: (state: unknown) => {
      kept = state;
    },
    postMessage: (message: unknown) => worker.postMessage(message),
  });
  const start = performance.now();
  const script = document.createElement('script');
  script.src = 'webview.js';
  document.body.append(script);
  const patience = performance.now() + 30_000;
  while (segments < 500 && performance.now() < patience) {
    await frame();
  }
  await frame();
  const first = performance.now() - start;
  const plot = document.querySelector('.plot');
  const frames: number[] = [];
  const box = plot?.getBoundingClientRect() ?? new DOMRect(0, 0, 1, 1);
  for (let at = 0; at < 120; at++) {
    const isZoom = at % 80 < 40;
    const event = new WheelEvent('wheel', {
      deltaY: isZoom ? (at % 160 < 80 ? -60 : 60) : 0,
      deltaX: isZoom ? 0 : at % 2 === 0 ? 40 : 30,
      clientX: box.left + box.width * 0.43,
      clientY: box.top + box.height / 2,
      bubbles: true,
      cancelable: true,
      ctrlKey: true,
    });
    work = 0;
    timed(() => plot?.dispatchEvent(event))();
    await frame();
    await frame();
    frames.push(work);
  }
  return { first, frames };
};

export {};
