/** Every layer over steps as a heat map: rows in model order, colour by the norm. */
import { Cell } from '../src/core/run/stepGrid';
import type { SeriesInfo } from '../src/protocol/messages';
import { type HeatGrid, heatScale, holdingCells } from './chart/heat';
import { colorKey, type Heat, heatSentence, paintAxes, paintCells } from './chart/heatPicture';
import { navigate } from './chart/navigation';
import type { Pen } from './chart/pen';
import type { Area } from './chart/projection';
import { Surface } from './chart/surface';
import { labelOf, shownLayers } from './choose';
import { h, replaceChildren } from './dom';
import { csv } from './export/csv';
import type { Picture } from './export/picture';
import { formatFactor, formatValue } from './format';
import { Latest } from './latest';
import { fullRange, type Range, visibleRange, within } from './range';
import { linePhrase, placePhrase } from './summary';
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
  readonly element = h(
    'section',
    { class: 'layers', 'aria-label': 'Layers over steps' },
    h('header', {}, h('h2', {}, 'Gradient norm by layer and step'), this.sentence, this.mode),
    this.scroller,
    this.colors,
  );
  private readonly latest: Latest<
    { layers: readonly SeriesInfo[]; epoch: number; range: Range; columns: number },
    Heat
  >;
  private model: Model | undefined;
  private loaded: Heat | undefined;
  private area: Area = { left: 0, right: 1, top: 0, bottom: 1 };
  private cell = -1;
  private lastClick = 0;

  constructor(private readonly page: Page) {
    this.latest = new Latest(
      ({ layers, ...window }) => this.load(layers, window),
      (loaded) => {
        this.loaded = loaded;
        this.draw();
      },
      page.report,
    );
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
      }
    });
    new ResizeObserver(() => this.refresh()).observe(this.scroller);
  }

  update(model: Model): void {
    this.model = model;
    this.mode.value = model.state.heat;
    this.refresh();
  }

  pictures(): readonly Picture[] {
    const { clientWidth: width, clientHeight: height } = this.plot;
    return [
      {
        title: 'Gradient norm by layer and step',
        sentence: this.surface.canvas.getAttribute('aria-label') ?? '',
        width,
        height,
        draw: (pen) => this.paint(pen),
      },
    ];
  }

  async settled(): Promise<void> {
    await this.latest.idle();
    this.draw();
  }

  csv(): string {
    const { loaded } = this;
    const rows: (string | number)[][] = [['layer', 'step', 'value', 'line']];
    loaded?.grid.states.forEach((state, cell) => {
      const layer = loaded.layers[Math.floor(cell / loaded.grid.columns)];
      if (state !== Cell.empty && layer !== undefined) {
        const value =
          state === Cell.nan ? Number.NaN : state === Cell.infinite ? 'infinite' : loaded.grid.values[cell]!;
        rows.push([layer.name, loaded.grid.steps[cell]!, value, loaded.grid.lines[cell]!]);
      }
    });
    return csv(rows);
  }

  private refresh(): void {
    const { model } = this;
    if (model === undefined || this.scroller.clientWidth === 0) {
      return;
    }
    const layers = shownLayers(model.snapshot, model.state);
    if (layers.length > 0) {
      this.latest.want({
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

  private async load(
    layers: readonly SeriesInfo[],
    window: { epoch: number; range: Range; columns: number },
  ): Promise<Heat> {
    const { epoch, range, columns } = window;
    const series = layers.map(({ id }) => id);
    const answer = await this.page.asking.request('grid', { run: 0, epoch, ...range, columns, series });
    const grid: HeatGrid = {
      range,
      rows: layers.length,
      columns,
      states: new Uint8Array(answer.states),
      values: new Float32Array(answer.values),
      steps: new Float64Array(answer.steps),
      lines: new Uint32Array(answer.lines),
      medians: new Float64Array(answer.medians),
    };
    return { grid, holding: holdingCells(grid), layers };
  }

  private draw(): void {
    const { model, loaded } = this;
    const layers = model === undefined ? [] : shownLayers(model.snapshot, model.state);
    this.sentence.textContent =
      layers.length === 0
        ? 'No layer to show: the log has no norms by layer, or none matches.'
        : `${layers.length} layers in model order, the first at the top`;
    if (model === undefined || loaded === undefined || layers.length === 0) {
      this.surface.begin(1, 1);
      this.colors.replaceChildren();
      return;
    }
    const { grid } = loaded;
    const width = this.scroller.clientWidth;
    const room = this.scroller.clientHeight - ABOVE - BELOW - 2;
    const rowHeight = Math.min(HIGHEST_ROW, Math.max(LOWEST_ROW, room / grid.rows));
    const height = rowHeight * grid.rows + ABOVE + BELOW;
    this.plot.style.height = `${height}px`;
    this.scroller.style.maxHeight = `${HIGHEST_ROW * grid.rows + ABOVE + BELOW + 2}px`;
    const context = this.surface.begin(width, height);
    if (context === null) {
      return;
    }
    this.area = { left: labelWidth(width), right: width - 12, top: ABOVE, bottom: height - BELOW };
    this.paint(context);
    const scale = heatScale(grid, model.state.heat);
    replaceChildren(this.colors, ...colorKey(scale, model.theme));
    this.surface.canvas.setAttribute('aria-label', heatSentence(loaded, scale));
  }

  private paint(pen: Pen): void {
    const { model, loaded, area } = this;
    if (model !== undefined && loaded !== undefined) {
      paintCells(pen, loaded, heatScale(loaded.grid, model.state.heat), area, model);
      paintAxes(pen, loaded, (area.bottom - area.top) / loaded.grid.rows, area, model);
    }
  }

  private onPoint(at: { x: number; y: number } | null): void {
    const { loaded, area } = this;
    if (at === null || loaded === undefined) {
      this.select(-1);
      return;
    }
    const { grid, holding } = loaded;
    const column = Math.floor(((at.x - area.left) / (area.right - area.left)) * grid.columns);
    const row = Math.floor(((at.y - area.top) / (area.bottom - area.top)) * grid.rows);
    const isInside = column >= 0 && column < grid.columns && row >= 0 && row < grid.rows;
    this.select(isInside ? (holding[row * grid.columns + column] ?? -1) : -1);
  }

  private select(cell: number): void {
    this.cell = cell;
    const { loaded, area } = this;
    const isShown = cell >= 0 && loaded !== undefined;
    this.tooltip.hidden = !isShown;
    this.cellMark.hidden = !isShown;
    const layer = loaded?.layers[Math.floor(cell / (loaded?.grid.columns ?? 1))];
    if (!isShown || layer === undefined) {
      return;
    }
    const { grid } = loaded;
    const row = Math.floor(cell / grid.columns);
    const width = (area.right - area.left) / grid.columns;
    const height = (area.bottom - area.top) / grid.rows;
    const x = area.left + (cell % grid.columns) * width;
    const y = area.top + row * height;
    this.cellMark.style.transform = `translate(${x}px, ${y}px)`;
    this.cellMark.style.width = `${Math.max(3, width)}px`;
    this.cellMark.style.height = `${height}px`;
    this.fillTooltip(grid, cell, row, layer);
    const box = this.tooltip.getBoundingClientRect();
    const beside = x + 14 + box.width < this.plot.clientWidth ? x + 14 : Math.max(0, x - box.width - 14);
    const under =
      y + height + 8 + box.height < this.plot.clientHeight ? y + height + 8 : Math.max(0, y - box.height - 8);
    this.tooltip.style.transform = `translate(${beside}px, ${under}px)`;
  }

  private fillTooltip(grid: HeatGrid, cell: number, row: number, layer: SeriesInfo): void {
    const state = grid.states[cell];
    const value = grid.values[cell]!;
    const median = grid.medians[row]!;
    const number =
      state === Cell.nan
        ? 'NaN'
        : state === Cell.infinite
          ? 'infinite'
          : state === Cell.zero
            ? '0'
            : formatValue(value);
    const ratio =
      state === Cell.finite && median > 0 ? `, ${formatFactor(value / median)} of its median` : '';
    const kind = this.model?.snapshot.axis.kind ?? 'step';
    const parts = this.model?.snapshot.parts ?? [];
    replaceChildren(
      this.tooltip,
      h('div', { class: 'tooltip-head' }, labelOf(layer)),
      h('div', {}, `${number}${ratio}`),
      h(
        'div',
        { class: 'tooltip-note' },
        `At ${placePhrase(grid.steps[cell]!, kind)}, ${linePhrase({ parts }, grid.lines[cell]!)}`,
      ),
      layer.code !== null && h('div', { class: 'tooltip-note' }, 'Double-click: the layer in the code'),
    );
  }

  private move(rows: number, columns: number): void {
    const { loaded } = this;
    if (loaded === undefined) {
      return;
    }
    const { grid, holding } = loaded;
    let row = Math.max(0, Math.floor(this.cell / grid.columns));
    let column = Math.max(0, this.cell % grid.columns);
    row = Math.min(grid.rows - 1, Math.max(0, row + rows));
    for (let at = column + columns; columns !== 0 && at >= 0 && at < grid.columns; at += columns) {
      if (grid.states[row * grid.columns + at] !== Cell.empty) {
        column = at;
        break;
      }
    }
    this.select(holding[row * grid.columns + column] ?? -1);
  }

  private setRange(range: Range | null): void {
    if (this.model !== undefined) {
      this.page.store.set({ range: range === null ? null : within(range, fullRange(this.model.snapshot)) });
    }
  }

  private onClick(at: { x: number; y: number }): void {
    this.onPoint(at);
    const now = performance.now();
    if (now - this.lastClick > DOUBLE_CLICK) {
      this.revealLog();
    }
    this.lastClick = now;
  }

  private revealLog(): void {
    const line = this.loaded?.grid.lines[this.cell] ?? 0;
    if (line > 0) {
      this.page.attempt(this.page.asking.request('reveal', { run: 0, line }));
    }
  }

  private revealCode(): void {
    const { loaded, model } = this;
    const layer = loaded?.layers[Math.floor(this.cell / (loaded?.grid.columns ?? 1))];
    if (layer !== undefined && layer.code !== null && model !== undefined) {
      const { epoch } = model.snapshot;
      this.page.attempt(this.page.asking.request('reveal-code', { epoch, series: layer.id }));
    }
  }
}

function labelWidth(width: number): number {
  return Math.min(200, Math.round(width * 0.28));
}
