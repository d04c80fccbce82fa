/** One card for each finding: what was seen, since when, with which numbers, and what helps. */
import type { FindingInfo, Snapshot } from '../src/protocol/messages';
import { Changes } from './changes';
import { h, replaceChildren, svg, withCode } from './dom';
import { formatValue } from './format';
import { fullRange, rangeAround } from './range';
import { spanPhrase } from './summary';
import type { Model, Page } from './view';

export class FindingsList {
  readonly element = h('section', { class: 'findings', 'aria-label': 'Findings' });
  private readonly changes = new Changes();
  private shown = '';

  constructor(private readonly page: Page) {}

  update({ snapshot, state }: Model): void {
    // A live log brings new snapshots all the time; cards are only rebuilt when they read differently.
    if (!this.changes.differ(snapshot, state.finding)) {
      return;
    }
    const now = JSON.stringify([snapshot.findings, snapshot.notChecked, snapshot.state, state.finding]);
    if (now === this.shown) {
      return;
    }
    this.shown = now;
    const { findings, notChecked } = snapshot;
    replaceChildren(
      this.element,
      h('h2', {}, findings.length === 0 ? 'Nothing wrong found' : `Findings (${findings.length})`),
      findings.length === 0 &&
        h(
          'p',
          { class: 'muted' },
          snapshot.state === 'reading'
            ? 'The log is still being read.'
            : 'No rule that could look at this log saw a defect.',
        ),
      ...findings.map((finding, at) => this.card(snapshot, finding, at, state.finding === at)),
      notChecked.length > 0 &&
        h(
          'details',
          { class: 'not-checked' },
          h('summary', { 'data-key': 'not-checked' }, `Not checked (${notChecked.length})`),
          h('ul', {}, ...notChecked.map(({ title, why }) => h('li', {}, `${title}: ${why}`))),
        ),
    );
  }

  private card(snapshot: Snapshot, finding: FindingInfo, at: number, isSelected: boolean): HTMLElement {
    const { asking, store } = this.page;
    const go = (action: Promise<unknown>) => this.page.attempt(action);
    const unit = snapshot.axis.kind;
    const key = `finding-${at}`;
    return h(
      'article',
      { class: `card ${finding.severity}${isSelected ? ' selected' : ''}` },
      h(
        'button',
        {
          type: 'button',
          class: 'card-head',
          'data-key': key,
          'aria-pressed': String(isSelected),
          title: isSelected ? 'Show the whole run' : 'Zoom to where it happens',
          onclick: () =>
            store.set(
              isSelected
                ? { finding: null, range: null }
                : { finding: at, range: rangeAround(finding.step, finding.endStep, fullRange(snapshot)) },
            ),
        },
        severityIcon(finding.severity),
        h('span', { class: 'card-title' }, finding.title),
        h('span', { class: 'card-when' }, spanPhrase(finding, unit)),
      ),
      h('p', { class: 'message' }, finding.message),
      isSelected && evidenceList(finding),
      isSelected && this.remedies(snapshot, finding, at),
      h(
        'div',
        { class: 'card-actions' },
        h(
          'button',
          {
            type: 'button',
            class: 'link',
            'data-key': `${key}-line`,
            onclick: () => go(asking.request('reveal', { line: finding.line })),
          },
          `Log line ${finding.line}`,
        ),
        h(
          'button',
          {
            type: 'button',
            class: 'link',
            'data-key': `${key}-explain`,
            onclick: () => go(asking.request('explain', { rule: finding.rule })),
          },
          `About ${finding.code}`,
        ),
      ),
    );
  }

  private remedies(snapshot: Snapshot, finding: FindingInfo, at: number): HTMLElement | null {
    if (finding.remedies.length === 0 && finding.fixes.length === 0) {
      return null;
    }
    return h(
      'div',
      { class: 'remedies' },
      finding.fixes.length > 0 && h('h3', {}, 'Fixes in your code'),
      ...finding.fixes.map((fix, which) =>
        h(
          'button',
          {
            type: 'button',
            class: which === 0 ? 'fix' : 'fix other',
            'data-key': `fix-${at}-${which}`,
            title:
              fix.safety === 'unsafe'
                ? 'Changes numerics: look at the difference'
                : 'Changes nothing but the defect',
            onclick: () =>
              this.page.attempt(
                this.page.asking.request('apply-fix', { epoch: snapshot.epoch, finding: at, fix: which }),
              ),
          },
          fix.title,
        ),
      ),
      h('h3', {}, 'What helps'),
      h('ol', {}, ...finding.remedies.slice(0, FIRST_REMEDIES).map(remedyItem)),
      finding.remedies.length > FIRST_REMEDIES &&
        h(
          'details',
          {},
          h(
            'summary',
            { 'data-key': `remedies-${at}` },
            `${finding.remedies.length - FIRST_REMEDIES} more, less likely to help`,
          ),
          h('ol', { start: FIRST_REMEDIES + 1 }, ...finding.remedies.slice(FIRST_REMEDIES).map(remedyItem)),
        ),
    );
  }
}

/** Remedies come best first; more than these are read on demand. */
const FIRST_REMEDIES = 3;

function remedyItem(remedy: FindingInfo['remedies'][number]): HTMLElement {
  return h(
    'li',
    {},
    h('strong', {}, remedy.title),
    ' ',
    ...withCode(remedy.helps),
    ' ',
    h('span', { class: 'muted' }, ...withCode(remedy.doesNotHelp)),
  );
}

const SHAPES = {
  error:
    'M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1Zm2.5 9.8-.7.7L8 9.7l-1.8 1.8-.7-.7L7.3 9 5.5 7.2l.7-.7L8 8.3l1.8-1.8.7.7L8.7 9Z',
  warning: 'M8 1.5 15 14H1Zm-.6 4.6v4h1.2v-4Zm0 5v1.2h1.2v-1.2Z',
  info: 'M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1Zm-.7 3.2h1.4v1.4H7.3Zm0 2.7h1.4v4.9H7.3Z',
  hint: 'M8 1a5 5 0 0 0-2.5 9.3V12h5v-1.700A5 5 0 0 0 8 1Zm-2.500 12h5v1.200h-5Z',
} as const;

export function severityIcon(severity: FindingInfo['severity']): HTMLElement {
  return h(
    'span',
    { class: `icon ${severity}`, role: 'img', 'aria-label': severity },
    svg(
      'svg',
      { viewBox: '0 0 16 16', width: 16, height: 16, 'aria-hidden': 'true' },
      svg('path', { d: SHAPES[severity], 'fill-rule': 'evenodd' }),
    ),
  );
}

function evidenceList({ evidence }: FindingInfo): HTMLElement | null {
  // The depth profile has a view of its own.
  const entries = Object.entries(evidence).filter(([name]) => !name.startsWith('profile'));
  if (entries.length === 0) {
    return null;
  }
  return h(
    'dl',
    { class: 'evidence' },
    ...entries.flatMap(([name, value]) => [
      h('dt', {}, name.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase()),
      h('dd', {}, typeof value === 'object' ? profileText(value) : evidenceText(value)),
    ]),
  );
}

function evidenceText(value: number | string): string {
  return typeof value === 'number' ? formatValue(value) : value;
}

/** Profiles can have hundreds of layers: both ends are what matters. */
function profileText(values: readonly (number | string)[]): string {
  const texts = values.map(evidenceText);
  return texts.length <= 6 ? texts.join(', ') : [...texts.slice(0, 3), '…', ...texts.slice(-2)].join(', ');
}
