import type { Memento } from 'vscode';
import type { WidthMemory } from './chartController';

const KEY = 'chartColumns';

/** Keeps the width of the charts over restarts of the editor, so that the first page can be foreseen as well. */
export function rememberedWidth(memento: Memento): WidthMemory {
  return {
    get columns() {
      return memento.get<number>(KEY);
    },
    set columns(columns) {
      if (columns !== memento.get<number>(KEY)) {
        void memento.update(KEY, columns);
      }
    },
  };
}
