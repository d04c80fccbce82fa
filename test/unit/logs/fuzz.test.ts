import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BytesSource } from '../../../src/core/io/fileSource';
import { headOf, trial } from '../../../src/core/logs/detect';
import { readLog } from '../../../src/core/logs/logReader';
import { FORMATS } from '../../../src/core/logs/registry';
import { sharedFolder } from './shared';

/** Mutated samples a run takes; `FUZZ=100000` for a long one. */
const ROUNDS = Number(process.env.FUZZ ?? 1500);
const LARGEST = 10_000;
/** Processor time, so that a busy machine does not count. The promise is 50 ms a file; code that is still cold gets more. */
const HANG_MS = 200;

class Dice {
  constructor(private state: number) {}

  below(limit: number): number {
    this.state = (Math.imul(this.state, 1664525) + 1013904223) >>> 0;
    return Math.floor((this.state / 2 ** 32) * limit);
  }
}

const TOKENS = [
  'nan',
  '-inf',
  '{',
  '}',
  '[',
  ']',
  '"',
  "'",
  ':',
  '=',
  ',',
  '|',
  '\r',
  '\n',
  '\0',
  '\u001b[',
  '\b',
  '1e999',
  '-',
  '((((',
  '{"a":',
  'Epoch [',
  '\ufeff',
  '9'.repeat(40),
];

function mutate(original: Uint8Array, dice: Dice): Uint8Array {
  let bytes = original.slice(0, LARGEST);
  for (let count = 1 + dice.below(6); count > 0; count--) {
    const at = dice.below(bytes.length + 1);
    const to = Math.min(bytes.length, at + dice.below(200));
    switch (dice.below(6)) {
      case 0:
        if (at < bytes.length) {
          bytes[at] = dice.below(256);
        }
        break;
      case 1:
        bytes = bytes.slice(0, at);
        break;
      case 2:
        bytes = joined(bytes.subarray(0, at), bytes.subarray(to));
        break;
      case 3:
        bytes = joined(bytes.subarray(0, to), bytes.subarray(at));
        break;
      case 4:
        bytes = joined(
          bytes.subarray(0, at),
          new TextEncoder().encode(TOKENS[dice.below(TOKENS.length)]),
          bytes.subarray(at),
        );
        break;
      default:
        bytes = joined(
          bytes.subarray(0, at),
          bytes.subarray(at, to),
          bytes.subarray(at, to),
          bytes.subarray(at, to),
          bytes.subarray(to),
        );
    }
  }
  return bytes.slice(0, LARGEST);
}

function joined(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function seeds(): Uint8Array[] {
  const found = FORMATS.flatMap(({ samples }) => samples.map(({ text }) => new TextEncoder().encode(text)));
  const folder = sharedFolder('corpus');
  if (folder !== null) {
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      if (entry.isFile() && !/^(?:expected\.json|SOURCES\.md)$/.test(entry.name)) {
        const bytes = readFileSync(join(entry.parentPath, entry.name));
        const from = Math.floor(bytes.length / 3);
        found.push(bytes.subarray(0, LARGEST), bytes.subarray(from, from + LARGEST));
      }
    }
  }
  return found;
}

describe('damaged logs', () => {
  it(`${ROUNDS} mutated samples: no exception, no hang, whatever the format`, async () => {
    const originals = seeds();
    const dice = new Dice(20260101);
    for (let round = 0; round < ROUNDS; round++) {
      const bytes = mutate(originals[round % originals.length] ?? new Uint8Array(0), dice);
      const forced = FORMATS[dice.below(FORMATS.length)]!;
      const start = process.cpuUsage();
      try {
        await readLog(new BytesSource('train.log', bytes));
        trial(forced, headOf(bytes, true), 'train.log');
      } catch (error) {
        assert.fail(`round ${round} (${forced.id}): ${error instanceof Error ? error.stack : error}`);
      }
      const used = process.cpuUsage(start);
      const took = (used.user + used.system) / 1000;
      assert.ok(took < HANG_MS, `round ${round} (${forced.id}) took ${took.toFixed(0)} ms`);
    }
  }).timeout(0);
});
