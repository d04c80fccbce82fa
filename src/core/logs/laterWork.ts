import { finish, type Steps } from '../steps';

/** Work on one line that takes longer than an editor may wait: it is put off, and done in steps before the next line. */
export class LaterWork {
  private steps: Steps<void> | null = null;
  private isRunning = false;
  /** Somebody does what is put off, before anything else is asked of the parser. Otherwise nothing is put off. */
  awaited = false;

  /** Something is to be done before the next line. */
  get isPending(): boolean {
    return this.steps !== null;
  }

  /** Does this at once, or when it is asked for: until then the bytes of the line stay as they are. */
  put(steps: Steps<void>): void {
    this.settle();
    if (this.awaited && !this.isRunning) {
      this.steps = steps;
    } else {
      finish(steps);
    }
  }

  /** Does what was put off. */
  *doing(): Steps<void> {
    while (this.steps !== null) {
      this.isRunning = true;
      const { done } = this.steps.next();
      this.isRunning = false;
      if (done === true) {
        this.steps = null;
      } else {
        yield;
      }
    }
  }

  /** Does it at once; nothing while it is being done. */
  settle(): void {
    if (this.steps !== null && !this.isRunning) {
      finish(this.doing());
    }
  }
}
