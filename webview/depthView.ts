/** The norm by layer at one step, first layer at the top, with a slider over the steps and a second step beside it. */
import { changePerLayer } from '../src/core/run/depthProfile';
import type { SeriesInfo } from '../src/protocol/messages';
import { polygon } from './chart/paint';
import { createProjection, type Projection, valueAxis } from './chart/projection';
import { fitLabels, fitText, Surface } from './chart/surface';
import { powerTicks } from './chart/ticks';
import { inFindings, labelOf } from './choose';
import { h, replaceChildren } from './dom';
import { csv } from './exportMenu';
import { formatFactor, formatStep, formatValue, powerLabels } from './format';
import { Latest } from './latest';
import { shownLayers } from './layersView';
import { fullRange } from './range';
import { AXIS_TITLES } from './summary';
import type { Model, Page, View } from './view';

const LOWEST_ROW = 5;
const HIGHEST_ROW = 30;
const ABOVE = 22;
/** A whole run plays in about this many frames. */
const FRAMES = 120;
const FRAME_TIME = 80;

interface Profile {
  readonly values: Float64Array;
  readonly steps: Float64Array;
  readonly lines: Uint32Array;
}

interface Loaded {
  readonly layers: readonly SeriesInfo[];
  readonly step: number;
  readonly now: Profile;
  /** The step compared with, and what it was there. */
  readonly reference: (Profile & { readonly step: number }) | null;
}

interface Wish {
  readonly layers: readonly SeriesInfo[];
  readonly epoch: number;
  readonly step: number;
  readonly reference: number | null;
}

export class DepthView implements View {
  private readonly surface = new Surface();
  private readonly tooltip = h('div', {
    class: 'tooltip',
    role: 'status',
    'aria-live': 'polite',
    hidden: true,
  });
  private readonly plot = h(
    'div',
    {
      class: 'plot rows',
      tabindex: 0,
      role: 'application',
      'aria-roledescription': 'chart',
      'aria-label': 'Gradient norm by layer',
      onpointerleave: () => this.point(-1),
    },
    this.surface.canvas,
    this.tooltip,
  );
  private readonly scroller = h('div', { class: 'heat-scroll' }, this.plot);
  private readonly sentence = h('p', { class: 'sentence', role: 'status' });
  private readonly slider = h('input', {
    type: 'range',
    'aria-label': 'Step',
    oninput: () => this.goTo(Number(this.slider.value)),
  });
  private readonly readout = h('output', {});
  private readonly play = h(
    'button',
    { type: 'button', class: 'tool', onclick: () => this.togglePlay() },
    'Play',
  );
  private readonly compare = h('button', {
    type: 'button',
    class: 'tool',
    title: 'Keep the profile of this step beside the others',
    onclick: () => {
      const { depthReference } = this.page.store.current;
      this.page.store.set({ depthReference: depthReference === null ? this.step() : null });
    },
  });
  readonly element = h(
    'section',
    { class: 'depth', 'aria-label': 'Depth profile' },
    h('header', {}, h('h2', {}, 'Gradient norm by depth'), this.sentence),
    h('div', { class: 'scrubber' }, this.play, this.slider, this.readout, this.compare),
    this.scroller,
  );
  private readonly latest: Latest<Wish, Loaded>;
  private model: Model | undefined;
  private loaded: Loaded | undefined;
  private rowHeight = HIGHEST_ROW;
  private horizontal = createProjection(
    { left: 0, right: 1, top: 0, bottom: 1 },
    { from: 0, to: 1 },
    { min: 0.1, max: 10, logarithmic: true },
  );
  private row = -1;
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor(private readonly page: Page) {
    this.latest = new Latest(
      (wish) => this.load(wish),
      (loaded) => {
        this.loaded = loaded;
        this.draw();
      },
      page.report,
    );
    this.plot.addEventListener('pointermove', (event) => {
      const y = event.clientY - this.plot.getBoundingClientRect().top;
      this.point(Math.floor((y - ABOVE) / this.rowHeight));
    });
    this.plot.addEventListener('click', () => this.reveal());
    this.plot.addEventListener('keydown', (event) => this.onKey(event));
    new ResizeObserver(() => this.draw()).observe(this.scroller);
  }

