/** Any number of runs over one another, aligned by step, with what tells them apart. */
import { MOST_COMPARED } from '../src/protocol/messages';
import { type Range, within } from '../src/protocol/range';
import type { Marks } from './chart/content';
import { NO_CONTENT } from './chart/content';
import { Pane } from './chart/pane';
import {
  COMPARED_PANES,
  type ComparedPane,
  type ComparedRun,
  commonParameters,
  comparedRuns,
  comparedSeries,
  unionRange,
} from './compare';
import { type CompareData, type CompareWish, loadComparison } from './compareData';
import { comparisonRows, layerTable, runTable } from './compareTable';
import { h, replaceChildren } from './dom';
import { csv } from './export/csv';
import type { Picture } from './export/picture';
import { formatCount } from './format';
import { icon, iconText } from './icons';
import { Latest } from './latest';
import { toggled } from './state';
import { AXIS_TITLES, paneSentence } from './summary';
import { swatch } from './swatch';
import { seriesTable } from './table';
import { TableToggle } from './tableToggle';
import type { Model, Page, View } from './view';

const NO_MARKS: Marks = { findings: [], selected: null, restarts: [], cursor: null, levels: [], band: null };

interface PaneParts {
  readonly section: HTMLElement;
  readonly pane: Pane;
  readonly sentence: HTMLElement;
  readonly numbers: TableToggle;
}

export class CompareView implements View {
  private readonly sentence = h('p', { class: 'sentence', role: 'status' });
  private readonly parameter = h('select', {
    'aria-label': 'Gradient norm of',
    onchange: () => this.page.store.set({ comparedParameter: this.parameter.value || null }),
  });
  private readonly runs = h('ul', { class: 'runs', 'aria-label': 'Compared runs' });
  private readonly panes = h('div', { class: 'panes' });
  private readonly tables = h('div', { class: 'compare-tables', tabindex: 0, 'aria-label': 'Differences' });
  private readonly empty = h(
    'div',
    { class: 'empty' },
    icon('git-compare'),
    h('h2', {}, 'Compare with other runs'),
    h(
      'p',
      {},
      'Draw any number of logs over this one, aligned by step: norms, loss and learning rate, with a table of how far they are apart.',
    ),
    this.pickButton('primary'),
  );
  private readonly full = h(
    'div',
    { class: 'compare-body' },
    h(
      'header',
      {},
      h('h2', {}, 'Runs compared'),
      this.sentence,
      h('label', { class: 'select-label' }, 'Norm of', this.parameter),
      this.pickButton('tool'),
    ),
    this.runs,
    this.panes,
    this.tables,
  );
  readonly element = h('section', { class: 'compare', 'aria-label': 'Compare runs' });
  private readonly parts = new Map<ComparedPane, PaneParts>();
  private readonly latest: Latest<CompareWish, CompareData>;
  private model: Model | undefined;
  private data: CompareData | undefined;
  private shownParameters = '';

  constructor(private readonly page: Page) {
    this.latest = new Latest(
      (wish) => loadComparison(page.asking, wish, this.data),
      (data) => {
        this.data = data;
        this.draw();
      },
      // Runs come and go while one waits for an answer about them; the next snapshot asks again.
      () => {},
    );
    new ResizeObserver(() => this.load()).observe(this.panes);
  }

  update(model: Model): void {
    this.model = model;
    const isEmpty = model.snapshot.compared.length === 0;
    const shown = isEmpty ? this.empty : this.full;
    if (this.element.firstChild !== shown) {
      this.element.replaceChildren(shown);
    }
    if (isEmpty) {
      this.data = undefined;
      return;
    }
    const runs = comparedRuns(model.snapshot);
    this.showRuns(runs, model);
    this.showParameters(runs, model);
    this.load();
    this.draw();
  }

  pictures(): readonly Picture[] {
    return this.shownPanes().map(({ pane }) => pane.picture());
  }

  settled(): Promise<void> {
    return this.latest.idle();
  }

  csv(): string {
    return csv(this.data === undefined ? [] : comparisonRows(this.data));
  }

  private pickButton(look: string): HTMLElement {
    return h(
      'button',
      { type: 'button', class: look, onclick: () => this.pick() },
      ...iconText('add', 'Choose runs…'),
    );
  }

  private pick(): void {
    const { asking, store } = this.page;
    this.page.attempt(
      asking.request('pick-runs', {}).then((compared) => {
        if (compared !== null) {
          store.set({ compared: compared.slice(0, MOST_COMPARED) });
        }
      }),
    );
  }

  private showRuns(runs: readonly ComparedRun[], { theme }: Model): void {
    const { store } = this.page;
    replaceChildren(
      this.runs,
      ...runs.map(({ index, run, label, style }) =>
        h(
          'li',
          {
            class: 'run-chip',
            title: run.uri,
            onpointerenter: () => this.page.emphasize(index),
            onpointerleave: () => this.page.emphasize(null),
          },
          swatch(style, theme),
          h('span', { class: 'run-name' }, label),
          run.state === 'reading' && h('span', { class: 'muted' }, `${Math.round(run.progress * 100)} %`),
          index === 0
            ? h('span', { class: 'muted' }, 'this run')
            : h(
                'button',
                {
                  type: 'button',
                  class: 'quiet',
                  'data-key': `remove-${run.uri}`,
                  'aria-label': `Remove ${label}`,
                  title: 'Remove from the comparison',
                  onclick: () => store.set({ compared: toggled(store.current.compared, run.uri) }),
                },
                icon('close'),
              ),
        ),
      ),
    );
  }

