/** A writer that flushes every line must not make us read every line on its own; what is new shows within a second. */
const SHORTEST_PAUSE_MS = 200;
const PAUSE_PER_LOG_MS = 25;
const LONGEST_PAUSE_MS = 500;

/** Decides when a log is looked at again: never twice at once, and with a pause between two looks. */
export class Pacer {
  private running = false;
  private again = false;
  private disposed = false;
  private pause: NodeJS.Timeout | undefined;
  private pauseEndsAt = Number.POSITIVE_INFINITY;
  private lastEndedAt = Number.NEGATIVE_INFINITY;

  /**
   * @param round looks at the log; must not reject
   * @param nextRoundAt when to look again though nothing is known to have changed: infinite for never
   * @param company how many logs are looked at, this one included: they share what there is time for
   */
  constructor(
    private readonly round: () => Promise<void>,
    private readonly nextRoundAt: () => number,
    private readonly company: () => number,
  ) {}

  /** Looks at once, or once more after the look that is under way. */
  now(): void {
    if (this.disposed) {
      return;
    }
    if (this.running) {
      this.again = true;
      return;
    }
    this.running = true;
    clearTimeout(this.pause);
    this.pauseEndsAt = Number.POSITIVE_INFINITY;
    void this.round().finally(() => {
      this.running = false;
      this.lastEndedAt = Date.now();
      this.goOn();
    });
  }

  /** The log may have changed: looks at once, or soon when it was looked at just now. */
  soon(): void {
    if (this.running) {
      this.again = true;
    } else if (!this.disposed) {
      this.at(this.lastEndedAt + this.shortestPause);
    }
  }

  dispose(): void {
    this.disposed = true;
    clearTimeout(this.pause);
  }

  private goOn(): void {
    if (this.disposed) {
      return;
    }
    const soon = Date.now() + this.shortestPause;
    if (this.again) {
      this.again = false;
      this.at(soon);
    } else {
      this.at(Math.max(soon, this.nextRoundAt()));
    }
  }

  private at(time: number): void {
    if (time < this.pauseEndsAt) {
      clearTimeout(this.pause);
      this.pauseEndsAt = time;
      const rest = time - Date.now();
      if (rest <= 0) {
        this.now();
      } else {
        this.pause = setTimeout(() => this.now(), rest);
      }
    }
  }

  private get shortestPause(): number {
    return Math.min(LONGEST_PAUSE_MS, SHORTEST_PAUSE_MS + PAUSE_PER_LOG_MS * this.company());
  }
}
