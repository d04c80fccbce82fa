/** The one tool bar: which view, which series, which axis, which part. */

import { PANES, seriesOfPane } from '../src/protocol/choose';
import { Changes } from './changes';
import { firstClip, wholeNorm } from './clipSimulator';
import { h } from './dom';
import { type IconName, iconText } from './icons';
import { toggled, type ViewState } from './state';
import { capital } from './summary';
import type { Model, Page } from './view';

const VIEWS = [
  { id: 'steps', title: 'Over steps', icon: 'graph-line' },
  { id: 'layers', title: 'Layers × steps', icon: 'layers' },
  { id: 'depth', title: 'Depth profile', icon: 'list-ordered' },
  { id: 'compare', title: 'Compare', icon: 'git-compare' },
] as const;

const SMOOTHINGS = [0, 0.6, 0.9, 0.97];

export class Toolbar {
  private readonly tabs = VIEWS.map(({ id, title, icon }) =>
    h(
      'button',
      {
        type: 'button',
        role: 'tab',
        id: `tab-${id}`,
        'aria-controls': 'view',
        onclick: () => this.page.store.set({ view: id }),
      },
      ...iconText(icon, title),
    ),
  );
  private readonly onlyFindings = this.toggle(
    'filter',
    'Only findings',
    'Only the whole model and the parameters that findings name',
    (state) => ({ onlyFindings: !state.onlyFindings }),
  );
  private readonly reset = h(
    'button',
    {
      type: 'button',
      class: 'tool',
      title: 'Show the whole run (0)',
      onclick: () => this.page.store.set({ range: null, finding: null }),
    },
    ...iconText('screen-full', 'Whole run'),
  );
  private readonly smoothing = h(
    'select',
    {
      'aria-label': 'Smoothing',
      title: 'A moving average drawn over the logged values, which stay visible',
      onchange: () => this.page.store.set({ smoothing: Number(this.smoothing.value) }),
    },
    ...SMOOTHINGS.map((weight) =>
      h('option', { value: weight }, weight === 0 ? 'No smoothing' : `Smooth ${weight}`),
    ),
  );
  private readonly clip = h(
    'button',
    {
      type: 'button',
      class: 'tool',
      title: 'See which share of steps a maximum norm would clip',
      onclick: () => this.toggleClip(),
    },
    ...iconText('settings', 'Clip simulator'),
  );
  private readonly axis = h('select', {
    'aria-label': 'Horizontal axis',
    title: 'What the horizontal axis counts',
    onchange: () =>
      this.page.store.set({
        axis: this.axis.value === 'time' || this.axis.value === 'epoch' ? this.axis.value : 'logged',
        // Places on one axis mean nothing on another.
        range: null,
        depthStep: null,
        depthReference: null,
      }),
  });
  private shownAxes = '';
  private readonly panes = h('div', { class: 'menu-body' });
  private readonly menu = h(
    'details',
    { class: 'menu' },
    h('summary', { class: 'tool' }, ...iconText('checklist', 'Panes')),
    this.panes,
  );
  private readonly stepsOnly = [this.clip, this.menu];
  private readonly changes = new Changes();
  private model: Model | undefined;
  readonly element: HTMLElement;

  constructor(
    private readonly page: Page,
    ...more: readonly HTMLElement[]
  ) {
    const list = h('div', { role: 'tablist', 'aria-label': 'Views', class: 'tabs' }, ...this.tabs);
    list.addEventListener('keydown', (event) => this.onTabKey(event));
    this.element = h(
      'div',
      { class: 'toolbar' },
      list,
      h(
        'div',
        { class: 'tools', role: 'toolbar', 'aria-label': 'Chart options' },
        this.onlyFindings,
        this.axis,
        this.smoothing,
        this.clip,
        this.menu,
        this.reset,
        ...more,
      ),
    );
  }

