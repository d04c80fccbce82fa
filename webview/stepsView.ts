/** Norms, loss, learning rate … over steps: panes under one another on one step axis. */
import type { FindingInfo, SeriesInfo, Snapshot } from '../src/protocol/messages';
import type { BaselineBand, Marks } from './chart/content';
import { Pane } from './chart/pane';
import { choose, PANES, type PaneId, seriesOfPane } from './choose';
import { ClipSimulator } from './clipSimulator';
import { h, replaceChildren } from './dom';
import { csv } from './export/csv';
import type { Picture } from './export/picture';
import { formatValue } from './format';
import { fullRange, type Range, visibleRange, within } from './range';
import { SeriesColumns } from './series';
import { toggled, type ViewState } from './state';
import { paneSentence } from './summary';
import { seriesTable } from './table';
import type { Model, Page, View } from './view';

interface PaneParts {
  readonly id: PaneId;
  readonly section: HTMLElement;
  readonly pane: Pane;
  readonly sentence: HTMLElement;
  readonly table: HTMLElement;
  readonly axisButton: HTMLButtonElement;
}

export class StepsView implements View {
  private readonly panes = h('div', { class: 'panes' });
  private readonly clip: ClipSimulator;
  readonly element: HTMLElement;
  private readonly parts = new Map<PaneId, PaneParts>();
  private readonly columns: SeriesColumns;
  private model: Model | undefined;
  private epoch = -1;
  private frame = 0;
  /** Of the panes as last observed: asking them in every frame would lay the page out again each time. Pixels. */
  private width = 0;

  constructor(private readonly page: Page) {
    this.columns = new SeriesColumns(page.asking, () => this.drawSoon(), page.report);
    this.clip = new ClipSimulator(page);
    this.element = h('div', { class: 'steps' }, this.clip.element, this.panes);
    new ResizeObserver(([entry]) => {
      this.width = Math.round(entry?.contentRect.width ?? 0);
      this.load();
    }).observe(this.panes);
  }

  update(model: Model): void {
    this.model = model;
    if (model.snapshot.epoch !== this.epoch) {
      this.epoch = model.snapshot.epoch;
      this.columns.clear();
    }
    this.clip.update(model);
    this.load();
    this.drawSoon();
  }

  pictures(): readonly Picture[] {
    return this.openPanes().map(({ pane }) => pane.picture());
  }

  async settled(): Promise<void> {
    await this.columns.idle();
    this.draw();
  }

  csv(): string {
    const { model } = this;
    const rows: (string | number)[][] = [['series', 'step', 'value', 'line']];
    for (const { id } of this.openPanes()) {
      const chosen = model === undefined ? [] : choose(model.snapshot, id, model.state).lines;
      for (const line of this.columns.content(id, chosen).lines) {
        line.steps.forEach((step, at) => {
          rows.push([line.series.name, step, line.values[at]!, line.lines[at]!]);
        });
      }
    }
    return csv(rows);
  }

  /** Asks for what is drawn; what is there already is drawn meanwhile. */
  private load(): void {
    const { model } = this;
    if (model === undefined || this.width === 0) {
      return;
    }
    const { snapshot, state } = model;
    const lines: number[] = [];
    const bands = new Map<PaneId, readonly number[]>();
    for (const id of shownPanes(snapshot, state)) {
      const choice = choose(snapshot, id, state);
      lines.push(...choice.lines.map(({ series }) => series.id));
      bands.set(
        id,
        choice.rest.map((series) => series.id),
      );
    }
    this.columns.want({
      epoch: snapshot.epoch,
      range: visibleRange(snapshot, state),
      columns: Math.max(50, this.width - 80),
      smoothing: state.smoothing,
      lines,
      bands,
    });
  }

  private drawSoon(): void {
    if (this.frame === 0) {
      this.frame = requestAnimationFrame(() => {
        this.frame = 0;
        this.draw();
      });
    }
  }

  private draw(): void {
    const { model } = this;
    if (model === undefined) {
      return;
    }
    const { snapshot, state } = model;
    const shown = shownPanes(snapshot, state);
    this.arrange(shown);
    const range = visibleRange(snapshot, state);
    shown.forEach((id, at) => {
      const parts = this.partsOf(id);
      const { lines } = choose(snapshot, id, state);
      const content = this.columns.content(id, lines);
      const series = seriesOfPane(snapshot, id);
      const logarithmic = isLogarithmic(snapshot, id, state);
      const sentence = paneSentence(series);
      parts.section.classList.toggle('compact', at > 0);
      parts.sentence.textContent = sentence;
      parts.sentence.title = sentence;
      parts.axisButton.textContent = logarithmic ? 'log axis' : 'linear axis';
      parts.pane.update(
        {
          content,
          marks: {
            findings: snapshot.findings,
            selected: state.finding,
            restarts: snapshot.restarts.map(({ step }) => step),
            cursor: model.cursor,
            band: bandOf(snapshot, series, state.finding),
            levels: id === 'norms' ? normLevels(snapshot, state) : [],
          },
          range,
          whole: fullRange(snapshot),
          logarithmic,
          hasStepAxis: at === shown.length - 1,
          hasLabels: at === 0,
          axis: snapshot.axis.kind,
          parts: snapshot.parts,
          emphasized: model.emphasized,
          theme: model.theme,
        },
        sentence,
      );
      if (!parts.table.hidden) {
        replaceChildren(
          parts.table,
          seriesTable(series, content, range, (line) => this.reveal(line)),
        );
      }
    });
  }

