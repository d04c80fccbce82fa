import type { Axis, Problem, SkipEvent } from '../run/run';
import { PointColumns, type Series, type SeriesKind, type Split, type Statistic } from '../run/series';
import { type AxisPlan, AxisSurvey, EpochUnroller } from './axis';
import type { KeyMeaning } from './keys';
import { type Key, KeyTable } from './keyTable';
import { NumberScanner } from './scan/number';

/** A series while its log is read. */
export class LoggedSeries implements Series {
  readonly points = new PointColumns();

  constructor(
    readonly id: number,
    readonly name: string,
    readonly kind: SeriesKind,
    readonly statistic: Statistic,
    readonly split: Split,
    readonly parameter: string | null,
  ) {}
}

/** A {@link Segment} that still grows. */
interface MutableSegment {
  readonly line: number;
  readonly firstStep: number;
  lastStep: number;
}

/** Problems beyond this many are only counted. */
const MOST_PROBLEMS = 50;
const MOST_FIELDS = 65_536;
/** Distinct steps of a tracker file that are told apart. */
const MOST_SEEN = 1_000_000;
const SPLITS: readonly Split[] = ['train', 'eval', 'summary'];

/** Where parsers put what they read: fields of a record, then {@link commit}. Decides steps, series and segments. */
export class Recorder {
  readonly survey = new AxisSurvey();
  /** Shared by the scanners that fill this recorder. */
  readonly number = new NumberScanner();
  private readonly stepCell = new Float64Array(1);
  readonly series: LoggedSeries[] = [];
  readonly segments: MutableSegment[] = [];
  readonly skips: SkipEvent[] = [];
  readonly problems: Problem[] = [];
  /** Records with at least one number. */
  records = 0;
  /** Points in all series. */
  points = 0;
  /** Distinct places on the axis. */
  steps = 0;

  private fieldKeys: (Key | null)[] = new Array(64).fill(null);
  private fieldValues = new Float64Array(64);
  private fieldShifts = new Uint32Array(64);
  private fields = 0;
  /** Lines between the start of the record and the field that is added next. */
  lineShift = 0;
  private total = Number.NaN;
  private rounded = false;
  private place = Number.NaN;
  private epoch = Number.NaN;
  private highest = Number.NEGATIVE_INFINITY;
  private readonly unroller = new EpochUnroller();
  private pending: { readonly points: PointColumns; readonly index: number }[] = [];
  private readonly normed = new Set<string>();
  private readonly seen = new Set<number>();
  private hiddenProblems = 0;

  /** @param plan null surveys only: steps are counted, not yet chosen. */
  constructor(
    readonly keys: KeyTable = new KeyTable(),
    private readonly plan: AxisPlan | null = null,
  ) {}

  get axis(): Axis {
    return (this.plan ?? this.survey.plan()).axis;
  }

  /** Starts a record anew; fields that were not committed are forgotten. */
  begin(): void {
    this.fields = 0;
    this.total = Number.NaN;
    this.rounded = false;
    this.lineShift = 0;
  }

  /** Fields of the present record so far. */
  get size(): number {
    return this.fields;
  }

  /** Forgets the fields after the first `size`. */
  cutBack(size: number): void {
    this.fields = Math.min(this.fields, size);
  }

  add(key: Key, value: number): void {
    this.number.value = value;
    this.take(key);
  }

  /** Adds the number that {@link number} read last. */
  take(key: Key): void {
    const index = this.fields;
    if (index === this.fieldValues.length) {
      if (index >= MOST_FIELDS) {
        return;
      }
      const wider = new Float64Array(index * 2);
      wider.set(this.fieldValues);
      this.fieldValues = wider;
      const shifts = new Uint32Array(index * 2);
      shifts.set(this.fieldShifts);
      this.fieldShifts = shifts;
    }
    this.fieldKeys[index] = key;
    this.fieldValues[index] = this.number.result[0]!;
    this.fieldShifts[index] = this.lineShift;
    this.fields = index + 1;
  }

  /** Steps an epoch has, printed beside the step. */
  setTotal(total: number): void {
    this.total = total;
  }

  /** The step of this record was printed rounded (`50K`). */
  setRounded(): void {
    this.rounded = true;
  }

  /** The fields so far hold a loss or a gradient, and no setting that only a configuration has. */
  hasMetric(from = 0): boolean {
    let found = false;
    for (let index = from; index < this.fields; index++) {
      const meaning = this.fieldKeys[index]!.meaning;
      if (meaning.role === 'config') {
        return false;
      }
      if (
        meaning.kind === 'loss' ||
        meaning.kind === 'grad-norm' ||
        meaning.kind === 'grad-max' ||
        meaning.layerName
      ) {
        found = true;
      }
    }
    return found;
  }

