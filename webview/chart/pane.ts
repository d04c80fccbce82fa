/** One picture over steps: Chart.js lays out the axes, our own painting goes between them. */
import { Chart, LinearScale, LineController, LogarithmicScale } from 'chart.js';
import { h } from '../dom';
import type { Range } from '../range';
import type { Theme } from '../theme';
import { LANE, LANE_GAP, type Lanes, lanesOf, paintBeyond } from './beyond';
import { beyondOf, extentOf, type Marks, NO_CONTENT, type PaneContent } from './content';
import { LABEL_ROW, labelRows, paintLabels } from './findingLabels';
import { type Hovered, hoveredAt, nextStep } from './hover';
import type { PlacedLabel } from './labels';
import { paintOnsets, paintSpans } from './marks';
import { navigate } from './navigation';
import { AXIS_WIDTH, paneOptions, RIGHT_MARGIN } from './options';
import { paintContent } from './paint';
import { createProjection, type Projection, valueAxis } from './projection';
import { Tooltip } from './tooltip';

Chart.register(LineController, LinearScale, LogarithmicScale);

/** Everything a pane needs to draw itself. */
export interface PaneModel {
  readonly content: PaneContent;
  readonly marks: Marks;
  readonly range: Range;
  readonly whole: Range;
  readonly logarithmic: boolean;
  readonly hasStepAxis: boolean;
  readonly hasLabels: boolean;
  /** "Step", "Epoch" or "Record". */
  readonly unit: string;
  /** Id of the series pointed at elsewhere. */
  readonly emphasized: number | null;
  readonly theme: Theme;
}

export interface PaneEvents {
  setRange(range: Range | null): void;
  /** The step pointed at; null when the pointer has left. */
  onStep(step: number | null): void;
  onLine(line: number): void;
  onFinding(at: number): void;
}

const NO_LANES: Lanes = { nan: null, infinite: null, zero: null };

export class Pane {
  private readonly canvas = h('canvas', { role: 'img' });
  private readonly brush = h('div', { class: 'brush', hidden: true });
  private readonly crosshair = h('div', { class: 'crosshair', hidden: true });
  private readonly dot = h('div', { class: 'dot', hidden: true });
  private readonly tooltip = new Tooltip();
  readonly element = h(
    'div',
    {
      class: 'plot',
      tabindex: 0,
      role: 'application',
      'aria-roledescription': 'chart',
    },
    this.canvas,
    this.crosshair,
    this.dot,
    this.brush,
    this.tooltip.element,
  );
  private chart: Chart | undefined;
  private model: PaneModel | undefined;
  private projection: Projection = createProjection(
    { left: 0, right: 1, top: 0, bottom: 1 },
    { from: 0, to: 1 },
    { min: 0, max: 1, logarithmic: false },
  );
  private lanes = NO_LANES;
  private labels: readonly PlacedLabel[] = [];
  private hovered: Hovered | null = null;

  constructor(
    title: string,
    private readonly events: PaneEvents,
  ) {
    this.element.setAttribute('aria-label', `${title} over steps`);
    navigate(this.element, this.brush, {
      area: () => this.projection.area,
      range: () => this.model?.range ?? { from: 0, to: 1 },
      whole: () => this.model?.whole ?? { from: 0, to: 1 },
      setRange: (range) => events.setRange(range),
      onPoint: (at) => this.onPoint(at),
      onClick: (at) => this.onClick(at),
      onKey: (key) => this.onKey(key),
    });
    this.element.addEventListener('blur', () => this.onPoint(null));
  }

  update(model: PaneModel, sentence: string): void {
    this.model = model;
    this.canvas.setAttribute('aria-label', sentence);
    const options = this.options(model);
    if (this.chart === undefined) {
      this.chart = new Chart(this.canvas, {
        type: 'line',
        data: { datasets: [] },
        options,
        plugins: [{ id: 'content', beforeDraw: () => this.layOut(), afterDraw: () => this.paint() }],
      });
      new ResizeObserver(() => this.redraw()).observe(this.element);
    } else {
      this.chart.options = options;
      this.chart.update('none');
    }
  }

  /** Shows where another pane is pointed at. */
  showStep(step: number | null): void {
    const { left, right, top, bottom } = this.projection.area;
    const x = step === null ? Number.NaN : this.projection.x(step);
    const isInside = x >= left && x <= right;
    this.crosshair.hidden = !isInside;
    if (isInside) {
      this.crosshair.style.transform = `translateX(${x}px)`;
      this.crosshair.style.top = `${top}px`;
      this.crosshair.style.height = `${bottom - top}px`;
    }
  }

  dispose(): void {
    this.chart?.destroy();
  }

  /** The picture as it is, for export. */
  get picture(): HTMLCanvasElement {
    return this.canvas;
  }

  private redraw(): void {
    if (this.model !== undefined && this.chart !== undefined && this.element.clientHeight > 0) {
      this.chart.options = this.options(this.model);
      this.chart.resize();
      this.chart.update('none');
    }
  }

