/** What a chart page holds and asks for, without its looks, served by the real controller; every byte is counted. */

import type { LogFinding } from '../../src/core/rules/finding';
import type { Run } from '../../src/core/run/run';
import { type ChartActions, ChartController } from '../../src/host/editor/chartController';
import { isObject } from '../../src/protocol/check';
import { shownLayers } from '../../src/protocol/choose';
import { PROTOCOL_VERSION, type Snapshot } from '../../src/protocol/messages';
import { visibleRange } from '../../src/protocol/range';
import { Asking } from '../../src/protocol/wire';
import { type LoadedGrid, loadGrid } from '../../webview/heatData';
import { pinnedSteps } from '../../webview/lineData';
import { panePlans } from '../../webview/panePlans';
import { SeriesColumns } from '../../webview/series';
import { takenSnapshot } from '../../webview/snapshots';
import { INITIAL_STATE, type ViewState } from '../../webview/state';

/** Pixels of the picture over steps; the heat map has half as many columns. */
const COLUMNS = 600;

export interface LivePage {
  /** What a page does when it is told of a change: it asks for what is new, in both pictures, and gets it. */
  refresh(): Promise<Snapshot>;
  readonly columns: SeriesColumns;
  readonly heat: () => LoadedGrid;
  /** Changes what the person has chosen. */
  choose(change: Partial<ViewState>): void;
  /** Whether the page can be seen. */
  show(isVisible: boolean): void;
  /** The session has something new. */
  change(replaced?: boolean): void;
  /** Bytes that the host has posted so far, and how many events among the messages. */
  readonly sent: () => { readonly bytes: number; readonly events: number };
  /** The log was read anew: another run. */
  replace(run: Run): void;
  find(findings: readonly LogFinding[]): void;
  dispose(): void;
}

export function livePage(first: Run): LivePage {
  let bytes = 0;
  let events = 0;
  let receive: (message: unknown) => void = () => {};
  let changed: (change: { readonly replaced: boolean }) => void = () => {};
  let seen: () => void = () => {};
  const nothing = { dispose: () => {} };
  const session = {
    run: first,
    findings: [] as readonly LogFinding[],
    notChecked: [],
    links: [],
    state: 'ready' as const,
    message: '',
    progress: 1,
    generation: 1,
    onDidChange: (listener: typeof changed) => {
      changed = listener;
      return nothing;
    },
  };
  const view = {
    visible: true,
    post: (message: unknown) => {
      bytes += sizeOf(message);
      events += Number(isObject(message) && 'event' in message);
      asking.receive(message);
    },
    onDidReceive: (listener: typeof receive) => {
      receive = listener;
      return nothing;
    },
    onDidChangeVisibility: (listener: typeof seen) => {
      seen = listener;
      return nothing;
    },
  };
  const asking = new Asking((message) => receive(message), {
    first: () => {},
    changed: () => {},
    cursor: () => {},
  });
  const never = () => Promise.reject(new Error('Nobody asks for this here.'));
  const actions: ChartActions = {
    revealLine: never,
    revealCode: never,
    explain: never,
    applyFix: never,
    applyClip: never,
    insertLogging: never,
    read: () => {},
    pickRuns: never,
    openRun: () => {
      throw new Error('Nothing to compare with.');
    },
    save: never,
  };
  const log = { name: 'run.jsonl', uri: 'file:///run.jsonl' };
  const controller = new ChartController(view, session, log, actions, String);
  const fail = (error: unknown) => {
    throw error;
  };
  const columns = new SeriesColumns(asking, () => {}, fail);
  let state = INITIAL_STATE;
  let snapshot: Snapshot | undefined;
  let heat: LoadedGrid | undefined;
  const askKnowing = async (known: number | null) => {
    const answer = await asking.request('snapshot', {
      version: PROTOCOL_VERSION,
      axis: state.axis,
      known,
      picture: null,
    });
    return takenSnapshot(snapshot, answer);
  };
  // As the page does: what was told ahead may have been lost, and is asked for again.
  const ask = async () =>
    (await askKnowing(snapshot?.serial ?? null)) ??
    (await askKnowing(null)) ??
    fail(new Error('This patch is of another snapshot.'));
  return {
    columns,
    heat: () => heat ?? fail(new Error('Nothing was asked for yet.')),
    refresh: async () => {
      const before = snapshot;
      const now = await ask();
      snapshot = now;
      if (before?.epoch !== now.epoch) {
        columns.clear();
        heat = undefined;
      }
      const range = visibleRange(now, state);
      const plans = panePlans(now, state, null);
      columns.want({
        run: 0,
        epoch: now.epoch,
        range,
        columns: COLUMNS,
        smoothing: state.smoothing,
        lines: plans.flatMap(({ choice }) => choice.lines.map(({ series }) => series)),
        bands: new Map(plans.map(({ id, choice }) => [id, choice.rest])),
        pins: pinnedSteps(now),
      });
      await columns.idle();
      const layers = shownLayers(now, state);
      heat = await loadGrid(asking, { layers, epoch: now.epoch, range, columns: COLUMNS / 2 }, heat);
      return now;
    },
    choose: (change) => {
      state = { ...state, ...change };
    },
    show: (isVisible) => {
      view.visible = isVisible;
      seen();
    },
    change: (replaced = false) => {
      session.generation++;
      changed({ replaced });
    },
    sent: () => ({ bytes, events }),
    replace: (run) => {
      session.run = run;
    },
    find: (findings) => {
      session.findings = findings;
    },
    dispose: () => {
      asking.dispose();
      controller.dispose();
    },
  };
}

/** Bytes of a message: its buffers as they are, all else as the JSON it travels as. */
function sizeOf(message: unknown): number {
  let buffers = 0;
  const text = JSON.stringify(message, (_key, value: unknown) => {
    if (value instanceof ArrayBuffer) {
      buffers += value.byteLength;
      return null;
    }
    return value;
  });
  return buffers + text.length;
}
