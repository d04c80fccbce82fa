import { PointColumns } from '../run/pointColumns';
import type { Axis, Problem, Segment, SkipEvent } from '../run/run';
import type { Split } from '../run/series';
import type { Steps } from '../steps';
import { type AxisPlan, AxisSurvey, EpochUnroller } from './axis';
import { EPOCH, type Key, KeyTable, METRIC, STEP } from './keyTable';
import { ProblemList } from './problemList';
import { RecordFields } from './recordFields';
import { RowBlock } from './rowBlock';
import type { LineMeaning } from './scan/lineShape';
import { Segments } from './segments';
import { type LoggedSeries, SeriesTable } from './seriesTable';
import { surveyRecord } from './surveyRecord';

/** Points that may wait for the step that closes their block. */
const MOST_PENDING = 100_000;
/** Of a tracker file. */
const MOST_SEEN = 1_000_000;
/** Fields that are stored at once: each may be the first of its series. */
const FIELDS_AT_ONCE = 64;
/** The same of a record like one before, whose series are there. */
const KNOWN_AT_ONCE = 4096;
/** Evaluation counts its own iterations and batches from this rank of step keys on; beside an epoch they are no steps of the run. */
const COUNTS_ITSELF = 3;

/** Where parsers put what they read: fields of a record, then {@link commit}. Decides steps, series and segments. */
export class Recorder extends RecordFields {
  readonly survey = new AxisSurvey();
  private readonly table: SeriesTable;
  private readonly stepCell = new Float64Array(1);
  private readonly stretches: Segments;
  /** Epochs beside the steps, where they change. */
  readonly epochs = new PointColumns();
  readonly skips: SkipEvent[] = [];
  /** Records with at least one number. */
  records = 0;
  /** Points in all series. */
  points = 0;
  /** Distinct places on the axis. */
  steps = 0;

  private place = Number.NaN;
  /** The present record named its place itself. */
  private placed = false;
  private epoch = Number.NaN;
  private highest = Number.NEGATIVE_INFINITY;
  private readonly unroller = new EpochUnroller();
  private pending: { readonly points: PointColumns; readonly index: number }[] = [];
  private readonly seen = new Set<number>();
  private lastSeen = Number.NaN;
  private readonly problemList = new ProblemList();
  private readonly block = new RowBlock();
  /** Records of this meaning wait in the block, or would if another came. */
  private repeated: LineMeaning | null = null;
  /** The block is made for records of this meaning. */
  private opened: LineMeaning | null = null;

  /** @param plan null surveys only: steps are counted, not yet chosen. */
  constructor(
    readonly keys: KeyTable = new KeyTable(),
    private readonly plan: AxisPlan | null = null,
  ) {
    super();
    this.table = new SeriesTable(plan?.layerNames === true, plan?.ranks === true, plan?.lossNames);
    this.stretches = new Segments(plan?.ranks === true || this.severalRuns, (line, message) =>
      this.problem(line, message),
    );
  }

  /** Lines of several runs alternate, and say which is whose. */
  get severalRuns(): boolean {
    return this.plan?.runs === true;
  }

  get segments(): readonly Segment[] {
    return this.stretches.all;
  }

  get series(): readonly LoggedSeries[] {
    return this.table.series;
  }

  get axis(): Axis {
    return (this.plan ?? this.survey.plan()).axis;
  }

  /**
   * Stores the record's numbers.
   * @param split of the whole record; training records still hold keys that name another split themselves.
   */
  commit(line: number, split: Split = this.split): void {
    if (this.size > FIELDS_AT_ONCE) {
      this.later.put(this.committing(line, split));
    } else {
      this.flush();
      this.repeated = null;
      this.store(this.placeOf(line, split, null), line, split);
    }
  }

  /** As {@link commit}, in steps. */
  *committing(line: number, split: Split = this.split): Steps<void> {
    this.flush();
    this.repeated = null;
    const place = this.placeOf(line, split, null);
    yield;
    yield* this.storing(place, line, split);
  }

