/** Thrown inside the analysis where a file has used up its work; whoever gathers facts goes on with what there is. */
export class OutOfWork extends Error {}

/**
 * What the analysis of one file may cost, in steps of a few microseconds: names looked up, statements run, calls gone
 * through. Of the files of torch and torchvision all but one stay below a tenth; what needs more is made by a program.
 */
export const MOST_WORK = 200_000;

/** The work of one file, shared by all who look at it. Counted in steps, so that a slow machine finds what a fast one finds. */
export class Work {
  private done = 0;
  private apart: Work | null = null;

  constructor(private readonly most = MOST_WORK) {}

  /** @throws OutOfWork once more is asked than there is */
  spend(steps: number): void {
    if (this.apart !== null) {
      this.apart.spend(steps);
      return;
    }
    this.done += steps;
    if (this.done > this.most) {
      throw new OutOfWork();
    }
  }

  /** True when something was left out. */
  get isSpent(): boolean {
    return this.done > this.most;
  }

  get spent(): number {
    return this.done;
  }

  /**
   * Runs a task that goes through many files, on an allowance of its own: what models cost that are built across files is
   * no part of what the facts of one file may cost. As much again as all of the files together.
   */
  static across<T>(files: readonly Work[], task: () => T): T {
    const apart = new Work(files.reduce((sum, { most }) => sum + most, 0));
    for (const file of files) {
      file.apart = apart;
    }
    try {
      return task();
    } finally {
      for (const file of files) {
        file.apart = null;
      }
    }
  }
}

/** A fact, or what stands for it where the work does not reach. */
export function orElse<T>(found: () => T, otherwise: T): T {
  try {
    return found();
  } catch (error) {
    if (error instanceof OutOfWork) {
      return otherwise;
    }
    throw error;
  }
}
