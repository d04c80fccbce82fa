/** The box beside the pointer. Also announced, politely, when the keyboard moves it. */

import { labelOf, shortLabels } from '../../src/protocol/choose';
import type { SeriesInfo } from '../../src/protocol/messages';
import { h, replaceChildren } from '../dom';
import { formatStep, formatValue } from '../format';
import { capital, linePhrase, placePhrase } from '../summary';
import { swatch } from '../swatch';
import type { Theme } from '../theme';
import type { Hovered } from './hover';
import type { PaneModel } from './pane';

const MOST_ROWS = 10;

export class Tooltip {
  readonly element = h('div', { class: 'tooltip', role: 'status', 'aria-live': 'polite', hidden: true });

  show(
    hovered: Hovered,
    { axis, parts }: Pick<PaneModel, 'axis' | 'parts'>,
    restSeries: number,
    theme: Theme,
    place: { x: number; y: number; width: number },
  ): void {
    const { nearest } = hovered;
    const first = Math.max(0, nearest === undefined ? 0 : hovered.points.indexOf(nearest) - MOST_ROWS + 3);
    const shown = hovered.points.slice(first, first + MOST_ROWS);
    const left = hovered.points.length - shown.length;
    const names = namesOf(shown.map(({ line }) => line.series));
    replaceChildren(
      this.element,
      h('div', { class: 'tooltip-head' }, capital(placePhrase(hovered.step, axis))),
      h(
        'table',
        {},
        h(
          'tbody',
          {},
          ...shown.map((point, at) =>
            h(
              'tr',
              { class: point === nearest ? 'nearest' : '' },
              h('td', {}, swatch(point.line.style, theme)),
              h('td', { class: 'name' }, names[at] ?? ''),
              h('td', { class: 'value' }, formatValue(point.value)),
            ),
          ),
          hovered.band !== null &&
            h(
              'tr',
              {},
              h('td', {}, h('span', { class: 'swatch-band' })),
              h('td', { class: 'name' }, `${formatStep(restSeries)} others`),
              h(
                'td',
                { class: 'value' },
                `${formatValue(hovered.band.low)} – ${formatValue(hovered.band.high)}`,
              ),
            ),
        ),
      ),
      left > 0 && h('div', { class: 'tooltip-note' }, `and ${left} more`),
      nearest !== undefined &&
        h(
          'div',
          { class: 'tooltip-note' },
          `${capital(linePhrase({ parts }, nearest.logLine))}: click to go there`,
        ),
    );
    this.element.hidden = false;
    this.place(place);
  }

  hide(): void {
    this.element.hidden = true;
  }

  /** Beside the pointer, on the side with more room, never outside. */
  private place({ x, y, width }: { x: number; y: number; width: number }): void {
    const box = this.element.getBoundingClientRect();
    const right = x + 16;
    const left = x - box.width - 16;
    const at = right + box.width <= width ? right : Math.max(0, left >= 0 ? left : width - box.width);
    // The page must not grow for a box that goes with the pointer.
    const plotTop = this.element.parentElement?.getBoundingClientRect().top ?? 0;
    const lowest = window.innerHeight - plotTop - box.height - 8;
    const down = Math.max(-plotTop, Math.min(y, lowest));
    this.element.style.transform = `translate(${Math.round(at)}px, ${Math.round(down)}px)`;
  }
}

/** Puts a box beside a cell of a picture, on the side with room, never outside of the picture. */
export function placeBeside(
  tooltip: HTMLElement,
  plot: HTMLElement,
  { x, y, height }: { readonly x: number; readonly y: number; readonly height: number },
): void {
  const box = tooltip.getBoundingClientRect();
  const beside = x + 14 + box.width < plot.clientWidth ? x + 14 : Math.max(0, x - box.width - 14);
  const under = y + height + 8;
  const down = under + box.height < plot.clientHeight ? under : Math.max(0, y - box.height - 8);
  tooltip.style.transform = `translate(${beside}px, ${down}px)`;
}

/** Parameters without the path they share, the whole model's norm by its own name. */
function namesOf(series: readonly SeriesInfo[]): readonly string[] {
  const parameters = series.filter(({ parameter }) => parameter !== null).map(labelOf);
  const short = parameters.length > 1 ? shortLabels(parameters) : parameters;
  const shortOf = new Map(parameters.map((label, at) => [label, short[at] ?? label]));
  return series.map((one) => (one.parameter === null ? labelOf(one) : (shortOf.get(labelOf(one)) ?? '')));
}