  private arrange(shown: readonly PaneId[]): void {
    const sections = shown.map((id) => this.partsOf(id).section);
    const present = [...this.panes.children];
    if (sections.length !== present.length || sections.some((section, at) => section !== present[at])) {
      this.panes.replaceChildren(...sections);
    }
  }

  private openPanes(): PaneParts[] {
    return [...this.parts.values()].filter(({ section }) => section.isConnected);
  }

  private partsOf(id: PaneId): PaneParts {
    const present = this.parts.get(id);
    if (present !== undefined) {
      return present;
    }
    const parts = this.createPane(id);
    this.parts.set(id, parts);
    return parts;
  }

  private createPane(id: PaneId): PaneParts {
    const title = PANES.find((pane) => pane.id === id)?.title ?? id;
    const pane = new Pane(title, {
      setRange: (range) => this.setRange(range),
      onStep: (step) => {
        for (const parts of this.openPanes()) {
          parts.pane.showStep(step);
        }
      },
      onLine: (line) => this.reveal(line),
      onFinding: (finding) => this.page.store.set({ finding }),
    });
    const sentence = h('p', { class: 'sentence' });
    const table = h('div', { class: 'table-scroll', tabindex: 0, hidden: true });
    const axisButton = h('button', {
      type: 'button',
      class: 'quiet',
      title: 'Switch between a logarithmic and a linear axis',
      onclick: () => {
        const { store } = this.page;
        store.set({ flippedAxes: toggled(store.current.flippedAxes, id) });
      },
    });
    const tableButton = h(
      'button',
      {
        type: 'button',
        class: 'quiet',
        'aria-expanded': 'false',
        title: 'The numbers of this picture as a table',
        onclick: () => {
          table.hidden = !table.hidden;
          tableButton.setAttribute('aria-expanded', String(!table.hidden));
          section.classList.toggle('with-table', !table.hidden);
          this.drawSoon();
        },
      },
      'table',
    );
    const section = h(
      'section',
      { class: `pane pane-${id}`, 'aria-label': title },
      h('header', {}, h('h2', {}, title), sentence, axisButton, tableButton),
      pane.element,
      table,
    );
    return { id, section, pane, sentence, table, axisButton };
  }

  private setRange(range: Range | null): void {
    const { model } = this;
    if (model !== undefined) {
      this.page.store.set({ range: range === null ? null : within(range, fullRange(model.snapshot)) });
    }
  }

  private reveal(line: number): void {
    this.page.attempt(this.page.asking.request('reveal', { run: 0, line }));
  }
}

/** The usual values that the finding looked at was judged by, else those of the gravest one that has any. */
function bandOf(
  { findings }: Snapshot,
  series: readonly SeriesInfo[],
  selected: number | null,
): BaselineBand | null {
  const ids = new Set(series.map(({ id }) => id));
  for (const { evidence } of selected === null ? findings : findings.slice(selected, selected + 1)) {
    const isHere = numbers(evidence.bandSeries).some((id) => ids.has(id));
    const steps = numbers(evidence.bandStep);
    if (isHere && steps.length > 0) {
      const [low, median, high] = [evidence.bandLow, evidence.bandMedian, evidence.bandHigh].map(numbers);
      return { steps, low: low ?? [], median: median ?? [], high: high ?? [] };
    }
  }
  return null;
}

function numbers(values: FindingInfo['evidence'][string] | undefined): readonly number[] {
  return Array.isArray(values) ? values.map(Number) : [];
}

/** Where gradients would be clipped, and the baseline that the finding looked at was judged by, where no band shows it. */
function normLevels({ findings }: Snapshot, { clip, finding }: ViewState): Marks['levels'] {
  const evidence = findings[finding ?? -1]?.evidence;
  const baseline = evidence?.bandStep === undefined ? evidence?.baseline : undefined;
  return [
    ...(clip === null ? [] : [{ value: clip, label: `clip at ${formatValue(clip)}` }]),
    ...(typeof baseline === 'number'
      ? [{ value: baseline, label: `baseline ${formatValue(baseline)}` }]
      : []),
  ];
}

/** Panes that have something to show and were not closed. */
export function shownPanes(snapshot: Snapshot, state: ViewState): readonly PaneId[] {
  return PANES.map(({ id }) => id).filter(
    (id) => !state.closedPanes.includes(id) && seriesOfPane(snapshot, id).length > 0,
  );
}

/** Norms by default; others where they span three decades or more, as a diverging loss does. */
export function isLogarithmic(snapshot: Snapshot, id: PaneId, state: ViewState): boolean {
  const series = seriesOfPane(snapshot, id);
  const positive = series.flatMap(({ smallestPositive }) => smallestPositive ?? []);
  if (positive.length === 0) {
    return false;
  }
  const min = Math.min(...positive);
  const max = Math.max(...series.flatMap((one) => one.max ?? []));
  const isPositive = series.every((one) => (one.min ?? 1) > 0);
  const byDefault =
    id === 'norms' || id === 'grad-max' || (isPositive && max / min > 1000 && id !== 'learning-rate');
  return byDefault !== state.flippedAxes.includes(id);
}
