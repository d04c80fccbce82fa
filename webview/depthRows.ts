/** The depth profile with modules folded into rows, and the curves over them. Pure. */
import type { AxisKind, SeriesInfo } from '../src/protocol/messages';
import type { DepthCurve } from './chart/depth';
import type { LoadedDepth, Profile } from './depthData';
import { type Row, rowsOf } from './folds';
import { FORECAST_NAME } from './forecastCurve';
import { placePhrase } from './summary';

/** One value a row: of a folded module the largest, NaN where one of its parameters is. */
interface RowProfile extends Profile {
  /** The layer that each value is of. */
  readonly members: Int32Array;
}

export interface DepthRows {
  readonly layers: readonly SeriesInfo[];
  readonly rows: readonly Row[];
  readonly step: number;
  readonly now: RowProfile;
  readonly beside: readonly (RowProfile & { readonly label: string })[];
  readonly forecast: Float64Array | null;
}

export function foldDepth(loaded: LoadedDepth, folded: readonly string[]): DepthRows {
  const rows = rowsOf(loaded.layers, folded);
  return {
    layers: loaded.layers,
    rows,
    step: loaded.step,
    now: foldProfile(loaded.now, rows),
    beside: loaded.beside.map((profile) => ({ ...foldProfile(profile, rows), label: profile.label })),
    forecast:
      loaded.forecast === null
        ? null
        : Float64Array.from(rows, ({ members }) =>
            members.reduce((most, member) => {
              const value = loaded.forecast?.[member] ?? Number.NaN;
              return Number.isNaN(most) || value > most ? value : most;
            }, Number.NaN),
          ),
  };
}

function foldProfile(profile: Profile, rows: readonly Row[]): RowProfile {
  const members = Int32Array.from(rows, ({ members: all }) =>
    all.reduce((most, member) => (rankOf(profile, member) > rankOf(profile, most) ? member : most)),
  );
  return {
    members,
    values: Float64Array.from(members, (member) => profile.values[member]!),
    steps: Float64Array.from(members, (member) => profile.steps[member]!),
    lines: Uint32Array.from(members, (member) => profile.lines[member]!),
  };
}

/** A NaN that was logged comes before every number, what was not logged after. */
function rankOf({ values, lines }: Profile, member: number): number {
  const value = values[member]!;
  return lines[member] === 0
    ? Number.NEGATIVE_INFINITY
    : Number.isNaN(value)
      ? Number.POSITIVE_INFINITY
      : Math.min(value, Number.MAX_VALUE);
}

/** What is drawn, the main curve last. */
export function curvesOf({ now, step, beside, forecast }: DepthRows, axis: AxisKind): readonly DepthCurve[] {
  const curve = (profile: Profile, label: string, hue: number): DepthCurve => ({
    label,
    values: profile.values,
    isLogged: (row) => profile.lines[row] !== 0,
    style: { hue, dash: hue % 4, width: 1.5 },
    isMain: hue === 0,
  });
  const expected: readonly DepthCurve[] =
    forecast === null
      ? []
      : [
          {
            label: FORECAST_NAME,
            values: forecast,
            isLogged: () => false,
            style: { hue: 3, dash: 2, width: 1.5 },
            isMain: false,
          },
        ];
  return [
    ...expected,
    ...beside.map((profile, at) => curve(profile, profile.label, at + 1)).reverse(),
    curve(now, placePhrase(step, axis), 0),
  ];
}
