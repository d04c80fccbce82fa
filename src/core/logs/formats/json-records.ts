import type { BlockParser, Head, LogFormat } from '../format';
import type { Recorder } from '../recorder';
import { lineEnds, skipBalanced } from '../scan/balanced';
import { CLOSE_BRACKET, COMMA, OPEN_BRACE, OPEN_BRACKET, skipSpaces } from '../scan/bytes';
import { DictScanner } from '../scan/dict';
import { isTrainingRecord } from './json-lines';

/** Longest record that is waited for: each wait scans it again. */
const LARGEST_RECORD = 1024 * 1024;
/** Records of the head that are looked at. */
const LOOKED_AT = 20;
/** The list of records begins so near to the start of its document. */
const LIST_WITHIN = 65_536;

/** Objects one after another, each over several lines, or as the elements of one list. */
class Records implements BlockParser {
  lines = 0;
  private readonly dict: DictScanner;
  private broken = false;
  private started = false;
  /** The records are the elements of a list inside an object: its end is theirs. */
  private listed = false;

  constructor(private readonly recorder: Recorder) {
    this.dict = new DictScanner(recorder);
  }

  feed(bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    if (!this.started) {
      this.started = true;
      const list = listStart(bytes, start);
      this.listed = list > 0;
      at = this.pass(bytes, at, Math.max(at, list));
    }
    while (!this.broken && at < end) {
      if (this.listed && bytes[at] === CLOSE_BRACKET) {
        this.broken = true;
        break;
      }
      if (bytes[at] !== OPEN_BRACE) {
        at = this.pass(bytes, at, at + 1);
        continue;
      }
      const after = skipBalanced(bytes, at, end);
      if (after < 0) {
        if (end - at <= LARGEST_RECORD) {
          return at - start;
        }
        this.broken = true;
        this.recorder.problem(this.lines + 1, 'This record does not end; what follows was not read');
        break;
      }
      this.recorder.begin();
      if (this.dict.scan(bytes, at, after) < 0) {
        this.recorder.problem(this.lines + 1, 'This JSON record is not valid');
      } else if (this.recorder.size > 0) {
        this.recorder.commit(this.lines + 1);
      }
      at = this.pass(bytes, at, after);
    }
    return this.pass(bytes, at, end) - start;
  }

  private pass(bytes: Uint8Array, at: number, to: number): number {
    this.lines += lineEnds(bytes, at, to);
    return Math.max(at, to);
  }
}

/** Names under which programs keep their records in one document. */
const LIST =
  /"(?:history|train_history|training_history|logs?|train_log|training_log|log_history|records?|entries|metrics|epochs?|steps|iterations|results|train|training)"\s{0,4}:\s{0,4}\[\s{0,80}\{/;
const latin = new TextDecoder('latin1');

/** Offset of the first record of such a list, near the start of a document that is one object; 0 without one. */
function listStart(bytes: Uint8Array, start: number): number {
  if (bytes[afterBlanks(bytes, start)] !== OPEN_BRACE) {
    return 0;
  }
  // One character a byte, so that places in the text are places in the bytes.
  const match = LIST.exec(latin.decode(bytes.subarray(start, start + LIST_WITHIN)));
  return match === null ? 0 : start + match.index + match[0].length - 1;
}

/** Texts of the first whole objects; empty when something else stands between them. */
function firstRecords(head: Head): string[] {
  const { bytes } = head;
  const decoder = new TextDecoder();
  const records: string[] = [];
  const list = listStart(bytes, 0);
  let at = list > 0 ? list : afterBlanks(bytes, 0);
  if (bytes[at] === OPEN_BRACKET) {
    at = afterBlanks(bytes, at + 1);
  }
  while (records.length < LOOKED_AT && bytes[at] === OPEN_BRACE) {
    const after = skipBalanced(bytes, at, bytes.length);
    if (after < 0) {
      break;
    }
    records.push(decoder.decode(bytes.subarray(at, Math.min(after, at + LARGEST_RECORD))));
    at = afterBlanks(bytes, after);
    if (bytes[at] === COMMA) {
      at = afterBlanks(bytes, at + 1);
    }
  }
  return at >= bytes.length || bytes[at] === OPEN_BRACE || bytes[at] === CLOSE_BRACKET ? records : [];
}

function afterBlanks(bytes: Uint8Array, at: number): number {
  for (;;) {
    const next = skipSpaces(bytes, at, bytes.length);
    if (bytes[next] !== 10 && bytes[next] !== 13) {
      return next;
    }
    at = next + 1;
  }
}

/** A list of JSON records, or records over several lines as `jq` and `json.dump(indent=2)` write them. */
export const jsonRecords: LogFormat = {
  id: 'json-records',
  title: 'JSON list of records, and records over several lines',
  reference: 'https://docs.python.org/3/library/json.html#json.dump',
  sniff(head) {
    const first = head.lines.find((line) => line.trim() !== '') ?? '';
    const likely = /^\s*(?:\[\s*(?:\{|$)|\{\s*$)/.test(first) || listStart(head.bytes, 0) > 0;
    return !head.binary && likely ? believed(head) : 0;
  },
  enough: 0,
  open: (recorder) => ({ blocks: new Records(recorder) }),
  samples: [
    {
      text: '[\n  {"step": 1, "loss": 0.5, "grads": {"fc1.weight": 1.5}},\n  {"step": 2, "loss": 0.25, "grads": {"fc1.weight": NaN}}\n]\n',
      points: [
        ['loss', 1, 0.5],
        ['grads.fc1.weight', 1, 1.5],
        ['loss', 2, 0.25],
        ['grads.fc1.weight', 2, Number.NaN],
      ],
    },
    {
      text: '{\n  "step": 1,\n  "loss": 0.5,\n  "grad_norm": 1.5\n}\n{\n  "step": 2,\n  "loss": 0.25,\n  "grad_norm": Infinity\n}\n',
      points: [
        ['loss', 1, 0.5],
        ['grad_norm', 1, 1.5],
        ['loss', 2, 0.25],
        ['grad_norm', 2, Number.POSITIVE_INFINITY],
      ],
    },
  ],
};

function believed(head: Head): number {
  const records = firstRecords(head);
  const training = records.filter((record) => isTrainingRecord(record)).length;
  // Records over several lines must be two at least: one is a summary, or settings.
  const listed = /^\s*\[/.test(head.lines[0] ?? '') || listStart(head.bytes, 0) > 0;
  return training >= (listed ? 1 : 2) && training * 2 >= records.length ? 0.88 : 0;
}