  /** The fields are a step and what only changes with it: a record of a step that was skipped. */
  hasState(): boolean {
    let step = false;
    let state = false;
    for (let index = 0; index < this.fields; index++) {
      const meaning = this.fieldKeys[index]!.meaning;
      if (meaning.role === 'config') {
        return false;
      }
      step ||= meaning.role === 'step';
      state ||= meaning.kind === 'learning-rate' || meaning.kind === 'loss-scale';
    }
    return step && state;
  }

  /** A learning rate or loss scale, as blocks print them on lines of their own. */
  hasRate(): boolean {
    let rate = false;
    for (let index = 0; index < this.fields; index++) {
      const meaning = this.fieldKeys[index]!.meaning;
      if (meaning.role === 'config') {
        return false;
      }
      rate ||= meaning.kind === 'learning-rate' || meaning.kind === 'loss-scale';
    }
    return rate;
  }

  /** The fields so far hold a step or an epoch. */
  hasAxis(): boolean {
    for (let index = 0; index < this.fields; index++) {
      const role = this.fieldKeys[index]!.meaning.role;
      if (role === 'step' || role === 'epoch') {
        return true;
      }
    }
    return false;
  }

  /**
   * Stores the record's numbers.
   * @param split of the whole record; training records still hold keys that name another split themselves.
   */
  commit(line: number, split: Split = 'train'): void {
    const place = this.placeOf(line, split);
    let metrics = 0;
    for (let index = 0; index < this.fields; index++) {
      if (this.fieldKeys[index]!.meaning.role === 'metric') {
        metrics++;
      }
    }
    if (metrics === 0) {
      return;
    }
    const ownCount = this.plan === null || this.plan.axis.kind === 'record';
    const waits = !ownCount && (Number.isNaN(place) || (this.plan.trailing && !this.placed));
    for (let index = 0; index < this.fields; index++) {
      const key = this.fieldKeys[index]!;
      if (key.meaning.role !== 'metric') {
        continue;
      }
      const points = this.seriesOf(key, split).points;
      const step = ownCount
        ? metrics === 1
          ? points.length
          : this.records
        : Number.isNaN(place)
          ? 0
          : place;
      if (waits) {
        this.pending.push({ points, index: points.length });
      }
      this.stepCell[0] = step;
      points.append(this.stepCell, this.fieldValues, index, line + this.fieldShifts[index]!);
      if (ownCount && step > this.highest) {
        this.highest = step;
        this.steps++;
      }
    }
    this.points += metrics;
    this.records++;
  }

  /**
   * Stores one number whose place is known, as trackers write them: each tag has its own steps, so a restart shows
   * in a series, not in the order of the file.
   * @param own the step is on an axis of its own ("… vs samples") and says nothing of the run's.
   */
  point(key: Key, step: number, value: number, line: number, own = false): void {
    const points = this.seriesOf(key, 'train').points;
    const last = points.length - 1;
    if (!own) {
      const segment = this.segments.at(-1);
      if (segment === undefined || (last >= 0 && step < points.step(last))) {
        this.segments.push({ line, firstStep: step, lastStep: step });
      } else if (step > segment.lastStep) {
        segment.lastStep = step;
      }
      if (this.seen.size < MOST_SEEN && !this.seen.has(step)) {
        this.seen.add(step);
        this.steps++;
      }
    }
    points.push(step, value, line);
    this.points++;
    this.records++;
  }

  /** Moves the run to the record's step or epoch; its other numbers are dropped. */
  commitAxis(line: number): void {
    this.placeOf(line, 'train');
  }

  skip(line: number, lossScale: number): void {
    this.skips.push({ step: Number.isNaN(this.place) ? 0 : this.place, line, lossScale });
  }

  problem(line: number, message: string): void {
    if (this.problems.length < MOST_PROBLEMS) {
      this.problems.push({ line, message });
      return;
    }
    this.hiddenProblems++;
    this.problems[MOST_PROBLEMS - 1] = {
      line: 0,
      message: `${(this.hiddenProblems + 1).toLocaleString('en-US')} more lines could not be read`,
    };
  }

  private placed = false;