  update(model: Model): void {
    this.model = model;
    const whole = fullRange(model.snapshot);
    const step = this.step();
    this.slider.min = String(whole.from);
    this.slider.max = String(whole.to);
    this.slider.step = model.snapshot.axis.kind === 'epoch' ? 'any' : '1';
    this.slider.value = String(step);
    this.slider.setAttribute('aria-valuetext', `step ${formatStep(step)}`);
    this.readout.textContent = `${AXIS_TITLES[model.snapshot.axis.kind]} ${formatStep(step)}`;
    const { depthReference } = model.state;
    this.compare.textContent =
      depthReference === null ? 'Compare with this step' : `Compared with ${formatStep(depthReference)} ✕`;
    this.compare.setAttribute('aria-pressed', String(depthReference !== null));
    if (!this.element.isConnected) {
      this.stop();
    }
    const layers = shownLayers(model);
    if (layers.length > 0) {
      this.latest.want({ layers, epoch: model.snapshot.epoch, step, reference: depthReference });
    } else {
      this.loaded = undefined;
    }
    this.draw();
  }

  pictures(): readonly HTMLCanvasElement[] {
    return [this.surface.canvas];
  }

  csv(): string {
    const { loaded } = this;
    const rows: (string | number)[][] = [['layer', 'step', 'value', 'line']];
    loaded?.layers.forEach((layer, row) => {
      const { values, steps, lines } = loaded.now;
      rows.push([layer.name, steps[row]!, values[row]!, lines[row]!]);
    });
    return csv(rows);
  }

  /** The step chosen, else where the gravest finding is, else the last. */
  private step(): number {
    const { model } = this;
    if (model === undefined) {
      return 0;
    }
    const { from, to } = fullRange(model.snapshot);
    const finding = model.snapshot.findings[model.state.finding ?? -1];
    return Math.min(to, Math.max(from, model.state.depthStep ?? finding?.step ?? to));
  }

  private goTo(step: number): void {
    this.page.store.set({ depthStep: step });
  }

  private async load({ layers, epoch, step, reference }: Wish): Promise<Loaded> {
    const series = layers.map(({ id }) => id);
    const ask = async (at: number): Promise<Profile> => {
      const { values, steps, lines } = await this.page.asking.request('profile', { epoch, series, step: at });
      return {
        values: new Float64Array(values),
        steps: new Float64Array(steps),
        lines: new Uint32Array(lines),
      };
    };
    const [now, then] = await Promise.all([ask(step), reference === null ? null : ask(reference)]);
    return {
      layers,
      step,
      now,
      reference: then === null || reference === null ? null : { ...then, step: reference },
    };
  }

  private draw(): void {
    const { model, loaded } = this;
    if (model === undefined || loaded === undefined || this.scroller.clientWidth === 0) {
      this.sentence.textContent = 'No layer to show: the log has no norms by layer, or none matches.';
      this.surface.begin(1, 1);
      return;
    }
    const { layers, now, reference } = loaded;
    const width = this.scroller.clientWidth;
    this.rowHeight = Math.min(
      HIGHEST_ROW,
      Math.max(LOWEST_ROW, (this.scroller.clientHeight - ABOVE - 4) / layers.length),
    );
    const height = ABOVE + layers.length * this.rowHeight + 2;
    this.plot.style.height = `${height}px`;
    this.scroller.style.maxHeight = `${HIGHEST_ROW * layers.length + ABOVE + 4}px`;
    const context = this.surface.begin(width, height);
    if (context === null) {
      return;
    }
    const left = nameWidth(width);
    const projection = this.projection(left, width - 34, [now.values, reference?.values ?? []], model);
    this.horizontal = projection;
    this.paintAxis(context, projection, height, model);
    this.paintNames(context, layers, left, model);
    if (reference !== null) {
      this.paintProfile(context, reference.values, projection, model, true);
    }
    this.paintProfile(context, now.values, projection, model, false);
    this.sentence.textContent = profileSentence(layers, now.values);
    this.surface.canvas.setAttribute('aria-label', this.sentence.textContent);
  }

