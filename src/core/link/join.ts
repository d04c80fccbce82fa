import type { Reread } from '../flow/remedyForecast';
import type { PythonAnalysis } from '../python/analyze';
import { orElse } from '../python/work';
import type { SettingsFile } from '../remedies/settings';
import type { LogFinding, RelatedPlace } from '../rules/finding';
import { withFindingsAcross } from '../rules/python/acrossFiles';
import type { RunFacts } from '../run/facts';
import type { Run } from '../run/run';
import { withFindingsOfBoth } from './both';
import { type ClipBound, clipBoundOf } from './clipBound';
import { forecastParameters } from './linkForecast';
import { type LinkedParameter, linkParameters } from './linkParameters';
import { loggedParameters, matchRun, type RunCode } from './match';
import { rankFixes } from './rank';
import { symptomOf } from './symptom';

/** One parameter of a run, found in the code. */
export interface Link {
  /** As logged. */
  readonly parameter: string;
  /** Path of the log. */
  readonly run: string;
  /** Path of the Python file. */
  readonly source: string;
  /** 1-based line that registers it. */
  readonly line: number;
  /** False: a guess; say "likely". */
  readonly exact: boolean;
  /** log10 of the gradient norm that the code lets expect at initialisation, relative to the model's last weight; absent where it is not known. */
  readonly forecast?: number;
}

export interface JoinedRun {
  readonly links: readonly Link[];
  /** The run's findings, with the code places and the fixes that the sources allow. */
  readonly findings: readonly LogFinding[];
  /** Where the code clips the norm of the whole gradient; absent where it does not, or at no number that can be read. */
  readonly clip?: ClipBound;
}

export interface JoinOptions {
  /** Reads the text that a fix would leave: fixes are then ranked by the gradient flow they let expect, and say it. */
  readonly forecast?: Reread;
  /** The run's facts, where a diagnosis has them; else they are worked out when a rule asks for them. */
  readonly facts?: () => RunFacts;
  /** Files beside the sources that may define their settings: a rate that is defined there is changed there. */
  readonly settings?: readonly SettingsFile[];
}

/** Where the code defines each parameter that it explains. */
type Places = ReadonlyMap<string, LinkedParameter>;

/** Layers a finding links to: the worst ones come first, and more would fill the Problems panel. */
const MOST_LAYERS = 3;

/**
 * Joins a run with the Python files that may have written it. Findings gain related places ("Go to layer") and
 * fixes only where the place in the code is unambiguous.
 */
export function joinRunWithSources(
  run: Run,
  findings: readonly LogFinding[],
  sources: readonly PythonAnalysis[],
  options: JoinOptions = {},
): JoinedRun {
  const code = matchRun(run, withFindingsAcross(sources));
  // Files that have used up their work are not linked; what the run itself says stands.
  const places = orElse(
    () => linkParameters(run.path, loggedParameters(run), sources),
    new Map<string, LinkedParameter>(),
  );
  const clip = clipBoundOf(code);
  const told = withFindingsOfBoth(run, findings, code, clip, options.facts);
  const quietUntil = Math.min(...told.map((finding) => finding.step));
  return {
    links: linksOf(run, places, forecastParameters(code, loggedParameters(run), sources)),
    findings: told.map((finding) => joinFinding(run, finding, code, places, quietUntil, options)),
    ...(clip === null ? {} : { clip }),
  };
}

function linksOf(run: Run, places: Places, forecasts: ReadonlyMap<string, number>): readonly Link[] {
  return loggedParameters(run).flatMap((parameter) => {
    const found = places.get(parameter);
    const forecast = forecasts.get(parameter);
    return found === undefined
      ? []
      : [
          {
            parameter,
            run: run.path,
            source: found.entry.file,
            line: found.entry.range.line,
            exact: found.exact,
            ...(forecast === undefined ? {} : { forecast }),
          },
        ];
  });
}

function joinFinding(
  run: Run,
  finding: LogFinding,
  code: RunCode,
  places: Places,
  quietUntil: number,
  { forecast, settings }: JoinOptions,
): LogFinding {
  const symptom = symptomOf(run, finding, quietUntil);
  const ranked = rankFixes(finding, symptom, code, forecast, settings);
  return {
    ...finding,
    related: [...finding.related, ...ranked.places, ...layerPlaces(finding, places)],
    remedies: ranked.remedies,
    fixes: [...finding.fixes, ...ranked.fixes],
  };
}

/** Lines that register the parameters a finding names. */
function layerPlaces(finding: LogFinding, places: Places): readonly RelatedPlace[] {
  const byLine = new Map<string, RelatedPlace>();
  for (const parameter of finding.parameters) {
    const found = places.get(parameter);
    const key = found === undefined ? '' : `${found.entry.file}:${found.entry.range.line}`;
    if (found !== undefined && !byLine.has(key) && byLine.size < MOST_LAYERS) {
      const { entry, exact } = found;
      const message = `${exact ? '' : 'likely '}${parameter} (${entry.type})`;
      byLine.set(key, { path: entry.file, range: entry.range, message, exact, role: 'layer' });
    }
  }
  return [...byLine.values()];
}
