/** The page's side of the benchmark: a fake VS Code API over the worker, and a clock around our own work. */

declare global {
  interface Window {
    prepare(layers: number, steps: number): Promise<void>;
    /** Loads the page's script. Milliseconds to the first picture with curves. */
    openCharts(): Promise<number>;
    /** One turn of the wheel and the frames that follow it. Milliseconds of our own work. */
    turn(at: number): Promise<number>;
    acquireVsCodeApi(): unknown;
  }
}

/** So many line segments are curves, not only the frame of an empty picture. */
const SEGMENTS_OF_CURVES = 500;
const PATIENCE = 30_000;

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
const { lineTo } = CanvasRenderingContext2D.prototype;
CanvasRenderingContext2D.prototype.lineTo = function (x, y) {
  if (++segments === SEGMENTS_OF_CURVES) {
    // From here on the page draws with the browser's own function.
    CanvasRenderingContext2D.prototype.lineTo = lineTo;
  }
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

window.openCharts = async () => {
  await new Promise((resolve) => setTimeout(resolve));
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
  while (segments < SEGMENTS_OF_CURVES) {
    if (performance.now() > start + PATIENCE) {
      throw new Error('The page drew no curves.');
    }
    await frame();
  }
  await frame();
  return performance.now() - start;
};

/** In, across, out, across. */
window.turn = async (at) => {
  const plot = document.querySelector('.plot');
  const box = plot?.getBoundingClientRect() ?? new DOMRect(0, 0, 1, 1);
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
  // In a task of the page's own: the browser does not count what it is told to evaluate.
  await new Promise<void>((resolve) => {
    setTimeout(() => {
      timed(() => plot?.dispatchEvent(event))();
      resolve();
    });
  });
  await frame();
  await frame();
  return work;
};

export {};