  /** Norms run to the right: the projection's y, turned. Fixed over the whole run, so that playing shows movement. */
  private projection(
    left: number,
    right: number,
    profiles: readonly ArrayLike<number>[],
    { snapshot }: Model,
  ): Projection {
    const ids = new Set(this.loaded?.layers.map(({ id }) => id));
    const shown = snapshot.series.filter(({ id }) => ids.has(id));
    let min = Math.min(...shown.map((series) => series.smallestPositive ?? Number.POSITIVE_INFINITY));
    let max = Math.max(...shown.map((series) => series.max ?? Number.NEGATIVE_INFINITY));
    for (const values of profiles) {
      for (const value of Array.from(values)) {
        if (value > 0 && Number.isFinite(value)) {
          min = Math.min(min, value);
          max = Math.max(max, value);
        }
      }
    }
    const axis = valueAxis(min <= max && max > 0 ? { min, max } : null, true);
    return createProjection({ left: 0, right: 1, top: -right, bottom: -left }, { from: 0, to: 1 }, axis);
  }

  private paintAxis(
    context: CanvasRenderingContext2D,
    projection: Projection,
    height: number,
    { theme }: Model,
  ): void {
    const { axis, area } = projection;
    context.font = `${Math.max(10, theme.fontSize - 2)}px ${theme.font}`;
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    const most = Math.max(2, Math.floor((area.bottom - area.top) / 60));
    const ticks = powerTicks(axis.min, axis.max, most);
    const labels = powerLabels(ticks);
    ticks.forEach((tick, at) => {
      const x = -projection.y(tick);
      context.fillStyle = theme.grid;
      context.fillRect(Math.round(x), ABOVE - 4, 1, height);
      context.fillStyle = theme.muted;
      context.fillText(labels[at] ?? '', x, ABOVE - 13);
    });
  }

  private paintNames(
    context: CanvasRenderingContext2D,
    layers: readonly SeriesInfo[],
    left: number,
    model: Model,
  ): void {
    const found = inFindings(model.snapshot);
    const apart = Math.max(1, Math.ceil(14 / this.rowHeight));
    context.textAlign = 'right';
    const names = fitLabels(context, layers.map(labelOf), left - 16);
    layers.forEach((layer, row) => {
      if (row === this.row) {
        context.fillStyle = model.theme.grid;
        context.fillRect(0, ABOVE + row * this.rowHeight, this.surface.canvas.width, this.rowHeight);
      }
      if (row % apart === 0) {
        context.fillStyle =
          found.has(layer.id) || row === this.row ? model.theme.foreground : model.theme.muted;
        context.fillText(fitText(context, names[row] ?? '', left - 16), left - 10, this.middle(row));
      }
    });
  }

  private paintProfile(
    context: CanvasRenderingContext2D,
    values: Float64Array,
    projection: Projection,
    { theme }: Model,
    isReference: boolean,
  ): void {
    const color = isReference ? theme.muted : (theme.hues[0] ?? theme.foreground);
    const radius = Math.min(4.5, Math.max(1.5, this.rowHeight / 3));
    context.strokeStyle = color;
    context.fillStyle = color;
    context.lineWidth = 1.5;
    context.setLineDash(isReference ? [4, 3] : []);
    context.beginPath();
    let isDown = false;
    values.forEach((value, row) => {
      const x = -projection.y(value);
      if (Number.isNaN(x)) {
        isDown = false;
      } else if (isDown) {
        context.lineTo(x, this.middle(row));
      } else {
        context.moveTo(x, this.middle(row));
        isDown = true;
      }
    });
    context.stroke();
    context.setLineDash([]);
    values.forEach((value, row) => {
      const x = -projection.y(value);
      if (!Number.isNaN(x)) {
        context.beginPath();
        context.arc(x, this.middle(row), radius, 0, 2 * Math.PI);
        context[isReference ? 'stroke' : 'fill']();
      } else {
        this.paintBeyond(context, value, row, projection, theme.severity.error, theme.muted);
      }
    });
  }

