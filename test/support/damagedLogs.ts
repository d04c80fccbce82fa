import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BytesSource } from '../../src/core/io/fileSource';
import { headOf, trial } from '../../src/core/logs/detect';
import { readLog } from '../../src/core/logs/logReader';
import { FORMATS } from '../../src/core/logs/registry';

/** Bytes of a damaged log at most. */
export const LARGEST = 10_000;

/** A reproducible source of chance (Numerical Recipes' linear congruence). */
export class Dice {
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

/** Damages a log in one to six places: changed bytes, cuts, repeats, tokens that mean something. */
export function mutate(original: Uint8Array, dice: Dice): Uint8Array {
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

/** Samples of every format and, where the reference logs are, the start and the middle of each of them. */
export function seeds(folder: string | null): Uint8Array[] {
  const found = FORMATS.flatMap(({ samples }) => samples.map(({ text }) => new TextEncoder().encode(text)));
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

/** What reading one damaged log came to. */
export interface Outcome {
  readonly format: string;
  /** Processor time of reading it as found and of a trial with a format forced on it. */
  readonly ms: number;
}

/** Reads a damaged log as whatever it is found to be, and as the format that chance picks. Rejects when reading throws. */
export async function readDamaged(bytes: Uint8Array, dice: Dice): Promise<Outcome> {
  const forced = FORMATS[dice.below(FORMATS.length)]!;
  const start = process.cpuUsage();
  await readLog(new BytesSource('train.log', bytes));
  trial(forced, headOf(bytes, true), 'train.log');
  const used = process.cpuUsage(start);
  return { format: forced.id, ms: (used.user + used.system) / 1000 };
}
