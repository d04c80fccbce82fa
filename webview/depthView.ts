/** The norm by layer at one step, first layer at the top, with a slider over the steps and a second step beside it. */
import type { AxisKind } from '../src/protocol/messages';
import {
  ABOVE_ROWS,
  acrossOf,
  type DepthCurve,
  depthProjection,
  middleOf,
  paintDepth,
  RIGHT_OF_ROWS,
} from './chart/depth';
import type { Pen } from './chart/pen';
import type { Projection } from './chart/projection';
import { Surface } from './chart/surface';
import { inFindings, labelOf, shownLayers } from './choose';
import { type ComparedRun, comparedRuns } from './compare';
import {
  changeTowardInput,
  type DepthWish,
  extentOf,
  type LoadedDepth,
  lastFinite,
  loadDepth,
  type Profile,
  profileSentence,
} from './depthData';
import { h, replaceChildren } from './dom';
import { csv } from './export/csv';
import type { Picture } from './export/picture';
import { FORECAST_NAME, forecastSentence } from './forecastCurve';
import { formatFactor, formatValue } from './format';
import { iconText } from './icons';
import { Latest } from './latest';
import { Player } from './player';
import { fullRange, type Range } from './range';
import { capital, isCounted, linePhrase, placePhrase } from './summary';
import { swatch } from './swatch';
import type { Model, Page, View } from './view';

const LOWEST_ROW = 5;
const HIGHEST_ROW = 30;

