/**
 * Seeded runs: healthy families of training, and faults of growing size put into them.
 * `node --import tsx test/bench/detectSeeded.ts` prints the tables, `--write` stores them as test/bench/detect-seeded.md.
 */
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FAULTS } from './synthetic/faults';
import { detection, FAMILY_NAMES, falseAlarms, runsOf, SEEDS } from './synthetic/measure';
import { table } from './synthetic/table';

const TARGET = join(dirname(fileURLToPath(import.meta.url)), 'detect-seeded.md');
const TWINS = 200;
const TRIES = 60;

function report(): readonly string[] {
  const percent = (share: number): string => `${Math.round(100 * share)} %`;
  return [
    '# Detection on seeded runs',
    '',
    'Regenerate with `npm run bench:detect` (minutes).',
    '',
    `Healthy runs that an alarm (warning or error) was raised on, of ${TWINS} each (of "long", with 20,000 to 60,000 rows, ${runsOf('long', TWINS)}). *Held out*: seeds that`,
    'thresholds were never looked at with; their runs are the twins, without the fault, of the faults below.',
    '',
    table(
      ['healthy family', 'seen', 'held out'],
      FAMILY_NAMES.map((family) => [
        family,
        ...[SEEDS.seen, SEEDS.heldOut].map((from) =>
          String(falseAlarms(family, from, runsOf(family, TWINS)).length),
        ),
      ]),
    ),
    '',
    `Faults of known place and size, each in ${TRIES} runs of the families where it can be: named right, and at the right place (within a tenth of the run). Sizes go from`,
    'hardly there to gross; what they measure differs from fault to fault (`test/bench/synthetic/faults.ts`).',
    '',
    table(
      ['fault', 'sizes', 'named, seen', 'named, held out', 'gross ones in time, held out'],
      FAULTS.map((fault) => {
        const [seen = [], heldOut = []] = [SEEDS.seen, SEEDS.heldOut].map((from) =>
          fault.sizes.map((size) => detection(fault, size, from, TRIES)),
        );
        const named = (rates: typeof seen): string => rates.map(({ found }) => percent(found)).join(', ');
        return [
          fault.name,
          fault.sizes.join(', '),
          named(seen),
          named(heldOut),
          percent(heldOut[heldOut.length - 1]?.timely ?? 0),
        ];
      }),
    ),
  ];
}

const text = [...report(), ''].join('\n');
console.log(text);
if (process.argv.includes('--write')) {
  writeFileSync(TARGET, text);
}