  private options(model: PaneModel) {
    const { content, range, logarithmic } = model;
    const width = this.element.clientWidth;
    const height = this.element.clientHeight;
    const beyond = beyondOf(content);
    const lanes = model.hasLabels
      ? Number(beyond.nan) + Number(beyond.infinite)
      : Number(beyond.nan || beyond.infinite);
    const above = 6 + this.labelRows(model) * LABEL_ROW + lanes * LANE + (lanes > 0 ? LANE_GAP : 0);
    const zeroShare = beyond.zero && logarithmic ? (LANE + 3) / Math.max(60, height - above - 30) : 0;
    const extent = extentOf(content, logarithmic);
    return paneOptions(
      {
        range,
        axis: valueAxis(extent, logarithmic, zeroShare),
        lowestTick: zeroShare > 0 && extent !== null ? extent.min : valueAxis(extent, logarithmic).min,
        width,
        height,
        above,
        hasStepAxis: model.hasStepAxis,
        stepTitle: model.unit,
      },
      model.theme,
    );
  }

  private labelRows({ hasLabels, marks, range, theme }: PaneModel): number {
    const width = Math.max(1, this.element.clientWidth - AXIS_WIDTH - RIGHT_MARGIN);
    return hasLabels ? labelRows(marks, range, width, theme) : 0;
  }

  private layOut(): void {
    const { chart, model } = this;
    const x = chart?.scales.x;
    const y = chart?.scales.y;
    if (chart === undefined || model === undefined || x === undefined || y === undefined) {
      return;
    }
    const axis = { min: y.min, max: y.max, logarithmic: model.logarithmic };
    this.projection = createProjection(chart.chartArea, { from: x.min, to: x.max }, axis);
    this.lanes = lanesOf(beyondOf(model.content), chart.chartArea, model.logarithmic, !model.hasLabels);
    paintSpans(chart.ctx, model.marks, this.projection, model.theme);
    paintOnsets(chart.ctx, model.marks, this.projection, model.theme);
  }

  private paint(): void {
    const { chart, model, projection } = this;
    if (chart === undefined || model === undefined) {
      return;
    }
    const { ctx } = chart;
    paintContent(ctx, model.content, projection, model.theme, model.emphasized);
    paintBeyond(ctx, model.content, projection, this.lanes, model.theme);
    this.labels = paintLabels(ctx, model.marks, projection, model.theme, this.labelRows(model));
  }

  private onPoint(at: { x: number; y: number } | null): void {
    const { model, projection } = this;
    const { left, right } = projection.area;
    const isInside = at !== null && at.x >= left - 8 && at.x <= right + 8;
    const hovered =
      model === undefined || !isInside ? null : hoveredAt(model.content, projection, at.x, at.y);
    this.hovered = hovered;
    this.element.classList.toggle('on-label', at !== null && this.labelAt(at) !== undefined);
    this.events.onStep(hovered?.step ?? null);
    if (hovered === null || model === undefined || at === null) {
      this.tooltip.hide();
      this.dot.hidden = true;
      return;
    }
    this.placeDot(hovered);
    const rest = model.content.band?.series ?? 0;
    const y = Number.isNaN(at.y) ? projection.area.top : at.y;
    this.tooltip.show(hovered, model.unit, rest, model.theme, {
      x: at.x,
      y: Math.min(y + 12, this.element.clientHeight - 60),
      width: this.element.clientWidth,
    });
  }

  private placeDot({ nearest }: Hovered): void {
    const x = nearest === undefined ? Number.NaN : this.projection.x(nearest.step);
    const y = nearest === undefined ? Number.NaN : this.projection.y(nearest.value);
    this.dot.hidden = Number.isNaN(x + y);
    if (!this.dot.hidden) {
      this.dot.style.transform = `translate(${x}px, ${y}px)`;
    }
  }

  private onClick(at: { x: number; y: number }): void {
    const label = this.labelAt(at);
    if (label !== undefined) {
      this.events.onFinding(label.at);
      return;
    }
    this.onPoint(at);
    const line = this.hovered?.nearest?.logLine;
    if (line !== undefined) {
      this.events.onLine(line);
    }
  }

  private labelAt({ x, y }: { x: number; y: number }): PlacedLabel | undefined {
    return this.labels.find(
      (label) => x >= label.x && x <= label.x + label.width && y >= label.y && y <= label.y + LABEL_ROW,
    );
  }

  private onKey(key: 'previous' | 'next' | 'open'): void {
    if (key === 'open') {
      const line = this.hovered?.nearest?.logLine;
      if (line !== undefined) {
        this.events.onLine(line);
      }
      return;
    }
    const { model } = this;
    const from = this.hovered?.step ?? null;
    const step = nextStep(model?.content ?? NO_CONTENT, from, key === 'next' ? 1 : -1);
    if (step === null || model === undefined) {
      return;
    }
    const { range } = model;
    if (step < range.from || step > range.to) {
      const half = (range.to - range.from) / 2;
      this.events.setRange({ from: step - half, to: step + half });
    }
    this.onPoint({ x: this.projection.x(step), y: Number.NaN });
  }
}
