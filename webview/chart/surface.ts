import { shortLabels } from '../../src/protocol/choose';
import { h } from '../dom';
import type { Pen } from './pen';

/** A canvas drawn by hand, sharp on every screen. */
export class Surface {
  readonly canvas = h('canvas', { role: 'img' });

  /** Gives it this size in CSS pixels and clears it. Null only where canvases do not work at all. */
  begin(width: number, height: number): CanvasRenderingContext2D | null {
    const ratio = window.devicePixelRatio || 1;
    const { canvas } = this;
    const inPixels = {
      width: Math.max(1, Math.round(width * ratio)),
      height: Math.max(1, Math.round(height * ratio)),
    };
    // A canvas that gets a size gets new memory, even if it is the old size.
    if (canvas.width !== inPixels.width || canvas.height !== inPixels.height) {
      Object.assign(canvas, inPixels);
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
    }
    const context = canvas.getContext('2d');
    context?.reset();
    context?.scale(ratio, ratio);
    return context;
  }
}

/** The names themselves, or the short ones where some name is wider than there is room. */
export function fitLabels(context: Pen, labels: readonly string[], width: number): readonly string[] {
  return labels.every((label) => context.measureText(label).width <= width) ? labels : shortLabels(labels);
}

/** As much of the start and end of a text as fits: parameter names differ at both ends. */
export function fitText(context: Pen, text: string, width: number): string {
  if (context.measureText(text).width <= width) {
    return text;
  }
  let low = 0;
  let high = text.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (context.measureText(shortened(text, middle)).width <= width) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return shortened(text, low);
}

function shortened(text: string, length: number): string {
  const end = Math.floor(length / 2);
  return `${text.slice(0, length - end)}…${end > 0 ? text.slice(-end) : ''}`;
}
