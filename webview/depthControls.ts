/** Which step, which average and which other profiles the depth profile shows. */

import { fullRange, type Range } from '../src/protocol/range';
import { type ComparedRun, comparedRuns } from './compare';
import { lastFinite } from './depthData';
import { h, replaceChildren, setText } from './dom';
import { iconText } from './icons';
import { Player } from './player';
import { capital, isCounted, placePhrase } from './summary';
import type { Model, Page } from './view';

/** Shares of the axis over which the profile may be averaged. */
const WINDOWS = [
  { share: 0, title: 'At one step' },
  { share: 0.02, title: 'Median of 2 % around' },
  { share: 0.1, title: 'Median of 10 % around' },
  { share: 2, title: 'Median of the whole run' },
] as const;

/** The value of a select that asks instead of choosing. */
const CHOOSE = '\u0000choose';

export class DepthControls {
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
  private readonly compare = h('button', {
    type: 'button',
    class: 'tool',
    title: 'Keep the profile of this step beside the others',
    onclick: () => {
      const { depthReference } = this.page.store.current;
      this.page.store.set({ depthReference: depthReference === null ? this.step() : null });
    },
  });
  readonly scrubber = h('div', { class: 'scrubber' }, this.player.button, this.slider, this.readout);
  readonly options: readonly HTMLElement[] = [this.window, this.compare, this.other];
  private model: Model | undefined;
  private shownRuns = '';

  constructor(private readonly page: Page) {}

  update(model: Model, isShown: boolean): void {
    this.model = model;
    const { from, to } = fullRange(model.snapshot);
    const { kind } = model.snapshot.axis;
    const step = this.step();
    this.slider.min = String(from);
    this.slider.max = String(to);
    this.slider.step = isCounted(kind) ? '1' : 'any';
    this.slider.value = String(step);
    this.slider.setAttribute('aria-valuetext', placePhrase(step, kind));
    setText(this.readout, capital(placePhrase(step, kind)));
    const { depthReference, depthWindow } = model.state;
    const pin =
      depthReference === null ? 'Keep this step beside' : `Without ${placePhrase(depthReference, kind)}`;
    if (this.compare.textContent !== pin) {
      replaceChildren(this.compare, ...iconText(depthReference === null ? 'pinned' : 'close', pin));
    }
    this.compare.setAttribute('aria-pressed', String(depthReference !== null));
    this.window.value = String(depthWindow);
    this.showRuns(model);
    if (!isShown) {
      this.player.stop();
    }
  }

  /** The step chosen, else where the finding looked at is, else the last at which there is something to see. */
  step(): number {
    const { model } = this;
    if (model === undefined) {
      return 0;
    }
    const { from, to } = fullRange(model.snapshot);
    const finding = model.snapshot.findings[model.state.finding ?? -1];
    const wanted = model.state.depthStep ?? finding?.step ?? lastFinite(model.snapshot, to);
    // Playing moves by shares of the run; a step has no fractions.
    return isCounted(model.snapshot.axis.kind)
      ? Math.min(Math.floor(to), Math.max(Math.ceil(from), Math.round(wanted)))
      : Math.min(to, Math.max(from, wanted));
  }

  /** The run chosen to be beside this one, where it is open. */
  otherRun({ snapshot, state }: Model): ComparedRun | null {
    return comparedRuns(snapshot).find(({ index, run }) => index > 0 && run.uri === state.depthRun) ?? null;
  }

  private goTo(step: number): void {
    this.page.store.set({ depthStep: step });
  }

  private whole(): Range {
    return this.model === undefined ? { from: 0, to: 1 } : fullRange(this.model.snapshot);
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
}
