/** Puts the page together and keeps it up to date with the host, the person and the theme. */

import { seriesOfPane, shownLayers } from '../src/protocol/choose';
import { PROTOCOL_VERSION, type Snapshot } from '../src/protocol/messages';
import { Asking, type Post } from '../src/protocol/wire';
import { CompareView } from './compareView';
import { DepthView } from './depthView';
import { h, setText } from './dom';
import { emptyPage, noGradientsHint, readButton } from './emptyPage';
import { ExportMenu, type ReportView } from './exportMenu';
import { FindingsList } from './findingsList';
import { Latest } from './latest';
import { LayersView } from './layersView';
import { Legend } from './legend';
import { tendMenus } from './menus';
import { PageHead } from './pageHead';
import { rangeAfter } from './range';
import { takenSnapshot } from './snapshots';
import type { Store, ViewState } from './state';
import { StepsView } from './stepsView';
import { onThemeChange, readTheme } from './theme';
import { Toolbar } from './toolbar';
import type { Model, Page, View } from './view';

/** A log is called live this long after it last grew: slow runs write a record a minute. Milliseconds. */
const LIVE_TIME = 120_000;

export class App implements Page {
  readonly asking: Asking;
  private snapshot: Snapshot | undefined;
  private theme = readTheme();
  private cursor: number | null = null;
  private emphasized: number | null = null;
  private isStale = false;
  /** The first picture is on the screen. */
  private hasPainted = false;
  private liveTimer: ReturnType<typeof setTimeout> | undefined;
  private readonly snapshots: Latest<null, Snapshot>;
  private readonly head: PageHead;

  /** What is to be known of the run before its charts are believed. */
  private readonly cautionText = h('span', {});
  private readonly readOn = readButton(this, 'link', 'Read on');
  private readonly caution = h('p', { class: 'hint-bar', hidden: true }, this.cautionText, ' ', this.readOn);
  private readonly banner = h('div', { class: 'banner', role: 'alert', hidden: true });
  private readonly progress = h('div', { class: 'banner progress', role: 'status', hidden: true });
  private readonly body = h('div', { class: 'body' });
  private readonly viewPanel = h('div', { id: 'view', role: 'tabpanel', class: 'view' });
  private readonly hint: HTMLElement;
  private readonly exports: ExportMenu;
  private readonly toolbar: Toolbar;
  private readonly findings: FindingsList;
  private readonly legend: Legend;
  private readonly steps: StepsView;
  private readonly views: Readonly<Record<ViewState['view'], View>>;
  private readonly side: HTMLElement;
  private readonly content: HTMLElement;

  constructor(
    root: HTMLElement,
    readonly store: Store,
    post: Post,
  ) {
    this.asking = new Asking(post, {
      first: ({ whole, ahead }) => {
        const { axis, compared } = this.store.current;
        if (this.snapshot === undefined && axis === 'logged' && compared.length === 0) {
          this.asking.foretell(ahead);
          this.onSnapshot(whole);
        }
      },
      changed: () => this.onChanged(),
      cursor: ({ step }) => {
        this.cursor = step;
        this.render();
      },
    });
    this.snapshots = new Latest(
      () => this.askSnapshot(),
      (snapshot) => this.onSnapshot(snapshot),
      (error) => this.report(error),
    );
    this.steps = new StepsView(this);
    this.views = {
      steps: this.steps,
      layers: new LayersView(this),
      depth: new DepthView(this),
      compare: new CompareView(this),
    };
    this.head = new PageHead(this);
    this.exports = new ExportMenu(
      this,
      () => this.views[this.store.current.view],
      (model) => this.reportViews(model),
    );
    this.toolbar = new Toolbar(this, this.exports.element);
    this.findings = new FindingsList(this);
    this.legend = new Legend(this);
    this.side = h(
      'aside',
      { class: 'side waiting', 'aria-label': 'Findings and legend' },
      this.findings.element,
      this.legend.element,
    );
    this.hint = noGradientsHint(this);
    this.content = h(
      'div',
      { class: 'content' },
      this.toolbar.element,
      h(
        'div',
        { class: 'columns' },
        h('div', { class: 'main' }, this.caution, this.hint, this.viewPanel),
        this.side,
      ),
    );
    root.replaceChildren(this.head.element, this.banner, this.progress, this.body);
    this.layOut();
    store.onChange((_state, change) => {
      if (change.compared !== undefined) {
        this.compare(change.compared);
      }
      if ((change.isPaused === false && this.isStale) || change.axis !== undefined) {
        this.snapshots.want(null);
      }
      this.render();
    });
    onThemeChange(() => {
      this.theme = readTheme();
      this.render();
    });
    tendMenus(root);
    if (store.current.compared.length > 0) {
      this.compare(store.current.compared);
    } else {
      this.snapshots.want(null);
    }
  }

  /** The run as it is now: told by what has changed since the last time, where something is known of it. */
  private async askSnapshot(): Promise<Snapshot> {
    const wasPaused = this.store.current.isPaused;
    const ask = async (known: number | null) => {
      const { axis, view } = this.store.current;
      const picture = view === 'steps' ? this.steps.firstPicture() : null;
      const params = { version: PROTOCOL_VERSION, axis, known, picture };
      const answer = await this.asking.request('snapshot', params);
      this.asking.foretell(answer.ahead);
      // A page that was told before its question arrived is answered by what has changed since.
      return takenSnapshot(this.snapshot, answer);
    };
    const told = (await ask(this.snapshot?.serial ?? null)) ?? (await ask(null));
    if (told === undefined) {
      throw new Error('The run as it was told has an unknown shape.');
    }
    // Who holds the picture while an answer is on its way wants it to stay as it is.
    if (this.snapshot !== undefined && !wasPaused && this.store.current.isPaused) {
      this.isStale = true;
      return this.snapshot;
    }
    return told;
  }

