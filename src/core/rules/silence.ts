import type { RunFacts } from '../run/facts';
import { roleOf } from '../run/factsNames';
import type { Track } from '../run/factsTimeline';
import { nameOf } from '../run/profile';
import type { LogFinding, NotChecked } from './finding';
import { say, sayNames } from './log/incident';

/** Rules that a layer of zeros would concern, were it not taken for something else. */
const OF_ZEROS = 'dead-layer';

/**
 * What was taken for harmless, or cannot be told from it: layers that are zero throughout (frozen), zeros that are printed
 * with few decimals, and norms that nobody measured. Said where no finding speaks of them, so that silence can be read.
 */
export function explainSilence(
  facts: RunFacts,
  findings: readonly LogFinding[],
  notChecked: readonly NotChecked[],
): readonly NotChecked[] {
  const told = new Set(findings.flatMap(({ parameters }) => parameters));
  const untold = facts.tracks.filter((track) => !told.has(nameOf(track)));
  return [...frozen(facts, untold), ...printedZeros(facts, untold), ...placeholder(facts)].filter(
    ({ rule }) => !notChecked.some((one) => one.rule === rule),
  );
}

function frozen(facts: RunFacts, untold: readonly Track[]): readonly NotChecked[] {
  const names = untold.filter((track) => track.count > 1 && track.zeros === track.count).map(nameOf);
  const lives = facts.tracks.some((track) => track.zeros < track.count);
  return names.length === 0 || !lives
    ? []
    : [
        {
          rule: OF_ZEROS,
          why: `${sayNames(names)}: 0 from the first row to the last, taken for frozen${orSmall(facts)}`,
        },
      ];
}

/** What a zero may be as well, where few decimals are printed. */
function orSmall({ decimals }: RunFacts): string {
  return decimals === null
    ? ''
    : `: printed with ${decimals} decimals, any norm below ${say(0.5 * 10 ** -decimals)} looks so`;
}

function printedZeros(facts: RunFacts, untold: readonly Track[]): readonly NotChecked[] {
  const names = untold
    .filter((track) => track.zeros > 0 && track.zeros < track.count && roleOf(nameOf(track)) !== 'embedding')
    .map(nameOf);
  return names.length === 0 || facts.decimals === null
    ? []
    : [
        {
          rule: OF_ZEROS,
          why: `${sayNames(names)}: 0 in some rows, taken for small${orSmall(facts)}`,
        },
      ];
}

function placeholder(facts: RunFacts): readonly NotChecked[] {
  return facts.normIsPlaceholder && facts.norm !== null
    ? [
        {
          rule: 'norm-after-clipping',
          why: 'the logged norm never changes from a placeholder: the norm was summed from the layers instead',
        },
      ]
    : [];
}
