/** One picture over steps, with its pointer, its keys and its tooltip. */

import { labelOf } from '../../src/protocol/choose';
import type { AxisKind, RunInfo, SeriesInfo } from '../../src/protocol/messages';
import type { Range } from '../../src/protocol/range';
import { h } from '../dom';
import { withLineKey } from '../export/key';
import type { Picture } from '../export/picture';
import type { Theme } from '../theme';
import { AXIS_WIDTH, paintAxes, plotArea, RIGHT_MARGIN } from './axes';
import { LANE, LANE_GAP, type Lanes, lanesOf, paintBeyond } from './beyond';
import { beyondOf, extentOf, type Marks, NO_CONTENT, type PaneContent, withLevels } from './content';
import { LABEL_ROW, labelRows, paintLabels } from './findingLabels';
import { type Hovered, hoveredAt, nextStep } from './hover';
import type { PlacedLabel } from './labels';
import { paintBaseline, paintOnsets, paintSpans } from './marks';
import { navigate } from './navigation';
import { paintContent } from './paint';
import type { Pen } from './pen';
import { createProjection, type Projection, valueAxis } from './projection';
import { Surface } from './surface';
import { Tooltip } from './tooltip';

/** Everything a pane needs to draw itself. */
export interface PaneModel {
  readonly content: PaneContent;
  readonly marks: Marks;
  readonly range: Range;
  readonly whole: Range;
  readonly logarithmic: boolean;
  readonly hasStepAxis: boolean;
  readonly hasLabels: boolean;
  /** What the horizontal axis counts. */
  readonly axis: AxisKind;
  /** Files of the log, where it was rotated. */
  readonly parts: RunInfo['parts'];
  /** Id of the series pointed at elsewhere. */
  readonly emphasized: number | null;
  readonly theme: Theme;
}

export interface PaneEvents {
  setRange(range: Range | null): void;
  /** The step pointed at; null when the pointer has left. */
  onStep(step: number | null): void;
  onLine(line: number, series: SeriesInfo): void;
  onFinding(at: number): void;
}

const NO_LANES: Lanes = { nan: null, infinite: null, zero: null };

const NO_SIZE = { width: 0, height: 0 };

export class Pane {
  private readonly surface = new Surface();
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
    this.surface.canvas,
    this.crosshair,
    this.dot,
    this.brush,
    this.tooltip.element,
  );
  private model: PaneModel | undefined;
  private projection: Projection = createProjection(
    { left: 0, right: 1, top: 0, bottom: 1 },
    { from: 0, to: 1 },
    { min: 0, max: 1, logarithmic: false },
  );
  private lanes = NO_LANES;
  /** Rows of labels above the plot. */
  private rows = 0;
  private lowestTick = 0;
  private labels: readonly PlacedLabel[] = [];
  private hovered: Hovered | null = null;
  private sentence = '';
  /** As last observed: asking the element in every frame would lay the whole page out again each time. Pixels. */
  private size = NO_SIZE;

  constructor(
    private readonly title: string,
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
    new ResizeObserver(([entry]) => {
      const { width, height } = entry?.contentRect ?? NO_SIZE;
      this.size = { width: Math.round(width), height: Math.round(height) };
      this.draw();
    }).observe(this.element);
  }

  update(model: PaneModel, sentence: string): void {
    this.model = model;
    if (this.sentence !== sentence) {
      this.sentence = sentence;
      this.surface.canvas.setAttribute('aria-label', sentence);
    }
    this.draw();
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

  /** What is on the screen, for export. */
  picture(): Picture {
    const { width, height } = this.size;
    const { title, sentence, model } = this;
    const picture = { title, sentence, width, height, draw: (pen: Pen) => this.paint(pen) };
    if (model === undefined) {
      return picture;
    }
    const { lines, band } = model.content;
    const others = band === null ? null : `range and quartiles of ${band.series} others`;
    return withLineKey(
      picture,
      lines.map(({ series, style }) => ({ name: labelOf(series), style })),
      others,
      model.theme,
    );
  }

  private draw(): void {
    const { model } = this;
    const { width, height } = this.size;
    if (model === undefined || width === 0 || height === 0) {
      return;
    }
    const { content, logarithmic } = model;
    const beyond = beyondOf(content);
    const lanes = model.hasLabels
      ? Number(beyond.nan) + Number(beyond.infinite)
      : Number(beyond.nan || beyond.infinite);
    this.rows = model.hasLabels
      ? labelRows(model.marks, model.range, Math.max(1, width - AXIS_WIDTH - RIGHT_MARGIN), model.theme)
      : 0;
    const above = 6 + this.rows * LABEL_ROW + lanes * LANE + (lanes > 0 ? LANE_GAP : 0);
    const area = plotArea(width, height, above, model.hasStepAxis);
    const zeroShare = beyond.zero && logarithmic ? (LANE + 3) / Math.max(60, area.bottom - area.top) : 0;
    const extent = withLevels(extentOf(content, logarithmic), model.marks.levels, logarithmic);
    const axis = valueAxis(extent, logarithmic, zeroShare);
    this.lowestTick = extent === null ? Number.NaN : zeroShare > 0 ? extent.min : axis.min;
    this.projection = createProjection(area, model.range, axis);
    this.lanes = lanesOf(beyond, area, logarithmic, !model.hasLabels);
    const context = this.surface.begin(width, height);
    if (context !== null) {
      this.paint(context);
    }
  }

  private paint(pen: Pen): void {
    const { model, projection } = this;
    if (model === undefined) {
      return;
    }
    const { content, marks, theme, range, axis, hasStepAxis } = model;
    paintSpans(pen, marks, projection, theme);
    paintAxes(pen, projection, { range, axis, hasStepAxis, lowestTick: this.lowestTick }, theme);
    paintBaseline(pen, marks.band, projection, theme);
    paintOnsets(pen, marks, projection, theme);
    paintContent(pen, content, projection, theme, model.emphasized);
    paintBeyond(pen, content, projection, this.lanes, theme);
    this.labels = paintLabels(pen, marks, projection, theme, this.rows);
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
    this.tooltip.show(hovered, model, rest, model.theme, {
      x: at.x,
      y: Math.min(y + 12, this.size.height - 60),
      width: this.size.width,
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
    this.openLine();
  }

  private openLine(): void {
    const nearest = this.hovered?.nearest;
    if (nearest !== undefined) {
      this.events.onLine(nearest.logLine, nearest.line.series);
    }
  }

  private labelAt({ x, y }: { x: number; y: number }): PlacedLabel | undefined {
    return this.labels.find(
      (label) => x >= label.x && x <= label.x + label.width && y >= label.y && y <= label.y + LABEL_ROW,
    );
  }

  private onKey(key: 'previous' | 'next' | 'open'): void {
    if (key === 'open') {
      this.openLine();
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
