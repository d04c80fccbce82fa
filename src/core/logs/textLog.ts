import type { LineParser } from './format';
import { isParameterName, meaningOf } from './keys';
import type { Key } from './keyTable';
import { LineShapes } from './lineShapes';
import type { Recorder } from './recorder';
import { runLabelOf } from './runLabels';
import { skipSpaces, textOf } from './scan/bytes';
import { isStatistic, NO_LAYER } from './scan/names';
import { numberOf } from './scan/printedNumbers';
import { TextScanner } from './scan/text';
import { TextTable } from './scan/textTable';
import { isDressed, undress } from './scan/undressed';
import { hasWide, narrow } from './scan/wideMarks';

/** A training log of free text: every line that holds a loss or a gradient is a record, steps may stand on lines before. */
export class TextLog implements LineParser {
  private readonly scanner: TextScanner;
  private readonly table: TextTable;
  private readonly shapes: LineShapes;
  /** Lines since one that spoke of gradients and gave no number. */
  private sinceAnnounced = FORGOTTEN;
  /** Below "Gradient norms:", a name and a number are a layer and its norm. */
  private section = false;
  /** The parameter whose measures stand on the lines below it, further to the right. */
  private block: Key | null = null;
  private blockIndent = 0;
  /** Lines since one of a parameter's name and a number alone. */
  private sinceParameter = FORGOTTEN;
  private scratch = new Uint8Array(0);

  constructor(
    private readonly recorder: Recorder,
    path = '',
  ) {
    this.scanner = new TextScanner(recorder);
    this.shapes = new LineShapes(recorder, true);
    this.table = new TextTable(recorder, /grad[^/\\]*$/i.test(path));
  }

  expected(bytes: Uint8Array, start: number, end: number, number: number): number {
    if (this.table.open || this.section || this.block !== null) {
      return -1;
    }
    const announced = this.sinceAnnounced < FORGOTTEN;
    const shape = this.shapes.foresee(bytes, start, end, announced ? 1 : 0);
    if (shape === null) {
      return -1;
    }
    this.sinceAnnounced++;
    const { note } = shape.meaning;
    if (shape.meaning.keys.length === 1 && shape.meaning.keys[0]?.bareName === true) {
      this.sinceParameter = 0;
    }
    if (note === AXIS_ONLY) {
      this.recorder.commitAxis(number, shape.meaning.split);
    } else {
      if (announced && note === OWNED) {
        this.sinceAnnounced = 0;
      }
      this.recorder.commitLike(shape.meaning, number);
    }
    return this.shapes.stop;
  }

  line(bytes: Uint8Array, start: number, end: number, number: number): void {
    const wide = hasWide(bytes, start, end);
    const dressed = isDressed(bytes, start, end);
    if (wide || dressed) {
      const length = end - start;
      if (this.scratch.length < length) {
        this.scratch = new Uint8Array(length);
      }
      const { scratch } = this;
      scratch.set(bytes.subarray(start, end));
      if (wide) {
        narrow(scratch, length);
      }
      if (dressed) {
        undress(scratch, length);
      }
      this.read(scratch, 0, length, number);
    } else {
      this.read(bytes, start, end, number);
    }
    if (this.recorder.absent.isNoted) {
      this.recorder.keepAbsent(number);
    }
  }

