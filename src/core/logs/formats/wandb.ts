import { Crc } from '../../io/crc';
import { LineReader } from '../../io/lineReader';
import type { BlockParser, Head, LogFormat } from '../format';
import type { Recorder } from '../recorder';
import { textOf } from '../scan/bytes';
import { ProtobufWalker, viewOf } from '../scan/protobuf';
import { TextLog } from '../textLog';

const zlib = new Crc(0xedb88320);
const HEADER = [0x3a, 0x57, 0x26, 0x42, 0xe1, 0xbe, 0x00];
const BLOCK = 32768;
const RECORD_HEADER = 7;
const FULL = 1;
const FIRST = 2;
const LAST = 4;
/** A record made of more parts than this is a damaged file. */
const LARGEST = 64 * 1024 * 1024;

/** Takes the console's text out of the records that keep it. */
class Console {
  private readonly lines = new LineReader();
  private readonly log: TextLog;

  constructor(recorder: Recorder) {
    this.log = new TextLog(recorder);
  }

  /** Record{output = 4, output_raw = 13}; both keep the text in field 3. */
  take(bytes: Uint8Array, start: number, end: number): void {
    const fields = new ProtobufWalker(bytes, start, end);
    while (fields.next()) {
      if (fields.field === 3 && fields.wire === 2) {
        const text = bytes.subarray(fields.from, fields.to);
        this.lines.space(text.length).set(text);
        this.lines.accept(text.length, this.log);
      }
    }
  }
}

/** A W&B run file: LevelDB log blocks of protocol buffer records, of which the history is read, or the console. */
class WandbFile implements BlockParser {
  readonly lines = 0;
  /** Offset in the file: blocks are counted from its start. */
  private offset = 0;
  private records = 0;
  private parts: Uint8Array[] = [];
  private partsLength = 0;

  constructor(
    private readonly recorder: Recorder,
    private readonly console: Console | null = null,
  ) {}

  feed(bytes: Uint8Array, start: number, end: number): number {
    const view = viewOf(bytes);
    let at = start;
    if (this.offset === 0) {
      if (end - at < HEADER.length) {
        return 0;
      }
      at += HEADER.length;
      this.offset = HEADER.length;
    }
    for (;;) {
      const left = BLOCK - (this.offset % BLOCK);
      if (left < RECORD_HEADER) {
        if (end - at < left) {
          break;
        }
        at += left;
        this.offset += left;
        continue;
      }
      if (end - at < RECORD_HEADER) {
        break;
      }
      const length = view.getUint16(at + 4, true);
      const size = RECORD_HEADER + length;
      if (size > left) {
        // A length that leaves the block is damage: go on with the next block.
        this.recorder.problem(0, `Record ${this.records + 1} is damaged; the rest of its block was skipped`);
        if (end - at < left) {
          break;
        }
        this.parts = [];
        at += left;
        this.offset += left;
        continue;
      }
      if (end - at < size) {
        break;
      }
      this.part(bytes, at, at + size, view.getUint32(at, true));
      at += size;
      this.offset += size;
    }
    return at - start;
  }

  private part(bytes: Uint8Array, start: number, end: number, checksum: number): void {
    const type = bytes[start + 6]!;
    if (zlib.of(bytes, start + 6, end) !== checksum) {
      if (type !== 0) {
        this.recorder.problem(0, `Record ${this.records + 1} is damaged (checksum) and was skipped`);
      }
      this.parts = [];
      return;
    }
    const data = bytes.subarray(start + RECORD_HEADER, end);
    if (type === FULL) {
      this.record(data);
      return;
    }
    if (type === FIRST) {
      this.parts = [];
      this.partsLength = 0;
    }
    this.partsLength += data.length;
    if (this.partsLength <= LARGEST) {
      this.parts.push(data.slice());
    }
    if (type === LAST) {
      const whole = new Uint8Array(this.parts.reduce((sum, part) => sum + part.length, 0));
      let at = 0;
      for (const part of this.parts) {
        whole.set(part, at);
        at += part.length;
      }
      this.parts = [];
      this.record(whole);
    }
  }

