import type { Steps } from '../../steps';
import type { LineParser, LogFormat } from '../format';
import { meaningOf } from '../keys';
import { LineShapes } from '../lineShapes';
import type { Recorder } from '../recorder';
import { CLOSE_BRACE, COLON, indexOfByte, OPEN_BRACE, QUOTE, skipSpaces } from '../scan/bytes';
import { DictScanner } from '../scan/dict';

/** One JSON object a line. Keys may be flat, dotted or nested. */
export class JsonLines implements LineParser {
  private readonly dict: DictScanner;
  private readonly shapes: LineShapes;

  constructor(private readonly recorder: Recorder) {
    this.dict = new DictScanner(recorder);
    this.shapes = new LineShapes(recorder, false);
  }

  expected(bytes: Uint8Array, start: number, end: number, number: number): number {
    const shape = this.shapes.foresee(bytes, start, end);
    if (shape === null) {
      return -1;
    }
    this.recorder.commitLike(shape.meaning, number);
    return this.shapes.stop;
  }

  line(bytes: Uint8Array, start: number, end: number, number: number): void {
    const at = skipSpaces(bytes, start, end);
    if (at >= end || bytes[at] !== OPEN_BRACE) {
      return;
    }
    this.recorder.begin();
    this.recorder.later.put(this.reading(bytes, start, end, number));
  }

  private *reading(bytes: Uint8Array, start: number, end: number, number: number): Steps<void> {
    const at = skipSpaces(bytes, start, end);
    if (end - at > LONG_RECORD) {
      yield* this.meetingKeys(bytes, at, end);
    }
    if (this.dict.scan(bytes, at, end) < 0) {
      this.recorder.problem(number, 'This JSON record is cut off or not valid');
      return;
    }
    this.recorder.lineShift = 0;
    if (this.recorder.size > 0) {
      this.shapes.learn(bytes, start, end);
      yield;
      yield* this.recorder.committing(number);
    }
  }

  /** Looks the keys of a flat object up, a few in a step: the first time that takes longer than all else. */
  private *meetingKeys(bytes: Uint8Array, at: number, end: number): Steps<void> {
    const { keys } = this.recorder;
    if (indexOfByte(bytes, OPEN_BRACE, at + 1, end) >= 0) {
      return;
    }
    let met = 0;
    for (
      let open = indexOfByte(bytes, QUOTE, at, end);
      open >= 0;
      open = indexOfByte(bytes, QUOTE, open, end)
    ) {
      const close = indexOfByte(bytes, QUOTE, open + 1, end);
      if (close < 0) {
        return;
      }
      if (bytes[skipSpaces(bytes, close + 1, end)] === COLON) {
        keys.find(bytes, open + 1, close);
        if (++met % KEYS_A_STEP === 0) {
          yield;
        }
      }
      open = close + 1;
    }
  }

  tail(bytes: Uint8Array, start: number, end: number, number: number): boolean {
    if (bytes[start] !== OPEN_BRACE || bytes[end - 1] !== CLOSE_BRACE) {
      return false;
    }
    this.recorder.begin();
    if (this.dict.scan(bytes, start, end) !== end) {
      return false;
    }
    this.recorder.commit(number);
    return true;
  }
}

/** A record of so many bytes may have thousands of keys. */
const LONG_RECORD = 64 * 1024;
const KEYS_A_STEP = 64;
const KEY = /["']([^"'\\]{1,300})["']\s?:/g;
/** Objects whose keys are looked at. */
const LOOKED_AT = 30;

/** `{"name": "train/loss", "value": 0.5, "step": 3}`: a record a metric. */
function isNamedValue(line: string): boolean {
  const name = /"(?:name|metric|tag|key)(?:_?name)?"\s?:\s?"([^"\\]{1,300})"/i.exec(line)?.[1];
  const placed = /"(?:_|global_|train_)?(?:step|iteration|iter|epoch)s?"\s?:/i.test(line);
  if (name === undefined || !placed || !/"(?:value|val|scalar)"\s?:/i.test(line)) {
    return false;
  }
  const { kind, weak } = meaningOf(name);
  return !weak && (kind === 'loss' || kind === 'learning-rate' || kind === 'grad-norm');
}

