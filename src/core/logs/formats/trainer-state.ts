import type { BlockParser, LogFormat } from '../format';
import type { Recorder } from '../recorder';
import { lineEnds, skipBalanced } from '../scan/balanced';
import { bytesOf, CLOSE_BRACKET, find, OPEN_BRACE, OPEN_BRACKET } from '../scan/bytes';
import { DictScanner } from '../scan/dict';
import { trainerMeaning } from './hf-trainer';

const HISTORY = bytesOf('"log_history"');

/** Longest entry that is waited for: each wait scans it again. */
const LARGEST_ENTRY = 1024 * 1024;

/** The entries of `log_history`; the rest of the document is settings. */
class TrainerState implements BlockParser {
  /** Line ends passed. */
  lines = 0;
  private readonly dict: DictScanner;
  private place: 'before' | 'inside' | 'after' = 'before';

  constructor(private readonly recorder: Recorder) {
    this.dict = new DictScanner(recorder);
  }

  feed(bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    if (this.place === 'before') {
      const key = find(bytes, at, end, HISTORY);
      const open = key < 0 ? -1 : bytes.indexOf(OPEN_BRACKET, key);
      if (open < 0 || open >= end) {
        const keep = Math.min(end - start, HISTORY.length + 8);
        return key < 0 ? this.pass(bytes, start, end - keep) - start : this.pass(bytes, start, key) - start;
      }
      at = this.pass(bytes, at, open + 1);
      this.place = 'inside';
    }
    while (this.place === 'inside' && at < end) {
      const byte = bytes[at]!;
      if (byte === CLOSE_BRACKET) {
        this.place = 'after';
      } else if (byte === OPEN_BRACE) {
        const after = skipBalanced(bytes, at, end);
        if (after < 0) {
          if (end - at > LARGEST_ENTRY) {
            this.recorder.problem(
              this.lines + 1,
              'An entry of log_history does not end; what follows was not read',
            );
            this.place = 'after';
            break;
          }
          return at - start;
        }
        this.entry(bytes, at, after);
        at = this.pass(bytes, at, after);
        continue;
      }
      at = this.pass(bytes, at, at + 1);
    }
    return this.pass(bytes, at, end) - start;
  }

  private entry(bytes: Uint8Array, at: number, after: number): void {
    this.recorder.begin();
    if (this.dict.scan(bytes, at, after) < 0) {
      this.recorder.problem(this.lines + 1, 'This entry of log_history is not valid');
    } else if (this.recorder.size > 0) {
      this.recorder.commit(this.lines + 1);
    }
  }

  private pass(bytes: Uint8Array, at: number, to: number): number {
    this.lines += lineEnds(bytes, at, to);
    return Math.max(at, to);
  }
}

/** `trainer_state.json`, written by the Hugging Face Trainer beside every checkpoint. */
export const trainerState: LogFormat = {
  id: 'trainer-state',
  title: 'Hugging Face trainer_state.json',
  reference: 'https://huggingface.co/docs/transformers/main_classes/callback#transformers.TrainerState',
  sniff: (head) =>
    !head.binary && /^\s*\{/.test(head.lines[0] ?? '') && find(head.bytes, 0, head.bytes.length, HISTORY) >= 0
      ? 0.95
      : 0,
  enough: 0,
  meaning: trainerMeaning,
  open: (recorder) => ({ blocks: new TrainerState(recorder) }),
  samples: [
    {
      text: '{\n  "epoch": 1.0,\n  "log_history": [\n    {\n      "epoch": 0.5,\n      "grad_norm": Infinity,\n      "loss": 1.25,\n      "step": 20\n    },\n    {\n      "epoch": 1.0,\n      "grad_norm": 0.5,\n      "loss": 1.0,\n      "step": 40\n    }\n  ],\n  "max_steps": 40\n}\n',
      points: [
        ['grad_norm', 20, Number.POSITIVE_INFINITY],
        ['loss', 20, 1.25],
        ['grad_norm', 40, 0.5],
        ['loss', 40, 1],
      ],
    },
  ],
};
