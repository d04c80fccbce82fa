import type { Reread } from '../flow/remedyForecast';
import type { PythonAnalysis } from '../python/analyze';
import type { LogFinding, RelatedPlace } from '../rules/finding';
import { withFindingsAcross } from '../rules/python/acrossFiles';
import type { Run } from '../run/run';
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
}

export interface JoinedRun {
  readonly links: readonly Link[];
  /** The run's findings, with the code places and the fixes that the sources allow. */
  readonly findings: readonly LogFinding[];
}

export interface JoinOptions {
  /** Reads the text that a fix would leave: fixes are then ranked by the gradient flow they let expect, and say it. */
  readonly forecast?: Reread;
}

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
  const quietUntil = Math.min(...findings.map((finding) => finding.step));
  return {
    links: linksOf(run, code),
    findings: findings.map((finding) => joinFinding(run, finding, code, quietUntil, options)),
  };
}

function linksOf(run: Run, code: RunCode): readonly Link[] {
  if (code.model === null) {
    return [];
  }
  const { source, match, exact } = code.model;
  return loggedParameters(run).flatMap((parameter) => {
    const found = match.resolved.get(parameter);
    return found === undefined
      ? []
      : [
          {
            parameter,
            run: run.path,
            source: source.path,
            line: found.entry.range.line,
            exact: exact && found.complete && found.entry.exact,
          },
        ];
  });
}

function joinFinding(
  run: Run,
  finding: LogFinding,
  code: RunCode,
  quietUntil: number,
  { forecast }: JoinOptions,
): LogFinding {
  const symptom = symptomOf(run, finding, quietUntil);
  const ranked = rankFixes(finding, symptom, code, forecast);
  return {
    ...finding,
    related: [...finding.related, ...ranked.places, ...layerPlaces(finding, code)],
    remedies: ranked.remedies,
    fixes: [...finding.fixes, ...ranked.fixes],
  };
}

/** Lines that register the parameters a finding names. */
function layerPlaces(finding: LogFinding, code: RunCode): readonly RelatedPlace[] {
  if (code.model === null) {
    return [];
  }
  const { source, match, exact: sure } = code.model;
  const places = new Map<number, RelatedPlace>();
  for (const parameter of finding.parameters) {
    const found = match.resolved.get(parameter);
    if (found !== undefined && !places.has(found.entry.range.line) && places.size < MOST_LAYERS) {
      const exact = sure && found.complete && found.entry.exact;
      const message = `${exact ? '' : 'likely '}${parameter} (${found.entry.type})`;
      places.set(found.entry.range.line, {
        path: source.path,
        range: found.entry.range,
        message,
        exact,
        role: 'layer',
      });
    }
  }
  return [...places.values()];
}
