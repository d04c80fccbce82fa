import { type BlockParser, HEAD_COLUMNS, type LogFormat } from '../format';
import { meaningOf } from '../keys';
import type { Key } from '../keyTable';
import type { Recorder } from '../recorder';
import { closingQuote } from '../scan/balanced';
import {
  APOSTROPHE,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  CR,
  LF,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
  SPACE,
  TAB,
} from '../scan/bytes';

/** Bytes of the longest key, number or word; a list is read as it comes. */
const LONGEST_TOKEN = 1000;
const DEEPEST = 16;

/** A key whose list is being read. */
interface Level {
  /** The key of the object that is open; null at the root. */
  readonly parent: Key | null;
  readonly list: boolean;
  /** Elements of the list so far. */
  index: number;
}

/** A column that was read, for the axis that may come behind it. */
interface Column {
  readonly key: Key;
  readonly length: number;
}

/**
 * One document of lists: `{"loss": [0.5, 0.4], "grad_norms": {"fc1": [1.5, 1.4]}}`, as `json.dump(history)` writes it.
 * Read as it comes, element by element; a list of steps or epochs places the lists of the same length.
 */
class Columns implements BlockParser {
  lines = 0;
  private readonly levels: Level[] = [];
  private readonly columns: Column[] = [];
  private axis: number[] | null = null;
  private axisRank = 99;
  /** Numbers of the list that is open, when it is an axis. */
  private places: number[] | null = null;
  private key: Key | null = null;
  private afterColon = false;
  private ended = false;

  constructor(private readonly recorder: Recorder) {}

  feed(bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    while (at < end && !this.ended) {
      const next = this.token(bytes, at, end);
      if (next < 0) {
        if (end - at > LONGEST_TOKEN) {
          this.ended = true;
          this.recorder.problem(this.lines + 1, 'The document is not valid from here on');
          break;
        }
        return at - start;
      }
      at = next;
    }
    return end - start;
  }

  /** Reads one token. @returns the offset after it, or -1 when it may go on behind `end`. */
  private token(bytes: Uint8Array, at: number, end: number): number {
    const byte = bytes[at]!;
    switch (byte) {
      case LF:
        this.lines++;
        return at + 1;
      case CR:
        if (at + 1 >= end) {
          return -1;
        }
        this.lines += bytes[at + 1] === LF ? 0 : 1;
        return at + 1;
      case SPACE:
      case TAB:
      case COMMA:
        return at + 1;
      case COLON:
        this.afterColon = true;
        return at + 1;
      case OPEN_BRACE:
      case OPEN_BRACKET:
        this.open(byte === OPEN_BRACKET);
        return at + 1;
      case CLOSE_BRACE:
      case CLOSE_BRACKET:
        this.close();
        return at + 1;
      case QUOTE:
      case APOSTROPHE:
        return this.text(bytes, at, end, byte);
      default:
        return this.scalar(bytes, at, end);
    }
  }

  private get level(): Level | undefined {
    return this.levels.at(-1);
  }

  private open(list: boolean): void {
    const outer = this.level;
    const key = this.afterColon ? this.key : outer?.list === true ? outer.parent : null;
    const first = list && outer?.list !== true && key !== null && key.meaning.role !== 'metric';
    if (first) {
      this.places = [];
    }
    if (this.levels.length >= DEEPEST) {
      this.ended = true;
    }
    this.levels.push({ parent: key, list, index: 0 });
    this.afterColon = false;
    this.key = null;
  }

  private close(): void {
    const closed = this.levels.pop();
    if (closed === undefined || this.levels.length === 0) {
      this.ended = true;
    }
    if (closed?.list === true && closed.parent !== null) {
      this.column(closed.parent, closed.index);
    }
    if (this.level?.list === true) {
      this.level.index++;
    }
    this.afterColon = false;
    this.key = null;
  }

  /** A list is complete: an axis for others, or a column to be placed on one. */
  private column(key: Key, length: number): void {
    if (this.places !== null && key.meaning.role !== 'metric') {
      const places = this.places;
      this.places = null;
      const rank = key.meaning.role === 'step' ? key.meaning.rank : key.meaning.rank + 10;
      const axis = key.meaning.role === 'step' || key.meaning.role === 'epoch';
      if (!axis || rank >= this.axisRank || places.length !== length || !places.every(Number.isFinite)) {
        return;
      }
      this.axis = places;
      this.axisRank = rank;
      this.recorder.survey.fixed = {
        kind: key.meaning.role === 'step' ? 'step' : 'epoch',
        why: `list ${key.name}`,
      };
      this.columns.forEach((column) => {
        this.place(column);
      });
      return;
    }
    const column = { key, length };
    this.columns.push(column);
    this.place(column);
  }

  private place({ key, length }: Column): void {
    const { axis } = this;
    if (axis === null || axis.length !== length) {
      return;
    }
    for (const series of key.series) {
      for (let index = 0; series !== null && series.columns.length === length && index < length; index++) {
        series.columns.setStep(index, axis[index] ?? index);
      }
    }
  }

