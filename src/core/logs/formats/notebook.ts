import { cleanLine } from '../../io/cleanLine';
import type { BlockParser, LogFormat } from '../format';
import type { Recorder } from '../recorder';
import { BACKSLASH, bytesOf, COLON, find, LF, OPEN_BRACE, QUOTE, SPACE, TAB } from '../scan/bytes';
import { TextLog } from '../textLog';

/** Longest string that can be printed output. */
const LONGEST_STRING = 1024 * 1024;
const OUTPUT_TYPE = bytesOf('"output_type"');

/**
 * The printed output of a notebook's cells. Every JSON string that ends in a newline escape, or stands in a "text"
 * list, is a line of output; sources are told apart by the list they stand in.
 */
class NotebookOutputs implements BlockParser {
  lines = 0;
  private readonly log: TextLog;
  /** What the present list of strings belongs to. */
  private field = '';
  private rest = '';
  private insideLong = false;
  private scratch = new Uint8Array(1024);

  constructor(recorder: Recorder) {
    this.log = new TextLog(recorder);
  }

  feed(bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    if (this.insideLong) {
      const close = closing(bytes, at, end);
      if (close < 0) {
        return end - start;
      }
      this.insideLong = false;
      at = close + 1;
    }
    while (at < end) {
      const byte = bytes[at]!;
      if (byte === LF) {
        this.lines++;
      } else if (byte === OPEN_BRACE) {
        this.flush();
      } else if (byte === QUOTE) {
        const close = closing(bytes, at + 1, end);
        if (close < 0) {
          // A picture: too long to be output text, so it need not be kept until its end is there.
          this.insideLong = end - at > LONGEST_STRING;
          return this.insideLong ? end - start : at - start;
        }
        const next = afterBlanks(bytes, close + 1, end);
        if (next === end) {
          // What follows tells a name from a text.
          return at - start;
        }
        this.string(bytes, at + 1, close, bytes[next] === COLON);
        at = close;
      }
      at++;
    }
    return end - start;
  }

  private string(bytes: Uint8Array, from: number, to: number, isName: boolean): void {
    if (isName) {
      const name = new TextDecoder().decode(bytes.subarray(from, Math.min(to, from + 40)));
      if (this.field === 'text' || name === 'text') {
        this.flush();
      }
      this.field = name;
      return;
    }
    if (this.field === 'text') {
      this.print(unescaped(new TextDecoder().decode(bytes.subarray(from, to))));
    }
  }

  /** Prints text as a terminal would get it: lines end where it says so, not where the strings do. */
  private print(text: string): void {
    const pieces = (this.rest + text).split(/\r\n|\n|\r/);
    this.rest = pieces.pop() ?? '';
    for (const piece of pieces) {
      this.emit(piece);
    }
  }

  private flush(): void {
    if (this.rest !== '') {
      this.emit(this.rest);
      this.rest = '';
    }
  }

  private emit(line: string): void {
    const bytes = bytesOf(line);
    if (this.scratch.length < bytes.length) {
      this.scratch = new Uint8Array(bytes.length * 2);
    }
    this.log.line(this.scratch, 0, cleanLine(bytes, 0, bytes.length, this.scratch), this.lines + 1);
  }
}

function afterBlanks(bytes: Uint8Array, at: number, end: number): number {
  while (at < end && (bytes[at] === SPACE || bytes[at] === TAB)) {
    at++;
  }
  return at;
}

function closing(bytes: Uint8Array, at: number, end: number): number {
  for (; at < end; at++) {
    if (bytes[at] === BACKSLASH) {
      at++;
    } else if (bytes[at] === QUOTE) {
      return at;
    }
  }
  return -1;
}

function unescaped(text: string): string {
  try {
    return String(JSON.parse(`"${text}"`));
  } catch {
    return text;
  }
}

/** Outputs stored in a Jupyter notebook. */
export const notebook: LogFormat = {
  id: 'notebook',
  title: 'Jupyter notebook (printed output)',
  reference: 'https://nbformat.readthedocs.io/en/latest/format_description.html',
  sniff: (head) =>
    !head.binary &&
    /^\s*\{/.test(head.lines[0] ?? '') &&
    find(head.bytes, 0, Math.min(head.bytes.length, 4096), bytesOf('"cell')) >= 0 &&
    find(head.bytes, 0, head.bytes.length, OUTPUT_TYPE) >= 0
      ? 0.97
      : 0,
  besideCode: true,
  open: (recorder) => ({ blocks: new NotebookOutputs(recorder) }),
  samples: [
    {
      text: '{\n "cells": [\n  {\n   "cell_type": "code",\n   "outputs": [\n    {\n     "output_type": "stream",\n     "text": [\n      "step 1 loss 0.5 grad_norm 1.5\\n",\n      "step 2 loss 0.25 grad_norm 1.25\\n"\n     ]\n    }\n   ],\n   "source": [\n    "print(\'step 3 loss 9 grad_norm 9\')\\n"\n   ]\n  }\n ]\n}\n',
      points: [
        ['loss', 1, 0.5],
        ['grad_norm', 1, 1.5],
        ['loss', 2, 0.25],
        ['grad_norm', 2, 1.25],
      ],
    },
  ],
};
