/** Icons of VS Code's own set, so that the page looks like the editor around it. */
import { h } from './dom';
import type { IconName } from './iconNames';

export type { IconName } from './iconNames';

/** Decoration: what it means stands beside it, or in the label of the button it is in. */
export function icon(name: IconName): HTMLElement {
  return h('span', { class: `codicon codicon-${name}`, 'aria-hidden': 'true' });
}

/** An icon and its word; the word may be hidden where there is little room, and stays the accessible name. */
export function iconText(name: IconName, text: string): readonly HTMLElement[] {
  return [icon(name), h('span', { class: 'icon-word' }, text)];
}
