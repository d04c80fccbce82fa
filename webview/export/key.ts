/** What the looks of a picture mean, drawn below it in a file: the legend beside it on the page does not go along. */

import type { LineStyle } from '../../src/protocol/choose';
import { cssColor, parseColor } from '../chart/colorMap';
import { colorOfPosition, type HeatScale } from '../chart/heat';
import { colorOf, dashOf } from '../chart/paint';
import type { Pen } from '../chart/pen';
import { fitText } from '../chart/surface';
import { smallFont, textWidth } from '../chart/textWidth';
import { formatFactor, formatValue } from '../format';
import type { Theme } from '../theme';
import type { Picture } from './picture';

/** Pixels. */
const ROW = 18;
const SWATCH = 22;
const GAP = 6;
const APART = 16;
const RAMP = 160;
/** Steps of the colour ramp: more are not told apart. */
const SHADES = 40;

interface Entry {
  readonly name: string;
  /** Width of what stands before the name. */
  readonly width: number;
  /** Draws that, from a left edge around a middle. */
  sign(pen: Pen, x: number, y: number): void;
}

/** The picture with the names of its lines below; as it is where a single line needs none. */
export function withLineKey(
  picture: Picture,
  lines: readonly { readonly name: string; readonly style: LineStyle }[],
  band: string | null,
  theme: Theme,
): Picture {
  const entries = lines.map(
    ({ name, style }): Entry => ({
      name,
      width: SWATCH,
      sign: (pen, x, y) => {
        pen.strokeStyle = colorOf(style, theme);
        pen.lineWidth = style.width + 0.75;
        pen.setLineDash([...dashOf(style)]);
        pen.beginPath();
        pen.moveTo(x, y);
        pen.lineTo(x + SWATCH, y);
        pen.stroke();
        pen.setLineDash([]);
      },
    }),
  );
  const all = band === null ? entries : [...entries, boxEntry(band, theme.foreground, 0.25)];
  return all.length < 2 ? picture : withEntries(picture, all, theme);
}

/** The picture of a heat map with what its colours stand for below. */
export function withHeatKey(picture: Picture, scale: HeatScale, theme: Theme): Picture {
  const neutral = parseColor(theme.background);
  const { low, high } = scale;
  const say = (position: number) => {
    const value = Number((10 ** position).toPrecision(2));
    return scale.mode === 'norm' ? formatValue(value) : formatFactor(value);
  };
  const ramp: Entry = {
    name: `${say(low)} to ${say(high)}${scale.mode === 'norm' ? '' : ' the median of the row'}`,
    width: RAMP,
    sign: (pen, x, y) => {
      for (let at = 0; at < SHADES; at++) {
        pen.fillStyle = cssColor(colorOfPosition(scale, low + (at / (SHADES - 1)) * (high - low), neutral));
        pen.fillRect(x + (at * RAMP) / SHADES, y - 5, RAMP / SHADES + 0.5, 10);
      }
    },
  };
  return withEntries(picture, [ramp, boxEntry('NaN or ∞', theme.severity.error, 1)], theme);
}

function boxEntry(name: string, color: string, alpha: number): Entry {
  return {
    name,
    width: SWATCH,
    sign: (pen, x, y) => {
      pen.fillStyle = color;
      pen.globalAlpha = alpha;
      pen.fillRect(x, y - 4, SWATCH, 8);
      pen.globalAlpha = 1;
    },
  };
}

function withEntries(picture: Picture, entries: readonly Entry[], theme: Theme): Picture {
  const font = smallFont(theme);
  let x = 0;
  let row = 0;
  const places = entries.map((entry) => {
    const width = entry.width + GAP + textWidth(entry.name, font);
    if (x > 0 && x + width > picture.width) {
      x = 0;
      row++;
    }
    const place = { x, y: picture.height + (row + 0.5) * ROW };
    x += width + APART;
    return place;
  });
  return {
    ...picture,
    height: picture.height + (row + 1) * ROW,
    draw: (pen) => {
      picture.draw(pen);
      entries.forEach((entry, at) => {
        const { x: left, y } = places[at]!;
        entry.sign(pen, left, y);
        pen.font = font;
        pen.fillStyle = theme.foreground;
        pen.textAlign = 'left';
        pen.textBaseline = 'middle';
        const start = left + entry.width + GAP;
        pen.fillText(fitText(pen, entry.name, picture.width - start), start, y);
      });
    },
  };
}
