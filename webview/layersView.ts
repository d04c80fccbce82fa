/** Every layer over steps as a heat map: rows in model order, colour by the norm. */

import { shownLayers } from '../src/protocol/choose';
import { fullRange, type Range, visibleRange, within } from '../src/protocol/range';
import { Changes } from './changes';
import { colorKey, paintAxes, paintCells } from './chart/heatPicture';
import { navigate } from './chart/navigation';
import type { Pen } from './chart/pen';
import type { Area } from './chart/projection';
import { Surface } from './chart/surface';
import { placeBeside } from './chart/tooltip';
import { h, replaceChildren, setText } from './dom';
import { withHeatKey } from './export/key';
import type { Picture } from './export/picture';
import { FoldSelect } from './foldSelect';
import { toggledFold } from './folds';
import { cellLines, heatCsv, heatHeading, heatTable } from './heatCell';
import { type ArrangedHeat, HeatData } from './heatData';
import { boxOf, nextColumn, placeAt, type Shown } from './heatPlace';
import { TableToggle } from './tableToggle';
import type { Model, Page, View } from './view';

/** Rows lower than this cannot be pointed at: the map grows and scrolls instead. Pixels. */
const LOWEST_ROW = 2;
const HIGHEST_ROW = 40;
const ABOVE = 11;
const BELOW = 34;
/** A second click this soon belongs to a double click. Milliseconds. */
const DOUBLE_CLICK = 350;

export class LayersView implements View {
  private readonly surface = new Surface();
  private readonly brush = h('div', { class: 'brush', hidden: true });
  private readonly cellMark = h('div', { class: 'cell-mark', hidden: true });
  private readonly tooltip = h('div', {
    class: 'tooltip',
    role: 'status',
    'aria-live': 'polite',
    hidden: true,
  });
  private readonly plot = h(
    'div',
    { class: 'plot heat', tabindex: 0, role: 'application', 'aria-roledescription': 'heat map' },
    this.surface.canvas,
    this.cellMark,
    this.brush,
    this.tooltip,
  );
  private readonly scroller = h('div', { class: 'heat-scroll' }, this.plot);
  private readonly sentence = h('p', { class: 'sentence' });
  private readonly colors = h('div', { class: 'color-bar' });
  private readonly mode = h(
    'select',
    {
      'aria-label': 'Colour shows',
      onchange: () => this.page.store.set({ heat: this.mode.value === 'relative' ? 'relative' : 'norm' }),
    },
    h('option', { value: 'norm' }, 'Norm'),
    h('option', { value: 'relative' }, 'Ratio to own median'),
  );
  private readonly folds: FoldSelect;
  private readonly numbers = new TableToggle('gradient norm by layer and step', () => this.draw());
  readonly element: HTMLElement;
  private readonly data: HeatData;
  private readonly keyChanges = new Changes();
  private model: Model | undefined;
  private shown: ArrangedHeat | undefined;
  private area: Area = { left: 0, right: 1, top: 0, bottom: 1 };
  /** The cell pointed at, as drawn; -1: none. */
  private drawn = -1;
  private lastClick = 0;

  constructor(private readonly page: Page) {
    this.folds = new FoldSelect(page.store);
    this.element = h(
      'section',
      { class: 'layers', 'aria-label': 'Layers over steps' },
      h(
        'header',
        {},
        h('h2', {}, 'Gradient norm by layer and step'),
        this.sentence,
        this.folds.element,
        this.mode,
        this.numbers.button,
      ),
      this.scroller,
      this.colors,
      this.numbers.table,
    );
    this.data = new HeatData(page.asking, () => this.draw(), page.report);
    navigate(this.plot, this.brush, {
      area: () => this.area,
      range: () =>
        this.model === undefined ? { from: 0, to: 1 } : visibleRange(this.model.snapshot, this.model.state),
      whole: () => (this.model === undefined ? { from: 0, to: 1 } : fullRange(this.model.snapshot)),
      setRange: (range) => this.setRange(range),
      onPoint: (at) => this.onPoint(at),
      onClick: (at) => this.onClick(at),
      onKey: (key) => {
        if (key === 'open') {
          this.revealLog();
        } else {
          this.move(0, key === 'next' ? 1 : -1);
        }
      },
      onDoubleClick: () => this.revealCode(),
    });
    this.plot.addEventListener('keydown', (event) => {
      const rows = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
      if (rows !== 0) {
        event.preventDefault();
        this.move(rows, 0);
      } else if (event.key === 'c' && !event.ctrlKey && !event.metaKey) {
        this.revealCode();
      } else if (event.key === 'f' && !event.ctrlKey && !event.metaKey) {
        this.fold(Math.floor(this.drawn / (this.shown?.heat.grid.columns ?? 1)));
      }
    });
    new ResizeObserver(() => this.refresh()).observe(this.scroller);
  }