  update(model: Model): void {
    this.model = model;
    const { snapshot, state } = model;
    const { view, onlyFindings, range, smoothing, axis, clip, closedPanes } = state;
    const choices = [view, onlyFindings, range === null, smoothing, axis, clip === null, closedPanes];
    if (!this.changes.differ(snapshot, ...choices)) {
      return;
    }
    VIEWS.forEach(({ id }, at) => {
      const isCurrent = state.view === id;
      this.tabs[at]?.setAttribute('aria-selected', String(isCurrent));
      this.tabs[at]?.setAttribute('tabindex', isCurrent ? '0' : '-1');
    });
    this.onlyFindings.setAttribute('aria-pressed', String(state.onlyFindings));
    this.onlyFindings.disabled = snapshot.findings.length === 0 && !state.onlyFindings;
    this.reset.disabled = state.range === null;
    this.smoothing.value = String(state.smoothing);
    this.showAxes(snapshot, state);
    this.smoothing.hidden = state.view !== 'steps' && state.view !== 'compare';
    this.onlyFindings.hidden = state.view === 'compare';
    for (const element of this.stepsOnly) {
      element.hidden = state.view !== 'steps';
    }
    this.clip.setAttribute('aria-pressed', String(state.clip !== null));
    this.clip.hidden = this.clip.hidden || wholeNorm(snapshot) === undefined;
    this.updatePanes(snapshot, state);
  }

  private toggleClip(): void {
    const { model } = this;
    const series = model === undefined ? undefined : wholeNorm(model.snapshot);
    if (model !== undefined && series !== undefined) {
      this.page.store.set({
        clip: model.state.clip === null ? firstClip(series, model.snapshot.findings) : null,
      });
    }
  }

  /** The axes that the log carries, where there is a choice. */
  private showAxes({ axis, otherAxes }: Model['snapshot'], state: ViewState): void {
    const counted = state.axis === 'logged' ? capital(axis.kind) : 'Step';
    const now = [counted, ...otherAxes].join();
    if (now !== this.shownAxes) {
      this.shownAxes = now;
      this.axis.replaceChildren(
        h('option', { value: 'logged' }, `By ${counted.toLowerCase()}`),
        ...otherAxes.map((kind) =>
          h('option', { value: kind }, kind === 'time' ? 'By wall time' : 'By epoch'),
        ),
      );
    }
    this.axis.hidden = otherAxes.length === 0 && state.axis === 'logged';
    this.axis.value = otherAxes.some((kind) => kind === state.axis) ? state.axis : 'logged';
  }

  private updatePanes(snapshot: Model['snapshot'], state: ViewState): void {
    const available = PANES.filter(({ id }) => seriesOfPane(snapshot, id).length > 0);
    this.menu.hidden = this.menu.hidden || available.length < 2;
    if (this.menu.open && this.panes.childElementCount === available.length) {
      return;
    }
    this.panes.replaceChildren(
      ...available.map(({ id, title }) =>
        h(
          'label',
          {},
          h('input', {
            type: 'checkbox',
            checked: !state.closedPanes.includes(id),
            onchange: () => {
              const { store } = this.page;
              store.set({ closedPanes: toggled(store.current.closedPanes, id) });
            },
          }),
          title,
        ),
      ),
    );
  }

  private toggle(
    name: IconName,
    text: string,
    title: string,
    change: (state: ViewState) => Partial<ViewState>,
  ): HTMLButtonElement {
    return h(
      'button',
      {
        type: 'button',
        class: 'tool',
        title,
        onclick: () => this.page.store.set(change(this.page.store.current)),
      },
      ...iconText(name, text),
    );
  }

  private onTabKey(event: KeyboardEvent): void {
    const direction = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    const present = VIEWS.findIndex(({ id }) => id === this.page.store.current.view);
    const next = (present + direction + VIEWS.length) % VIEWS.length;
    const view = VIEWS[next];
    if (direction !== 0 && view !== undefined) {
      event.preventDefault();
      this.page.store.set({ view: view.id });
      this.tabs[next]?.focus();
    }
  }
}
