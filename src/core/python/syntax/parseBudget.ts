/** Hundreds of the parser's own steps: 600,000 characters of usual code take 2,500 of them, in a sixth of a second. */
const MOST_STEPS = 4_000;
/** What a text gets that is begun once more, in parts. */
const STEPS_IN_PARTS = 1_500;
/** What it costs to begin with one part of a text. */
const PART_STEPS = 2;
/** Steps after an error. Each may take milliseconds: the parser then weighs many readings of the text. */
const MOST_ERROR_STEPS = 100;
/** Of those, what one part gets that can be read in smaller parts. */
export const FEW_ERROR_STEPS = 20;
/** Nodes of the concrete tree: 12,000 lines of usual code have about so many. */
const MOST_NODES = 300_000;

/** What reading one text may cost, in steps, so that a text ends up read alike on a slow machine and on a fast one. */
export class ParseBudget {
  private steps = 0;
  private errorSteps = 0;
  private errorsOfPart = 0;
  private nodes = 0;

  /** Begins one part, which may take so many steps after an error. */
  open(errorSteps = MOST_ERROR_STEPS): void {
    this.steps += PART_STEPS;
    this.errorsOfPart = errorSteps;
  }

  /** Counts one report of the parser; false when it should stop. */
  goOn(hasError: boolean): boolean {
    this.steps++;
    if (hasError) {
      this.errorSteps++;
      this.errorsOfPart--;
    }
    return this.errorsOfPart >= 0 && !this.isSpent;
  }

  /** Counts one node copied; false when no more should be. */
  takeNode(): boolean {
    return ++this.nodes <= MOST_NODES;
  }

  get isSpent(): boolean {
    return this.steps > MOST_STEPS || this.errorSteps > MOST_ERROR_STEPS || this.nodes > MOST_NODES;
  }

  /** Begins a text once more, in parts, when it is broken as a whole. */
  renew(): void {
    this.steps = Math.min(this.steps, MOST_STEPS - STEPS_IN_PARTS);
    this.nodes = 0;
  }
}
