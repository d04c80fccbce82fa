import type { Axis } from '../run/run';
import { MaybeLosses } from './maybeLosses';
import { RankSurvey } from './ranks';

/** Which field of a record is its place on the run's axis. */
export interface AxisPlan {
  readonly axis: Axis;
  /** Rank of the step keys that count; -1 when the axis is no step. */
  readonly stepRank: number;
  /** Blocks name their step after the numbers ("… step 10" closes the block), not before. */
  readonly trailing: boolean;
  /** Bare layer names (`fc1: 0.1`) are gradients: nothing in the log says otherwise. */
  readonly layerNames: boolean;
  /** Names that may be losses and are, as they fell: "mae", or "" for `train` and `val` alone. */
  readonly lossNames?: readonly string[];
  /** Several ranks log the same steps: what they say of one is one point. */
  readonly ranks: boolean;
  /** Lines of several runs alternate, each with its run's label: every run has series of its own. */
  readonly runs?: boolean;
}

const STEP_RANKS = 9;
/** Numbers that open lines, or stand behind one letter: a step only if they grow with the log. */
const ONLY_GROWING = 8;
const FEWEST_GROWN = 3;
/** Epochs are counted; what is larger is a time of day in seconds. */
const MOST_EPOCHS = 1e6;
/** A finer step key may be missing on some records (validation, epoch summaries), but not on half of them. */
const MOST_MISSING = 1.6;

/** Counts, over the records read so far, what could serve as axis. */
export class AxisSurvey {
  /** Records with a loss or a gradient. */
  records = 0;
  /** Of them, records with a gradient. */
  gradients = 0;
  /** Records with a loss that names itself one. */
  losses = 0;
  /** Records that only a training run writes: a gradient by name, or a loss at a step or epoch. */
  private sure = 0;
  /** Records of an epoch and what may be a loss: a training's if it falls. */
  private likely = 0;
  /** Records of a step and what may be a loss: a training's if it falls beside code that trains. */
  private beside = 0;
  /** Records made of bare layer names alone, but for loss and learning rate. */
  layerRecords = 0;
  /** Records and header lines that carry a step key of each rank. */
  private readonly direct = new Uint32Array(STEP_RANKS);
  private readonly headers = new Uint32Array(STEP_RANKS);
  private epochHeaders = 0;
  private readonly changes = new Uint32Array(STEP_RANKS);
  private fallen = false;
  private readonly last = new Float64Array(STEP_RANKS).fill(Number.NaN);
  private readonly names: string[] = new Array(STEP_RANKS).fill('');
  private readonly rounded = new Uint8Array(STEP_RANKS);
  private epochs = 0;
  private epochName = '';
  private leading = 0;

  /** @param header the line holds no metric, it only announces the step of those that follow. */
  step(rank: number, value: number, name: string, rounded: boolean, header: boolean): void {
    if (!Number.isInteger(value)) {
      return;
    }
    this.begun = true;
    (header ? this.headers : this.direct)[rank]!++;
    if (this.last[rank] !== value) {
      this.fallen ||= rank === ONLY_GROWING && value < this.last[rank]!;
      this.changes[rank]!++;
      this.last[rank] = value;
    }
    if (this.names[rank] === '') {
      this.names[rank] = name;
    }
    if (rounded) {
      this.rounded[rank] = 1;
    }
  }

  epoch(name: string, header: boolean): void {
    this.begun = true;
    if (header) {
      this.epochHeaders++;
    } else {
      this.epochs++;
    }
    if (this.epochName === '') {
      this.epochName = name;
    }
  }

  /** Some line named what may be its step or epoch. */
  private begun = false;

  /** Some record named its step or epoch. */
  get placed(): boolean {
    return (
      this.epochs + this.epochHeaders > 0 ||
      this.direct.some((count, rank) => count + this.headers[rank]! > 0 && this.grows(rank))
    );
  }

  /** `1.2k` on several records in a row: what they were rounded from is lost. */
  private isCoarse(rank: number): boolean {
    return this.rounded[rank] === 1 && this.changes[rank]! < this.direct[rank]! + this.headers[rank]!;
  }

  /** False for a number that opens lines and may be a process or a rank. */
  private grows(rank: number): boolean {
    const told = this.direct[rank]! + this.headers[rank]!;
    return rank !== ONLY_GROWING || (!this.fallen && this.changes[rank]! >= Math.max(FEWEST_GROWN, told / 2));
  }

  /** What may be losses. */
  readonly maybe = new MaybeLosses();

  /** A record that only a training run writes. */
  prove(): void {
    this.sure++;
  }

  /** A record of an epoch, and of what may be its loss. */
  suggest(epoch: number): void {
    this.likely += Number.isInteger(epoch) && epoch < MOST_EPOCHS ? 1 : 0;
  }

  /** A record of a step and of what formulas call a loss ("mse"): a solver's too, unless code beside it trains. */
  suggestBesideCode(): void {
    this.beside++;
  }

  /** Lines of one parameter and its number, by a name that other things may have. */
  weakParameters = 0;

  /** Records that only a training run writes, where code beside them trains. */
  get provenBesideCode(): number {
    return this.proven + (this.maybe.someFell ? this.beside : 0);
  }

