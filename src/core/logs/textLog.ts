import type { LineParser } from './format';
import type { Recorder } from './recorder';
import { textOf } from './scan/bytes';
import { TextScanner } from './scan/text';

/** A training log of free text: every line that holds a loss or a gradient is a record, steps may stand on lines before. */
export class TextLog implements LineParser {
  private readonly scanner: TextScanner;

  constructor(private readonly recorder: Recorder) {
    this.scanner = new TextScanner(recorder);
  }

  line(bytes: Uint8Array, start: number, end: number, number: number): void {
    const recorder = this.recorder;
    recorder.begin();
    this.scanner.scan(bytes, start, end);
    if (this.scanner.alarm && this.event(textOf(bytes, start, Math.min(end, start + 2000)), number)) {
      return;
    }
    if (recorder.size === 0 || this.scanner.code) {
      return;
    }
    if (recorder.hasMetric() || recorder.hasState() || (recorder.records > 0 && recorder.hasRate())) {
      recorder.commit(number, this.scanner.split);
    } else if (recorder.hasAxis()) {
      recorder.commitAxis(number);
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

/** Messages of a skipped step, with the loss scale that follows: DeepSpeed, fairseq, apex, Paddle, ESPnet. */
const SKIP_PATTERNS: readonly RegExp[] = [
  /OVERFLOW!.{0,80}?Skipping step\..{0,80}?reducing to ([\d.e+-]{1,24})/i,
  /OVERFLOW!.{0,80}?Skipping step/i,
  /overflow detected.{0,80}?setting loss scale to: ([\d.e+-]{1,24})/i,
  /Gradient overflow\.\s{1,4}Skipping step.{0,60}?reducing loss scale to ([\d.e+-]{1,24})/i,
  /Found inf or nan, current scale is: [\d.]{1,24}, decrease to: /i,
  /grad norm is (?:nan|inf)\. Skipping updating/i,
];
