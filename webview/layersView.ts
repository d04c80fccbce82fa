/** Every layer over steps as a heat map: rows in model order, colour by the norm. */
import { Cell } from '../src/core/run/stepGrid';
import type { SeriesInfo } from '../src/protocol/messages';
import { cssColor, parseColor } from './chart/colorMap';
import {
  colorOfPosition,
  type HeatGrid,
  type HeatScale,
  heatPixels,
  heatScale,
  holdingCells,
} from './chart/heat';
import { navigate } from './chart/navigation';
import { polygon } from './chart/paint';
import type { Area } from './chart/projection';
import { fitLabels, fitText, Surface } from './chart/surface';
import { stepTicks } from './chart/ticks';
import { inFindings, labelOf, layersOf, matchesSearch } from './choose';
import { h, replaceChildren } from './dom';
import { csv } from './exportMenu';
import { formatFactor, formatStep, formatValue } from './format';
import { Latest } from './latest';
import { fullRange, type Range, within } from './range';
import { visibleRange } from './stepsView';
import { AXIS_TITLES } from './summary';
import type { Model, Page, View } from './view';

/** Rows lower than this cannot be pointed at: the map grows and scrolls instead. Pixels. */
const LOWEST_ROW = 2;
const HIGHEST_ROW = 40;
const ABOVE = 11;
const BELOW = 34;
/** A second click this soon belongs to a double click. Milliseconds. */
const DOUBLE_CLICK = 350;

