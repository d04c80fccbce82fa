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

/** Does all of it, and awaits `breathe` whenever a slice of time is used up. */
export async function inSlices<T>(steps: Steps<T>, breathe?: () => Promise<void>): Promise<T> {
  if (breathe === undefined) {
    return finish(steps);
  }
  for (let began = performance.now(); ; ) {
    const { done, value } = steps.next();
    if (done === true) {
      return value;
    }
    if (performance.now() - began >= SLICE_MS) {
      await breathe();
      began = performance.now();
    }
  }
}