  private read(bytes: Uint8Array, start: number, end: number, number: number): void {
    const recorder = this.recorder;
    if (
      (bytes[start] === W && isTracker(bytes, start, end)) ||
      (bytes[start] === S && BUILD_STEP.test(textOf(bytes, start, Math.min(end, start + LONGEST_BUILD_STEP))))
    ) {
      return;
    }
    if (this.table.line(bytes, start, end, number, this.sinceAnnounced < FORGOTTEN)) {
      this.section = false;
      return;
    }
    this.sinceAnnounced++;
    this.sinceParameter++;
    recorder.begin();
    const announced = this.sinceAnnounced <= FORGOTTEN;
    this.scanner.announced = announced;
    this.scanner.governed = this.section;
    const indent = skipSpaces(bytes, start, end) - start;
    if (indent <= this.blockIndent && start + indent < end) {
      this.block = null;
    }
    this.scanner.scan(bytes, start, end, this.block);
    const open = this.scanner.braceOpen;
    if (this.scanner.heading !== null) {
      this.block = this.scanner.heading;
      this.blockIndent = indent;
    }
    if (this.scanner.alarm && this.event(textOf(bytes, start, Math.min(end, start + 2000)), number)) {
      return;
    }
    if (
      !recorder.hasMetric() &&
      !recorder.hasAxis() &&
      this.sinceParameter < FORGOTTEN &&
      this.modules(bytes, start, end, number)
    ) {
      return;
    }
    if (recorder.size === 0 || this.scanner.code) {
      if (!announced || !this.barred(bytes, start, end, number)) {
        this.announce(bytes, start, end);
      }
      return;
    }
    const run = recorder.severalRuns
      ? runLabelOf(textOf(bytes, start, Math.min(end, start + LONGEST_HEADING)))
      : null;
    if (run !== null) {
      recorder.rekey(0, (key) => (key.meaning.role === 'metric' ? recorder.keys.inRun(key, run) : key));
    }
    // Under a heading the same line means another layer each time: its shape says nothing.
    const section = this.section || open || this.block !== null || run !== null || recorder.absent.isNoted;
    if (open) {
      this.section = true;
    } else if (this.section) {
      this.ownSection();
    }
    if (
      recorder.hasMetric() ||
      recorder.hasMaybeLoss() ||
      recorder.hasState() ||
      (recorder.records > 0 && recorder.hasRate())
    ) {
      if (announced && this.scanner.owned) {
        // One layer after another: the heading holds for all of them.
        this.sinceAnnounced = 0;
      }
      if (recorder.soleKey?.bareName === true && indent > 0) {
        this.sinceParameter = 0;
      }
      if (!section) {
        const note = this.scanner.owned ? OWNED : 0;
        this.shapes.learn(bytes, start, end, this.scanner.split, announced ? 1 : 0, note);
      }
      recorder.commit(number, this.scanner.split);
    } else if (recorder.hasAxis()) {
      if (!section && !/gradient/i.test(textOf(bytes, start, Math.min(end, start + LONGEST_HEADING)))) {
        this.shapes.learn(bytes, start, end, this.scanner.split, announced ? 1 : 0, AXIS_ONLY);
      }
      this.announce(bytes, start, end);
      recorder.commitAxis(number, this.scanner.split);
    }
  }

