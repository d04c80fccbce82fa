import type { Frame } from 'playwright-core';
import type { Workbench } from './workbench';

/** Waits until the chart page in the window has drawn its curves; returns its frame. */
export async function drawnCharts(workbench: Workbench): Promise<Frame> {
  const frame = await workbench.webview('#page .plot canvas');
  await workbench.until('drawn curves', () => isDrawn(frame));
  return frame;
}

/** Has every canvas in view at least two colours besides the background? A page without a canvas is not drawn. */
async function isDrawn(frame: Frame): Promise<boolean> {
  const colours = await frame.locator('.plot canvas').evaluateAll((canvases) =>
    canvases
      .filter(
        (canvas): canvas is HTMLCanvasElement => canvas instanceof HTMLCanvasElement && canvas.width > 0,
      )
      .map((canvas) => {
        const pixels = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data;
        const seen = new Set<number>();
        const words = new Uint32Array(pixels?.buffer ?? new ArrayBuffer(0));
        for (let i = 0; i < words.length && seen.size < 8; i += 7) {
          seen.add(words[i] as number);
        }
        return seen.size;
      }),
  );
  return colours.length > 0 && colours.every((count) => count >= 3);
}
