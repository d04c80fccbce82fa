/** Saves what is shown. */
import { h } from './dom';
import type { Page } from './view';

export class ExportMenu {
  readonly element = h(
    'button',
    { type: 'button', class: 'tool', title: 'Save the picture as PNG', onclick: () => this.savePicture() },
    'Save PNG',
  );

  constructor(
    private readonly page: Page,
    private readonly pictures: () => readonly HTMLCanvasElement[],
  ) {}

  private savePicture(): void {
    const canvas = stack(this.pictures(), getComputedStyle(document.body).backgroundColor);
    canvas.toBlob((blob) => {
      if (blob !== null) {
        this.page.attempt(
          blob
            .arrayBuffer()
            .then((bytes) => this.page.asking.request('save', { name: 'gradients.png', bytes })),
        );
      }
    });
  }
}

/** Pictures under one another on the page's background. */
function stack(pictures: readonly HTMLCanvasElement[], background: string): HTMLCanvasElement {
  const canvas = h('canvas', {
    width: Math.max(1, ...pictures.map(({ width }) => width)),
    height: Math.max(
      1,
      pictures.reduce((sum, { height }) => sum + height, 0),
    ),
  });
  const context = canvas.getContext('2d');
  if (context !== null) {
    context.fillStyle = background;
    context.fillRect(0, 0, canvas.width, canvas.height);
    let top = 0;
    for (const picture of pictures) {
      context.drawImage(picture, 0, top);
      top += picture.height;
    }
  }
  return canvas;
}