  /** As {@link commit}, for a record that was filled with the meaning of an earlier one. */
  commitLike(meaning: LineMeaning, line: number): void {
    const { split } = meaning;
    if (meaning !== this.repeated) {
      this.flush();
      this.repeated = meaning;
      this.storeLike(this.placeOf(line, split, meaning.places), line, split);
      return;
    }
    const place = this.placeOf(line, split, meaning.places);
    if (this.plan === null || this.plan.axis.kind === 'record' || this.waits(place) || !this.opens(meaning)) {
      this.flush();
      this.storeLike(place, line, split);
      return;
    }
    this.stepCell[0] = place;
    this.block.add(this.valuesOf, this.stepCell, line);
    this.points += meaning.metrics;
    this.records++;
  }

  private storeLike(place: number, line: number, split: Split): void {
    if (this.size > KNOWN_AT_ONCE) {
      this.later.put(this.storing(place, line, split));
    } else {
      this.store(place, line, split);
    }
  }

  /** Stores what waits in the block. Whoever looks at the series calls this first. */
  flush(): void {
    this.later.settle();
    if (this.block.rows > 0) {
      this.block.store();
    }
  }

  /** Makes the block ready for records of this meaning. @returns false when they are too wide, or no points. */
  private opens(meaning: LineMeaning): boolean {
    if (meaning.metrics === 0 || !RowBlock.takes(meaning.keys.length)) {
      return false;
    }
    if (this.opened !== meaning) {
      const { split } = meaning;
      this.opened = meaning;
      this.block.open(
        meaning.keys.map((key) =>
          key !== null && (key.flags & METRIC) !== 0 ? this.table.of(key, split).columns : null,
        ),
      );
    }
    return true;
  }

  /** The points wait for a step or epoch on a later line. */
  private waits(place: number): boolean {
    return Number.isNaN(place) || (this.plan?.trailing === true && !this.placed);
  }

  /** @param from first field that is stored, up to `to`; the record counts when its last one is */
  private store(place: number, line: number, split: Split, from = 0, to = this.size): void {
    const metrics = this.metrics;
    if (metrics === 0) {
      return;
    }
    const ownCount = this.plan === null || this.plan.axis.kind === 'record';
    const sameSubject = ownCount && (metrics === 1 || this.aboutOneParameter());
    this.stepCell[0] = Number.isNaN(place) ? 0 : place;
    const waits = !ownCount && this.waits(place);
    for (let index = from; index < to; index++) {
      const key = this.keysOf[index]!;
      if ((key.flags & METRIC) === 0) {
        continue;
      }
      const points = (split === 'train' && key.home !== null ? key.home : this.table.of(key, split)).columns;
      if (ownCount) {
        this.count(sameSubject ? points.length : this.records);
      }
      if (waits && this.pending.length < MOST_PENDING) {
        this.pending.push({ points, index: points.length });
      }
      points.append(this.stepCell, this.valuesOf, index, this.shifted ? line + this.shiftsOf[index]! : line);
    }
    if (to === this.size) {
      this.points += metrics;
      this.records++;
    }
  }

  /** As {@link store}, in steps. */
  private *storing(place: number, line: number, split: Split): Steps<void> {
    for (let from = 0; from < this.size; from += FIELDS_AT_ONCE) {
      this.store(place, line, split, from, Math.min(this.size, from + FIELDS_AT_ONCE));
      yield;
    }
  }

  /** Counts records, where no step is known: the place of the points that follow. */
  private count(place: number): void {
    this.stepCell[0] = place;
    if (place > this.highest) {
      this.highest = place;
      this.steps++;
    }
  }

  /**
   * Stores one number whose place is known, as trackers write them: each tag has its own steps, so a restart shows
   * in a series, not in the order of the file.
   * @param own the step is on an axis of its own ("… vs samples") and says nothing of the run's.
   */
  point(key: Key, step: number, value: number, line: number, own = false): void {
    this.flush();
    const points = this.table.of(key, 'train').columns;
    const last = points.length - 1;
    if (!own) {
      this.stretches.at(step, line, last >= 0 && step < points.step(last));
      if (step !== this.lastSeen && this.seen.size < MOST_SEEN && !this.seen.has(step)) {
        this.seen.add(step);
        this.steps++;
      }
      this.lastSeen = step;
    }
    points.push(step, value, line);
    this.points++;
    this.records++;
  }

