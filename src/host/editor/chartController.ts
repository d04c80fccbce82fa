import { lineInRun } from '../../core/run/parts';
import { ChartData, type ChartSource } from '../../protocol/chartData';
import { dataHandlers } from '../../protocol/chartRequests';
import type { EventName, EventOf, Params } from '../../protocol/messages';
import { FRESH_CHOICE } from '../../protocol/picture';
import { answer, eventMessage, type Handlers } from '../../protocol/wire';
import { remedyText } from '../codeHalf';
import { DisposableStore, type Disposes } from '../disposables';
import { nextTurn } from '../nextTurn';
import { ComparedRuns, type OpenedRun } from './comparedRuns';

/** At most this often is a visible page told that something changed. Milliseconds between two events. */
const CHANGE_INTERVAL = 250;

/** A page that opens waits at most so long for the first points of a log that is being read. Milliseconds. */
const FIRST_POINTS_WAIT = 250;

/**
 * A page takes longer than this to be made. What is read of the log by then is handed to it before it asks; what was read whole
 * earlier goes at once. Milliseconds.
 */
const TELL_AFTER = 200;

/** How many pixel columns the charts had last: the next page mostly has as many. */
export interface WidthMemory {
  columns: number | undefined;
}

/** What is needed of a webview, so that panels, editors and tests can all be one. */
export interface ChartView {
  readonly visible: boolean;
  post(message: unknown): void;
  onDidReceive(listener: (message: unknown) => void): Disposes;
  onDidChangeVisibility(listener: () => void): Disposes;
}

/** The log behind the charts: an open session, or a plain object in a test. */
export interface ChartSession extends ChartSource {
  onDidChange(listener: (change: { readonly replaced: boolean }) => void): Disposes;
}

/** What a person can do from the charts. Each may reject with a text fit to show. */
export interface ChartActions {
  /** @param uri of a compared run's log; null: the log of the charts */
  revealLine(line: number, uri: string | null): Promise<void>;
  revealCode(path: string, line: number): Promise<void>;
  explain(rule: string): Promise<void>;
  /** @param preview shows the edits first */
  applyFix(finding: number, fix: number, preview: boolean): Promise<void>;
  applyClip(bound: number): Promise<void>;
  insertLogging(): Promise<void>;
  read(action: Params<'read'>['action']): void;
  /** Resolves to the addresses of the runs to compare with; null when the person thought better of it. */
  pickRuns(compared: readonly string[]): Promise<readonly string[] | null>;
  /** Opens another run's log. */
  openRun(uri: string): OpenedRun;
  /** Resolves to false when the person thought better of it. */
  save(name: string, bytes: Uint8Array): Promise<boolean>;
}

type ChartHandlers = Handlers & Pick<ReturnType<typeof dataHandlers>, 'first'>;

/** Serves one chart page from one session. Nothing is sent to a page that cannot be seen. */
export class ChartController {
  private readonly owned = new DisposableStore();
  private readonly data: ChartData;
  private readonly compared: ComparedRuns;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private lastSent = 0;
  private isStale = false;
  /** Before a page has asked it needs to be told nothing: VS Code would keep it, and hand it over with the first answer. */
  private isAsked = false;
  /** A page that is being made is told once, and only before its own question has come. */
  private page: 'new' | 'told' | 'asking' = 'new';
  private readonly handlers: ChartHandlers;

  constructor(
    private readonly view: ChartView,
    private readonly session: ChartSession,
    log: { readonly name: string; readonly uri: string },
    private readonly actions: ChartActions,
    private readonly describe: (error: unknown) => string,
    private readonly width: WidthMemory = { columns: undefined },
  ) {
    this.data = new ChartData(session, log, remedyText);
    this.compared = this.owned.add(
      new ComparedRuns(
        (uri) => actions.openRun(uri),
        () => this.becomeStale(),
      ),
    );
    const handlers = this.makeHandlers();
    this.handlers = handlers;
    this.owned.add(
      view.onDidReceive(async (message) => {
        this.page = 'asking';
        const reply = await answer(message, handlers, this.describe);
        if (reply !== null) {
          this.post(reply);
        }
      }),
    );
    this.owned.add(
      session.onDidChange(({ replaced }) => {
        if (replaced) {
          this.data.startAnew();
        }
        this.becomeStale();
        this.tellFirst(this.isRead);
      }),
    );
    this.owned.add(view.onDidChangeVisibility(() => this.tellSoon()));
    this.tellFirst(this.isRead);
    const first = setTimeout(() => this.tellFirst(true), TELL_AFTER);
    this.owned.add({ dispose: () => clearTimeout(first) });
    this.owned.add({ dispose: () => clearTimeout(this.timer) });
  }

