/** Chooses how far parameters are folded into their modules. */
import type { SeriesInfo } from '../src/protocol/messages';
import { Changes } from './changes';
import { h } from './dom';
import { type FoldLevel, foldLevels } from './folds';
import type { Store } from './state';

const EVERY = 'every';
const SOME = 'some';

export class FoldSelect {
  readonly element = h('select', {
    'aria-label': 'Rows',
    title: 'Parameters, or modules folded into one row each; F, or a click on a name, folds a single module',
    onchange: () => this.choose(),
  });
  private levels: readonly FoldLevel[] = [];
  private readonly changes = new Changes();

  constructor(private readonly store: Store) {}

  update(layers: readonly SeriesInfo[], folded: readonly string[]): void {
    if (!this.changes.differ(layers.map(({ id }) => id).join(), folded)) {
      return;
    }
    this.levels = foldLevels(layers);
    this.element.hidden = this.levels.length === 0 && folded.length === 0;
    const level = this.levels.findIndex((one) => isSame(one.folded, folded));
    const isEvery = folded.length === 0;
    this.element.replaceChildren(
      h('option', { value: EVERY }, 'Every parameter'),
      ...this.levels.map(({ rows, example }, at) =>
        h('option', { value: at }, `${rows} rows, as ${shortened(example)}`),
      ),
    );
    if (!isEvery && level < 0) {
      this.element.append(h('option', { value: SOME }, 'Some folded'));
    }
    this.element.value = isEvery ? EVERY : level < 0 ? SOME : String(level);
  }

  private choose(): void {
    const { value } = this.element;
    if (value !== SOME) {
      this.store.set({ folded: value === EVERY ? [] : (this.levels[Number(value)]?.folded ?? []) });
    }
  }
}

/** The end of a path tells modules apart. */
function shortened(path: string): string {
  return path.length <= 24 ? path : `…${path.slice(-23)}`;
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((path) => b.includes(path));
}