  update(model: Model): void {
    this.model = model;
    this.mode.value = model.state.heat;
    this.folds.update(shownLayers(model.snapshot, model.state), model.state.folded);
    this.refresh();
  }

  pictures(): readonly Picture[] {
    const { clientWidth: width, clientHeight: height } = this.plot;
    const { model, shown } = this;
    const picture = {
      title: 'Gradient norm by layer and step',
      sentence: this.surface.canvas.getAttribute('aria-label') ?? '',
      width,
      height,
      draw: (pen: Pen) => this.paint(pen),
    };
    return model === undefined || shown === undefined
      ? [picture]
      : [withHeatKey(picture, shown.heat.scale, model.theme)];
  }

  async settled(): Promise<void> {
    await this.data.idle();
    this.draw();
  }

  csv(): string {
    return heatCsv(this.shown?.heat);
  }

  private refresh(): void {
    const { model } = this;
    if (model === undefined || this.scroller.clientWidth === 0) {
      return;
    }
    const layers = shownLayers(model.snapshot, model.state);
    if (layers.length > 0) {
      this.data.want({
        layers,
        epoch: model.snapshot.epoch,
        range: visibleRange(model.snapshot, model.state),
        // Two pixels a cell: a single step stays visible.
        columns: Math.max(
          20,
          Math.floor((this.scroller.clientWidth - labelWidth(this.scroller.clientWidth)) / 2),
        ),
      });
    }
    this.draw();
  }

  private draw(): void {
    const { model } = this;
    const layers = model === undefined ? [] : shownLayers(model.snapshot, model.state);
    this.shown = model === undefined ? undefined : this.data.arrange(model);
    const { shown } = this;
    setText(
      this.sentence,
      layers.length === 0
        ? 'No layer to show: the log has no norms by layer, or none matches.'
        : heatHeading(layers.length, shown?.heat),
    );
    if (model === undefined || shown === undefined || layers.length === 0) {
      this.surface.begin(1, 1);
      this.colors.replaceChildren();
      return;
    }
    const { heat, sentence } = shown;
    const count = heat.rows.length;
    const width = this.scroller.clientWidth;
    const room = this.scroller.clientHeight - ABOVE - BELOW - 2;
    const rowHeight = Math.min(HIGHEST_ROW, Math.max(LOWEST_ROW, room / count));
    const height = rowHeight * count + ABOVE + BELOW;
    this.plot.style.height = `${height}px`;
    this.scroller.style.maxHeight = `${HIGHEST_ROW * count + ABOVE + BELOW + 2}px`;
    const context = this.surface.begin(width, height);
    if (context === null) {
      return;
    }
    this.area = { left: labelWidth(width), right: width - 12, top: ABOVE, bottom: height - BELOW };
    this.paint(context);
    if (this.keyChanges.differ(heat.scale, model.theme)) {
      replaceChildren(this.colors, ...colorKey(heat.scale, model.theme));
      this.surface.canvas.setAttribute('aria-label', sentence);
    }
    this.numbers.update(() => heatTable(heat, model.snapshot, (line) => this.revealLine(line)));
  }

  private paint(pen: Pen): void {
    const { model, shown, area } = this;
    if (model !== undefined && shown !== undefined) {
      const { heat, image } = shown;
      paintCells(pen, heat, image, area, model);
      paintAxes(pen, heat, (area.bottom - area.top) / heat.rows.length, area, model);
    }
  }

  /** What is drawn where. */
  private layout(): Shown | null {
    const { shown, model, area } = this;
    return shown === undefined || model === undefined
      ? null
      : {
          grid: shown.heat.grid,
          rows: shown.heat.rows.length,
          area,
          range: visibleRange(model.snapshot, model.state),
        };
  }