  /** NaN and infinities at the right edge, zeros at the left one, each with its own sign. */
  private paintBeyond(
    context: CanvasRenderingContext2D,
    value: number,
    row: number,
    { area }: Projection,
    error: string,
    muted: string,
  ): void {
    const y = this.middle(row);
    context.textAlign = 'left';
    if (Number.isNaN(value) || !Number.isFinite(value)) {
      context.fillStyle = error;
      context.fillText(Number.isNaN(value) ? '✕ NaN' : '▶ ∞', -area.top - 14, y);
    } else if (value <= 0) {
      context.strokeStyle = muted;
      context.beginPath();
      polygon(context, [-area.bottom - 6, y, -area.bottom, y - 3.5, -area.bottom, y + 3.5]);
      context.stroke();
    }
  }

  private middle(row: number): number {
    return ABOVE + (row + 0.5) * this.rowHeight;
  }

  private point(row: number): void {
    const { loaded } = this;
    const layer = loaded?.layers[row];
    this.row = layer === undefined ? -1 : row;
    this.tooltip.hidden = layer === undefined;
    this.draw();
    if (layer === undefined || loaded === undefined) {
      return;
    }
    const { now, reference } = loaded;
    const value = now.values[row]!;
    const then = reference?.values[row];
    replaceChildren(
      this.tooltip,
      h('div', { class: 'tooltip-head' }, labelOf(layer)),
      h('div', {}, now.lines[row] === 0 ? 'not logged yet' : formatValue(value)),
      reference !== null &&
        then !== undefined &&
        h('div', {}, `${formatValue(then)} at ${formatStep(reference.step)} (${formatFactor(value / then)})`),
      now.lines[row] !== 0 &&
        h(
          'div',
          { class: 'tooltip-note' },
          `Logged at ${formatStep(now.steps[row]!)}, line ${formatStep(now.lines[row]!)}`,
        ),
    );
    const box = this.tooltip.getBoundingClientRect();
    const y = this.middle(row) + 12;
    const under = y + box.height < this.plot.clientHeight ? y : Math.max(0, y - box.height - 24);
    const right = this.plot.clientWidth - box.width - 8;
    const isDotRight = this.dotX(value) > right - 20;
    this.tooltip.style.transform = `translate(${isDotRight ? nameWidth(this.plot.clientWidth) : right}px, ${under}px)`;
  }

  /** Pixel of a value across; NaN when it has none. */
  private dotX(value: number): number {
    return -this.horizontal.y(value);
  }

  private reveal(): void {
    const line = this.loaded?.now.lines[this.row] ?? 0;
    if (line > 0) {
      this.page.attempt(this.page.asking.request('reveal', { line }));
    }
  }

  private onKey(event: KeyboardEvent): void {
    const rows = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (rows !== 0) {
      event.preventDefault();
      this.point(Math.min((this.loaded?.layers.length ?? 1) - 1, Math.max(0, this.row + rows)));
    } else if (event.key === 'Enter') {
      this.reveal();
    }
  }

  private togglePlay(): void {
    if (this.timer !== undefined) {
      this.stop();
      return;
    }
    this.play.textContent = 'Pause';
    this.timer = setInterval(() => {
      if (this.model === undefined) {
        return;
      }
      const { from, to } = fullRange(this.model.snapshot);
      const next = this.step() + Math.max((to - from) / FRAMES, Number(this.slider.step) || 0);
      if (next >= to) {
        this.stop();
      }
      this.goTo(Math.min(to, next));
    }, FRAME_TIME);
    if (this.model !== undefined && this.step() >= fullRange(this.model.snapshot).to) {
      this.goTo(fullRange(this.model.snapshot).from);
    }
  }

  private stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    this.play.textContent = 'Play';
  }
}

function nameWidth(width: number): number {
  return Math.min(220, Math.round(width * 0.3));
}

/** "24 layers: first 2.1e−6, last 0.53: ×0.55 per layer toward the input." */
function profileSentence(layers: readonly SeriesInfo[], values: Float64Array): string {
  const factor = 1 / changePerLayer(values);
  const first = values[0] ?? Number.NaN;
  const last = values[values.length - 1] ?? Number.NaN;
  const ends = `${layers.length} layers, first ${formatValue(first)}, last ${formatValue(last)}`;
  return Number.isFinite(factor) ? `${ends}: ${formatFactor(factor)} a layer toward the input` : ends;
}
