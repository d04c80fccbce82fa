/** What clipping at some norm would have done to the logged steps: a slider, a sentence, a line in the picture. */

import { seriesOfPane } from '../src/protocol/choose';
import type { Params, Result, SeriesInfo, Snapshot } from '../src/protocol/messages';
import { h } from './dom';
import { formatCount, formatValue } from './format';
import { Latest } from './latest';
import type { Model, Page } from './view';

/** Positions of the slider: fine enough for two digits over many decades. */
const POSITIONS = 1000;

export class ClipSimulator {
  private readonly slider = h('input', {
    type: 'range',
    min: 0,
    max: POSITIONS,
    'aria-label': 'Maximum norm',
    oninput: () => this.choose(),
  });
  private readonly sentence = h('p', { role: 'status' });
  private readonly write = h(
    'button',
    {
      type: 'button',
      class: 'link',
      title: 'Writes the clip at this bound between backward() and step(); undo with Ctrl+Z there',
      onclick: () => this.apply(),
    },
    'Clip in my code',
  );
  private readonly copy = h(
    'button',
    {
      type: 'button',
      class: 'link',
      title: 'Copies the call that goes between backward() and step()',
      onclick: () => this.copyCall(),
    },
    'Copy the call',
  );
  readonly element = h(
    'section',
    { class: 'clip', 'aria-label': 'Clip simulator', hidden: true },
    h('label', {}, 'Clip the norm at', this.slider),
    this.sentence,
    this.write,
    this.copy,
  );
  private readonly latest: Latest<Params<'share-above'>, Result<'share-above'>>;
  private model: Model | undefined;

  constructor(private readonly page: Page) {
    this.latest = new Latest(
      (params) => page.asking.request('share-above', params),
      (result, { threshold }) => this.say(result, threshold),
      page.report,
    );
  }

  update(model: Model): void {
    this.model = model;
    const { snapshot, state } = model;
    const series = wholeNorm(snapshot);
    this.element.hidden = state.clip === null || series === undefined;
    if (state.clip !== null && series !== undefined) {
      if (document.activeElement !== this.slider) {
        this.slider.value = String(positionOf(state.clip, series));
      }
      this.slider.setAttribute('aria-valuetext', formatValue(state.clip));
      this.latest.want({ run: 0, series: series.id, epoch: snapshot.epoch, threshold: state.clip });
    }
  }

  private choose(): void {
    const series = this.model === undefined ? undefined : wholeNorm(this.model.snapshot);
    if (series !== undefined) {
      const { low, high } = bounds(series);
      const share = Number(this.slider.value) / POSITIONS;
      this.page.store.set({ clip: Number((10 ** (low + share * (high - low))).toPrecision(2)) });
    }
  }

  private say({ above, points }: Result<'share-above'>, threshold: number): void {
    const share = points === 0 ? 0 : (100 * above) / points;
    const percent = share > 0 && share < 0.1 ? 'less than 0.1' : share.toFixed(share < 10 ? 1 : 0);
    const isAfter = this.model?.snapshot.findings.some(({ rule }) => rule === 'norm-after-clipping') === true;
    this.sentence.textContent = `${formatValue(threshold)}: ${percent} % of ${formatCount(points, 'logged step')} would have been clipped${
      isAfter ? '. The logged norm looks clipped already, so the true share is higher' : ''
    }.`;
  }

  private apply(): void {
    const bound = this.model?.state.clip ?? null;
    if (bound !== null) {
      this.page.attempt(this.page.asking.request('apply-clip', { bound }));
    }
  }

  private copyCall(): void {
    const clip = this.model?.state.clip ?? null;
    if (clip !== null) {
      const call = `torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm=${clip})`;
      this.page.attempt(navigator.clipboard.writeText(call));
    }
  }
}

/** Norm of the whole model's gradient; undefined when it was not logged or is never positive. */
export function wholeNorm(snapshot: Snapshot): SeriesInfo | undefined {
  return seriesOfPane(snapshot, 'norms').find(
    ({ parameter, split, smallestPositive }) =>
      parameter === null && split === 'train' && smallestPositive !== null,
  );
}

/**
 * Where the slider starts. Beside a finding that names the run's usual norm, that norm: a bound above it does
 * nothing most of the time. Else the middle of the logged norms in powers of ten, which clips the spikes only.
 */
export function firstClip(series: SeriesInfo, findings: Snapshot['findings']): number {
  const { low, high } = bounds(series);
  const usual = findings
    .map(({ evidence }) => evidence.baseline)
    .find((baseline) => typeof baseline === 'number' && baseline > 0);
  return Number((typeof usual === 'number' ? usual : 10 ** ((low + high) / 2)).toPrecision(2));
}

function bounds(series: SeriesInfo): { low: number; high: number } {
  const low = Math.log10(series.smallestPositive ?? 0.1);
  return { low, high: Math.max(low + 0.1, Math.log10(series.max ?? 1)) };
}

function positionOf(clip: number, series: SeriesInfo): number {
  const { low, high } = bounds(series);
  return Math.round(((Math.log10(clip) - low) / (high - low)) * POSITIONS);
}
