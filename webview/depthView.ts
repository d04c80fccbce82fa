/** The norm by layer at one step, first layer at the top, with a slider over the steps and a second step beside it. */

import { inFindings, shownLayers } from '../src/protocol/choose';
import { fullRange } from '../src/protocol/range';
import { Changes } from './changes';
import type { DepthCurve } from './chart/depth';
import { ABOVE_ROWS, acrossOf, depthProjection, middleOf, paintDepth, RIGHT_OF_ROWS } from './chart/depth';
import type { Pen } from './chart/pen';
import type { Projection } from './chart/projection';
import { Surface } from './chart/surface';
import { DepthControls } from './depthControls';
import {
  changeTowardInput,
  type DepthWish,
  extentOf,
  type LoadedDepth,
  loadDepth,
  profileSentence,
} from './depthData';
import { curvesOf, type DepthRows, foldDepth } from './depthRows';
import { depthCsv, depthTable, rowLines } from './depthWords';
import { h, replaceChildren, setText } from './dom';
import { withLineKey } from './export/key';
import type { Picture } from './export/picture';
import { FoldSelect } from './foldSelect';
import { pictureName, toggledFold } from './folds';
import { forecastSentence } from './forecastCurve';
import { Latest } from './latest';
import { placePhrase } from './summary';
import { swatch } from './swatch';
import { TableToggle } from './tableToggle';
import type { Model, Page, View } from './view';

