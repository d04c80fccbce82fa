/** Work that is cut into steps of a few milliseconds, between which others may work. */
export type Steps<T> = Generator<void, T>;

/** How long work may go on before others get their turn. */
const SLICE_MS = 3;

/** Does all of it at once. */
export function finish<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) {
      return value;
    }
  }
}

/** A stretch of work between two times when others work. */
export class Turn {
  private began = performance.now();

  /** @param breathe lets others work; absent when nobody waits */
  constructor(private readonly breathe?: () => Promise<void>) {}

  /** Its time is used up. */
  get isOver(): boolean {
    return this.breathe !== undefined && performance.now() - this.began >= SLICE_MS;
  }

  /** Would be over before `milliseconds` more. */
  endsWithin(milliseconds: number): boolean {
    return this.breathe !== undefined && performance.now() - this.began + milliseconds >= SLICE_MS;
  }

  /** Lets others work, and begins the next. */
  async end(): Promise<void> {
    await this.breathe?.();
    this.began = performance.now();
  }

  /** Does all of it, others in between. */
  async spendOn<T>(steps: Steps<T>): Promise<T> {
    for (;;) {
      const { done, value } = steps.next();
      if (done === true) {
        return value;
      }
      if (this.isOver) {
        await this.end();
      }
    }
  }
}

/** Does all of it, and awaits `breathe` whenever a slice of time is used up. */
export function inSlices<T>(steps: Steps<T>, breathe?: () => Promise<void>): Promise<T> {
  return new Turn(breathe).spendOn(steps);
}