  /** Notes a heading such as "Gradient norms:" or "=== Gradients at step 5 ===". */
  private announce(bytes: Uint8Array, start: number, end: number): void {
    if (end - start > LONGEST_HEADING || start === end) {
      this.section = this.section && start < end;
      return;
    }
    const text = textOf(bytes, start, end);
    if (HEADING.test(text) && !ACTION.test(text)) {
      this.sinceAnnounced = 0;
      this.section = this.scanner.openEnd;
    } else if (!/^[\s=\-_*#]+$/.test(text)) {
      this.section = false;
    }
  }

  /** `  blocks.0 token 1.5e-05 scale 2.8e-02` beside `  patch.weight 0.4`: the parts of a module, each with its norm. */
  private modules(bytes: Uint8Array, start: number, end: number, number: number): boolean {
    const text = end - start > LONGEST_MODULES ? '' : textOf(bytes, start, end);
    const [, module, parts] = MODULE.exec(text) ?? [];
    if (module === undefined || parts === undefined) {
      return false;
    }
    const { recorder } = this;
    const words = parts.trim().split(/\s+/);
    const names = words.filter((_, at) => at % 2 === 0);
    // LayerScale calls its parameter so; "lr" and "mean" are none.
    if (names.some((name) => name !== 'scale' && (NO_LAYER.test(name) || meaningOf(name).kind !== 'other'))) {
      return false;
    }
    recorder.begin();
    names.forEach((name, index) => {
      const layer = recorder.keys.named(`${module}.${name}`);
      const owned = layer === null ? null : recorder.keys.ownedBy(layer, 'grad norm');
      if (owned !== null) {
        recorder.add(owned, numberOf(words[2 * index + 1] ?? ''));
      }
    });
    recorder.commit(number, this.scanner.split);
    this.sinceParameter = 0;
    return true;
  }

  /** `fc1.weight | 1.2e-3` below a heading that speaks of gradients. */
  private barred(bytes: Uint8Array, start: number, end: number, number: number): boolean {
    const text = end - start > LONGEST_HEADING ? '' : textOf(bytes, start, end);
    const [, name, value] = BARRED.exec(text) ?? [];
    if (name === undefined || value === undefined || !isParameterName(name)) {
      return false;
    }
    const { recorder } = this;
    const layer = recorder.keys.named(name);
    const owned = layer === null ? null : recorder.keys.ownedBy(layer, 'grad norm');
    if (owned === null) {
      return false;
    }
    recorder.begin();
    recorder.add(owned, numberOf(value));
    recorder.commit(number, this.scanner.split);
    this.sinceAnnounced = 0;
    return true;
  }

  /** Gives the line's only number, if its name says nothing else, to the layer of that name. */
  private ownSection(): void {
    const { recorder } = this;
    const key = recorder.soleKey;
    if (
      key === null ||
      key.meaning.role !== 'metric' ||
      key.meaning.kind !== 'other' ||
      !LAYER.test(key.name)
    ) {
      this.section = key !== null && key.meaning.kind === 'grad-norm';
      return;
    }
    if (NO_LAYER.test(key.name) && !isStatistic(key.name)) {
      return;
    }
    const owned = isStatistic(key.name)
      ? recorder.keys.named(`grad ${key.name}`)
      : recorder.keys.ownedBy(key, 'grad norm');
    if (owned !== null) {
      const value = recorder.number.value;
      recorder.begin();
      recorder.add(owned, value);
    }
  }

  tail(bytes: Uint8Array, start: number, end: number, number: number): boolean {
    if (bytes[end - 1] !== 125 || bytes[start] !== 123) {
      return false;
    }
    this.line(bytes, start, end, number);
    return true;
  }

  /** True when the line tells of a skipped step. */
  private event(text: string, line: number): boolean {
    for (const pattern of SKIP_PATTERNS) {
      const event = pattern.exec(text);
      if (event !== null) {
        this.recorder.skip(line, event[1] === undefined ? Number.NaN : Number(event[1]));
        return true;
      }
    }
    return false;
  }
}

const W = 119;
const S = 83;
/** A container is built in steps too. */
const BUILD_STEP =
  /^Step \d{1,4}\/\d{1,4} : (?:FROM|RUN|CMD|LABEL|MAINTAINER|EXPOSE|ENV|ADD|COPY|ENTRYPOINT|VOLUME|USER|WORKDIR|ARG|ONBUILD|STOPSIGNAL|HEALTHCHECK|SHELL)\b/i;
const LONGEST_BUILD_STEP = 32;
/** What the W&B client prints repeats what was logged: sparklines and last values. */
const TRACKER = 'wandb: ';

function isTracker(bytes: Uint8Array, start: number, end: number): boolean {
  return end - start > TRACKER.length && textOf(bytes, start, start + TRACKER.length) === TRACKER;
}

/** What a shape of line notes: it is about one parameter, or only moves the run to a step. */
const OWNED = 1;
const AXIS_ONLY = 2;
/** So many lines later, what a heading said is no longer about the lines at hand. */
const FORGOTTEN = 4;
const LONGEST_HEADING = 120;
const HEADING =
  /^[^a-z]{0,40}(?:\w{1,20} ){0,3}(?:grads?|gradients?)(?: (?:l2 )?(?:norms?|flow|magnitudes?|stats?|statistics|summary|report|analysis|check|monitor|debug|info|values))?(?: (?:per|by|of|for|at|after|in) [\w ]{1,40})?[^a-z]{0,40}(?:(?:step|epoch|iter|iteration|batch)[^a-z]{0,20})?$/i;
/** "Computing gradients:" announces no norms. */
const ACTION = /^\W{0,40}\w{1,20}ing\b/;
const BARRED =
  /^[\s|]{0,40}([A-Za-z_][\w.-]{0,100})\s{0,40}\|\s{0,40}([-+]?\d[\d.]{0,24}(?:e[-+]?\d{1,3})?|nan|[-+]?inf)[\s|]{0,10}$/i;
const LONGEST_MODULES = 400;
const MODULE =
  /^\s+([A-Za-z_]\w*(?:\.\w+)*\.\d{1,4}|[A-Za-z_]{1,40}\d{1,4})((?:\s+[A-Za-z_][\w.]{0,40}\s+(?:\d[\d.]*(?:e[-+]?\d{1,3})?|nan|inf)){1,16})\s*$/i;
const LAYER = /^[A-Za-z_][\w.\-/[\]]*(?: \d{1,4})?$/;

/** Messages of a skipped step, with the loss scale that follows: DeepSpeed, fairseq, apex, Paddle, ESPnet. */
const SKIP_PATTERNS: readonly RegExp[] = [
  /OVERFLOW!.{0,80}?Skipping step\..{0,80}?reducing to ([\d.e+-]{1,24})/i,
  /OVERFLOW!.{0,80}?Skipping step/i,
  /overflow detected.{0,80}?setting loss scale to: ([\d.e+-]{1,24})/i,
  /Gradient overflow\.\s{1,4}Skipping step.{0,60}?reducing loss scale to ([\d.e+-]{1,24})/i,
  /Found inf or nan, current scale is: [\d.]{1,24}, decrease to: /i,
  /grad norm is (?:nan|inf)\. Skipping updating/i,
];
