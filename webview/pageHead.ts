/** The line above everything: which run, how it is, and what goes on with its log. */
import type { Snapshot } from '../src/protocol/messages';
import { Changes } from './changes';
import { h, replaceChildren } from './dom';
import { formatStep } from './format';
import { helpMenu } from './helpMenu';
import { type IconName, iconText } from './icons';
import type { ViewState } from './state';
import { runSentence } from './summary';
import type { Page } from './view';

export class PageHead {
  private readonly name = h('h1', {});
  private readonly sentence = h('p', { class: 'run-sentence' });
  private readonly status = h('button', {
    type: 'button',
    class: 'status',
    hidden: true,
    onclick: () => this.page.store.set({ isPaused: !this.page.store.current.isPaused }),
  });
  private readonly stop = h(
    'button',
    {
      type: 'button',
      class: 'stop',
      hidden: true,
      title: 'Stop reading; what was read stays',
      onclick: () => this.page.attempt(this.page.asking.request('read', { action: 'stop' })),
    },
    ...iconText('debug-stop', 'Stop'),
  );
  private readonly problems = h('details', { class: 'problems', hidden: true });
  readonly element = h(
    'header',
    { class: 'page-head' },
    h('div', { class: 'titles' }, this.name, this.sentence),
    this.problems,
    this.status,
    this.stop,
    helpMenu(),
  );
  private readonly changes = new Changes();

  constructor(private readonly page: Page) {}

  update(snapshot: Snapshot, state: ViewState, isLive: boolean): void {
    const status = statusText(snapshot, state.isPaused, isLive);
    if (!this.changes.differ(snapshot, status, state.isPaused)) {
      return;
    }
    this.name.textContent = snapshot.name;
    this.sentence.textContent = snapshot.series.length === 0 ? '' : runSentence(snapshot);
    this.sentence.title = `${snapshot.format}; steps: ${snapshot.axis.why}`;
    this.status.hidden = status === '';
    this.stop.hidden = snapshot.state !== 'reading';
    replaceChildren(
      this.status,
      ...(status === '' ? [] : iconText(statusIcon(status, state.isPaused), status)),
    );
    this.status.setAttribute('aria-pressed', String(state.isPaused));
    this.status.classList.toggle('live', status === 'Live');
    this.status.title = state.isPaused ? 'Follow the log again' : 'Hold the picture still';
    const { problems } = snapshot;
    this.problems.hidden = problems.length === 0;
    if (problems.length > 0 && !this.problems.open) {
      this.problems.replaceChildren(
        h('summary', { class: 'quiet' }, `${problems.length} unreadable`),
        h(
          'ul',
          {},
          ...problems
            .slice(0, 50)
            .map(({ line, message }) =>
              h('li', {}, line > 0 ? `Line ${formatStep(line)}: ${message}` : message),
            ),
        ),
      );
    }
  }
}

function statusIcon(status: string, isPaused: boolean): IconName {
  return isPaused
    ? 'debug-start'
    : status === 'Live'
      ? 'debug-pause'
      : status === 'File deleted'
        ? 'warning'
        : 'loading';
}

function statusText({ state, progress }: Snapshot, isPaused: boolean, isLive: boolean): string {
  if (isPaused) {
    return 'Paused';
  }
  if (state === 'reading') {
    return `Reading ${Math.round(progress * 100)} %`;
  }
  if (state === 'gone') {
    return 'File deleted';
  }
  return isLive ? 'Live' : '';
}
