/** Pictures as files: what is on the screen, drawn again into whatever the file holds. */
import type { Pen } from '../chart/pen';
import { h } from '../dom';
import type { Theme } from '../theme';
import { escapeXml, type PlainColor, SvgPen } from './svgPen';

/** Something that was drawn and can be drawn again. */
export interface Picture {
  readonly title: string;
  /** What it shows, in a sentence. */
  readonly sentence: string;
  /** CSS pixels. */
  readonly width: number;
  readonly height: number;
  draw(pen: Pen): void;
}

/** Room above each picture for its title, and around all of them. Pixels. */
const TITLE = 24;
const MARGIN = 12;
/** A picture for print and slides is looked at closely. */
const PNG_RATIO = 2;

interface Sheet {
  readonly width: number;
  readonly height: number;
  readonly tops: readonly number[];
}

function sheetOf(pictures: readonly Picture[]): Sheet {
  let height = MARGIN;
  const tops = pictures.map((picture) => {
    const top = height + TITLE;
    height = top + picture.height + MARGIN;
    return top;
  });
  return { width: Math.max(1, ...pictures.map(({ width }) => width)) + 2 * MARGIN, height, tops };
}

/** The pictures under one another, each with its title, as an SVG file. */
export function svgOf(pictures: readonly Picture[], theme: Theme, idPrefix = 'picture'): string {
  const ruler = h('canvas').getContext('2d');
  if (ruler === null) {
    throw new Error('This window cannot draw.');
  }
  const { width, height, tops } = sheetOf(pictures);
  const plain = plainColors(ruler);
  const size = Math.ceil(width);
  const parts = pictures.map((picture, at) => {
    const pen = new SvgPen(ruler, plain, `${idPrefix}-${at}`);
    picture.draw(pen);
    const top = tops[at] ?? 0;
    const font = `font-family="${escapeXml(theme.font)}" font-size="${theme.fontSize}" font-weight="600"`;
    return [
      `<text x="${MARGIN}" y="${top - 8}" ${font} fill="${plain(theme.foreground).rgb}">${escapeXml(picture.title)}</text>`,
      `<g transform="translate(${MARGIN} ${top})"><desc>${escapeXml(picture.sentence)}</desc>`,
      pen.content,
      '</g>',
    ].join('\n');
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${Math.ceil(height)}" viewBox="0 0 ${size} ${Math.ceil(height)}" role="img">`,
    `<title>${escapeXml(pictures.map(({ title }) => title).join(', '))}</title>`,
    `<rect width="100%" height="100%" fill="${plain(theme.background).rgb}"/>`,
    ...parts,
    '</svg>',
    '',
  ].join('\n');
}

/** The same as pixels. */
export function pngOf(pictures: readonly Picture[], theme: Theme): HTMLCanvasElement {
  const { width, height, tops } = sheetOf(pictures);
  const canvas = h('canvas', {
    width: Math.ceil(width * PNG_RATIO),
    height: Math.ceil(height * PNG_RATIO),
  });
  const context = canvas.getContext('2d');
  if (context === null) {
    throw new Error('This window cannot draw.');
  }
  context.scale(PNG_RATIO, PNG_RATIO);
  context.fillStyle = theme.background;
  context.fillRect(0, 0, width, height);
  pictures.forEach((picture, at) => {
    const top = tops[at] ?? 0;
    context.fillStyle = theme.foreground;
    context.font = `600 ${theme.fontSize}px ${theme.font}`;
    context.textAlign = 'left';
    context.textBaseline = 'alphabetic';
    context.fillText(picture.title, MARGIN, top - 8);
    context.save();
    context.translate(MARGIN, top);
    picture.draw(context);
    context.restore();
  });
  return canvas;
}

/** Asks the browser what a colour is: themes mix and derive theirs in ways that few programs read. */
function plainColors(context: CanvasRenderingContext2D): (color: string) => PlainColor {
  const known = new Map<string, PlainColor>();
  return (color) => {
    let plain = known.get(color);
    if (plain === undefined) {
      context.clearRect(0, 0, 1, 1);
      context.fillStyle = color;
      context.fillRect(0, 0, 1, 1);
      const [red = 0, green = 0, blue = 0, alpha = 255] = context.getImageData(0, 0, 1, 1).data;
      const hex = [red, green, blue].map((part) => part.toString(16).padStart(2, '0')).join('');
      plain = { rgb: `#${hex}`, alpha: Number((alpha / 255).toFixed(3)) };
      known.set(color, plain);
    }
    return plain;
  };
}