  /**
   * Moves the run to the record's step or epoch; its other numbers are dropped. An evaluation counts for itself, so it
   * moves nothing back.
   */
  commitAxis(line: number, split: Split = 'train'): void {
    this.keepAxis();
    const { place, epoch } = this;
    if (this.placeOf(line, split, null) < place && split === 'eval') {
      this.place = place;
      this.epoch = epoch;
    }
  }

  skip(line: number, lossScale: number): void {
    this.skips.push({ step: Number.isNaN(this.place) ? 0 : this.place, line, lossScale });
  }

  keepAbsent(line: number): void {
    this.absent.keep(Number.isNaN(this.place) ? 0 : this.place, line);
  }

  problem(line: number, message: string): void {
    this.problemList.add(line, message);
  }

  get problems(): readonly Problem[] {
    return this.problemList.problems;
  }

  /**
   * Finds the record's place on the axis and moves the run there; NaN while no step was seen.
   * @param places fields that are steps or epochs; null when they are to be found
   */
  private placeOf(line: number, split: Split, places: readonly number[] | null): number {
    if (this.plan === null) {
      const { survey, keysOf, valuesOf, size, metrics, rounded } = this;
      surveyRecord(survey, { keysOf, valuesOf, size, metrics, rounded });
    }
    this.placed = false;
    if ((this.flags & (STEP | EPOCH)) === 0) {
      return this.place;
    }
    let step = Number.NaN;
    let stepKey: Key | null = null;
    let epoch = Number.NaN;
    let epochRank = 99;
    const wanted = this.plan === null ? -1 : this.plan.stepRank;
    const count = places === null ? this.size : places.length;
    for (let at = 0; at < count; at++) {
      const index = places === null ? at : places[at]!;
      const key = this.keysOf[index]!;
      if ((key.flags & STEP) !== 0) {
        if (key.meaning.rank === wanted && stepKey === null) {
          stepKey = key;
          step = this.valuesOf[index]!;
        }
      } else if ((key.flags & EPOCH) !== 0 && key.meaning.rank < epochRank) {
        epochRank = key.meaning.rank;
        epoch = this.valuesOf[index]!;
      }
    }
    if (
      split === 'eval' &&
      Number.isFinite(epoch) &&
      !Number.isNaN(this.place) &&
      (stepKey?.meaning.rank ?? 0) >= COUNTS_ITSELF
    ) {
      return this.place;
    }
    const isNewEpoch = Number.isFinite(epoch) && epoch !== this.epoch;
    if (isNewEpoch) {
      this.epoch = epoch;
    }
    let place = Number.NaN;
    if (this.plan?.axis.kind === 'step' && Number.isInteger(step)) {
      place =
        stepKey!.meaning.rank >= 2 && Number.isFinite(this.epoch)
          ? this.unroller.place(this.epoch, step, this.total, this.within)
          : step;
    } else if (this.plan?.axis.kind === 'epoch' && Number.isFinite(epoch)) {
      place = epoch;
    }
    if (Number.isNaN(place)) {
      return this.place;
    }
    if (isNewEpoch && place !== epoch) {
      this.epochs.push(place, epoch, line);
    }
    this.moveTo(place, line, split);
    return place;
  }

  private moveTo(place: number, line: number, split: Split): void {
    if (this.pending.length > 0) {
      for (const { points, index } of this.pending) {
        points.setStep(index, place);
      }
      this.pending = [];
    }
    this.placed = true;
    if (split === 'train') {
      this.stretches.at(place, line);
    }
    if (place > this.highest) {
      this.highest = place;
      this.steps++;
    }
    this.place = place;
  }
}
