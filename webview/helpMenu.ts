import { h } from './dom';
import { icon } from './icons';

const KEYS: readonly (readonly [string, string])[] = [
  ['Drag', 'zoom to the part'],
  ['Wheel', 'zoom (with Ctrl where the page scrolls)'],
  ['Shift + drag, Shift + wheel', 'move'],
  ['+  −  0', 'zoom in, out, whole run'],
  ['←  →', 'move'],
  [',  .', 'previous, next logged step'],
  ['↑  ↓', 'layer (heat map, depth profile)'],
  ['F or click on a name', 'fold a module, unfold it (heat map, depth profile)'],
  ['Enter or click', 'go to the line of the log'],
  ['C or double-click', 'go to the layer in the code (heat map)'],
];

/** What mouse and keys do in a picture. */
export function helpMenu(): HTMLElement {
  return h(
    'details',
    { class: 'menu' },
    h(
      'summary',
      { class: 'tool', 'aria-label': 'Keys and mouse', title: 'Keys and mouse' },
      icon('keyboard'),
    ),
    h(
      'dl',
      { class: 'menu-body help' },
      ...KEYS.flatMap(([key, action]) => [h('dt', {}, key), h('dd', {}, action)]),
    ),
  );
}
