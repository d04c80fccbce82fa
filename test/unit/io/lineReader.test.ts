import assert from 'node:assert/strict';
import { cleanLine } from '../../../src/core/io/cleanLine';
import { LineReader, LONGEST_LINE } from '../../../src/core/io/lineReader';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Lines of a text handed over in pieces of `size` bytes. @param halts after every so many lines it is halted */
function linesOf(bytes: Uint8Array, size: number, halts = Number.POSITIVE_INFINITY): string[] {
  const reader = new LineReader();
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    const piece = bytes.subarray(at, at + size);
    reader.space(piece.length).set(piece);
    const sink = {
      line(buffer: Uint8Array, start: number, end: number, number: number) {
        assert.equal(number, lines.length + 1);
        lines.push(new TextDecoder().decode(buffer.subarray(start, end)));
      },
    };
    const halt = () => lines.length % halts === 0;
    for (let all = reader.accept(piece.length, sink, halt), before = -1; !all; ) {
      assert.ok(lines.length > before, 'one line at least is cut each time');
      before = lines.length;
      all = reader.goOn(sink, halt);
    }
  }
  return lines;
}

describe('line reader', () => {
  for (const [name, text, expected] of [
    ['LF', 'a\nbc\n\nd\n', ['a', 'bc', '', 'd']],
    ['CRLF', 'a\r\nbc\r\n\r\nd\r\n', ['a', 'bc', '', 'd']],
    ['a lone CR', 'a\rbc\r\rd\r', ['a', 'bc', '', 'd']],
    ['a mixture', 'a\r\n\rb\n\rc\r\r\n', ['a', '', 'b', '', 'c', '']],
    ['an unfinished last line', 'a\nbc', ['a']],
    ['tabs', '\ta\tb\n', ['\ta\tb']],
    ['colours', '\u001b[38;2;1;2;3mloss\u001b[0m: 0.5\u001b[K\n', ['loss: 0.5']],
    ['a window title', '\u001b]0;title\u0007loss\n', ['loss']],
    ['backspaces', '10%\b\b\b20%\n', ['20%']],
    ['NUL bytes', 'a\0b\n', ['ab']],
    ['characters of several bytes', 'é\b✓ 損失: 1\n', ['✓ 損失: 1']],
  ] as const) {
    it(`cuts at ${name}, in pieces of any size`, () => {
      for (const size of [1, 2, 3, 4, 5, 7, 1000]) {
        assert.deepEqual(linesOf(encode(text), size), expected, `pieces of ${size}`);
        assert.deepEqual(linesOf(encode(text), size, 1), expected, `pieces of ${size}, a line at a time`);
      }
    });
  }

  it('counts lines as an editor does for random line ends', () => {
    let state = 1;
    let text = '';
    for (let index = 0; index < 3000; index++) {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      text += ['\n', '\r', 'ab', '\r\n', 'c'][(state >>> 16) % 5];
    }
    text += '\n';
    for (const halts of [1, 2, 5, Number.POSITIVE_INFINITY]) {
      assert.deepEqual(linesOf(encode(text), 17, halts), text.split(/\r\n|\r|\n/).slice(0, -1));
    }
  });

  it('offers a line that was cut by the end of the bytes as a whole', () => {
    const reader = new LineReader();
    const offered: string[] = [];
    const sink = {
      line: () => assert.fail('every line is foreseen'),
      expected(buffer: Uint8Array, start: number, end: number): number {
        const stop = buffer.subarray(0, end).indexOf(10, start);
        offered.push(new TextDecoder().decode(buffer.subarray(start, stop < 0 ? end : stop)));
        return stop;
      },
    };
    for (const piece of ['first\nsec', 'ond\n', 'third\nfo', 'urth\n']) {
      reader.space(piece.length).set(encode(piece));
      reader.accept(piece.length, sink);
    }
    assert.deepEqual(offered, ['first', 'sec', 'second', 'third', 'fo', 'fourth']);
    assert.equal(reader.lines, 4);
  });

  it('skips a line that is too long, counts it, and goes on with the next', () => {
    const reader = new LineReader();
    const lines: string[] = [];
    const sink = {
      line(buffer: Uint8Array, start: number, end: number, number: number): void {
        lines.push(`${number}: ${new TextDecoder().decode(buffer.subarray(start, end))}`);
      },
    };
    const give = (bytes: Uint8Array): void => {
      reader.space(bytes.length).set(bytes);
      reader.accept(bytes.length, sink);
    };
    give(encode('first\n'));
    const part = new Uint8Array(1024 * 1024).fill(120);
    for (let size = 0; size <= 3 * LONGEST_LINE; size += part.length) {
      give(part);
    }
    give(encode('x\nlast\n'));
    assert.deepEqual(lines, ['1: first', '3: last']);
    assert.equal(reader.skippedLines, 1);
  });

  it('cleans an escape that the line cuts off', () => {
    const target = new Uint8Array(16);
    assert.equal(cleanLine(encode('ab\u001b['), 0, 4, target), 2);
    assert.equal(cleanLine(encode('ab\u001b'), 0, 3, target), 2);
  });
});