  /** Record{history = 2}; HistoryRecord{item = 1, step = 2{num = 1}}. */
  private record(bytes: Uint8Array): void {
    this.records++;
    const fields = new ProtobufWalker(bytes, 0, bytes.length);
    while (fields.next()) {
      if (fields.wire !== 2) {
        continue;
      }
      if (this.console === null && fields.field === 2) {
        this.history(bytes, fields.from, fields.to);
      } else if (this.console !== null && (fields.field === 4 || fields.field === 13)) {
        this.console.take(bytes, fields.from, fields.to);
      }
    }
  }

  private history(bytes: Uint8Array, start: number, end: number): void {
    const recorder = this.recorder;
    recorder.begin();
    let step = Number.NaN;
    let hasStep = false;
    const fields = new ProtobufWalker(bytes, start, end);
    while (fields.next()) {
      if (fields.field === 1 && fields.wire === 2) {
        hasStep = this.item(bytes, fields.from, fields.to) || hasStep;
      } else if (fields.field === 2 && fields.wire === 2) {
        const inner = new ProtobufWalker(bytes, fields.from, fields.to);
        step = 0;
        while (inner.next()) {
          step = inner.field === 1 && inner.wire === 0 ? inner.varint : step;
        }
      }
    }
    const key = recorder.keys.named('_step');
    if (!hasStep && !Number.isNaN(step) && key !== null) {
      recorder.add(key, step);
    }
    if (recorder.size > 0) {
      recorder.commit(this.records);
    }
  }

  /** HistoryItem{key = 1, nested_key = 2, value_json = 16}. @returns true when it is the step. */
  private item(bytes: Uint8Array, start: number, end: number): boolean {
    const fields = new ProtobufWalker(bytes, start, end);
    let name = '';
    const nested: string[] = [];
    let from = 0;
    let to = 0;
    while (fields.next()) {
      if (fields.field === 1 && fields.wire === 2) {
        name = textOf(bytes, fields.from, fields.to);
      } else if (fields.field === 2 && fields.wire === 2) {
        nested.push(textOf(bytes, fields.from, fields.to));
      } else if (fields.field === 16 && fields.wire === 2) {
        from = fields.from;
        to = fields.to;
      }
    }
    const quoted = bytes[from] === 34 ? 1 : 0;
    const after = this.recorder.number.scan(bytes, from + quoted, to - quoted);
    const key =
      after === to - quoted ? this.recorder.keys.named(name === '' ? nested.join('.') : name) : null;
    if (key === null) {
      return false;
    }
    this.recorder.take(key);
    return key.name === '_step';
  }
}

function isRunFile({ bytes }: Head): boolean {
  return HEADER.every((byte, index) => bytes[index] === byte);
}

/** The console of a run that logged no history: what the script printed is kept in the same file. */
export const wandbConsole: LogFormat = {
  id: 'wandb-console',
  title: 'Weights & Biases run file, console output',
  reference: 'https://github.com/wandb/wandb/blob/main/wandb/proto/wandb_internal.proto',
  sniff: (head) => (isRunFile(head) ? 0.9 : 0),
  besideCode: true,
  open: (recorder) => ({ blocks: new WandbFile(recorder, new Console(recorder)) }),
  samples: [],
};

/** `run-<id>.wandb`, the file Weights & Biases writes beside every run. */
export const wandb: LogFormat = {
  id: 'wandb',
  title: 'Weights & Biases run file (.wandb)',
  reference: 'https://github.com/wandb/wandb/blob/main/wandb/proto/wandb_internal.proto',
  sniff: (head) => (isRunFile(head) ? 1 : 0),
  enough: 0,
  open: (recorder) => ({ blocks: new WandbFile(recorder) }),
  samples: [],
};
