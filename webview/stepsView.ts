/** Norms, loss, learning rate … over steps: panes under one another on one step axis. */

import { PANES, type PaneId } from '../src/protocol/choose';
import type { Picture as Wanted } from '../src/protocol/picture';
import { fullRange, type Range, visibleRange, within } from '../src/protocol/range';
import { Changes } from './changes';
import { Pane } from './chart/pane';
import { ClipSimulator } from './clipSimulator';
import { h, setText } from './dom';
import { csv } from './export/csv';
import type { Picture } from './export/picture';
import { pinnedSteps } from './lineData';
import { type PanePlan, panePlans } from './panePlans';
import { SeriesColumns } from './series';
import { toggled } from './state';
import { seriesTable } from './table';
import { TableToggle } from './tableToggle';
import type { Model, Page, View } from './view';

interface PaneParts {
  readonly id: PaneId;
  readonly section: HTMLElement;
  readonly pane: Pane;
  readonly sentence: HTMLElement;
  readonly numbers: TableToggle;
  readonly axisButton: HTMLButtonElement;
}

export class StepsView implements View {
  private readonly panes = h('div', { class: 'panes' });
  private readonly clip: ClipSimulator;
  readonly element: HTMLElement;
  private readonly parts = new Map<PaneId, PaneParts>();
  private readonly columns: SeriesColumns;
  private readonly changes = new Changes();
  private model: Model | undefined;
  private plans: readonly PanePlan[] = [];
  private epoch = -1;
  private frame = 0;
  /** Of the panes as last observed: asking them in every frame would lay the page out again each time. Pixels. */
  private width = 0;

  constructor(private readonly page: Page) {
    this.columns = new SeriesColumns(page.asking, () => this.drawSoon(), page.report);
    this.clip = new ClipSimulator(page);
    this.element = h('div', { class: 'steps' }, this.clip.element, this.panes);
    new ResizeObserver(([entry]) => {
      const width = Math.round(entry?.contentRect.width ?? 0);
      if (width !== this.width) {
        this.width = width;
        this.load();
      }
    }).observe(this.panes);
  }

  /** What will be asked for, of a run that nothing is known of yet; null when something is drawn, or there is no room. */
  firstPicture(): Wanted | null {
    if (this.model !== undefined && this.columns.isFilled) {
      return null;
    }
    this.width ||= Math.round(this.panes.getBoundingClientRect().width);
    const { range, smoothing, onlyFindings, search, pinned, hidden, closedPanes } = this.page.store.current;
    const choice = { range, smoothing, onlyFindings, search, pinned, hidden, closedPanes };
    return this.width === 0 ? null : { ...choice, columns: this.pixelColumns };
  }

  private get pixelColumns(): number {
    return Math.max(50, this.width - 80);
  }

  update(model: Model): void {
    this.model = model;
    if (model.snapshot.epoch !== this.epoch) {
      this.epoch = model.snapshot.epoch;
      this.columns.clear();
    }
    const { pinned, hidden, search, onlyFindings, closedPanes, flippedAxes, finding, clip } = model.state;
    const choices = [pinned, hidden, search, onlyFindings, closedPanes, flippedAxes, finding, clip];
    if (this.changes.differ(model.snapshot, model.cursor, ...choices)) {
      this.plans = panePlans(model.snapshot, model.state, model.cursor);
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
    const rows: (string | number)[][] = [['series', 'step', 'value', 'line']];
    for (const { id, choice } of this.plans) {
      for (const line of this.columns.content(id, choice.lines).lines) {
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
    this.columns.want({
      run: 0,
      epoch: snapshot.epoch,
      range: visibleRange(snapshot, state),
      columns: this.pixelColumns,
      smoothing: state.smoothing,
      lines: this.plans.flatMap(({ choice }) => choice.lines.map(({ series }) => series)),
      bands: new Map(this.plans.map(({ id, choice }) => [id, choice.rest])),
      pins: pinnedSteps(snapshot),
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
    this.arrange(this.plans);
    if (!this.columns.isFilled) {
      // Axes without curves would be other axes a moment later.
      return;
    }
    const range = visibleRange(snapshot, state);
    this.plans.forEach(({ id, series, choice, logarithmic, sentence, marks }, at) => {
      const parts = this.partsOf(id);
      const content = this.columns.content(id, choice.lines);
      parts.section.classList.toggle('compact', at > 0);
      if (parts.sentence.textContent !== sentence) {
        parts.sentence.textContent = sentence;
        parts.sentence.title = sentence;
      }
      setText(parts.axisButton, logarithmic ? 'log axis' : 'linear axis');
      parts.pane.update(
        {
          content,
          marks,
          range,
          whole: fullRange(snapshot),
          logarithmic,
          hasStepAxis: at === this.plans.length - 1,
          hasLabels: at === 0,
          axis: snapshot.axis.kind,
          parts: snapshot.parts,
          emphasized: model.emphasized,
          theme: model.theme,
        },
        sentence,
      );
      parts.numbers.update(() => seriesTable(series, content, range, (line) => this.reveal(line)));
    });
  }

  private arrange(shown: readonly PanePlan[]): void {
    const sections = shown.map(({ id }) => this.partsOf(id).section);
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
    const axisButton = h('button', {
      type: 'button',
      class: 'quiet',
      title: 'Switch between a logarithmic and a linear axis',
      onclick: () => {
        const { store } = this.page;
        store.set({ flippedAxes: toggled(store.current.flippedAxes, id) });
      },
    });
    const numbers = new TableToggle(title.toLowerCase(), (isOpen) => {
      section.classList.toggle('with-table', isOpen);
      this.drawSoon();
    });
    const section = h(
      'section',
      { class: `pane pane-${id}`, 'aria-label': title },
      h('header', {}, h('h2', {}, title), sentence, axisButton, numbers.button),
      pane.element,
      numbers.table,
    );
    return { id, section, pane, sentence, numbers, axisButton };
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
