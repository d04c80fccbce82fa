import type { LogFormat } from '../format';
import type { Recorder } from '../recorder';
import { lineEnds, skipBalanced } from '../scan/balanced';
import { OPEN_BRACE, skipSpaces } from '../scan/bytes';
import { DictScanner } from '../scan/dict';

/** A whole document that is one record. Larger ones are no summaries. */
const LARGEST = 1024 * 1024;

class Summary {
  lines = 0;
  private done = false;
  private readonly dict: DictScanner;

  constructor(private readonly recorder: Recorder) {
    this.dict = new DictScanner(recorder);
  }

  feed(bytes: Uint8Array, start: number, end: number): number {
    if (this.done) {
      this.lines += lineEnds(bytes, start, end);
      return end - start;
    }
    let at = start;
    while (at < end && bytes[at] !== OPEN_BRACE) {
      at++;
    }
    this.recorder.begin();
    if (this.dict.scan(bytes, at, end) < 0) {
      return end - start > LARGEST ? end - start : 0;
    }
    this.done = true;
    this.recorder.commit(lineEnds(bytes, start, at) + 1);
    this.lines = lineEnds(bytes, start, end);
    return end - start;
  }
}

function isBlank(bytes: Uint8Array, at: number): boolean {
  return bytes.subarray(at).every((byte) => byte === 32 || byte === 10 || byte === 13 || byte === 9);
}

/** The last values of a run as one JSON object: W&B's `wandb-summary.json`, DVCLive's `metrics.json`. */
export const jsonSummary: LogFormat = {
  id: 'json-summary',
  title: 'JSON summary of last values (wandb-summary.json, DVCLive metrics.json)',
  reference: 'https://dvc.org/doc/dvclive',
  sniff(head) {
    const start = skipSpaces(head.bytes, 0, head.bytes.length);
    if (head.binary || !head.complete || head.bytes[start] !== OPEN_BRACE || head.bytes.length > LARGEST) {
      return 0;
    }
    const after = skipBalanced(head.bytes, start, head.bytes.length);
    if (after < 0 || lineEnds(head.bytes, start, after) === 0 || !isBlank(head.bytes, after)) {
      return 0;
    }
    const text = new TextDecoder().decode(head.bytes);
    const step = /"(?:step|_step|global_step|train\/global_step|epoch)"\s*:\s*\d/.test(text);
    const metric = /"(?:[\w/.-]{0,60}[/_])?(?:loss|grad_norm)"\s*:\s*"?-?(?:\d|NaN|Inf)/.test(text);
    const setting =
      /"(?:name|version|scripts|dependencies|architectures|hidden_size|batch_size|max_grad_norm)"\s*:/.test(
        text,
      );
    return step && metric && !setting ? 0.82 : 0;
  },
  enough: 0,
  open: (recorder) => ({ blocks: new Summary(recorder) }),
  samples: [
    {
      text: '{\n  "loss": 2.5,\n  "grad_norm": 0.75,\n  "step": 150,\n  "train": {\n    "runtime": 1694.5\n  }\n}\n',
      points: [
        ['loss', 150, 2.5],
        ['grad_norm', 150, 0.75],
      ],
    },
  ],
};
