import type { PythonFacts } from '../../python/facts';
import { longWarmUp } from '../../python/warmUp';
import type { Fix } from '../../rules/finding';
import type { TextRange } from '../../text';
import { WARMUP_STEPS } from './learningRate';
import { fixOf, replace } from './place';

/** A length that is read off a rate's slope, which rounding and a floor of the schedule bend a little. */
const NEARLY = 0.95;

/** Steps may be counted in these: no length that a log's rows compare with. */
const OF_DATA = /token|sample|image|example|frame|batch|epoch/i;

/** `warmup_steps: int = 100_000`, `num_warmup_steps=100000`, `"warmup": 1e5`, with the number of steps. */
const LENGTH =
  /\b\w{0,40}warm\w{0,40}["']?\s{0,4}(?::\s{0,4}int\s{0,4})?[=:]\s{0,4}(\d[\d_]{0,12}(?:e\d)?)(?![\w.])/gi;

export interface WarmUpLength {
  readonly range: TextRange;
  /** As written: `100_000`. */
  readonly text: string;
}

/** Where the code writes that a warm-up takes so many steps or more; null where it does not, or in several places. */
export function warmUpLength({ text }: PythonFacts, atLeast: number): WarmUpLength | null {
  const found: WarmUpLength[] = [];
  text.split(/\r\n|\r|\n/).forEach((line, at) => {
    for (const match of line.matchAll(LENGTH)) {
      const written = match[1] ?? '';
      if (!OF_DATA.test(match[0]) && Number(written.replaceAll('_', '')) >= NEARLY * atLeast) {
        const column = match.index + match[0].length - written.length + 1;
        found.push({
          range: { line: at + 1, column, endLine: at + 1, endColumn: column + written.length },
          text: written,
        });
      }
    }
  });
  const [only, another] = found;
  return only === undefined || another !== undefined ? null : only;
}

/** A warm-up of a usual length in place of one that the run does not live to see the end of. */
export function shortenWarmUp(facts: PythonFacts, atLeast: number): readonly Fix[] {
  // Where the code says how long the run is, a part of that.
  const fitting = fitWarmUp(facts);
  const place = warmUpLength(facts, atLeast);
  return fitting.length > 0 || place === null
    ? fitting
    : fixOf(facts, 'lr-warmup', `Shorten the warm-up from ${place.text} to ${WARMUP_STEPS} steps`, 'unsafe', [
        replace(place.range, String(WARMUP_STEPS)),
      ]);
}

/** Part of a run that a warm-up is to take. */
const WARMUP_PART = 10;

/** A warm-up that the numbers of the code let end after the run, as a part of it. */
export function fitWarmUp(facts: PythonFacts): readonly Fix[] {
  const long = longWarmUp(facts);
  if (long === null) {
    return [];
  }
  const steps = String(Math.max(1, Math.round(long.steps / WARMUP_PART)));
  const title = `Shorten the warm-up from ${long.place.text} to ${steps} steps`;
  return fixOf(facts, 'lr-warmup', title, 'unsafe', [replace(long.place.range, steps)]);
}
