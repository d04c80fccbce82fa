/** Anything that must be let go. */
export interface Disposes {
  dispose(): unknown;
}

/** Owns what is added to it; the last added goes first. Added after the end: disposed at once. */
export class DisposableStore {
  private readonly owned: Disposes[] = [];
  private ended = false;

  get isDisposed(): boolean {
    return this.ended;
  }

  add<T extends Disposes>(item: T): T {
    if (this.ended) {
      item.dispose();
    } else {
      this.owned.push(item);
    }
    return item;
  }

  dispose(): void {
    this.ended = true;
    for (let item = this.owned.pop(); item !== undefined; item = this.owned.pop()) {
      item.dispose();
    }
  }
}
