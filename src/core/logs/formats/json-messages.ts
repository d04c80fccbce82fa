import type { LineParser, LogFormat } from '../format';
import type { Recorder } from '../recorder';
import { closingQuote } from '../scan/balanced';
import { OPEN_BRACE, QUOTE, skipSpaces, textOf } from '../scan/bytes';
import { TextLog } from '../textLog';

/** The fields in which collectors of container and service logs keep the line that was printed. */
const MESSAGE = /"(?:log|message|msg|textPayload|MESSAGE)"\s{0,2}:\s{0,2}"/;
/** The field begins so near to the start of its record. */
const MESSAGE_WITHIN = 2000;
const BACKSLASH = 92;

/** Lines of text, each inside a JSON record. */
class JsonMessages implements LineParser {
  private readonly text: TextLog;

  constructor(recorder: Recorder, path: string) {
    this.text = new TextLog(recorder, path);
  }

  line(bytes: Uint8Array, start: number, end: number, number: number): void {
    const at = skipSpaces(bytes, start, end);
    if (at >= end || bytes[at] !== OPEN_BRACE) {
      return;
    }
    const head = textOf(bytes, at, Math.min(end, at + MESSAGE_WITHIN));
    const match = MESSAGE.exec(head);
    if (match === null) {
      return;
    }
    // What stands before the field is counted in bytes.
    const from = at + new TextEncoder().encode(head.slice(0, match.index + match[0].length)).length;
    let to = closingQuote(bytes, from, end, QUOTE);
    if (to < 0) {
      return;
    }
    while (
      to - 2 >= from &&
      bytes[to - 2] === BACKSLASH &&
      (bytes[to - 1] === 110 || bytes[to - 1] === 114)
    ) {
      to -= 2;
    }
    this.text.line(bytes, from, to, number);
  }
}

/** What Docker, Kubernetes, structlog and cloud collectors make of a script's output: its lines as texts in JSON records. */
export const jsonMessages: LogFormat = {
  id: 'json-messages',
  title: 'Text lines inside JSON records (Docker, Kubernetes, structlog, cloud logging)',
  reference: 'https://docs.docker.com/engine/logging/drivers/json-file/',
  sniff(head) {
    const filled = head.lines.filter((line) => line.trim() !== '');
    const wrapped = filled.filter(
      (line) => /^\s*\{/.test(line) && MESSAGE.test(line.slice(0, MESSAGE_WITHIN)),
    );
    return !head.binary && wrapped.length > 0 && wrapped.length * 2 >= filled.length ? 0.5 : 0;
  },
  open: (recorder, path) => ({ lines: new JsonMessages(recorder, path) }),
  samples: [
    {
      text: '{"log":"step 10 loss 2.5 grad_norm 1.5\\n","stream":"stdout","time":"2026-01-01T00:00:00.000Z"}\n{"log":"step 20 loss 2.25 grad_norm 1.25\\n","stream":"stdout","time":"2026-01-01T00:00:01.000Z"}\n',
      points: [
        ['loss', 10, 2.5],
        ['grad_norm', 10, 1.5],
        ['loss', 20, 2.25],
        ['grad_norm', 20, 1.25],
      ],
    },
  ],
};
