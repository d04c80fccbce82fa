/** Entry of the chart page. */
import { App } from './app';
import { restoreState, Store } from './state';

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}
declare function acquireVsCodeApi(): VsCodeApi;

const root = document.getElementById('page');
if (root !== null) {
  const api = acquireVsCodeApi();
  const store = new Store(restoreState(api.getState()), (state) => api.setState(state));
  const app = new App(root, store, (message) => api.postMessage(message));
  window.addEventListener('message', ({ data }) => app.asking.receive(data));
  window.addEventListener('error', ({ error, message }) => app.report(error ?? message));
  window.addEventListener('unhandledrejection', ({ reason }) => app.report(reason));
}
