import { h } from './dom';
import type { Model, Page, View } from './view';

export class DepthView implements View {
  readonly element = h('div', { class: 'depth' });

  constructor(readonly page: Page) {}

  update(_model: Model): void {}

  pictures(): readonly HTMLCanvasElement[] {
    return [];
  }
}
