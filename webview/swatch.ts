import type { LineStyle } from '../src/protocol/choose';
import { colorOf, dashOf } from './chart/paint';
import { svg } from './dom';
import type { Theme } from './theme';

/** A short sample of a line. Decoration: the name stands beside it. */
export function swatch(style: LineStyle, theme: Theme): SVGElement {
  return svg(
    'svg',
    { class: 'swatch', width: 22, height: 8, viewBox: '0 0 22 8', 'aria-hidden': 'true' },
    svg('line', {
      x1: 0,
      x2: 22,
      y1: 4,
      y2: 4,
      stroke: colorOf(style, theme),
      'stroke-width': style.width + 0.75,
      'stroke-dasharray': dashOf(style).join(' '),
    }),
  );
}