  private showParameters(runs: readonly ComparedRun[], { state }: Model): void {
    const names = commonParameters(runs);
    const now = names.join('\n');
    if (now !== this.shownParameters || this.parameter.childElementCount === 0) {
      this.shownParameters = now;
      this.parameter.replaceChildren(
        h('option', { value: '' }, 'Whole model'),
        ...names.map((name) => h('option', { value: name }, name)),
      );
    }
    this.parameter.value = this.parameterOf(runs, state.comparedParameter) ?? '';
  }

  /** The parameter chosen, where it is known; the last layer's where no run logs the whole model's norm. */
  private parameterOf(runs: readonly ComparedRun[], chosen: string | null): string | null {
    const names = commonParameters(runs);
    if (chosen !== null && names.includes(chosen)) {
      return chosen;
    }
    const hasWhole = runs.some(({ run }) => comparedSeries(run, 'norms', null) !== undefined);
    return hasWhole ? null : (names.at(-1) ?? null);
  }

  private load(): void {
    const { model } = this;
    if (model === undefined || this.panes.clientWidth === 0 || model.snapshot.compared.length === 0) {
      return;
    }
    const runs = comparedRuns(model.snapshot);
    this.latest.want({
      runs,
      parameter: this.parameterOf(runs, model.state.comparedParameter),
      range: this.range(runs, model),
      columns: Math.max(50, Math.round(this.panes.clientWidth - 80)),
      smoothing: model.state.smoothing,
    });
  }

  private range(runs: readonly ComparedRun[], { state }: Model): Range {
    const whole = unionRange(runs);
    return (state.range === null ? null : within(state.range, whole)) ?? whole;
  }

  private draw(): void {
    const { model, data } = this;
    if (model === undefined || data === undefined || model.snapshot.compared.length === 0) {
      return;
    }
    const runs = comparedRuns(model.snapshot);
    const { kind } = model.snapshot.axis;
    const others = runs.filter(({ run }) => run.axis.kind !== kind && run.series.length > 0);
    this.sentence.textContent =
      others.length === 0
        ? `${formatCount(runs.length, 'run')}, aligned by ${AXIS_TITLES[kind].toLowerCase()}`
        : `${others.map(({ label, run }) => `${label} counts ${AXIS_TITLES[run.axis.kind].toLowerCase()}s`).join(', ')}: positions do not mean the same`;
    const shown = COMPARED_PANES.filter(({ id }) => (data.contents.get(id)?.lines.length ?? 0) > 0);
    const sections = shown.map(({ id }) => this.partsOf(id).section);
    if (sections.some((section, at) => section !== this.panes.children[at])) {
      this.panes.replaceChildren(...sections);
    }
    shown.forEach(({ id }, at) => {
      const content = data.contents.get(id) ?? NO_CONTENT;
      const { section, pane, sentence, numbers } = this.partsOf(id);
      const series = content.lines.map((line) => line.series);
      const text = paneSentence(series);
      const range = this.range(runs, model);
      numbers.update(() =>
        seriesTable(series, content, range, (line, { id: run }) => this.reveal(run, line)),
      );
      section.classList.toggle('compact', at > 0);
      sentence.textContent = text;
      pane.update(
        {
          content,
          marks: NO_MARKS,
          range,
          whole: unionRange(runs),
          logarithmic: id === 'norms' || isWide(series),
          hasStepAxis: at === shown.length - 1,
          hasLabels: false,
          axis: kind,
          parts: [],
          emphasized: model.emphasized,
          theme: model.theme,
        },
        text,
      );
    });
    replaceChildren(this.tables, runTable(data, kind, model.theme), layerTable(data, model.theme));
  }

  private shownPanes(): PaneParts[] {
    return [...this.parts.values()].filter(({ section }) => section.isConnected);
  }

  private partsOf(id: ComparedPane): PaneParts {
    const present = this.parts.get(id);
    if (present !== undefined) {
      return present;
    }
    const title = COMPARED_PANES.find((pane) => pane.id === id)?.title ?? id;
    const pane = new Pane(title, {
      setRange: (range) => this.setRange(range),
      onStep: (step) => {
        for (const parts of this.shownPanes()) {
          parts.pane.showStep(step);
        }
      },
      onLine: (line, { id: run }) => this.reveal(run, line),
      onFinding: () => {},
    });
    const sentence = h('p', { class: 'sentence' });
    const numbers = new TableToggle(`${title.toLowerCase()}, compared`, (isOpen) => {
      section.classList.toggle('with-table', isOpen);
      this.draw();
    });
    const section = h(
      'section',
      { class: `pane pane-${id}`, 'aria-label': `${title}, compared` },
      h('header', {}, h('h2', {}, title), sentence, numbers.button),
      pane.element,
      numbers.table,
    );
    const parts = { section, pane, sentence, numbers };
    this.parts.set(id, parts);
    return parts;
  }

  private reveal(run: number, line: number): void {
    this.page.attempt(this.page.asking.request('reveal', { run, line }));
  }

  private setRange(range: Range | null): void {
    const { model } = this;
    if (model !== undefined) {
      const whole = unionRange(comparedRuns(model.snapshot));
      this.page.store.set({ range: range === null ? null : within(range, whole) });
    }
  }
}

/** Positive values over three decades or more, as of a diverging loss, are only seen on a logarithmic axis. */
function isWide(series: readonly { readonly min: number | null; readonly max: number | null }[]): boolean {
  const min = Math.min(...series.map((one) => one.min ?? Number.POSITIVE_INFINITY));
  const max = Math.max(...series.map((one) => one.max ?? Number.NEGATIVE_INFINITY));
  return min > 0 && max / min > 1000;
}
