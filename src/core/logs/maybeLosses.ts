/** Values of a training split that say whether they fall. */
const FEWEST_VALUES = 3;
const MOST_VALUES = 100;
/** Different names that are followed. */
const MOST_NAMES = 64;

const LOOPS: readonly string[] = ['inner', 'outer'];

/** Values of one name, from each beginning of a training on: folds and seeds start anew. */
interface Course {
  readonly runs: number[][];
  count: number;
  place: number;
}

/** What may be a loss or an accuracy, a distance or an error, by the word alone: how its values went says which. */
export class MaybeLosses {
  private readonly courses = new Map<string, Course>();

  /**
   * @param name without its split: "mae", or "" for `train` alone
   * @param place epoch or step; NaN where the record names none
   */
  add(name: string, place: number, value: number): void {
    if (!Number.isFinite(value)) {
      return;
    }
    let course = this.courses.get(name);
    if (course === undefined) {
      if (this.courses.size >= MOST_NAMES) {
        return;
      }
      course = { runs: [[]], count: 0, place };
      this.courses.set(name, course);
    }
    if (course.count < MOST_VALUES) {
      if (place < course.place) {
        course.runs.push([]);
      }
      course.runs.at(-1)?.push(value);
      course.count++;
      course.place = place;
    }
  }

  /** Some of them fell. */
  get someFell(): boolean {
    return [...this.courses.values()].some(fell);
  }

  /**
   * Names of those that fell.
   * @param besideLoss the log names a loss besides: of the rest only `train` and `val` alone may be losses too, a "mae" is
   *   a figure of merit
   */
  fallen(besideLoss: boolean): readonly string[] {
    const fallen = [...this.courses]
      .filter(([name, course]) => (name === '' || !besideLoss) && fell(course))
      .map(([name]) => name);
    // Of the two loops of meta-learning one proves the other: where nothing is learned the outer loss does not fall.
    const loops =
      LOOPS.every((name) => this.courses.has(name)) && LOOPS.some((name) => fallen.includes(name));
    return [...new Set([...fallen, ...(loops ? LOOPS : [])])].sort();
  }
}

/** In most runs the last third is lower than the first, on average. */
function fell({ runs }: Course): boolean {
  const long = runs.filter((values) => values.length >= FEWEST_VALUES);
  const down = long.filter((values) => {
    const third = Math.ceil(values.length / 3);
    return mean(values.slice(-third)) < mean(values.slice(0, third));
  });
  return down.length * 2 > long.length;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
