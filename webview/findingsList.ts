/** One card for each finding: what was seen, since when, with which numbers, and what helps. */
import type { AxisKind, FindingInfo, Snapshot } from '../src/protocol/messages';
import { fullRange } from '../src/protocol/range';
import { Changes } from './changes';
import { h, replaceChildren, withCode } from './dom';
import { evidenceRows } from './evidence';
import { icon, iconText } from './icons';
import { rangeAround } from './range';
import { linePhrase, spanPhrase } from './summary';
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
      h('h2', {}, titleOf(snapshot)),
      findings.length === 0 &&
        h(
          'p',
          { class: 'muted' },
          snapshot.state === 'reading'
            ? 'The log is being read and is judged when that is done.'
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
      isSelected && evidenceList(finding, unit),
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
            onclick: () => go(asking.request('reveal', { run: 0, line: finding.line })),
          },
          ...iconText('go-to-file', `Log ${linePhrase(snapshot, finding.line)}`),
        ),
        h(
          'button',
          {
            type: 'button',
            class: 'link',
            'data-key': `${key}-explain`,
            onclick: () => go(asking.request('explain', { rule: finding.rule })),
          },
          ...iconText('book', `About ${finding.code}`),
        ),
      ),
    );
  }

  private fixRow(
    { epoch }: Snapshot,
    finding: number,
    { title, safety }: FindingInfo['fixes'][number],
    fix: number,
  ): HTMLElement {
    const apply = (preview: boolean) =>
      this.page.attempt(this.page.asking.request('apply-fix', { epoch, finding, fix, preview }));
    return h(
      'div',
      { class: 'fix-row' },
      h(
        'button',
        {
          type: 'button',
          class: fix === 0 ? 'fix' : 'fix other',
          'data-key': `fix-${finding}-${fix}`,
          title: `${
            safety === 'unsafe'
              ? 'Changes what is computed: look at the difference'
              : 'Changes nothing but the defect'
          }. Undo in the file with Ctrl+Z.`,
          onclick: () => apply(false),
        },
        icon('lightbulb-autofix'),
        h('span', {}, title),
      ),
      h(
        'button',
        {
          type: 'button',
          class: 'quiet',
          'data-key': `preview-${finding}-${fix}`,
          'aria-label': `Preview: ${title}`,
          title: 'See the change before it is made: tick it in the preview, then apply',
          onclick: () => apply(true),
        },
        icon('diff'),
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
      ...finding.fixes.map((fix, which) => this.fixRow(snapshot, at, fix, which)),
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

const ICONS = { error: 'error', warning: 'warning', info: 'info', hint: 'lightbulb' } as const;

function severityIcon(severity: FindingInfo['severity']): HTMLElement {
  return h('span', { class: `icon ${severity}`, role: 'img', 'aria-label': severity }, icon(ICONS[severity]));
}

function evidenceList(finding: FindingInfo, kind: AxisKind): HTMLElement {
  return h(
    'dl',
    { class: 'evidence' },
    ...evidenceRows(finding, kind).flatMap(([name, value]) => [h('dt', {}, name), h('dd', {}, value)]),
  );
}

function titleOf({ findings, state }: Model['snapshot']): string {
  if (findings.length > 0) {
    return `Findings (${findings.length})`;
  }
  return state === 'reading' ? 'Not judged yet' : 'Nothing wrong found';
}
