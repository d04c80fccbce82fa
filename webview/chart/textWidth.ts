/** The font of labels in pictures, and how wide it sets a text. */
import type { Theme } from '../theme';

/** Texts are few and come again in every frame. */
const MOST_KNOWN = 500;

const known = new Map<string, number>();
let ruler: CanvasRenderingContext2D | null | undefined;

export function smallFont({ font, fontSize }: Pick<Theme, 'font' | 'fontSize'>): string {
  return `${Math.max(10, fontSize - 2)}px ${font}`;
}

/** Pixels. */
export function textWidth(text: string, font: string): number {
  const key = `${font}\n${text}`;
  let width = known.get(key);
  if (width === undefined) {
    if (known.size >= MOST_KNOWN) {
      known.clear();
    }
    ruler ??= document.createElement('canvas').getContext('2d');
    if (ruler !== null && ruler.font !== font) {
      ruler.font = font;
    }
    width = ruler?.measureText(text).width ?? 0;
    known.set(key, width);
  }
  return width;
}
