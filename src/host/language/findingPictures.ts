import type { PictureTheme } from '../../core/report/picture';
import { profilePicture } from '../../core/report/profilePicture';
import { type Curve, sparkline } from '../../core/report/sparkline';
import type { LogFinding } from '../../core/rules/finding';
import type { Run } from '../../core/run/run';
import type { Series } from '../../core/run/series';

/** The pictures of a finding as SVG text: its curve beside a sound one, and the norm by layer where depth is the matter. */
export function findingPictures(finding: LogFinding, run: Run, theme: PictureTheme): readonly string[] {
  const { profile, profileFirst, profileLast } = finding.evidence;
  const byLayer =
    Array.isArray(profile) && profile.every((norm) => typeof norm === 'number')
      ? profilePicture(profile, {
          theme,
          first: String(profileFirst ?? 'first'),
          last: String(profileLast ?? 'last'),
        })
      : '';
  return [
    sparkline(curvesOf(finding, run), { theme, onset: finding.step, unit: run.axis.kind }),
    byLayer,
  ].filter((svg) => svg !== '');
}

/** Series of one kind share an axis. A layer that is not concerned shows what would be sound. */
function curvesOf(finding: LogFinding, run: Run): readonly Curve[] {
  const concerned = finding.series.flatMap((id) => run.series[id] ?? []);
  const [first] = concerned;
  if (first === undefined) {
    return [];
  }
  const sameKind = concerned.filter(({ kind }) => kind === first.kind);
  const sound = first.parameter === null ? undefined : soundLayer(finding, first, run.series);
  return (sound === undefined ? sameKind : [first, sound]).map(({ name, parameter, points }) => ({
    name: parameter ?? name,
    points,
  }));
}

/** The last layer of the model that the finding does not name. */
function soundLayer(finding: LogFinding, like: Series, series: readonly Series[]): Series | undefined {
  const named = new Set(finding.parameters);
  return [...series]
    .reverse()
    .find(
      ({ kind, statistic, split, parameter }) =>
        kind === like.kind &&
        statistic === like.statistic &&
        split === like.split &&
        parameter !== null &&
        !named.has(parameter),
    );
}
