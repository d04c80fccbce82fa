import {
  curesFirst,
  KEPT,
  type RemedyForecast,
  RemedyForecaster,
  type Reread,
  worsens,
} from '../flow/remedyForecast';
import type { PythonAnalysis } from '../python/analyze';
import type { PythonFacts } from '../python/facts';
import { usualBound } from '../remedies/edits/clip/bound';
import { depthOf, isCounted, trainedRoot, viewOf } from '../remedies/edits/model';
import { remedyById } from '../remedies/registry';
import type { RemedyId, RemedyTarget } from '../remedies/remedy';
import type { SettingsFile } from '../remedies/settings';
import type { Fix, LogFinding, RelatedPlace } from '../rules/finding';
import { aggregationCauses } from './causes/aggregation';
import { architectureCauses } from './causes/architecture';
import { attentionCauses } from './causes/attention';
import type { Cause, Code, Symptom } from './causes/cause';
import { dataCauses, targetCauses } from './causes/data';
import { flowCauses } from './causes/flow';
import { graphCauses } from './causes/graph';
import { hintedCauses } from './causes/hints';
import { initialisationCauses } from './causes/initialisation';
import { optimizerCauses } from './causes/optimizers';
import { paddingCauses } from './causes/padding';
import { trainingCauses } from './causes/training';
import type { RunCode } from './match';

export interface RankedFixes {
  /** Best first: by the code's causes, then as the rule named them. */
  readonly remedies: readonly RemedyId[];
  readonly fixes: readonly Fix[];
  /** Lines of the code that explain the symptom. */
  readonly places: readonly RelatedPlace[];
}

/** Each remedy of a cause ranks a little below the one before it. */
const PLACE_STEP = 4;
/** What the rule alone suggests, without a cause in the code. */
const RULE_ALONE = 30;
/** From this weight on the cause is plain enough to prefer its remedy. */
const PLAIN = 60;
/** Causes shown with a finding. */
const MOST_CAUSES = 2;
/** More fixes than fit a menu help nobody. */
const MOST_FIXES = 6;
/** Nor does a list that names everything: the best that the evidence and the code speak for. */
const MOST_REMEDIES = 5;
/** A remedy that finds nothing to edit in this code ranks below those that do: it is applied already, or has no place. */
const NO_PLACE = 25;

/** Ranks remedies by what the code shows, and makes the edits of each. */
export function rankFixes(
  finding: LogFinding,
  symptom: Symptom,
  code: RunCode,
  reread: Reread | null = null,
  settings: readonly SettingsFile[] = [],
): RankedFixes {
  const files = [code.training?.source, code.model?.source, code.imported?.source, ...code.helpers].filter(
    (source) => source !== undefined,
  );
  const sources = files.filter((source, at) => files.indexOf(source) === at);
  const views = sources.map((source) => viewCode(source, symptom, code, settings));
  const flow = flowOf(symptom, code, views, reread);
  const causes = views
    .flatMap((view) =>
      [
        ...graphCauses(view, symptom),
        ...(symptom.cutOff ? [] : otherCauses(view, symptom)),
        ...(flow?.view === view && !symptom.cutOff ? flowCauses(view, symptom, flow.forecaster.before) : []),
      ].map((cause) => ({ ...cause, view })),
    )
    .sort((a, b) => b.weight - a.weight);
  const scores = scoresOf(finding, causes);
  const edits = new Map([...scores.keys()].map((remedy) => [remedy, fixesFor(remedy, views, symptom)]));
  const rank = (remedy: RemedyId): number =>
    (scores.get(remedy) ?? 0) - (views.length > 0 && edits.get(remedy)?.length === 0 ? NO_PLACE : 0);
  const best = [...scores.keys()].sort((a, b) => rank(b) - rank(a)).slice(0, MOST_REMEDIES);
  const forecasts = new Map(
    best.map((remedy) => {
      const [fix] = edits.get(remedy) ?? [];
      return [remedy, fix === undefined ? null : (flow?.forecaster.of(fix) ?? null)];
    }),
  );
  const remedies = curesFirst(best, (remedy) => forecasts.get(remedy) ?? null);
  const fixes: Fix[] = [];
  for (const remedy of remedies) {
    for (const [at, fix] of (edits.get(remedy) ?? []).entries()) {
      const isNew = !fixes.some((one) => sameEdits(one, fix));
      if (isNew && fixes.length < MOST_FIXES) {
        const forecast = at === 0 ? (forecasts.get(remedy) ?? null) : (flow?.forecaster.of(fix) ?? null);
        const preferred =
          fixes.length === 0 &&
          remedy === remedies[0] &&
          (scores.get(remedy) ?? 0) >= PLAIN &&
          (forecast === null || !worsens(forecast));
        fixes.push({ ...fix, preferred, ...forecastTexts(forecast) });
      }
    }
  }
  const exact = (view: Code) =>
    (view.facts === code.model?.source.facts ? code.model.exact : code.training?.exact) ?? false;
  const places = causes
    .filter((cause) => cause.weight >= PLAIN)
    .slice(0, MOST_CAUSES)
    .map(
      (cause): RelatedPlace => ({
        path: cause.path ?? cause.view.facts.path,
        range: cause.range,
        role: 'cause',
        message: `${exact(cause.view) ? '' : 'likely '}cause: ${cause.what}`,
        exact: exact(cause.view),
      }),
    );
  return { remedies, fixes, places };
}

