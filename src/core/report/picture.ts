/** What the small pictures in hovers share: colours by theme, words, lines. SVG text, everything in it escaped. */
import { escapeXml } from './markdown';

export type PictureTheme = 'dark' | 'light' | 'high-contrast-dark' | 'high-contrast-light';

export interface Palette {
  readonly text: string;
  readonly axis: string;
  /** The first is for what matters. */
  readonly curves: readonly [string, string, string];
  readonly alarm: string;
}

/** A picture inside a hover cannot see the theme's variables, so each kind of theme has its own few colours. */
export const PALETTES: Readonly<Record<PictureTheme, Palette>> = {
  dark: { text: '#b4b4b4', axis: '#5a5a5a', curves: ['#4fb3ff', '#89d185', '#c586c0'], alarm: '#ff7b72' },
  light: { text: '#5f5f5f', axis: '#c4c4c4', curves: ['#0066bf', '#2e7d32', '#8b3fa0'], alarm: '#c62828' },
  'high-contrast-dark': {
    text: '#ffffff',
    axis: '#ffffff',
    curves: ['#6fc3ff', '#9dff9d', '#ff9dff'],
    alarm: '#ffb3ad',
  },
  'high-contrast-light': {
    text: '#000000',
    axis: '#000000',
    curves: ['#00408a', '#004d00', '#6a006a'],
    alarm: '#a30000',
  },
};

export const WIDTH = 340;
export const HEIGHT = 112;
/** Edges of the drawing area in pixels. */
export const PLOT = { left: 52, right: 332, top: 10, bottom: 76 } as const;

/** The whole picture around its parts. */
export function picture(parts: readonly string[]): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="system-ui, sans-serif" font-size="10">${parts.join('')}</svg>`;
}

/** The two axes. */
export function axes({ axis }: Palette): readonly string[] {
  return [
    `<path d="M${PLOT.left} ${PLOT.bottom}H${PLOT.right}" stroke="${axis}"/>`,
    `<path d="M${PLOT.left} ${PLOT.top}V${PLOT.bottom}" stroke="${axis}"/>`,
  ];
}

export interface Words {
  readonly words: string;
  readonly colour: string;
}

/** Words side by side, each in its colour. */
export function text(x: number, y: number, anchor: 'start' | 'end', ...parts: readonly Words[]): string {
  const spans = parts.map(({ words, colour }) => `<tspan fill="${colour}">${escapeXml(words)}</tspan>`);
  return `<text x="${x}" y="${y}" text-anchor="${anchor}">${spans.join('')}</text>`;
}

export function shorten(words: string, length: number): string {
  return words.length <= length ? words : `${words.slice(0, length - 1)}…`;
}
