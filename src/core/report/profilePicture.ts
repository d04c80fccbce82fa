/** A small picture of the gradient norm by layer: what decays or grows with depth is seen at once. */
import { formatNumber } from './number';
import { axes, HEIGHT, PALETTES, type PictureTheme, PLOT, picture, shorten, text } from './picture';

export interface ProfileOptions {
  readonly theme: PictureTheme;
  /** Names of the first and the last layer, untrusted. */
  readonly first: string;
  readonly last: string;
}

/** Widest bar, so that three layers do not fill the picture. */
const WIDEST_BAR = 18;
/** Smallest height of a bar: the lowest layer is seen too. */
const LEAST_HEIGHT = 2;
const NAME_LENGTH = 24;

/**
 * One bar a layer, input first, on a logarithmic axis.
 * @param norms zero: a layer without gradient, drawn as an empty place; NaN and infinities too
 * @returns an empty string when fewer than two layers have a norm
 */
export function profilePicture(norms: readonly number[], options: ProfileOptions): string {
  const known = norms.filter(isDrawn);
  if (known.length < 2) {
    return '';
  }
  const palette = PALETTES[options.theme];
  const [low, high] = [Math.log10(Math.min(...known)), Math.log10(Math.max(...known))];
  const pitch = (PLOT.right - PLOT.left) / norms.length;
  const width = Math.max(0.5, Math.min(WIDEST_BAR, pitch * 0.75));
  const room = PLOT.bottom - PLOT.top - LEAST_HEIGHT;
  const bars = norms.map((norm, index) => {
    if (!isDrawn(norm)) {
      return '';
    }
    const share = high > low ? (Math.log10(norm) - low) / (high - low) : 1;
    const height = LEAST_HEIGHT + share * room;
    const left = PLOT.left + index * pitch + (pitch - width) / 2;
    return `M${left.toFixed(1)} ${PLOT.bottom}v-${height.toFixed(1)}h${width.toFixed(1)}v${height.toFixed(1)}z`;
  });
  const mark = (words: string) => ({ words, colour: palette.text });
  return picture([
    `<path d="${bars.join('')}" fill="${palette.curves[0]}"/>`,
    ...axes(palette),
    text(PLOT.left - 4, PLOT.top + 4, 'end', mark(formatNumber(10 ** high))),
    text(PLOT.left - 4, PLOT.bottom, 'end', mark(formatNumber(10 ** low))),
    text(PLOT.left, PLOT.bottom + 13, 'start', mark(shorten(options.first, NAME_LENGTH))),
    text(PLOT.right, PLOT.bottom + 13, 'end', mark(shorten(options.last, NAME_LENGTH))),
    text(PLOT.left, HEIGHT - 6, 'start', mark('norm by layer, input first (log axis)')),
  ]);
}

function isDrawn(norm: number): boolean {
  return Number.isFinite(norm) && norm > 0;
}
