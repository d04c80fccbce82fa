import type { RunFacts } from '../../../run/facts';
import type { Moment, Track } from '../../../run/factsTimeline';
import { nameOf } from '../../../run/profile';
import { sayNames } from '../incident';

/** What is not finite in layers alone, where the norm of the whole model and the loss are finite in every row. */
export interface LayersAlone {
  /** Layers. */
  readonly count: number;
  /** "The gradient of head.bias is not finite in 3 of 40 rows". */
  readonly what: string;
  /** The last of them; null: they are so at the end of the log. */
  readonly end: Moment | null;
}

/** Null when every layer is finite. */
export function layersAlone({ tracks }: RunFacts): LayersAlone | null {
  const hit = tracks.filter((track) => track.nonfinite > 0);
  const [first] = hit;
  if (first === undefined) {
    return null;
  }
  const worst = hit.reduce((most, track) => (track.nonfinite > most.nonfinite ? track : most), first);
  const rows = `${worst.nonfinite} of ${worst.count} rows`;
  const lasts = hit.map(lastBadPoint);
  const isAtEnd = hit.some((track, at) => lasts[at] === track.count - 1);
  return {
    count: hit.length,
    what: `The gradient of ${sayNames(hit.map(nameOf))} is not finite in ${hit.length > 1 ? `up to ${rows} each` : rows}`,
    end: isAtEnd ? null : latest(hit.map(({ series: { points } }, at) => pointMoment(points, lasts[at]!))),
  };
}

function lastBadPoint({ series: { points } }: Track): number {
  let at = points.length - 1;
  while (at >= 0 && Number.isFinite(points.value(at))) {
    at--;
  }
  return at;
}

function pointMoment(points: Track['series']['points'], at: number): Moment {
  return { time: points.line(at), step: points.step(at), line: points.line(at) };
}

/** The one on the last line. */
function latest(moments: readonly Moment[]): Moment | null {
  return moments.reduce<Moment | null>(
    (last, moment) => (last === null || moment.line > last.line ? moment : last),
    null,
  );
}