/** Shares of the axis over which the profile may be averaged. */
const WINDOWS = [
  { share: 0, title: 'At one step' },
  { share: 0.02, title: 'Median of 2 % around' },
  { share: 0.1, title: 'Median of 10 % around' },
  { share: 2, title: 'Median of the whole run' },
] as const;

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
  private readonly window = h(
    'select',
    {
      'aria-label': 'Average',
      title: 'Values at one step, or medians over the steps around it',
      onchange: () => this.page.store.set({ depthWindow: Number(this.window.value) }),
    },
    ...WINDOWS.map(({ share, title }) => h('option', { value: share }, title)),
  );
  private readonly other = h('select', {
    'aria-label': 'Run beside it',
    title: 'The same step of another run, layer by layer',
    onchange: () => this.chooseRun(),
  });
  private readonly key = h('div', { class: 'depth-key' });
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
    h('div', { class: 'scrubber' }, this.player.button, this.slider, this.readout),
    h('div', { class: 'depth-options' }, this.window, this.compare, this.other, this.key),
    this.scroller,
  );
  private readonly latest: Latest<DepthWish, LoadedDepth>;
  private model: Model | undefined;
  private loaded: LoadedDepth | undefined;
  rowHeight = HIGHEST_ROW;
  private horizontal: Projection = depthProjection(0, 1, null);
  private row = -1;
  /** Of the picture as last drawn. Pixels. */
  private width = 0;
  private shownRuns = '';

  constructor(private readonly page: Page) {
    this.latest = new Latest(
      (wish) => loadDepth(page.asking, wish),
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
    this.slider.step = isCounted(model.snapshot.axis.kind) ? '1' : 'any';
    this.slider.value = String(step);
    this.slider.setAttribute('aria-valuetext', placePhrase(step, model.snapshot.axis.kind));
    this.readout.textContent = capital(placePhrase(step, model.snapshot.axis.kind));
    const { depthReference, depthWindow } = model.state;
    const { kind } = model.snapshot.axis;
    const pin =
      depthReference === null ? 'Keep this step beside' : `Without ${placePhrase(depthReference, kind)}`;
    replaceChildren(this.compare, ...iconText(depthReference === null ? 'pinned' : 'close', pin));
    this.compare.setAttribute('aria-pressed', String(depthReference !== null));
    this.window.value = String(depthWindow);
    this.showRuns(model);
    if (!this.element.isConnected) {
      this.player.stop();
    }
    const layers = shownLayers(model.snapshot, model.state);
    if (layers.length > 0) {
      this.latest.want({
        layers,
        epoch: model.snapshot.epoch,
        step,
        window: depthWindow * (whole.to - whole.from),
        reference: depthReference,
        referenceLabel: depthReference === null ? '' : placePhrase(depthReference, kind),
        other: this.otherRun(model),
      });
    } else {
      this.loaded = undefined;
    }
    this.draw();
  }

  private otherRun({ snapshot, state }: Model): ComparedRun | null {
    return comparedRuns(snapshot).find(({ index, run }) => index > 0 && run.uri === state.depthRun) ?? null;
  }

  private showRuns({ snapshot, state }: Model): void {
    const runs = comparedRuns(snapshot).slice(1);
    const now = runs.map(({ label }) => label).join('\n');
    if (now !== this.shownRuns || this.other.childElementCount === 0) {
      this.shownRuns = now;
      this.other.replaceChildren(
        h('option', { value: '' }, 'No other run'),
        ...runs.map(({ run, label }) => h('option', { value: run.uri }, `Beside ${label}`)),
        h('option', { value: CHOOSE }, 'Choose another run…'),
      );
    }
    this.other.value = runs.some(({ run }) => run.uri === state.depthRun) ? (state.depthRun ?? '') : '';
  }

  private chooseRun(): void {
    const { asking, store } = this.page;
    if (this.other.value !== CHOOSE) {
      store.set({ depthRun: this.other.value || null });
      return;
    }
    this.page.attempt(
      asking.request('pick-runs', {}).then((compared) => {
        const added = compared?.find((uri) => !store.current.compared.includes(uri));
        store.set(compared === null ? {} : { compared, depthRun: added ?? compared[0] ?? null });
      }),
    );
  }

  pictures(): readonly Picture[] {
    const { clientWidth: width, clientHeight: height } = this.plot;
    const { model } = this;
    const at = model === undefined ? '' : `, ${placePhrase(this.step(), model.snapshot.axis.kind)}`;
    return [
      {
        title: `Gradient norm by depth${at}`,
        sentence: this.sentence.textContent ?? '',
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

  /** The step chosen, else where the finding looked at is, else the last at which there is something to see. */
  private step(): number {
    const { model } = this;
    if (model === undefined) {
      return 0;
    }
    const { from, to } = fullRange(model.snapshot);
    const finding = model.snapshot.findings[model.state.finding ?? -1];
    const wanted = model.state.depthStep ?? finding?.step ?? lastFinite(model.snapshot, to);
    // Playing moves by shares of the run; a step has no fractions.
    const whole = isCounted(model.snapshot.axis.kind) ? Math.round(wanted) : wanted;
    return Math.min(to, Math.max(from, whole));
  }

  private goTo(step: number): void {
    this.page.store.set({ depthStep: step });
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
    this.width = width;
    const context = this.surface.begin(width, height);
    if (context === null) {
      return;
    }
    const curves = this.curves(loaded, model.snapshot.axis.kind);
    this.horizontal = depthProjection(nameWidth(width), width - RIGHT_OF_ROWS, extentOf(layers, curves));
    this.paint(context);
    this.showKey(curves, model);
    const expected =
      loaded.forecast === null ? '' : forecastSentence(changeTowardInput(layers, loaded.forecast));
    this.sentence.textContent = `${profileSentence(layers, now.values)}${expected === '' ? '' : `. ${expected}`}`;
    this.surface.canvas.setAttribute('aria-label', this.sentence.textContent);
  }

  private paint(pen: Pen): void {
    const { model, loaded } = this;
    if (model === undefined || loaded === undefined) {
      return;
    }
    const { layers } = loaded;
    const { width } = this;
    const found = inFindings(model.snapshot);
    paintDepth(
      pen,
      {
        names: layers.map(labelOf),
        isMarked: (row) => found.has(layers[row]?.id ?? -1),
        row: this.row,
        rowHeight: this.rowHeight,
        left: nameWidth(width),
        width,
        height: ABOVE_ROWS + layers.length * this.rowHeight + 2,
        curves: this.curves(loaded, model.snapshot.axis.kind),
        projection: this.horizontal,
      },
      model.theme,
    );
  }

  /** Which curve is which, where there is more than one. */
  private showKey(curves: readonly DepthCurve[], { theme }: Model): void {
    replaceChildren(
      this.key,
      ...(curves.length < 2
        ? []
        : [...curves]
            .reverse()
            .map(({ label, style }) => h('span', { class: 'key' }, swatch(style, theme), label))),
    );
  }

  /** What is drawn, the main curve last. */
  private curves({ now, step, beside, forecast }: LoadedDepth, kind: AxisKind): readonly DepthCurve[] {
    const curve = (profile: Profile, label: string, hue: number): DepthCurve => ({
      label,
      values: profile.values,
      isLogged: (row) => profile.lines[row] !== 0,
      style: { hue, dash: hue % 4, width: 1.5 },
      isMain: hue === 0,
    });
    const expected: readonly DepthCurve[] =
      forecast === null
        ? []
        : [
            {
              label: FORECAST_NAME,
              values: forecast,
              isLogged: () => false,
              style: { hue: 3, dash: 2, width: 1.5 },
              isMain: false,
            },
          ];
    return [
      ...expected,
      ...beside.map((profile, at) => curve(profile, profile.label, at + 1)).reverse(),
      curve(now, placePhrase(step, kind), 0),
    ];
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
    const { now, beside } = loaded;
    const value = now.values[row]!;
    const expected = loaded.forecast?.[row] ?? Number.NaN;
    const kind = this.model?.snapshot.axis.kind ?? 'step';
    const parts = this.model?.snapshot.parts ?? [];
    replaceChildren(
      this.tooltip,
      h('div', { class: 'tooltip-head' }, labelOf(layer)),
      h('div', {}, now.lines[row] === 0 ? 'not logged yet' : formatValue(value)),
      ...beside.map(({ label, values, lines }) =>
        h(
          'div',
          {},
          lines[row] === 0
            ? `not logged: ${label}`
            : `${formatValue(values[row]!)}: ${label} (${formatFactor(values[row]! / value)})`,
        ),
      ),
      Number.isFinite(expected) && h('div', {}, `${formatValue(expected)} ${FORECAST_NAME}`),
      now.lines[row] !== 0 &&
        h(
          'div',
          { class: 'tooltip-note' },
          `Logged at ${placePhrase(now.steps[row]!, kind)}, ${linePhrase({ parts }, now.lines[row]!)}`,
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
      this.page.attempt(this.page.asking.request('reveal', { run: 0, line }));
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

/** The value of a select that asks instead of choosing. */
const CHOOSE = '\u0000choose';

function nameWidth(width: number): number {
  return Math.min(220, Math.round(width * 0.3));
}
