/** Entry of the chart page. */
import { App } from './app';
import { restoreState, Store } from './state';

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}
declare function acquireVsCodeApi(): VsCodeApi;

/** Zooming changes the state with every frame; only where it comes to rest is worth keeping. Milliseconds. */
const KEEP_DELAY = 150;

const root = document.getElementById('page');
if (root !== null) {
  const api = acquireVsCodeApi();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const store = new Store(restoreState(api.getState()), (state) => {
    clearTimeout(timer);
    timer = setTimeout(() => api.setState(state), KEEP_DELAY);
  });
  const app = new App(root, store, (message) => api.postMessage(message));
  window.addEventListener('message', ({ data }) => app.asking.receive(data));
  window.addEventListener('error', ({ error, message }) => app.report(error ?? message));
  window.addEventListener('unhandledrejection', ({ reason }) => app.report(reason));
}
