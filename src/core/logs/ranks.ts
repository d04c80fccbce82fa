import { areSameValue } from '../run/rankPoints';
import type { Steps } from '../steps';
import type { Key } from './keyTable';

/**
 * How launchers and trainers mark the rank that prints: `[rank3]:` (PyTorch, torchtitan), `[default3]:` (torchrun),
 * `3: ` (srun -l), `rank=3`, `"local_rank": 3`. Only the start of a line is the launcher's.
 */
const LAUNCHER =
  /^\s{0,4}(?:\[(?:default|rank|worker|node\d{1,4}[/:-]rank)\s?(\d{1,5})\]|\[(\d{1,5})\]:?(?=\s)|(\d{1,5}):(?=\s))/;
const NAMED =
  /(?:^|[\s,;|([{])"?(?:local_|global_|process_)?(?:rank|gpu_id|process_index)"?\s{0,2}[:=]?\s{0,2}(\d{1,5})(?=$|[\s,;:|)\]}])/i;
const TRAINING = /loss|grad/i;
/** Fewer lines of another rank may be greetings. */
const FEWEST_LINES = 2;

/** Lines looked at in one step. */
const LINES_A_STEP = 32;

/** True when lines of training carry the marks of several ranks. */
export function* namingRanks(lines: readonly string[]): Steps<boolean> {
  const counts = new Map<string, number>();
  for (const [index, line] of lines.entries()) {
    if (index % LINES_A_STEP === 0) {
      yield;
    }
    if (TRAINING.test(line)) {
      const rank = rankOf(line);
      if (rank !== null) {
        counts.set(rank, (counts.get(rank) ?? 0) + 1);
      }
    }
  }
  return [...counts.values()].filter((count) => count >= FEWEST_LINES).length > 1;
}

function rankOf(line: string): string | null {
  const start = LAUNCHER.exec(line);
  return start?.[1] ?? start?.[2] ?? start?.[3] ?? NAMED.exec(line)?.[1] ?? null;
}

/** Of records whose step was there before, how many must say the same again before they are taken for other ranks'. */
const SHARE_ALIKE = 0.8;
/** Records that repeat a step; fewer are an accident, such as a line written again after a resume. */
const FEWEST_REPEATS = 4;

/** So often steps go back and forth where two write at once, at least; a run is not resumed as often within its first records. */
const FEWEST_TURNS = 8;
/** Of all steps, how many are logged as often as there are writers, at least. */
const SHARE_FULL = 0.85;

/** Steps that are remembered: ranks drift apart by a few. */
const REMEMBERED = 16;

/** What the last steps said under one key. */
interface Memory {
  readonly values: Map<string, number>;
  last: string;
  /** The last record repeated a step, and not the one right before it. */
  wentBack: boolean;
}

/** Losses of two batches by the same weights are: neither is twice the other. What is not finite says nothing. */
function areNear(one: number, other: number): boolean {
  const [low, high] = [Math.abs(one), Math.abs(other)].sort((a, b) => a - b);
  return !(low! * 2 < high!);
}

/** Counts records whose step was there just before. */
export class RankSurvey {
  /** Records of a new step, of one that was there, and of those the ones that say the same. */
  private fresh = 0;
  private repeats = 0;
  private alike = 0;
  /** Records of a step that was there, all of them, and how often the log went back to one. */
  private again = 0;
  private near = 0;
  private turns = 0;
  private readonly memories = new Map<Key, Memory>();

  /** @param key of a loss or a gradient in a record of this step and epoch (NaN where it has none) */
  add(key: Key, step: number, epoch: number, value: number): void {
    const memory = this.memories.get(key) ?? { values: new Map(), last: '', wentBack: false };
    this.memories.set(key, memory);
    const place = `${step} ${epoch}`;
    const before = memory.values.get(place);
    const goesBack = before !== undefined && place !== memory.last;
    this.again += before === undefined ? 0 : 1;
    this.near += before !== undefined && areNear(before, value) ? 1 : 0;
    this.turns += goesBack && !memory.wentBack ? 1 : 0;
    if (before === undefined) {
      this.fresh++;
      this.remember(memory.values, place, value);
    } else if (!(goesBack && memory.wentBack)) {
      // One such record after the other is a resumed run that repeats its last steps.
      this.repeats++;
      this.alike += areSameValue(before, value) ? 1 : 0;
    }
    memory.last = place;
    memory.wentBack = goesBack;
  }

  /** Most steps are there several times. */
  get isRepeated(): boolean {
    return this.repeats >= FEWEST_REPEATS && this.repeats * 2 >= this.fresh;
  }

  /** They are, and each time with the same numbers. */
  get isAlike(): boolean {
    return this.isRepeated && this.alike >= this.repeats * SHARE_ALIKE;
  }

  /**
   * Steps go back and forth by a few all the time, and each is logged equally often: several write at once, whatever their
   * numbers are; but ranks share their weights, so that their losses are of one size.
   */
  get isInterleaved(): boolean {
    const writers = Math.round(this.again / Math.max(1, this.fresh)) + 1;
    return (
      writers > 1 &&
      this.turns >= FEWEST_TURNS &&
      this.turns * 4 >= this.fresh &&
      this.near >= this.again * SHARE_ALIKE &&
      this.again >= this.fresh * (writers - 1) * SHARE_FULL
    );
  }

  private remember(values: Map<string, number>, place: string, value: number): void {
    values.set(place, value);
    if (values.size > REMEMBERED) {
      const [oldest] = values.keys();
      values.delete(oldest!);
    }
  }
}
