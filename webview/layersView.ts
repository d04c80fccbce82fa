import { h } from './dom';
import type { Model, Page, View } from './view';

export class LayersView implements View {
  readonly element = h('div', { class: 'layers' });

  constructor(readonly page: Page) {}

  update(_model: Model): void {}

  pictures(): readonly HTMLCanvasElement[] {
    return [];
  }
}
