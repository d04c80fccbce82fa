/** Tells whether anything that a part of the page draws from has changed: inputs are compared one by one, not deeply. */
export class Changes {
  private last: readonly unknown[] = [];

  /** True the first time and whenever an input is another one than last time. */
  differ(...inputs: readonly unknown[]): boolean {
    const isSame = inputs.length === this.last.length && inputs.every((input, at) => input === this.last[at]);
    this.last = inputs;
    return !isSame;
  }
}
