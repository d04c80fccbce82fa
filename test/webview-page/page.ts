/**
 * The chart page without VS Code: a fake API that answers from a log read by the real core, in the page itself.
 * `window.startPage({ text, name, theme })` begins; `window.growLog(text)` appends to the log.
 */

import { BytesSource } from '../../src/core/io/fileSource';
import { LogReader } from '../../src/core/logs/logReader';
import { remedyById } from '../../src/core/remedies/registry';
import { diagnoseRun } from '../../src/core/rules/engine';
import { ChartData, type ChartSource } from '../../src/protocol/chartData';
import { dataHandlers } from '../../src/protocol/chartRequests';
import { answer, eventMessage } from '../../src/protocol/wire';
import { type SyntheticWish, syntheticRun } from './synthetic';

interface PageStart {
  readonly name: string;
  /** Content of a log, or what a run is made up from. */
  readonly text: string | SyntheticWish;
  /** Kept state, as of an earlier visit. */
  readonly state?: unknown;
  /** Runs to compare with, all of which the person is taken to choose. */
  readonly others?: readonly { readonly name: string; readonly text: string | SyntheticWish }[];
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

/** A log or a made-up run as an open session would show it. */
async function openLog(name: string, text: string | SyntheticWish, pretend: Partial<ChartSource> = {}) {
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
  // The same object for good, with the fields of the last reading.
  const source = { ...(await read()) };
  return {
    source,
    data: new ChartData(source, { name, uri: `test:/${name}` }, remedyById),
    grow: async (more: string) => {
      file.append(more);
      Object.assign(source, await read());
    },
  };
}

window.startPage = async ({ name, text, state, pretend, others = [] }) => {
  const own = await openLog(name, text, pretend);
  const rest = await Promise.all(others.map((other) => openLog(other.name, other.text)));
  let compared: readonly ChartData[] = [];
  const act = async (action: unknown) => {
    window.pageActions.push(action);
    return null;
  };
  const handlers = {
    ...dataHandlers(() => [own.data, ...compared]),
    reveal: act,
    'reveal-code': act,
    explain: act,
    'apply-fix': act,
    'apply-clip': act,
    'insert-logging': act,
    read: act,
    'pick-runs': async () => rest.map(({ data }) => data.uri),
    compare: async ({ uris }: { readonly uris: readonly string[] }) => {
      compared = uris.flatMap((uri) => rest.find(({ data }) => data.uri === uri)?.data ?? []);
      return null;
    },
    save: async (params: unknown) => {
      await act(params);
      return true;
    },
  };
  window.growLog = async (more) => {
    await own.grow(more);
    window.postMessage(eventMessage('changed', { generation: own.source.generation }));
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