  /** Marks the step that stands on this 1-based line of the log itself. */
  sendCursor(line: number): void {
    const { run } = this.session;
    const inRun = run === null ? line : lineInRun(run, { path: run.path, line });
    this.send('cursor', { step: this.data.stepOfLine(inRun) });
  }

  /** Tells a visible page; a hidden one has lost nothing, as it asks for everything when it is shown again. */
  private send<N extends EventName>(name: N, event: EventOf<N>): void {
    if (this.view.visible) {
      this.post(eventMessage(name, event));
    }
  }

  dispose(): void {
    this.owned.dispose();
  }

  private becomeStale(): void {
    this.isStale = true;
    this.tellSoon();
  }

  private tellSoon(): void {
    if (!this.isStale || !this.isAsked || !this.view.visible || this.timer !== undefined) {
      return;
    }
    const wait = Math.max(0, this.lastSent + CHANGE_INTERVAL - Date.now());
    this.timer = setTimeout(() => {
      this.timer = undefined;
      if (this.view.visible) {
        this.isStale = false;
        this.lastSent = Date.now();
        this.send('changed', { generation: this.session.generation });
      }
    }, wait);
  }

  private get isRead(): boolean {
    return this.session.state !== 'reading' || this.session.progress === 1;
  }

  /** Tells a page that is being made what it will ask first: VS Code hands it over with the page. */
  private tellFirst(isDue: boolean): void {
    const hasPoints = (this.session.run?.series.length ?? 0) > 0;
    if (!isDue || !hasPoints || this.page !== 'new' || !this.view.visible) {
      return;
    }
    this.page = 'told';
    const { columns } = this.width;
    const picture = columns === undefined ? null : { ...FRESH_CHOICE, columns };
    const isWanted = () => this.page === 'told' && !this.owned.isDisposed;
    this.handlers.first(picture, isWanted).then(
      (first) => {
        if (first !== null) {
          this.send('first', first);
        }
      },
      // What is wrong is said when the page asks.
      () => undefined,
    );
  }

  private post(message: unknown): void {
    if (!this.owned.isDisposed) {
      this.view.post(message);
    }
  }

  private makeHandlers(): ChartHandlers {
    const { actions, data, compared } = this;
    const handlers = dataHandlers(() => [data, ...compared.all], nextTurn);
    return {
      ...handlers,
      snapshot: async (params) => {
        if (params.known === null) {
          await this.firstPoints();
        }
        this.noteTold();
        this.width.columns = params.picture?.columns ?? this.width.columns;
        return handlers.snapshot(params);
      },
      reveal: async ({ run, line }) =>
        done(actions.revealLine(line, run === 0 ? null : (compared.all[run - 1]?.uri ?? null))),
      'reveal-code': async (params) => {
        const place = data.codeOf(params);
        if (place !== undefined) {
          await actions.revealCode(place.source, place.line);
        }
        return null;
      },
      explain: async ({ rule }) => done(actions.explain(rule)),
      'apply-fix': async (params) => done(this.applyFix(params)),
      'apply-clip': async ({ bound }) => done(this.applyClip(bound)),
      'pick-runs': async () => actions.pickRuns(compared.all.map(({ uri }) => uri)),
      compare: async ({ uris }) => {
        compared.set(uris);
        return null;
      },
      'insert-logging': async () => done(actions.insertLogging()),
      read: async ({ action }) => {
        actions.read(action);
        return null;
      },
      save: async ({ name, bytes }) => actions.save(name, new Uint8Array(bytes)),
    };
  }

  /** Resolves when there is something to draw, or will not be any time soon. */
  private firstPoints(): Promise<void> {
    const { session } = this;
    const isThere = () => session.state !== 'reading' || (session.run?.series.length ?? 0) > 0;
    if (isThere()) {
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        subscription.dispose();
        resolve();
      };
      const timer = setTimeout(end, FIRST_POINTS_WAIT);
      const subscription = session.onDidChange(() => {
        if (isThere()) {
          end();
        }
      });
    });
  }

  /** The page is about to be told everything up to now. */
  private noteTold(): void {
    this.isAsked = true;
    this.isStale = false;
    this.lastSent = Date.now();
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private async applyClip(bound: number): Promise<void> {
    if (!(bound > 0 && Number.isFinite(bound))) {
      throw new Error('A bound for clipping is a positive number.');
    }
    await this.actions.applyClip(bound);
  }

  private async applyFix(params: Params<'apply-fix'>): Promise<void> {
    if (this.data.finding(params)?.fixes[params.fix] === undefined) {
      throw new Error('This fix is no longer offered.');
    }
    await this.actions.applyFix(params.finding, params.fix, params.preview);
  }
}

async function done(action: Promise<void>): Promise<null> {
  await action;
  return null;
}