  /** Puts the open view where it will be, unseen: how wide it is decides what is asked for. */
  private layOut(): void {
    const { view } = this.store.current;
    this.content.classList.add('waiting');
    this.content.classList.toggle('wide', view === 'compare');
    this.viewPanel.replaceChildren(this.views[view].element);
    this.body.replaceChildren(this.content);
  }

  /** Tells the host which runs to open; they are in the next snapshot. A file that is gone must not keep the charts from opening. */
  private compare(uris: readonly string[]): void {
    this.asking
      .request('compare', { uris })
      .catch((error: unknown) => this.report(error))
      .finally(() => this.snapshots.want(null));
  }

  /** Views of a report: those that have something to show of this run, with the open one's choices. */
  private reportViews({ snapshot, state }: Model): readonly ReportView[] {
    const hasLayers = shownLayers(snapshot, state).length > 1;
    return [
      { title: 'Over steps', view: this.views.steps },
      ...(hasLayers
        ? [
            { title: 'Layers over steps', view: this.views.layers },
            { title: 'Depth profile', view: this.views.depth },
          ]
        : []),
      ...(snapshot.compared.length > 0
        ? [{ title: 'Compared with other runs', view: this.views.compare }]
        : []),
    ];
  }

  attempt(action: Promise<unknown>): void {
    action.catch((error: unknown) => this.report(error));
  }

  emphasize(series: number | null): void {
    if (this.emphasized !== series) {
      this.emphasized = series;
      this.render();
    }
  }

  report(error: unknown): void {
    this.banner.replaceChildren(
      error instanceof Error ? error.message : String(error),
      h('button', { type: 'button', class: 'link', onclick: () => this.hideBanner() }, 'Dismiss'),
    );
    this.banner.hidden = false;
  }

  showProgress(text: string | null, onCancel: () => void = () => {}): void {
    this.progress.hidden = text === null;
    if (text !== null) {
      this.progress.replaceChildren(
        h('span', {}, text),
        h('button', { type: 'button', class: 'link', onclick: onCancel }, 'Cancel'),
      );
    }
  }

  private hideBanner(): void {
    this.banner.hidden = true;
  }

  private onChanged(): void {
    this.isStale = this.store.current.isPaused;
    if (!this.isStale) {
      this.snapshots.want(null);
    }
  }

  private onSnapshot(snapshot: Snapshot): void {
    const before = this.snapshot;
    this.snapshot = snapshot;
    const { current } = this.store;
    const isSame = before?.epoch === snapshot.epoch;
    // While it is first read a log gets longer too.
    if (isSame && before.state !== 'reading' && snapshot.lines > before.lines) {
      this.showLive();
    }
    const range = before === undefined ? current.range : rangeAfter(current.range, before, snapshot);
    const finding = (current.finding ?? -1) < snapshot.findings.length ? current.finding : null;
    if (snapshot.uri !== current.uri || finding !== current.finding || range !== current.range) {
      this.store.set({ uri: snapshot.uri, finding, range });
    } else {
      this.render();
    }
  }

  /** A log that has just grown is live until it has been still for a while. */
  private showLive(): void {
    clearTimeout(this.liveTimer);
    this.liveTimer = setTimeout(() => {
      this.liveTimer = undefined;
      this.render();
    }, LIVE_TIME);
  }

  private render(): void {
    const { snapshot } = this;
    if (snapshot === undefined) {
      return;
    }
    const model: Model = {
      snapshot,
      state: this.store.current,
      theme: this.theme,
      cursor: this.cursor,
      emphasized: this.emphasized,
    };
    this.head.update(snapshot, model.state, this.liveTimer !== undefined);
    this.caution.hidden = snapshot.state === 'reading' || snapshot.message === '';
    this.readOn.hidden = snapshot.state === 'gone';
    setText(this.cautionText, snapshot.message);
    const instead = emptyPage(snapshot, this);
    const shown = instead ?? this.content;
    if (this.body.firstChild !== shown) {
      this.body.replaceChildren(shown);
    }
    this.content.classList.remove('waiting');
    if (instead !== null) {
      return;
    }
    const view = this.views[model.state.view];
    if (this.viewPanel.firstChild !== view.element) {
      this.viewPanel.replaceChildren(view.element);
    }
    this.content.classList.toggle('wide', model.state.view === 'compare');
    this.viewPanel.setAttribute('aria-labelledby', `tab-${model.state.view}`);
    this.hint.hidden = seriesOfPane(snapshot, 'norms').length > 0;
    this.toolbar.update(model);
    this.exports.update(model);
    view.update(model);
    if (this.hasPainted) {
      this.findings.update(model);
      this.legend.update(model);
    } else {
      // Long lists take a while to lay out: the first curves do not wait for them.
      afterPaint(() => {
        this.hasPainted = true;
        this.side.classList.remove('waiting');
        this.render();
      });
    }
  }
}

/** Calls back when what the page holds now has been painted. */
function afterPaint(then: () => void): void {
  requestAnimationFrame(() => setTimeout(then));
}
