import { Crc } from '../../io/crc';
import type { BlockParser, LogFormat } from '../format';
import { type Key, keyStandsAt } from '../keyTable';
import type { Recorder } from '../recorder';
import { textOf } from '../scan/bytes';
import { ProtobufWalker, viewOf } from '../scan/protobuf';

const castagnoli = new Crc(0x82f63b78);
/** Larger records hold pictures at most; a length beyond it is a damaged file. */
const LARGEST_EVENT = 512 * 1024 * 1024;

/** The masked CRC-32C of TFRecord files. */
function masked(bytes: Uint8Array, start: number, end: number): number {
  const crc = castagnoli.of(bytes, start, end);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

const NOTHING = new Uint8Array(0);

/** Scalars and gradient histograms of an event file; every point is kept. */
class EventFile implements BlockParser {
  readonly lines = 0;
  private events = 0;
  private damaged = false;
  /** Walkers of the three messages that lie in each other, kept: there are millions. */
  private readonly fields = new ProtobufWalker(NOTHING, 0, 0);
  private readonly values = new ProtobufWalker(NOTHING, 0, 0);
  private readonly parts = new ProtobufWalker(NOTHING, 0, 0);
  private last: Key | null = null;
  /** Keys whose steps are on an axis of their own. */
  private readonly apart = new Map<Key, boolean>();

  constructor(private readonly recorder: Recorder) {
    recorder.survey.fixed = { kind: 'step', why: 'step of the TensorBoard event' };
  }

  feed(bytes: Uint8Array, start: number, end: number): number {
    const view = viewOf(bytes);
    let at = start;
    while (!this.damaged && at + 12 <= end) {
      const length = view.getUint32(at, true) + view.getUint32(at + 4, true) * 2 ** 32;
      if (view.getUint32(at + 8, true) !== masked(bytes, at, at + 8) || length > LARGEST_EVENT) {
        this.damaged = true;
        this.recorder.problem(
          0,
          `Event ${this.events + 1} is damaged (length checksum); nothing behind it can be read`,
        );
        break;
      }
      const data = at + 12;
      const next = data + length + 4;
      if (next > end) {
        return at - start;
      }
      this.events++;
      if (view.getUint32(data + length, true) === masked(bytes, data, data + length)) {
        this.event(bytes, view, data, data + length);
      } else {
        this.recorder.problem(0, `Event ${this.events} is damaged (data checksum) and was skipped`);
      }
      at = next;
    }
    return this.damaged ? end - start : at - start;
  }

  /** Event{wall_time = 1, step = 2, file_version = 3, summary = 5}. */
  private event(bytes: Uint8Array, view: DataView, start: number, end: number): void {
    const fields = this.fields.over(bytes, start, end);
    let step = 0;
    let from = 0;
    let to = 0;
    while (fields.next()) {
      if (fields.field === 2 && fields.wire === 0) {
        step = fields.varint;
      } else if (fields.field === 5 && fields.wire === 2) {
        from = fields.from;
        to = fields.to;
      }
    }
    const values = this.values.over(bytes, from, to);
    while (values.next()) {
      if (values.field === 1 && values.wire === 2) {
        this.value(bytes, view, values.from, values.to, step);
      }
    }
  }

  /** Value{tag = 1, simple_value = 2, histo = 5, tensor = 8}. */
  private value(bytes: Uint8Array, view: DataView, start: number, end: number, step: number): void {
    const fields = this.parts.over(bytes, start, end);
    let key: Key | null = null;
    let number = Number.NaN;
    let found = false;
    let histogram = false;
    while (fields.next()) {
      if (fields.field === 1 && fields.wire === 2) {
        key = this.tag(bytes, view, fields.from, fields.to);
      } else if (fields.field === 2 && fields.wire === 5) {
        number = view.getFloat32(fields.from, true);
        found = true;
      } else if (fields.field === 5 && fields.wire === 2) {
        number = normOfHistogram(bytes, view, fields.from, fields.to);
        histogram = true;
      } else if (fields.field === 8 && fields.wire === 2) {
        const scalar = scalarOf(bytes, view, fields.from, fields.to);
        number = scalar ?? number;
        found = scalar !== null;
      }
    }
    if (key === null) {
      return;
    }
    const ofGradient = histogram && key.meaning.kind === 'grad-norm' && key.meaning.parameter !== null;
    if (found || (ofGradient && !Number.isNaN(number))) {
      this.recorder.point(key, step, number, this.events, this.isApart(key));
    }
  }

  /** Tags are written in the same order at every step: the one that followed last time is tried first. */
  private tag(bytes: Uint8Array, view: DataView, from: number, to: number): Key | null {
    const guess = this.last === null ? null : this.last.next;
    if (guess !== null && guess.bytes.length === to - from && keyStandsAt(guess, view, bytes, from, to)) {
      this.last = guess;
      return guess;
    }
    const key = this.recorder.keys.find(bytes, from, to);
    if (this.last !== null) {
      this.last.next = key;
    }
    this.last = key;
    return key;
  }

  private isApart(key: Key): boolean {
    let apart = this.apart.get(key);
    if (apart === undefined) {
      apart = / vs (?:samples|tokens)$/.test(key.name);
      this.apart.set(key, apart);
    }
    return apart;
  }
}

/** HistogramProto{…, sum_squares = 5}: the L2 norm of the tensor the histogram was made of. */
function normOfHistogram(bytes: Uint8Array, view: DataView, start: number, end: number): number {
  const fields = new ProtobufWalker(bytes, start, end);
  while (fields.next()) {
    if (fields.field === 5 && fields.wire === 1) {
      return Math.sqrt(view.getFloat64(fields.from, true));
    }
  }
  return Number.NaN;
}

/** A 0-d TensorProto{dtype = 1, tensor_content = 4, float_val = 5, double_val = 6, int_val = 7}; null for others. */
function scalarOf(bytes: Uint8Array, view: DataView, start: number, end: number): number | null {
  const fields = new ProtobufWalker(bytes, start, end);
  let type = 0;
  let scalar: number | null = null;
  while (fields.next()) {
    const length = fields.to - fields.from;
    if (fields.field === 1 && fields.wire === 0) {
      type = fields.varint;
    } else if (fields.field === 2 && fields.wire === 2 && length > 0) {
      const shape = textOf(bytes, fields.from, fields.to);
      if (shape.length > 0) {
        return null;
      }
    } else if (fields.field === 4 && fields.wire === 2) {
      scalar =
        type === 1 && length === 4
          ? view.getFloat32(fields.from, true)
          : type === 2 && length === 8
            ? view.getFloat64(fields.from, true)
            : type === 3 && length === 4
              ? view.getInt32(fields.from, true)
              : type === 9 && length === 8
                ? Number(view.getBigInt64(fields.from, true))
                : null;
    } else if (fields.field === 5 && fields.wire !== 0 && length === 4) {
      scalar = view.getFloat32(fields.from, true);
    } else if (fields.field === 6 && fields.wire !== 0 && length === 8) {
      scalar = view.getFloat64(fields.from, true);
    } else if (fields.field === 7 && fields.wire === 0) {
      scalar = fields.varint;
    }
  }
  return scalar;
}

/** TensorBoard event files of PyTorch, TensorFlow, Lightning, Megatron, verl and others. */
export const tensorboard: LogFormat = {
  id: 'tensorboard',
  title: 'TensorBoard event file',
  reference: 'https://github.com/tensorflow/tensorboard/blob/master/tensorboard/compat/proto/event.proto',
  sniff({ bytes }) {
    if (bytes.length < 12) {
      return 0;
    }
    const view = viewOf(bytes);
    return view.getUint32(4, true) === 0 && view.getUint32(8, true) === masked(bytes, 0, 8) ? 1 : 0;
  },
  enough: 0,
  open: (recorder) => ({ blocks: new EventFile(recorder) }),
  samples: [],
};