/** The object names a gradient, or a step or epoch together with a loss, a rate or a `train/…` metric. */
export function isTrainingRecord(line: string): boolean {
  let axis = false;
  let companion = false;
  for (const [, key = ''] of line.matchAll(KEY)) {
    const { role, kind, weak } = meaningOf(key);
    if ((kind === 'grad-norm' || kind === 'grad-max') && !weak) {
      return true;
    }
    axis ||= role === 'step' || role === 'epoch';
    companion ||=
      (kind === 'loss' && !weak) || kind === 'learning-rate' || /^(?:train|training|eval|val)\/./.test(key);
    if (axis && companion) {
      return true;
    }
  }
  return false;
}

/** JSON lines of any logger: openpi, ms-swift, LLaMA-Factory, DETR, Detectron2, MaxText, MMEngine, home-made ones. */
export const jsonLines: LogFormat = {
  id: 'json-lines',
  title: 'JSON lines (flat, dotted or nested keys)',
  reference: 'https://jsonlines.org',
  sniff(head) {
    const filled = head.lines.filter((line) => line.trim() !== '');
    const objects = filled.filter((line) => /^\s*\{\s?"/.test(line));
    if (head.binary || objects.length === 0 || objects.length * 2 < filled.length) {
      return 0;
    }
    const looked = objects.slice(0, LOOKED_AT);
    return looked.filter((line) => isTrainingRecord(line) || isNamedValue(line)).length * 3 >= looked.length
      ? 0.8
      : 0;
  },
  enough: 0,
  open: (recorder) => ({ lines: new JsonLines(recorder) }),
  samples: [
    {
      text: '{"split": "train", "epoch": 1, "loss": 2.5, "grad_norms": [0.5, 0.25]}\n{"split": "val", "epoch": 1, "loss": 2.75}\n{"split": "train", "epoch": 2, "loss": 1.5, "grad_norms": [0.75, 0.125]}\n',
      points: [
        ['loss', 1, 2.5],
        ['grad_norms.0', 1, 0.5],
        ['grad_norms.1', 1, 0.25],
        ['loss', 2, 1.5],
        ['grad_norms.0', 2, 0.75],
        ['grad_norms.1', 2, 0.125],
      ],
    },
    {
      text: '{"step": 1, "loss": 2.5, "layers": [{"name": "fc1.weight", "grad_norm": 0.5}, {"name": "fc2.weight", "grad_norm": 0.25}]}\n{"step": 2, "loss": 1.5, "layers": [{"name": "fc1.weight", "grad_norm": 0.75}, {"name": "fc2.weight", "grad_norm": 0.125}]}\n',
      points: [
        ['loss', 1, 2.5],
        ['fc1.weight: grad_norm', 1, 0.5],
        ['fc2.weight: grad_norm', 1, 0.25],
        ['loss', 2, 1.5],
        ['fc1.weight: grad_norm', 2, 0.75],
        ['fc2.weight: grad_norm', 2, 0.125],
      ],
    },
    {
      text: '{"name": "train/loss", "value": 2.5, "step": 1}\n{"name": "train/grad_norm", "value": 1.5, "step": 1}\n{"name": "train/loss", "value": 2.25, "step": 2}\n{"name": "train/grad_norm", "value": 1.25, "step": 2}\n',
      points: [
        ['train/loss', 1, 2.5],
        ['train/grad_norm', 1, 1.5],
        ['train/loss', 2, 2.25],
        ['train/grad_norm', 2, 1.25],
      ],
    },
    {
      text: '{"step": 0, "train/loss": 8.5, "grad_norm/fc1.weight": 6.25}\n{"step": 5, "train/loss": NaN, "grad_norm/fc1.weight": 7.5}\n',
      points: [
        ['train/loss', 0, 8.5],
        ['grad_norm/fc1.weight', 0, 6.25],
        ['train/loss', 5, Number.NaN],
        ['grad_norm/fc1.weight', 5, 7.5],
      ],
    },
    {
      text: '{"step": 1, "loss": 3.5, "gradients": {"stage1": {"weight": 1.5, "bias": 0.25}}}\n{"step": 2, "loss": 2.5, "gradients": {"stage1": {"weight": 1.25, "bias": 0.5}}}\n',
      points: [
        ['loss', 1, 3.5],
        ['gradients.stage1.weight', 1, 1.5],
        ['gradients.stage1.bias', 1, 0.25],
        ['loss', 2, 2.5],
        ['gradients.stage1.weight', 2, 1.25],
        ['gradients.stage1.bias', 2, 0.5],
      ],
    },
  ],
};
