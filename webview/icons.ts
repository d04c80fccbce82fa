/** Icons of VS Code's own set, so that the page looks like the editor around it. */
import { h } from './dom';

/** Names as in https://microsoft.github.io/vscode-codicons. */
export type IconName =
  | 'add'
  | 'arrow-swap'
  | 'book'
  | 'checklist'
  | 'chevron-down'
  | 'close'
  | 'debug-pause'
  | 'debug-stop'
  | 'debug-start'
  | 'diff'
  | 'export'
  | 'error'
  | 'filter'
  | 'git-compare'
  | 'go-to-file'
  | 'graph-line'
  | 'info'
  | 'layers'
  | 'lightbulb'
  | 'lightbulb-autofix'
  | 'list-flat'
  | 'list-ordered'
  | 'keyboard'
  | 'pinned'
  | 'question'
  | 'screen-full'
  | 'settings'
  | 'table'
  | 'warning'
  | 'wand'
  | 'zoom-out'
  | 'record'
  | 'loading';

/** Decoration: what it means stands beside it, or in the label of the button it is in. */
export function icon(name: IconName): HTMLElement {
  return h('span', { class: `codicon codicon-${name}`, 'aria-hidden': 'true' });
}

/** An icon and its word; the word may be hidden where there is little room, and stays the accessible name. */
export function iconText(name: IconName, text: string): readonly HTMLElement[] {
  return [icon(name), h('span', { class: 'icon-word' }, text)];
}
