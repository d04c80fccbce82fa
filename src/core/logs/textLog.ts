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
    if (recorder.size > 0 && !this.scanner.code) {
      if (recorder.hasMetric() || recorder.hasState()) {
        recorder.commit(number, this.scanner.split);
        return;
      }
      if (recorder.hasAxis()) {
        recorder.commitAxis(number);
      }
    }
    if (this.scanner.alarm) {
      this.event(textOf(bytes, start, Math.min(end, start + 2000)), number);
    }
  }

  tail(bytes: Uint8Array, start: number, end: number, number: number): boolean {
    if (bytes[end - 1] !== 125 || bytes[start] !== 123) {
      return false;
    }
    this.line(bytes, start, end, number);
    return true;
  }

  private event(text: string, line: number): void {
    const event = SKIP_PATTERNS.find((pattern) => pattern.test(text));
    if (event !== undefined) {
      const scale = event.exec(text)?.[1];
      this.recorder.skip(line, scale === undefined ? Number.NaN : Number(scale));
    }
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