  /** Records that only a training run writes. */
  get proven(): number {
    // A solver's error stands alone; one above the parameters of a model is a training's.
    const beside = this.weakParameters > this.beside ? this.beside : 0;
    return this.sure + (this.maybe.someFell ? this.likely + beside : 0);
  }

  /** A single parameter's number with no step or epoch on its line. */
  parameterLine(): void {
    if (!this.begun) {
      this.leading++;
    }
  }

  /** Records that repeat the step of another. */
  readonly ranks = new RankSurvey();
  /** Lines of the log name the ranks that wrote them. */
  severalRanks = false;
  /** Lines of several runs alternate. */
  severalRuns = false;

  /** Set by formats whose records name their place themselves. */
  fixed: Axis | null = null;

  plan(): AxisPlan {
    if (this.fixed !== null) {
      return { axis: this.fixed, stepRank: -1, trailing: false, layerNames: false, ranks: false };
    }
    const trailing = this.leading >= 2;
    const runs = this.severalRuns;
    const layerNames = this.layerRecords >= 2 && this.gradients === 0;
    const lossNames = this.maybe.fallen(this.losses > 0);
    // A key on the records themselves is worth two of a header: what stands beside the number belongs to it.
    const epochs = Math.max(this.epochs, this.epochHeaders / 2);
    const weights = Array.from(this.direct, (count, rank) => Math.max(count, this.headers[rank]! / 2));
    const most = Math.max(...weights, epochs);
    for (let rank = 0; rank < STEP_RANKS; rank++) {
      const direct = weights[rank]!;
      const stuck = direct > 3 && this.changes[rank]! <= 1;
      if (direct === 0 || direct * MOST_MISSING < most || stuck || !this.grows(rank) || this.isCoarse(rank)) {
        continue;
      }
      const why = `key ${this.names[rank]}`;
      const ranks =
        !trailing &&
        (this.ranks.isAlike || this.ranks.isInterleaved || (this.severalRanks && this.ranks.isRepeated));
      const axis: Axis = { kind: 'step', why };
      return { axis, stepRank: rank, trailing, layerNames, lossNames, ranks: ranks && !runs, runs };
    }
    if (epochs > 0) {
      const why = `key ${this.epochName}: no exact step in the records`;
      const axis: Axis = { kind: 'epoch', why };
      return { axis, stepRank: -1, trailing, layerNames, lossNames, ranks: false, runs };
    }
    return {
      axis: { kind: 'record', why: 'records counted: no step in the log' },
      stepRank: -1,
      trailing: false,
      layerNames,
      lossNames,
      ranks: false,
      runs,
    };
  }
}

/** True when both plans place every record alike. */
export function samePlan(one: AxisPlan, other: AxisPlan): boolean {
  return (
    one.axis.kind === other.axis.kind &&
    one.stepRank === other.stepRank &&
    one.trailing === other.trailing &&
    one.layerNames === other.layerNames &&
    (one.lossNames ?? []).join('\n') === (other.lossNames ?? []).join('\n') &&
    one.ranks === other.ranks &&
    one.runs === other.runs
  );
}

/**
 * Turns "epoch 2, step 5" into one step that never restarts, when the step is counted within the epoch. Whether it is
 * shows at the first change of epoch: the step goes back, or it does not.
 */
export class EpochUnroller {
  private mode: 'undecided' | 'within' | 'global' = 'undecided';
  private firstEpoch = Number.NaN;
  private lastEpoch = Number.NaN;
  private lastStep = Number.NaN;
  private interval = 1;
  private lastPlace = 0;
  private readonly offsets = new Map<number, number>();

  /**
   * @param total steps an epoch has, as printed (`[5/40]`); NaN when not printed.
   * @param within the log's syntax says that steps restart each epoch (`[1/3][50/100]`).
   * @returns the step counted from the start of the run.
   */
  place(epoch: number, step: number, total: number, within = false): number {
    if (within) {
      this.mode = 'within';
    }
    if (!Number.isInteger(epoch) || this.mode === 'global') {
      return step;
    }
    if (Number.isNaN(this.firstEpoch)) {
      this.firstEpoch = epoch;
    } else if (epoch > this.lastEpoch && this.mode === 'undecided') {
      this.mode = step <= this.lastStep ? 'within' : 'global';
      if (this.mode === 'global') {
        return step;
      }
    }
    if (epoch === this.lastEpoch && step > this.lastStep) {
      this.interval = step - this.lastStep;
    }
    const offset = this.offsetOf(epoch, step, total);
    this.lastEpoch = epoch;
    this.lastStep = step;
    this.lastPlace = offset + step;
    return this.lastPlace;
  }

  private offsetOf(epoch: number, step: number, total: number): number {
    if (total > 0) {
      const base = this.firstEpoch === 0 ? 0 : 1;
      return (epoch - base) * total;
    }
    const known = this.offsets.get(epoch);
    if (known !== undefined) {
      return known;
    }
    const offset =
      this.mode === 'undecided' || this.offsets.size === 0 ? 0 : this.lastPlace + this.interval - step;
    this.offsets.set(epoch, offset);
    return offset;
  }
}