interface Loaded {
  readonly grid: HeatGrid;
  readonly holding: Int32Array;
  readonly layers: readonly SeriesInfo[];
}

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
    Loaded
  >;
  private model: Model | undefined;
  private loaded: Loaded | undefined;
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

  pictures(): readonly HTMLCanvasElement[] {
    return [this.surface.canvas];
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
    const layers = shownLayers(model);
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
  ): Promise<Loaded> {
    const { epoch, range, columns } = window;
    const series = layers.map(({ id }) => id);
    const answer = await this.page.asking.request('grid', { epoch, ...range, columns, series });
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
    const layers = model === undefined ? [] : shownLayers(model);
    this.sentence.textContent =
      layers.length === 0
        ? 'No layer to show: the log has no norms by layer, or none matches.'
        : `${layers.length} layers in model order, the first at the top`;
    if (model === undefined || loaded === undefined || layers.length === 0) {
      this.surface.begin(1, 1);
      this.colors.replaceChildren();
      return;
    }
    const { grid, holding } = loaded;
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
    const scale = heatScale(grid, model.state.heat);
    this.paintCells(context, grid, holding, scale, model);
    this.paintAxes(context, loaded, rowHeight, model);
    this.showScale(scale, model);
    this.surface.canvas.setAttribute('aria-label', heatSentence(loaded, scale));
  }

  private paintCells(
    context: CanvasRenderingContext2D,
    grid: HeatGrid,
    holding: Int32Array,
    scale: HeatScale,
    { theme, state, snapshot }: Model,
  ): void {
    const { left, right, top, bottom } = this.area;
    const pixels = new ImageData(grid.columns, grid.rows);
    heatPixels(grid, holding, scale, theme, pixels.data);
    const cells = new OffscreenCanvas(grid.columns, grid.rows);
    cells.getContext('2d')?.putImageData(pixels, 0, 0);
    // The map may be of an older range: it is stretched to where it belongs until the new one has come.
    const range = visibleRange(snapshot, state);
    const perStep = (right - left) / (range.to - range.from);
    context.save();
    context.beginPath();
    context.rect(left, top, right - left, bottom - top);
    context.clip();
    context.imageSmoothingEnabled = false;
    context.drawImage(
      cells,
      left + (grid.range.from - range.from) * perStep,
      top,
      (grid.range.to - grid.range.from) * perStep,
      bottom - top,
    );
    if (bottom - top >= 8 * grid.rows) {
      context.fillStyle = theme.background;
      for (let row = 1; row < grid.rows; row++) {
        context.fillRect(left, top + (row * (bottom - top)) / grid.rows - 0.5, right - left, 1);
      }
    }
    context.restore();
    // Above the map: a line across it would cover the very column that it points out.
    snapshot.findings.forEach((finding, at) => {
      const x = left + (finding.step - range.from) * perStep;
      if (x >= left - 1 && x <= right + 1) {
        const size = state.finding === at ? 6 : 4.5;
        context.fillStyle = theme.severity[finding.severity];
        context.beginPath();
        polygon(context, [x - size, top - size * 1.6, x + size, top - size * 1.6, x, top]);
        context.fill();
      }
    });
  }

  private paintAxes(
    context: CanvasRenderingContext2D,
    { layers }: Loaded,
    rowHeight: number,
    model: Model,
  ): void {
    const { left, right, bottom, top } = this.area;
    const { theme, snapshot, state } = model;
    const found = inFindings(snapshot);
    context.font = `${Math.max(10, theme.fontSize - 2)}px ${theme.font}`;
    context.textAlign = 'right';
    context.textBaseline = 'middle';
    const apart = Math.max(1, Math.ceil(14 / rowHeight));
    const names = fitLabels(context, layers.map(labelOf), left - 12);
    layers.forEach((layer, row) => {
      if (row % apart === 0 && (row + apart <= layers.length || rowHeight >= 14 || row === 0)) {
        context.fillStyle = found.has(layer.id) ? theme.foreground : theme.muted;
        context.fillText(
          fitText(context, names[row] ?? '', left - 12),
          left - 6,
          top + (row + 0.5) * rowHeight,
        );
      }
    });
    const range = visibleRange(snapshot, state);
    context.textAlign = 'center';
    context.textBaseline = 'top';
    context.fillStyle = theme.muted;
    const unit = AXIS_TITLES[snapshot.axis.kind];
    for (const step of stepTicks(range, unit, Math.max(2, Math.floor((right - left) / 90)))) {
      const x = left + ((step - range.from) / (range.to - range.from)) * (right - left);
      context.fillRect(x, bottom, 1, 4);
      context.fillText(formatStep(step), x, bottom + 6);
    }
    context.fillText(unit, (left + right) / 2, bottom + 19);
  }

  private showScale(scale: HeatScale, { theme }: Model): void {
    const neutral = parseColor(theme.background);
    const canvas = h('canvas', { width: 200, height: 1, class: 'color-ramp', 'aria-hidden': 'true' });
    const context = canvas.getContext('2d');
    for (let x = 0; x < 200 && context !== null; x++) {
      const position = scale.low + (x / 199) * (scale.high - scale.low);
      context.fillStyle = cssColor(colorOfPosition(scale, position, neutral));
      context.fillRect(x, 0, 1, 1);
    }
    const text = (position: number) => {
      const value = Number((10 ** position).toPrecision(2));
      return scale.mode === 'norm' ? formatValue(value) : formatFactor(value);
    };
    replaceChildren(
      this.colors,
      text(scale.low),
      canvas,
      text(scale.high),
      h('span', { class: 'key' }, h('span', { class: 'key-nan' }), 'NaN or ∞'),
      h('span', { class: 'key' }, h('span', { class: 'key-zero' }), 'exactly 0'),
    );
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
    const unit = this.model === undefined ? 'Step' : AXIS_TITLES[this.model.snapshot.axis.kind];
    replaceChildren(
      this.tooltip,
      h('div', { class: 'tooltip-head' }, labelOf(layer)),
      h('div', {}, `${number}${ratio}`),
      h(
        'div',
        { class: 'tooltip-note' },
        `${unit} ${formatStep(grid.steps[cell]!)}, line ${formatStep(grid.lines[cell]!)}`,
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
      this.page.attempt(this.page.asking.request('reveal', { line }));
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

/** Layers of the search, or of findings only, in model order. */
export function shownLayers({ snapshot, state }: Model): readonly SeriesInfo[] {
  const found = inFindings(snapshot);
  return layersOf(snapshot).filter(
    (layer) =>
      !state.hidden.includes(layer.name) &&
      matchesSearch(layer, state.search) &&
      (!state.onlyFindings || found.has(layer.id)),
  );
}

function labelWidth(width: number): number {
  return Math.min(200, Math.round(width * 0.28));
}

function heatSentence({ grid, layers }: Loaded, scale: HeatScale): string {
  const count = (state: number) => grid.states.reduce((sum, one) => sum + Number(one === state), 0);
  const bad = count(Cell.nan) + count(Cell.infinite);
  const range =
    scale.mode === 'norm'
      ? `norms from ${formatValue(10 ** scale.low)} to ${formatValue(10 ** scale.high)}`
      : `ratios to the median up to ${formatFactor(10 ** scale.high)}`;
  return `Heat map of ${layers.length} layers over steps ${formatStep(grid.range.from)} to ${formatStep(grid.range.to)}: ${range}; ${bad} cells with NaN or infinity, ${count(Cell.zero)} with zero.`;
}
