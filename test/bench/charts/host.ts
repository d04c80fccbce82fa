/** The host's side of the benchmark, in a worker of its own, so that the page's memory is the page's alone. */
import { remedyById } from '../../../src/core/remedies/registry';
import { ChartData } from '../../../src/protocol/chartData';
import { dataHandlers } from '../../../src/protocol/chartRequests';
import { answer } from '../../../src/protocol/wire';
import { syntheticRun } from '../../webview-page/synthetic';

const scope = globalThis as unknown as {
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  postMessage(message: unknown, transfer?: readonly ArrayBuffer[]): void;
};

let handlers: Parameters<typeof answer>[1] | undefined;

scope.onmessage = async ({ data }) => {
  if (typeof data === 'object' && data !== null && 'layers' in data && 'steps' in data) {
    const run = syntheticRun({
      layers: Number(data.layers),
      steps: Number(data.steps),
      decay: 0.97,
      spikes: [Math.floor(Number(data.steps) * 0.4321)],
    });
    const source = {
      run,
      findings: [],
      notChecked: [],
      links: [],
      state: 'ready',
      message: '',
      progress: 1,
    } as const;
    const log = { name: 'run.jsonl', uri: 'test:/run.jsonl' };
    const charts = [new ChartData({ ...source, generation: 1 }, log, remedyById)];
    const nothing = async () => null;
    handlers = {
      ...dataHandlers(() => charts),
      reveal: nothing,
      'reveal-code': nothing,
      explain: nothing,
      'apply-fix': nothing,
      'apply-clip': nothing,
      'insert-logging': nothing,
      read: nothing,
      'pick-runs': nothing,
      compare: nothing,
      save: async () => true,
    };
    scope.postMessage({ parsed: true });
  } else if (handlers !== undefined) {
    const reply = await answer(data, handlers, String);
    scope.postMessage(reply, buffersOf(reply));
  }
};

/** Everything in a message that can be handed over instead of copied, as VS Code does with what an extension posts. */
function buffersOf(message: unknown): readonly ArrayBuffer[] {
  if (message instanceof ArrayBuffer) {
    return [message];
  }
  return typeof message === 'object' && message !== null ? Object.values(message).flatMap(buffersOf) : [];
}