  /** Finds the record's place on the axis and moves the run there; NaN while no step was seen. */
  private placeOf(line: number, split: Split): number {
    let step = Number.NaN;
    let stepKey: Key | null = null;
    let epoch = Number.NaN;
    let epochRank = 99;
    let epochKey: Key | null = null;
    const wanted = this.plan === null ? -1 : this.plan.stepRank;
    let metric: KeyMeaning | null = null;
    let metrics = 0;
    let layers = 0;
    let plain = 0;
    let hasLoss = false;
    for (let index = 0; index < this.fields; index++) {
      const key = this.fieldKeys[index]!;
      const meaning = key.meaning;
      if (meaning.role === 'step') {
        if (meaning.rank === wanted && stepKey === null) {
          stepKey = key;
          step = this.fieldValues[index]!;
        }
      } else if (meaning.role === 'epoch') {
        if (meaning.rank < epochRank) {
          epochRank = meaning.rank;
          epochKey = key;
          epoch = this.fieldValues[index]!;
        }
      } else if (meaning.role === 'metric') {
        metrics++;
        if (meaning.layerName) {
          layers++;
        } else if (meaning.kind === 'loss' || meaning.kind === 'learning-rate') {
          plain++;
          hasLoss ||= meaning.kind === 'loss';
        }
        if (meaning.kind === 'loss' || meaning.kind === 'grad-norm' || meaning.kind === 'grad-max') {
          metric = metric === null || metric.kind === 'loss' ? meaning : metric;
        }
      }
    }
    if (this.plan === null) {
      this.surveySteps(metrics === 0);
      this.surveyRecord(metrics, layers, plain, metric, hasLoss, epochKey);
    }
    if (Number.isFinite(epoch)) {
      this.epoch = epoch;
    }
    this.placed = false;
    let place = Number.NaN;
    if (this.plan?.axis.kind === 'step' && Number.isFinite(step)) {
      place =
        stepKey!.meaning.rank >= 2 && Number.isFinite(this.epoch)
          ? this.unroller.place(this.epoch, step, this.total)
          : step;
    } else if (this.plan?.axis.kind === 'epoch' && Number.isFinite(epoch)) {
      place = epoch;
    }
    if (Number.isNaN(place)) {
      return this.place;
    }
    this.moveTo(place, line, split);
    return place;
  }

  private surveySteps(header: boolean): void {
    for (let index = 0; index < this.fields; index++) {
      const { meaning, name } = this.fieldKeys[index]!;
      if (meaning.role === 'step') {
        this.survey.step(meaning.rank, this.fieldValues[index]!, name, this.rounded, header);
      }
    }
  }

  private surveyRecord(
    metrics: number,
    layers: number,
    plain: number,
    metric: KeyMeaning | null,
    hasLoss: boolean,
    epochKey: Key | null,
  ): void {
    if (epochKey !== null) {
      this.survey.epoch(epochKey.name, metrics === 0);
    } else if (metrics === 1 && this.fields === 1 && metric?.parameter != null) {
      this.survey.parameterLine();
    }
    if (metric !== null) {
      this.survey.records++;
      if (metric.kind !== 'loss') {
        this.survey.gradients++;
      }
      if ((metric.kind !== 'loss' && !metric.weak) || (this.survey.placed && hasLoss)) {
        this.survey.proven++;
      }
    }
    if (layers > 0 && layers + plain === metrics) {
      this.survey.layerRecords++;
    }
  }

  private moveTo(place: number, line: number, split: Split): void {
    for (const { points, index } of this.pending) {
      points.setStep(index, place);
    }
    this.pending = [];
    this.placed = true;
    if (split === 'train') {
      const last = this.segments.at(-1);
      if (last === undefined || place < last.lastStep) {
        this.segments.push({ line, firstStep: place, lastStep: place });
      } else if (place > last.lastStep) {
        last.lastStep = place;
      }
    }
    if (place > this.highest) {
      this.highest = place;
      this.steps++;
    }
    this.place = place;
  }

  private seriesOf(key: Key, recordSplit: Split): LoggedSeries {
    const meaning = key.meaning;
    const split = recordSplit === 'train' ? meaning.split : recordSplit;
    const slot = split === 'train' ? 0 : split === 'eval' ? 1 : 2;
    const known = key.series[slot];
    if (known != null) {
      return known;
    }
    const layer = meaning.layerName && this.plan?.layerNames === true;
    // One size per parameter: where a norm is logged, other statistics of the same gradient are only curves.
    const gradient = layer || meaning.kind === 'grad-norm';
    const extra =
      meaning.kind === 'grad-norm' &&
      meaning.statistic !== 'norm' &&
      this.normed.has(meaning.parameter ?? '');
    if (gradient && !extra) {
      this.normed.add(meaning.parameter ?? '');
    }
    const made = new LoggedSeries(
      this.series.length,
      key.name,
      layer ? 'grad-norm' : extra ? 'other' : meaning.kind,
      layer ? 'norm' : meaning.statistic,
      SPLITS[slot] ?? 'train',
      layer || !meaning.layerName ? meaning.parameter : null,
    );
    this.series.push(made);
    key.series[slot] = made;
    return made;
  }
}
