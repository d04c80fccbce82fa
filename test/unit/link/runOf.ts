import { BytesSource } from '../../../src/core/io/fileSource';
import { readLog } from '../../../src/core/logs/logReader';
import type { Run } from '../../../src/core/run/run';

/** A run as read from the text of a log; fails when the text is none. */
export async function runOf(path: string, text: string): Promise<Run> {
  const run = await readLog(new BytesSource(path, new TextEncoder().encode(text)));
  if (run === null) {
    throw new Error(`not recognised as a log:\n${text.slice(0, 400)}`);
  }
  return run;
}

/** Twenty steps of gradient norms in one JSON object a line. */
export function gradientLog(layers: Readonly<Record<string, (step: number) => number>>): string {
  const lines: string[] = [];
  for (let step = 0; step < 60; step++) {
    const norms = Object.entries(layers).map(([name, norm]) => [name, norm(step)]);
    lines.push(JSON.stringify({ step, loss: 1 / (1 + step), grad_norm: Object.fromEntries(norms) }));
  }
  return `${lines.join('\n')}\n`;
}
