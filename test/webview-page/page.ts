/**
 * The chart page without VS Code: a fake API that answers from a log read by the real core, in the page itself.
 * `window.startPage({ text, name, theme })` begins; `window.growLog(text)` appends to the log.
 */
import { BytesSource } from '../../src/core/io/fileSource';
import { LogReader } from '../../src/core/logs/logReader';
import { diagnoseRun } from '../../src/core/rules/engine';
import { ChartData, type ChartSource, dataHandlers } from '../../src/protocol/chartData';
import { answer, eventMessage } from '../../src/protocol/wire';
import { type SyntheticWish, syntheticRun } from './synthetic';

interface PageStart {
  readonly name: string;
  /** Content of a log, or what a run is made up from. */
  readonly text: string | SyntheticWish;
  /** Kept state, as of an earlier visit. */
  readonly state?: unknown;
  /** Instead of what the reader says. */
  readonly pretend?: Partial<ChartSource>;
}

declare global {
  interface Window {
    startPage(start: PageStart): Promise<void>;
    growLog(text: string): Promise<void>;
    /** Every message the page has sent that is no question for data. */
    pageActions: unknown[];
    acquireVsCodeApi(): unknown;
  }
}

window.pageActions = [];

class GrowingSource extends BytesSource {
  private content: string;

  constructor(path: string, text: string) {
    super(path, new Uint8Array());
    this.content = text;
  }

  append(text: string): void {
    this.content += text;
  }

  override async size(): Promise<number> {
    return new TextEncoder().encode(this.content).length;
  }

  override async read(offset: number, target: Uint8Array): Promise<number> {
    const part = new TextEncoder().encode(this.content).subarray(offset, offset + target.length);
    target.set(part);
    return part.length;
  }
}

window.startPage = async ({ name, text, state, pretend }) => {
  const file = new GrowingSource(name, typeof text === 'string' ? text : '');
  const reader = new LogReader(file);
  let generation = 0;
  const read = async (): Promise<ChartSource> => {
    if (typeof text === 'string') {
      await reader.readMore();
    }
    const run = typeof text === 'string' ? reader.run : syntheticRun(text);
    const diagnosis = run === null ? { findings: [], notChecked: [] } : diagnoseRun(run);
    return {
      run,
      ...diagnosis,
      links: [],
      state: run === null ? 'not-a-log' : 'ready',
      message: '',
      progress: 1,
      generation: ++generation,
      ...pretend,
    };
  };
  let source = await read();
  const live: ChartSource = {
    get run() {
      return source.run;
    },
    get findings() {
      return source.findings;
    },
    get notChecked() {
      return source.notChecked;
    },
    get links() {
      return source.links;
    },
    get state() {
      return source.state;
    },
    get message() {
      return source.message;
    },
    get progress() {
      return source.progress;
    },
    get generation() {
      return source.generation;
    },
  };
  const data = new ChartData(live, { name, uri: `test:/${name}` });
  const act = async (action: unknown) => {
    window.pageActions.push(action);
    return null;
  };
  const handlers = {
    ...dataHandlers(data),
    reveal: act,
    'reveal-code': act,
    explain: act,
    'apply-fix': act,
    'apply-clip': act,
    'insert-logging': act,
    save: async (params: unknown) => {
      await act(params);
      return true;
    },
  };
  window.growLog = async (more) => {
    file.append(more);
    source = await read();
    window.postMessage(eventMessage('changed', { generation: source.generation }));
  };
  let kept = state;
  window.acquireVsCodeApi = () => ({
    getState: () => kept,
    setState: (next: unknown) => {
      kept = next;
    },
    postMessage: async (message: unknown) => {
      const reply = await answer(message, handlers, String);
      if (reply !== null) {
        window.postMessage(reply);
      }
    },
  });
  const script = document.createElement('script');
  script.src = 'webview.js';
  document.body.append(script);
};