  private text(bytes: Uint8Array, at: number, end: number, quote: number): number {
    const close = closingQuote(bytes, at + 1, Math.min(end, at + LONGEST_TOKEN), quote);
    if (close < 0) {
      return -1;
    }
    const level = this.level;
    if (level !== undefined && !level.list && !this.afterColon) {
      this.key = this.recorder.keys.find(bytes, at + 1, close, level.parent);
      return close + 1;
    }
    const after = this.recorder.number.scan(bytes, at + 1, close);
    if (after === close) {
      this.number();
    } else if (level?.list === true) {
      level.index++;
    }
    this.afterColon = false;
    return close + 1;
  }

  /** A number, `null`, `true`, `None`. */
  private scalar(bytes: Uint8Array, at: number, end: number): number {
    let to = at;
    while (to < end && !endsScalar(bytes[to]!)) {
      to++;
    }
    if (to >= end) {
      return -1;
    }
    if (to > at && this.recorder.number.scan(bytes, at, to) === to) {
      this.number();
    } else if (this.level?.list === true) {
      this.level.index++;
    }
    this.afterColon = false;
    return Math.max(to, at + 1);
  }

  /** Keeps a number that stands in a list, at its place in the outermost one. */
  private number(): void {
    const level = this.level;
    if (level === undefined) {
      return;
    }
    const value = this.recorder.number.value;
    const key = level.list ? level.parent : this.key;
    const lists = this.levels.filter(({ list }) => list);
    const step = lists[0]?.index;
    if (level.list) {
      level.index++;
    }
    // Numbers beside the lists are settings; lists in lists have no names.
    if (key === null || step === undefined || lists.length > 1) {
      return;
    }
    if (this.places !== null) {
      this.places.push(value);
      return;
    }
    if (key.meaning.role === 'metric') {
      this.recorder.point(key, this.axis?.[step] ?? step, value, this.lines + 1);
    }
  }
}

function endsScalar(byte: number): boolean {
  return (
    byte === COMMA ||
    byte === CLOSE_BRACE ||
    byte === CLOSE_BRACKET ||
    byte === SPACE ||
    byte === LF ||
    byte === CR ||
    byte === TAB
  );
}

/** A key and the start of its list, of two numbers at least or of objects. */
const LIST = /["']([^"'\\]{1,300})["']\s{0,4}:\s{0,4}\[\s{0,40}(?:[-+\d.]|NaN|nan|inf|Inf|\{)/g;
/** Lists that are looked at. */
const LOOKED_AT = 200;

/** A document that is one object of lists, of which one at least is a loss or a gradient. */
export const jsonColumns: LogFormat = {
  id: 'json-columns',
  title: 'JSON or Python dict of lists (a history of losses and gradient norms)',
  reference: 'https://keras.io/api/callbacks/history/',
  sniff(head) {
    const [first = '', second = ''] = head.lines;
    const cut = second.length === HEAD_COLUMNS;
    if (head.binary || !/^\s*\{/.test(first) || (cut ? /^\{/ : /^\{.*\}\s*$/).test(second)) {
      // The second line is an object too: records, no columns.
      return 0;
    }
    const text = new TextDecoder().decode(head.bytes.subarray(0, 256 * 1024));
    const keys = [...text.matchAll(LIST)].slice(0, LOOKED_AT).map(([, key = '']) => key);
    const meanings = keys.map(meaningOf);
    const gradients = meanings.filter(({ kind, weak }) => kind === 'grad-norm' && !weak).length;
    const losses = meanings.filter(({ kind }) => kind === 'loss').length;
    const axis = meanings.some(({ role }) => role === 'step' || role === 'epoch');
    const companions = keys.some((key) => /^(?:val_|train_)?(?:acc|accuracy|lr|mae|mse)$/i.test(key));
    const grads =
      /["'](?:grads?|gradients?|grad(?:ient)?_norms?)["']\s{0,4}:\s{0,4}\{/.test(text) && keys.length > 1;
    return gradients > 0 || grads || losses > 1 || (losses > 0 && (axis || companions)) ? 0.84 : 0;
  },
  enough: 0,
  open: (recorder) => ({ blocks: new Columns(recorder) }),
  samples: [
    {
      text: '{"grad_norm": [1.5, NaN, 0.5], "epoch": [1, 2, 3], "loss": [0.5, 0.25, 0.125], "lr": 0.1}\n',
      points: [
        ['grad_norm', 1, 1.5],
        ['grad_norm', 2, Number.NaN],
        ['grad_norm', 3, 0.5],
        ['loss', 1, 0.5],
        ['loss', 2, 0.25],
        ['loss', 3, 0.125],
      ],
    },
    {
      text: '{\n  "train_loss": [\n    0.5,\n    0.25\n  ],\n  "gradients": {\n    "fc1.weight": [\n      1.5,\n      1.25\n    ]\n  }\n}\n',
      points: [
        ['train_loss', 0, 0.5],
        ['train_loss', 1, 0.25],
        ['gradients.fc1.weight', 0, 1.5],
        ['gradients.fc1.weight', 1, 1.25],
      ],
    },
  ],
};