const LOWEST_ROW = 5;
const HIGHEST_ROW = 30;

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
      onblur: () => this.point(-1),
    },
    this.surface.canvas,
    this.tooltip,
  );
  private readonly scroller = h('div', { class: 'heat-scroll' }, this.plot);
  private readonly sentence = h('p', { class: 'sentence', role: 'status' });
  private readonly key = h('div', { class: 'depth-key' });
  private readonly numbers = new TableToggle('gradient norm by depth', () => this.draw());
  private readonly controls: DepthControls;
  private readonly folds: FoldSelect;
  readonly element: HTMLElement;
  private readonly latest: Latest<DepthWish, LoadedDepth>;
  private readonly changes = new Changes();
  private model: Model | undefined;
  private loaded: LoadedDepth | undefined;
  private depth: DepthRows | undefined;
  rowHeight = HIGHEST_ROW;
  private horizontal: Projection = depthProjection(0, 1, null);
  private row = -1;
  /** Of the picture as last drawn. Pixels. */
  private width = 0;

  constructor(private readonly page: Page) {
    this.controls = new DepthControls(page);
    this.folds = new FoldSelect(page.store);
    this.element = h(
      'section',
      { class: 'depth', 'aria-label': 'Depth profile' },
      h('header', {}, h('h2', {}, 'Gradient norm by depth'), this.sentence, this.numbers.button),
      this.controls.scrubber,
      h('div', { class: 'depth-options' }, ...this.controls.options, this.folds.element, this.key),
      this.scroller,
      this.numbers.table,
    );
    this.latest = new Latest(
      (wish) => loadDepth(page.asking, wish),
      (loaded) => {
        this.loaded = loaded;
        this.draw();
      },
      page.report,
    );
    this.plot.addEventListener('pointermove', (event) => {
      const box = this.plot.getBoundingClientRect();
      this.point(Math.floor((event.clientY - box.top - ABOVE_ROWS) / this.rowHeight));
      const isOnName = event.clientX - box.left < nameWidth(this.width);
      this.plot.classList.toggle('on-label', isOnName && this.foldsAfter() !== this.model?.state.folded);
    });
    this.plot.addEventListener('click', (event) => {
      const x = event.clientX - this.plot.getBoundingClientRect().left;
      if (x < nameWidth(this.width)) {
        this.fold();
      } else {
        this.reveal(this.depth?.now.lines[this.row] ?? 0);
      }
    });
    this.plot.addEventListener('keydown', (event) => this.onKey(event));
    new ResizeObserver(() => this.draw()).observe(this.scroller);
  }

  update(model: Model): void {
    this.model = model;
    this.controls.update(model, this.element.isConnected);
    const layers = shownLayers(model.snapshot, model.state);
    this.folds.update(layers, model.state.folded);
    if (layers.length > 0) {
      const { from, to } = fullRange(model.snapshot);
      const { depthReference, depthWindow } = model.state;
      this.latest.want({
        layers,
        epoch: model.snapshot.epoch,
        step: this.controls.step(),
        window: depthWindow * (to - from),
        reference: depthReference,
        referenceLabel: depthReference === null ? '' : placePhrase(depthReference, model.snapshot.axis.kind),
        other: this.controls.otherRun(model),
      });
    } else {
      this.loaded = undefined;
    }
    this.draw();
  }

  pictures(): readonly Picture[] {
    const { clientWidth: width, clientHeight: height } = this.plot;
    const { model } = this;
    const at = model === undefined ? '' : `, ${placePhrase(this.controls.step(), model.snapshot.axis.kind)}`;
    const picture = {
      title: `Gradient norm by depth${at}`,
      sentence: this.sentence.textContent ?? '',
      width,
      height,
      draw: (pen: Pen) => this.paint(pen),
    };
    const rows = this.arranged();
    return model === undefined || rows === undefined
      ? [picture]
      : [withLineKey(picture, keyOf(curvesOf(rows, model.snapshot.axis.kind)), null, model.theme)];
  }

  async settled(): Promise<void> {
    await this.latest.idle();
    this.draw();
  }

  csv(): string {
    return depthCsv(this.loaded);
  }

  /** What was loaded in rows as they are folded. */
  private arranged(): DepthRows | undefined {
    const { model, loaded } = this;
    if (model === undefined || loaded === undefined) {
      return undefined;
    }
    if (this.depth === undefined || this.changes.differ(loaded, model.state.folded)) {
      this.depth = foldDepth(loaded, model.state.folded);
    }
    return this.depth;
  }

  private draw(): void {
    const { model, loaded } = this;
    const depth = this.arranged();
    if (
      model === undefined ||
      loaded === undefined ||
      depth === undefined ||
      this.scroller.clientWidth === 0
    ) {
      setText(this.sentence, 'No layer to show: the log has no norms by layer, or none matches.');
      this.surface.begin(1, 1);
      return;
    }
    const count = depth.rows.length;
    const width = this.scroller.clientWidth;
    this.rowHeight = Math.min(
      HIGHEST_ROW,
      Math.max(LOWEST_ROW, (this.scroller.clientHeight - ABOVE_ROWS - 4) / count),
    );
    const height = ABOVE_ROWS + count * this.rowHeight + 2;
    this.plot.style.height = `${height}px`;
    this.scroller.style.maxHeight = `${HIGHEST_ROW * count + ABOVE_ROWS + 4}px`;
    this.width = width;
    const context = this.surface.begin(width, height);
    if (context === null) {
      return;
    }
    const { kind } = model.snapshot.axis;
    const curves = curvesOf(depth, kind);
    this.horizontal = depthProjection(
      nameWidth(width),
      width - RIGHT_OF_ROWS,
      extentOf(loaded.layers, curves),
    );
    this.paint(context);
    this.showKey(curves, model);
    const expected =
      loaded.forecast === null ? '' : forecastSentence(changeTowardInput(loaded.layers, loaded.forecast));
    const said = `${profileSentence(loaded.layers, loaded.now.values)}${expected === '' ? '' : `. ${expected}`}`;
    setText(this.sentence, said);
    this.surface.canvas.setAttribute('aria-label', said);
    this.numbers.update(() => depthTable(depth, model.snapshot, (line) => this.reveal(line)));
  }

  private paint(pen: Pen): void {
    const { model, depth, width } = this;
    if (model === undefined || depth === undefined) {
      return;
    }
    const { layers, rows } = depth;
    const found = inFindings(model.snapshot);
    paintDepth(
      pen,
      {
        names: rows.map(pictureName),
        isMarked: (row) => rows[row]?.members.some((member) => found.has(layers[member]?.id ?? -1)) === true,
        row: this.row,
        rowHeight: this.rowHeight,
        left: nameWidth(width),
        width,
        height: ABOVE_ROWS + rows.length * this.rowHeight + 2,
        curves: curvesOf(depth, model.snapshot.axis.kind),
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

  private point(row: number): void {
    const { depth, model } = this;
    const isShown = model !== undefined && depth !== undefined && depth.rows[row] !== undefined;
    this.row = isShown ? row : -1;
    this.tooltip.hidden = !isShown;
    this.draw();
    if (!isShown) {
      return;
    }
    replaceChildren(this.tooltip, ...rowLines(depth, row, model.snapshot));
    const box = this.tooltip.getBoundingClientRect();
    const y = middleOf(this, row) + 12;
    const under = y + box.height < this.plot.clientHeight ? y : Math.max(0, y - box.height - 24);
    const right = this.plot.clientWidth - box.width - 8;
    const isDotRight = acrossOf(this.horizontal, depth.now.values[row]!) > right - 20;
    const across = Math.max(0, Math.min(right, isDotRight ? nameWidth(this.plot.clientWidth) : right));
    this.tooltip.style.transform = `translate(${across}px, ${under}px)`;
  }

  private reveal(line: number): void {
    if (line > 0) {
      this.page.attempt(this.page.asking.request('reveal', { run: 0, line }));
    }
  }

  private fold(): void {
    this.page.store.set({ folded: this.foldsAfter() });
    this.point(-1);
  }

  /** The folds with the row pointed at folded or unfolded. */
  private foldsAfter(): readonly string[] {
    const { model, depth, row } = this;
    const of = depth?.rows[row];
    const folded = model?.state.folded ?? [];
    return depth === undefined || of === undefined ? folded : toggledFold(depth.layers, folded, of);
  }

  private onKey(event: KeyboardEvent): void {
    const rows = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (rows !== 0) {
      event.preventDefault();
      this.point(Math.min((this.depth?.rows.length ?? 1) - 1, Math.max(0, this.row + rows)));
    } else if (event.key === 'Enter') {
      this.reveal(this.depth?.now.lines[this.row] ?? 0);
    } else if (event.key === 'f' && !event.ctrlKey && !event.metaKey) {
      this.fold();
    }
  }
}

function nameWidth(width: number): number {
  return Math.min(220, Math.round(width * 0.3));
}

/** Names of the curves, the main one first. */
function keyOf(curves: readonly DepthCurve[]): Parameters<typeof withLineKey>[1] {
  return [...curves].reverse().map(({ label, style }) => ({ name: label, style }));
}