function otherCauses(view: Code, symptom: Symptom): readonly Cause[] {
  return [
    ...trainingCauses(view, symptom),
    ...optimizerCauses(view, symptom),
    ...initialisationCauses(view, symptom),
    ...architectureCauses(view, symptom),
    ...dataCauses(view, symptom),
    ...targetCauses(view, symptom),
    ...attentionCauses(view, symptom),
    ...paddingCauses(view, symptom),
    ...aggregationCauses(view, symptom),
    ...hintedCauses(view, symptom),
  ];
}

function forecastTexts(forecast: RemedyForecast | null): Pick<Fix, 'forecast' | 'forecastShort'> {
  return forecast === null ? {} : { forecast: forecast.text, forecastShort: forecast.short };
}

/** The forecast of one of the views' models. */
interface ViewedFlow {
  readonly view: Code;
  readonly forecaster: RemedyForecaster;
}

/** Symptoms of a first layer that gets too little, as far as a run shows it: a global norm hides it, the loss does not. */
const FADES: ReadonlySet<string> = new Set(['vanishing-gradient', 'loss-plateau', 'dead-layer']);

/**
 * The forecast of the run's model, where the symptom is one over depth that the initialisation explains. A gradient that
 * grows only later has another cause; one that fades may be seen late, when the log starts late or other layers hide it.
 */
function flowOf(
  symptom: Symptom,
  { model }: RunCode,
  views: readonly Code[],
  reread: Reread | null,
): ViewedFlow | null {
  const fades = FADES.has(symptom.rule);
  const grows = symptom.rule === 'exploding-gradient' && symptom.atStart;
  const view =
    views.find(({ facts }) => facts === model?.source.facts) ?? views.find((one) => one.model !== null);
  if (reread === null || view?.model == null || !(fades || grows)) {
    return null;
  }
  const forecaster = new RemedyForecaster(reread, view.facts, view.model.root);
  const level = forecaster.before ?? 0;
  return (fades ? level <= -KEPT : level >= KEPT) ? { view, forecaster } : null;
}

function viewCode(
  source: PythonAnalysis,
  symptom: Symptom,
  code: RunCode,
  settings: readonly SettingsFile[],
): Code {
  const { facts, findings } = source;
  const root =
    source === code.model?.source
      ? code.model.match.root
      : source === code.imported?.source
        ? code.imported.root
        : trainedRoot(facts);
  const model = root === null ? null : viewOf(facts, root);
  const counted = model === null ? 0 : depthOf(model);
  const depth = model !== null && isCounted(model) && counted > 0 ? counted : (symptom.weights ?? null);
  const training = code.training?.source.facts ?? null;
  const optimizers = facts.optimizers.length > 0 ? facts.optimizers : (training?.optimizers ?? []);
  return { facts, findings, model, training, optimizers, settings, depth };
}

function scoresOf(finding: LogFinding, causes: readonly Cause[]): ReadonlyMap<RemedyId, number> {
  const scores = new Map<RemedyId, number>();
  const raise = (remedy: RemedyId, score: number) => {
    scores.set(remedy, Math.max(score, scores.get(remedy) ?? 0));
  };
  for (const cause of causes) {
    cause.remedies.forEach((remedy, at) => {
      raise(remedy, cause.weight - at * PLACE_STEP);
    });
  }
  finding.remedies.forEach((remedy, at) => {
    raise(remedy, RULE_ALONE - at * PLACE_STEP);
  });
  for (const [wanted, opposite] of OPPOSITES) {
    const isPlain = causes.some(({ weight, remedies }) => weight >= PLAIN && remedies[0] === wanted);
    if (isPlain && !causes.some(({ remedies }) => remedies.includes(opposite))) {
      scores.delete(opposite);
    }
  }
  return scores;
}

/** What the code shows to be wrong in one direction is not moved in the other. */
const OPPOSITES: readonly (readonly [RemedyId, RemedyId])[] = [
  ['raise-lr', 'lower-lr'],
  ['lower-lr', 'raise-lr'],
];

/** Symptoms of a network over time that keeps too little, and not of one that explodes. */
const FORGETFUL: ReadonlySet<string> = new Set(['loss-plateau', 'vanishing-gradient', 'dead-layer']);

/** A remedy's own edits look at the whole model; where it has none, those of the Python rules that found the bug. */
function fixesFor(remedy: RemedyId, views: readonly Code[], symptom: Symptom): readonly Fix[] {
  const target: RemedyTarget = {
    parameters: symptom.parameters,
    line: null,
    ...(symptom.usualNorm === null ? {} : { usualNorm: symptom.usualNorm }),
    ...(symptom.warmUpRows === null ? {} : { warmUpRows: symptom.warmUpRows }),
    forgets: FORGETFUL.has(symptom.rule),
    ...(symptom.clipsTooLow && symptom.usualNorm !== null ? { bound: usualBound(symptom.usualNorm) } : {}),
    ...(symptom.firstNorm === null ? {} : { firstNorm: symptom.firstNorm }),
  };
  const own = views.flatMap(({ facts, settings }) => editsOf(remedy, facts, { ...target, settings }));
  return own.length > 0
    ? own
    : views.flatMap(({ findings }) =>
        findings.flatMap((finding) => finding.fixes.filter((fix) => fix.remedy === remedy)),
      );
}

/** A remedy that cannot deal with a file offers nothing for it. */
function editsOf(remedy: RemedyId, facts: PythonFacts, target: RemedyTarget): readonly Fix[] {
  try {
    return remedyById(remedy).fixes?.(facts, target) ?? [];
  } catch {
    return [];
  }
}

function sameEdits(a: Fix, b: Fix): boolean {
  return a.path === b.path && JSON.stringify(a.edits) === JSON.stringify(b.edits);
}
