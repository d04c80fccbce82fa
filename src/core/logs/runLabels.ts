/** Lines of several runs in one log, told apart by a label: `run0 step 10 loss 0.5`, `[seed 2] epoch 3 …`, `fold=1 …`. */

/** Words that number whole runs, and the number, before anything that is measured. */
const LABEL =
  /(?:^|[\s[(|])((?:run|seed|trial|exp|experiment|fold|replica|member|agent|job|model|net|config|cfg|variant|arm)[ _=:#-]?\d{1,6})(?=$|[\s\]):|,/])/i;
/** A label stands at the line's start, behind a time and a logger's name at most. */
const LABEL_COLUMNS = 80;
const TRAINING = /loss|grad|gnorm/i;
/** So often a line of one run follows one of another, and that run had lines before: runs one after the other never do. */
const FEWEST_RETURNS = 3;
const FEWEST_LINES = 2;

/** The label of a line's run, written one way: "run0", "seed 2"; null without one. */
export function runLabelOf(line: string): string | null {
  const head = line.slice(0, LABEL_COLUMNS);
  const measured = TRAINING.exec(head)?.index ?? head.length;
  const label = LABEL.exec(head.slice(0, measured))?.[1];
  return label === undefined ? null : label.replace(/[=:#]/, ' ');
}

/** True when lines of training of several runs alternate. */
export function interleavesRuns(lines: readonly string[]): boolean {
  const counts = new Map<string, number>();
  let last = '';
  let returns = 0;
  for (const line of lines) {
    const label = TRAINING.test(line) ? runLabelOf(line) : null;
    if (label === null) {
      continue;
    }
    const count = counts.get(label) ?? 0;
    returns += count > 0 && label !== last ? 1 : 0;
    counts.set(label, count + 1);
    last = label;
  }
  return (
    returns >= FEWEST_RETURNS && [...counts.values()].filter((count) => count >= FEWEST_LINES).length > 1
  );
}
