import type { Run } from '../../../src/core/run/run';
import type { DefectClass, PublishedTool } from '../rules-published/rule';
import { table } from '../synthetic/table';
import type { LabelledRun } from './labelled';
import { leadOf } from './lead';
import { alarmsOf, CLASSES, isInTime, ours, oursWithCode } from './tools';

export interface Score {
  readonly recall: ReadonlyMap<DefectClass, readonly [found: number, all: number]>;
  readonly found: number;
  /** Runs for which the class or one that is also true was named; NaN where the set has no such labels. */
  readonly truthful: number;
  readonly defective: number;
  readonly timely: number;
  readonly falseRuns: number;
  readonly healthy: number;
  readonly alarmsPerThousand: number;
}

export function score(tool: PublishedTool, runs: readonly LabelledRun[], long: readonly Run[]): Score {
  const recall = new Map<DefectClass, [number, number]>(CLASSES.map((name) => [name, [0, 0]]));
  let found = 0;
  let truthful = runs.some(({ alsoTrue }) => alsoTrue !== null) ? 0 : Number.NaN;
  let timely = 0;
  let falseRuns = 0;
  let falseAlarms = 0;
  let healthySteps = 0;
  for (const { run, defect, alsoTrue, onset, steps, sources } of runs) {
    const alarms = run === null ? [] : alarmsOf(tool, run, sources);
    if (defect === 'none') {
      falseRuns += alarms.length > 0 ? 1 : 0;
      falseAlarms += alarms.length;
      healthySteps += run?.steps ?? 0;
      continue;
    }
    const right = alarms.filter((alarm) => alarm.defect === defect);
    truthful += alarms.some((alarm) => alarm.defect === defect || alsoTrue?.includes(alarm.defect)) ? 1 : 0;
    const count = recall.get(defect) ?? [0, 0];
    count[0] += right.length > 0 ? 1 : 0;
    count[1] += 1;
    found += right.length > 0 ? 1 : 0;
    timely += right.some(({ step }) => isInTime({ onset, steps }, step)) ? 1 : 0;
  }
  for (const run of long) {
    const alarms = alarmsOf(tool, run);
    falseRuns += alarms.length > 0 ? 1 : 0;
    falseAlarms += alarms.length;
    healthySteps += run.steps;
  }
  return {
    recall,
    found,
    truthful,
    defective: runs.filter(({ defect }) => defect !== 'none').length,
    timely,
    falseRuns,
    healthy: runs.filter(({ defect }) => defect === 'none').length + long.length,
    alarmsPerThousand: (1000 * falseAlarms) / healthySteps,
  };
}

export function scoreTable(scores: ReadonlyMap<PublishedTool, Score>, withLead: boolean): string {
  const withTruthful = [...scores.values()].some(({ truthful }) => !Number.isNaN(truthful));
  const head = [
    'tool',
    'named right',
    ...(withTruthful ? ['that, or another class that is also true'] : []),
    'in time',
    ...CLASSES,
    'healthy runs alarmed',
    'false alarms per 1,000 healthy rows',
    ...(withLead ? ['lead over the loss, rows (of 4)'] : []),
  ];
  const rows = [...scores].map(([tool, one]) => [
    tool.name,
    `${one.found}/${one.defective}`,
    ...(withTruthful ? [`${one.truthful}/${one.defective}`] : []),
    `${one.timely}/${one.defective}`,
    ...CLASSES.map((name) => (one.recall.get(name) ?? [0, 0]).join('/')),
    `${one.falseRuns}/${one.healthy}`,
    one.alarmsPerThousand.toFixed(2),
    ...(withLead ? [sayLead(leadOf(tool))] : []),
  ]);
  return table(head, rows);
}

function sayLead({ rows, share }: ReturnType<typeof leadOf>): string {
  return Number.isNaN(rows) ? 'no alarm' : `${rows} (alarm in ${Math.round(100 * share)} %)`;
}

/** The columns in which another tool is ahead of ours. */
export function sayWhereBehind(scores: ReadonlyMap<PublishedTool, Score>): string {
  const own = scores.get(ours);
  const columns: readonly (readonly [string, (tool: PublishedTool, one: Score) => number])[] = [
    ['named right', (_, one) => one.found],
    ['in time', (_, one) => one.timely],
    ...CLASSES.map(
      (name) => [name, (_: PublishedTool, one: Score) => one.recall.get(name)?.[0] ?? 0] as const,
    ),
    ['healthy runs alarmed', (_, one) => -one.falseRuns],
    ['false alarms', (_, one) => -one.alarmsPerThousand],
    ['rows of lead', (tool) => leadOf(tool).rows || 0],
    ['lead runs with an alarm', (tool) => leadOf(tool).share],
  ];
  const behind = columns.flatMap(([name, value]) => {
    const level = own === undefined ? Number.NaN : value(ours, own);
    const ahead = [...scores]
      .filter(([tool, one]) => tool !== oursWithCode && value(tool, one) > level)
      .map(([tool]) => tool.name);
    return ahead.length === 0 ? [] : [`${name} (${ahead.join(', ')})`];
  });
  return behind.length === 0
    ? 'Ours is best, or among the best, in every column.'
    : `Ours is best, or among the best, in every column but: ${behind.join('; ')}. A rule that fires on every jump misses none.`;
}
