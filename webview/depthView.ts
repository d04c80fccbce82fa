/** The norm by layer at one step, first layer at the top, with a slider over the steps and a second step beside it. */
import { changePerLayer } from '../src/core/run/depthProfile';
import type { SeriesInfo } from '../src/protocol/messages';
import {
  ABOVE_ROWS,
  acrossOf,
  type DepthCurve,
  depthProjection,
  middleOf,
  paintDepth,
  RIGHT_OF_ROWS,
} from './chart/depth';
import type { Extent, Projection } from './chart/projection';
import { Surface } from './chart/surface';
import { inFindings, labelOf, shownLayers } from './choose';
import { h, replaceChildren } from './dom';
import { csv } from './exportMenu';
import { FORECAST_NAME, forecastSentence, forecastValues } from './forecastCurve';
import { formatFactor, formatStep, formatValue } from './format';
import { Latest } from './latest';
import { Player } from './player';
import { fullRange, type Range } from './range';
import { AXIS_TITLES } from './summary';
import { swatch } from './swatch';
import type { Model, Page, View } from './view';

const LOWEST_ROW = 5;
const HIGHEST_ROW = 30;

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
  /** What the code lets expect at initialisation, by row; null where the run's code is not known. */
  readonly forecast: Float64Array | null;
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
  private readonly player = new Player({
    position: () => ({ at: this.step(), ...this.whole() }),
    smallestMove: () => Number(this.slider.step) || 0,
    goTo: (step) => this.goTo(step),
  });
  /** Names the curves where there is more than the measured one. */
  private readonly key = h('span', { class: 'depth-key', hidden: true });
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
    h('div', { class: 'scrubber' }, this.player.button, this.slider, this.readout, this.compare, this.key),
    this.scroller,
  );
  private readonly latest: Latest<Wish, Loaded>;
  private model: Model | undefined;
  private loaded: Loaded | undefined;
  rowHeight = HIGHEST_ROW;
  private horizontal: Projection = depthProjection(0, 1, null);
  private row = -1;

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
      this.point(Math.floor((y - ABOVE_ROWS) / this.rowHeight));
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
      this.player.stop();
    }
    const layers = shownLayers(model.snapshot, model.state);
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
    const forecast = loaded?.forecast ?? null;
    const rows: (string | number)[][] = [
      ['layer', 'step', 'value', 'line', ...(forecast === null ? [] : ['forecast at initialisation'])],
    ];
    loaded?.layers.forEach((layer, row) => {
      const { values, steps, lines } = loaded.now;
      rows.push([
        layer.name,
        steps[row]!,
        values[row]!,
        lines[row]!,
        ...(forecast === null ? [] : [forecast[row]!]),
      ]);
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
      forecast: forecastValues(layers, now.values),
    };
  }

  private draw(): void {
    const { model, loaded } = this;
    if (model === undefined || loaded === undefined || this.scroller.clientWidth === 0) {
      this.sentence.textContent = 'No layer to show: the log has no norms by layer, or none matches.';
      this.surface.begin(1, 1);
      return;
    }
    const { layers, now } = loaded;
    const width = this.scroller.clientWidth;
    this.rowHeight = Math.min(
      HIGHEST_ROW,
      Math.max(LOWEST_ROW, (this.scroller.clientHeight - ABOVE_ROWS - 4) / layers.length),
    );
    const height = ABOVE_ROWS + layers.length * this.rowHeight + 2;
    this.plot.style.height = `${height}px`;
    this.scroller.style.maxHeight = `${HIGHEST_ROW * layers.length + ABOVE_ROWS + 4}px`;
    const context = this.surface.begin(width, height);
    if (context === null) {
      return;
    }
    const left = nameWidth(width);
    const found = inFindings(model.snapshot);
    const curves = this.curves(loaded);
    this.horizontal = depthProjection(left, width - RIGHT_OF_ROWS, extentOf(layers, curves));
    paintDepth(
      context,
      {
        names: layers.map(labelOf),
        isMarked: (row) => found.has(layers[row]?.id ?? -1),
        row: this.row,
        rowHeight: this.rowHeight,
        left,
        width,
        height,
        curves,
        projection: this.horizontal,
      },
      model.theme,
    );
    const expected = loaded.forecast === null ? '' : forecastSentence(loaded.forecast);
    this.sentence.textContent = `${profileSentence(layers, now.values)}${expected === '' ? '' : `. ${expected}`}`;
    this.key.hidden = loaded.forecast === null;
    replaceChildren(
      this.key,
      ...curves.flatMap(({ style, label }) => [swatch(style, model.theme), h('span', {}, label)]),
    );
    this.surface.canvas.setAttribute('aria-label', this.sentence.textContent);
  }

  /** What is drawn, the main curve last. */
  private curves({ now, step, reference, forecast }: Loaded): readonly DepthCurve[] {
    const curve = (profile: Profile, label: string, isMain: boolean): DepthCurve => ({
      label,
      values: profile.values,
      isLogged: (row) => profile.lines[row] !== 0,
      style: isMain ? { hue: 0, dash: 0, width: 1.5 } : { hue: 1, dash: 1, width: 1.5 },
      isMain,
    });
    const expected: readonly DepthCurve[] =
      forecast === null
        ? []
        : [
            {
              label: FORECAST_NAME,
              values: forecast,
              isLogged: () => false,
              style: { hue: 2, dash: 2, width: 1.5 },
              isMain: false,
            },
          ];
    const then = reference === null ? [] : [curve(reference, `step ${formatStep(reference.step)}`, false)];
    return [...expected, ...then, curve(now, `step ${formatStep(step)}`, true)];
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
    const expected = loaded.forecast?.[row] ?? Number.NaN;
    replaceChildren(
      this.tooltip,
      h('div', { class: 'tooltip-head' }, labelOf(layer)),
      h('div', {}, now.lines[row] === 0 ? 'not logged yet' : formatValue(value)),
      reference !== null &&
        then !== undefined &&
        h('div', {}, `${formatValue(then)} at ${formatStep(reference.step)} (${formatFactor(value / then)})`),
      Number.isFinite(expected) && h('div', {}, `${formatValue(expected)} ${FORECAST_NAME}`),
      now.lines[row] !== 0 &&
        h(
          'div',
          { class: 'tooltip-note' },
          `Logged at ${formatStep(now.steps[row]!)}, line ${formatStep(now.lines[row]!)}`,
        ),
    );
    const box = this.tooltip.getBoundingClientRect();
    const y = middleOf(this, row) + 12;
    const under = y + box.height < this.plot.clientHeight ? y : Math.max(0, y - box.height - 24);
    const right = this.plot.clientWidth - box.width - 8;
    const isDotRight = acrossOf(this.horizontal, value) > right - 20;
    this.tooltip.style.transform = `translate(${isDotRight ? nameWidth(this.plot.clientWidth) : right}px, ${under}px)`;
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

  private whole(): Range {
    return this.model === undefined ? { from: 0, to: 1 } : fullRange(this.model.snapshot);
  }
}

/** Over the whole run, so that playing shows movement; and over what is drawn. */
function extentOf(layers: readonly SeriesInfo[], curves: readonly DepthCurve[]): Extent | null {
  let min = Math.min(...layers.map((series) => series.smallestPositive ?? Number.POSITIVE_INFINITY));
  let max = Math.max(...layers.map((series) => series.max ?? Number.NEGATIVE_INFINITY));
  for (const { values } of curves) {
    for (const value of values) {
      if (value > 0 && Number.isFinite(value)) {
        min = Math.min(min, value);
        max = Math.max(max, value);
      }
    }
  }
  return min <= max && max > 0 ? { min, max } : null;
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
