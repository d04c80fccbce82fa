import type { Split } from '../run/series';
import type { Recorder } from './recorder';
import { LineShape } from './scan/lineShape';

/** Together they take no more than this; then all are forgotten and learned anew. */
const MOST_BYTES = 4 * 1024 * 1024;
/** Lines that may be learned without one that was foreseen; each that was gives one back. */
const PATIENCE = 256;
/** To learn the shape of a record with more fields would hold an editor up for longer than it saves on one line. */
const WIDEST = 8192;
/** A log whose lines have no shape in common is still tried now and then: it may change. */
const RARE = 64;

/**
 * The shapes that the lines of one log have had, each with the one that came next: what the parser has read once is read
 * by comparing bytes from then on, with the same outcome.
 */
export class LineShapes {
  private known = new Map<number, LineShape[]>();
  private bytes = 0;
  private last: LineShape | null = null;
  private patience = PATIENCE;
  private unforeseen = 0;
  /** End of the line that was foreseen last. */
  stop = -1;

  /**
   * @param strict the parser tells whole numbers, fractions and `nan` apart
   */
  constructor(
    private readonly recorder: Recorder,
    private readonly strict: boolean,
  ) {}

  /**
   * Reads the line at `at` if it has the shape that is expected now; its numbers are then in the recorder, to be
   * committed, and {@link stop} is where it ends.
   * @param mode see {@link LineMeaning.mode}
   */
  foresee(bytes: Uint8Array, at: number, end: number, mode = 0): LineShape | null {
    const { last } = this;
    if (last === null) {
      return null;
    }
    const { next, other } = last;
    if (next !== null && this.holds(next, bytes, at, end, mode)) {
      return next;
    }
    if (other !== null && this.holds(other, bytes, at, end, mode)) {
      last.next = other;
      last.other = next;
      return other;
    }
    return null;
  }

  private holds(shape: LineShape, bytes: Uint8Array, at: number, end: number, mode: number): boolean {
    if (shape.meaning.mode !== mode) {
      return false;
    }
    const { recorder } = this;
    this.stop = shape.match(bytes, at, end, recorder.number, recorder.room(shape.meaning.keys.length + 1));
    if (this.stop < 0) {
      return false;
    }
    recorder.fill(shape.meaning);
    this.last = shape;
    if (this.patience < PATIENCE) {
      this.patience++;
    }
    return true;
  }

  /** The line from `start` to `end` was read the long way: its numbers are in the recorder, about to be committed. */
  learn(bytes: Uint8Array, start: number, end: number, split?: Split, mode = 0, note = 0): void {
    if (this.recorder.size > WIDEST || (this.patience === 0 && ++this.unforeseen % RARE !== 0)) {
      return;
    }
    this.patience = Math.max(0, this.patience - 1);
    const { recorder } = this;
    const slots = recorder.slotsOf(bytes, start, end, this.strict);
    if (slots === null) {
      return;
    }
    const meaning = recorder.meaningOf(split, mode, note);
    const shape = this.keep(new LineShape(bytes, start, end, slots, this.strict, meaning));
    const { last } = this;
    if (last !== null && last.next !== shape) {
      last.other = last.next;
      last.next = shape;
    }
    this.last = shape;
  }

  private keep(shape: LineShape): LineShape {
    const { hash } = shape;
    const alike = this.known.get(hash) ?? [];
    const known = alike.find((one) => one.equals(shape));
    if (known !== undefined) {
      return known;
    }
    if (this.bytes > MOST_BYTES) {
      this.known.clear();
      this.bytes = 0;
      this.last = null;
    }
    this.bytes += shape.size;
    this.known.set(hash, [...alike, shape]);
    return shape;
  }
}