  /** Where a place is among the cells drawn; null outside of them. */
  private placeOf(at: { x: number; y: number }): ReturnType<typeof placeAt> {
    const layout = this.layout();
    return layout === null ? null : placeAt(layout, at);
  }

  private onPoint(at: { x: number; y: number } | null): void {
    const place = at === null ? null : this.placeOf(at);
    const columns = this.shown?.heat.grid.columns ?? 1;
    this.plot.classList.toggle('on-label', place !== null && place.column < 0 && this.canFold(place.row));
    this.select(place === null || place.column < 0 ? -1 : place.row * columns + place.column);
  }

  /** The cell of the grid that is shown where the pointer is; -1: none. */
  private cell(): number {
    return this.shown?.heat.holding[this.drawn] ?? -1;
  }

  private select(drawn: number): void {
    this.drawn = drawn;
    const { shown, model } = this;
    const layout = this.layout();
    const cell = this.cell();
    const isShown = cell >= 0 && shown !== undefined && model !== undefined && layout !== null;
    this.tooltip.hidden = !isShown;
    this.cellMark.hidden = !isShown;
    if (!isShown) {
      return;
    }
    const { heat } = shown;
    const { columns } = heat.grid;
    const row = Math.floor(drawn / columns);
    // The cell that holds here may have begun columns before.
    const { x, y, width, height } = boxOf(layout, row, cell % columns);
    this.cellMark.style.transform = `translate(${x}px, ${y}px)`;
    this.cellMark.style.width = `${Math.max(3, width)}px`;
    this.cellMark.style.height = `${height}px`;
    replaceChildren(this.tooltip, ...cellLines(heat, row, cell, model.snapshot));
    placeBeside(this.tooltip, this.plot, { x, y, height });
  }

  private move(rows: number, columns: number): void {
    const { shown } = this;
    if (shown === undefined) {
      return;
    }
    const { grid, holding, rows: drawnRows } = shown.heat;
    const before = Math.max(0, Math.floor(this.drawn / grid.columns));
    const row = Math.min(drawnRows.length - 1, Math.max(0, before + rows));
    const column = nextColumn(holding, grid.columns, row, Math.max(0, this.drawn % grid.columns), columns);
    this.select(row * grid.columns + column);
  }

  private canFold(row: number): boolean {
    return this.foldsAfter(row) !== this.model?.state.folded;
  }

  private fold(row: number): void {
    this.select(-1);
    this.page.store.set({ folded: this.foldsAfter(row) ?? [] });
  }

  /** The folds with a row folded or unfolded. */
  private foldsAfter(row: number): readonly string[] | undefined {
    const { model, shown } = this;
    const of = shown?.heat.rows[row];
    return shown === undefined || of === undefined || model === undefined
      ? model?.state.folded
      : toggledFold(shown.heat.layers, model.state.folded, of);
  }

  private setRange(range: Range | null): void {
    if (this.model !== undefined) {
      this.page.store.set({ range: range === null ? null : within(range, fullRange(this.model.snapshot)) });
    }
  }

  private onClick(at: { x: number; y: number }): void {
    const place = this.placeOf(at);
    if (place !== null && place.column < 0) {
      this.fold(place.row);
      return;
    }
    this.onPoint(at);
    const now = performance.now();
    if (now - this.lastClick > DOUBLE_CLICK) {
      this.revealLog();
    }
    this.lastClick = now;
  }

  private revealLog(): void {
    this.revealLine(this.shown?.heat.grid.lines[this.cell()] ?? 0);
  }

  private revealLine(line: number): void {
    if (line > 0) {
      this.page.attempt(this.page.asking.request('reveal', { run: 0, line }));
    }
  }

  private revealCode(): void {
    const { shown, model } = this;
    const layer = shown?.heat.layers[Math.floor(this.cell() / shown.heat.grid.columns)];
    if (layer !== undefined && layer.code !== null && model !== undefined) {
      const { epoch } = model.snapshot;
      this.page.attempt(this.page.asking.request('reveal-code', { epoch, series: layer.id }));
    }
  }
}

function labelWidth(width: number): number {
  return Math.min(200, Math.round(width * 0.28));
}
