/** Asks one thing at a time: while an answer is under way only the newest wish is kept. */
export class Latest<P, R> {
  private isBusy = false;
  private waiting: (() => void)[] = [];
  private next: { readonly params: P } | null = null;

  constructor(
    private readonly ask: (params: P) => Promise<R>,
    private readonly onResult: (result: R, params: P) => void,
    private readonly onError: (error: unknown) => void,
  ) {}

  /** Resolves when nothing is under way. */
  idle(): Promise<void> {
    return this.isBusy ? new Promise((resolve) => this.waiting.push(resolve)) : Promise.resolve();
  }

  want(params: P): void {
    if (this.isBusy) {
      this.next = { params };
      return;
    }
    this.isBusy = true;
    this.ask(params)
      .then(
        (result) => this.onResult(result, params),
        (error: unknown) => this.onError(error),
      )
      .finally(() => {
        this.isBusy = false;
        const { next } = this;
        this.next = null;
        if (next !== null) {
          this.want(next.params);
        } else {
          const { waiting } = this;
          this.waiting = [];
          for (const resolve of waiting) {
            resolve();
          }
        }
      });
  }
}
