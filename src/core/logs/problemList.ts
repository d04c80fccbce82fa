import type { Problem } from '../run/run';

/** Problems beyond this many are only counted. */
const MOST_PROBLEMS = 50;

/** What could not be read of a log. */
export class ProblemList {
  readonly problems: Problem[] = [];
  private hidden = 0;

  add(line: number, message: string): void {
    if (this.problems.length < MOST_PROBLEMS) {
      this.problems.push({ line, message });
      return;
    }
    this.hidden++;
    this.problems[MOST_PROBLEMS - 1] = {
      line: 0,
      message: `${(this.hidden + 1).toLocaleString('en-US')} more lines could not be read`,
    };
  }
}
