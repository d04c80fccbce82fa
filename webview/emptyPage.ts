/** Pages in place of charts: still reading, no training log, nothing of gradients in it, unreadable. */

import { PANES, seriesOfPane } from '../src/protocol/choose';
import type { Snapshot } from '../src/protocol/messages';
import { h } from './dom';
import { formatCount } from './format';
import type { Page } from './view';

/** The page to show instead of charts; null when there is something to draw. */
export function emptyPage(snapshot: Snapshot, page: Page): HTMLElement | null {
  const hasCharts = PANES.some(({ id }) => seriesOfPane(snapshot, id).some(({ points }) => points > 0));
  if (hasCharts) {
    return null;
  }
  switch (snapshot.state) {
    case 'reading':
      return readingPage(snapshot);
    case 'failed':
      return unreadablePage(snapshot, page);
    case 'gone':
      return note('The file is gone', `${snapshot.message} The charts come back when it does.`.trim());
    case 'not-a-log':
      return insertPage(
        'No training log was recognised here',
        'The file is empty, or no format fits its content. Looked for: "key: value" lines, Python dictionaries, JSON lines, CSV and TSV tables, progress bars, per-parameter prints, the logs of common trainers, and the event files of TensorBoard and Weights & Biases.',
        page,
      );
    case 'ready':
      return insertPage(
        'No gradients, no loss',
        `${formatCount(snapshot.lines, 'line')} read as ${snapshot.format}, but no column among them is a gradient norm, a loss or a learning rate.`,
        page,
      );
  }
}

/** Under the loss of a run that logs no gradient at all. */
export function noGradientsHint(page: Page): HTMLElement {
  return h(
    'p',
    { class: 'hint-bar' },
    'This log holds no gradient norms. ',
    insertButton(page, 'link'),
    ' writes them from your training loop in a form that is read here.',
  );
}

function readingPage({ progress, name }: Snapshot): HTMLElement {
  return h(
    'div',
    { class: 'empty', role: 'status' },
    h('h2', {}, `Reading ${name} …`),
    h('progress', { max: 1, value: progress, 'aria-label': 'Share of the file that is read' }),
  );
}

function note(title: string, text: string): HTMLElement {
  return h('div', { class: 'empty', role: 'status' }, h('h2', {}, title), h('p', {}, text));
}

function unreadablePage({ message }: Snapshot, page: Page): HTMLElement {
  return h(
    'div',
    { class: 'empty', role: 'status' },
    h('h2', {}, 'This log cannot be read'),
    h('p', {}, message || 'The file could not be opened.'),
    h(
      'p',
      {},
      'It is tried again when the file changes. A log on a drive that is away, or that may not be read, is tried again here:',
    ),
    h('p', {}, readButton(page, 'primary', 'Read it again')),
  );
}

/** Reads on where reading was stopped, or again where it failed. */
export function readButton(page: Page, look: string, text: string): HTMLElement {
  return h(
    'button',
    {
      type: 'button',
      class: look,
      onclick: () => page.attempt(page.asking.request('read', { action: 'go-on' })),
    },
    text,
  );
}

function insertPage(title: string, text: string, page: Page): HTMLElement {
  return h(
    'div',
    { class: 'empty' },
    h('h2', {}, title),
    h('p', {}, text),
    h('p', {}, 'A few lines after the backward pass are enough to log the norm of every gradient:'),
    h(
      'pre',
      {},
      'for name, parameter in model.named_parameters():\n    if parameter.grad is not None:\n        print(f"{name}: {parameter.grad.norm().item():.6g}")',
    ),
    h('p', {}, insertButton(page, 'primary')),
  );
}

function insertButton(page: Page, look: string): HTMLElement {
  return h(
    'button',
    { type: 'button', class: look, onclick: () => page.attempt(page.asking.request('insert-logging', {})) },
    'Insert Gradient Logging',
  );
}
