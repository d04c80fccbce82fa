/** Ours and the published rules, each as what alarms it raises on a run. */
import { joinRunWithSources } from '../../../src/core/link/join';
import type { PythonAnalysis } from '../../../src/core/python/analyze';
import { diagnoseRun } from '../../../src/core/rules/engine';
import type { LogFinding } from '../../../src/core/rules/finding';
import type { Run } from '../../../src/core/run/run';
import { autotrainer } from '../rules-published/autotrainer';
import { gradsnitch } from '../rules-published/gradsnitch';
import { type Alarm, type DefectClass, type PublishedTool, plainLog } from '../rules-published/rule';
import { sagemakerDebugger } from '../rules-published/sagemaker-debugger';
import { theDeepChecker } from '../rules-published/thedeepchecker';
import { trainproof } from '../rules-published/trainproof';
import { olmo2, olmoCore, torchAudit, zclip } from '../rules-published/window-rules';
import type { LabelledRun } from './labelled';

export const CLASSES: readonly DefectClass[] = [
  'vanishing',
  'exploding',
  'nonfinite',
  'dead-relu',
  'divergence',
  'spike',
  'plateau',
];
export const CLASS_OF_RULE: Readonly<Record<string, DefectClass>> = {
  'vanishing-gradient': 'vanishing',
  'exploding-gradient': 'exploding',
  'non-finite': 'nonfinite',
  'dead-layer': 'dead-relu',
  'diverging-loss': 'divergence',
  'gradient-spike': 'spike',
  'loss-plateau': 'plateau',
};

export const ours: PublishedTool = {
  name: '**Gradient Inspector**',
  note: 'Findings of severity warning and error.',
  alarms: () => [],
};
/** The log joined with the program that wrote it, as the editor and `check` show it. */
export const oursWithCode: PublishedTool = {
  name: 'Gradient Inspector, with the code',
  note: 'The same, joined with the program that wrote the log.',
  alarms: () => [],
};
export const TOOLS: readonly PublishedTool[] = [
  ours,
  oursWithCode,
  sagemakerDebugger,
  autotrainer,
  theDeepChecker,
  gradsnitch,
  trainproof,
  olmoCore,
  olmo2,
  zclip,
  torchAudit,
];

export function alarmsOf(
  tool: PublishedTool,
  run: Run,
  sources: readonly PythonAnalysis[] = [],
): readonly Alarm[] {
  if (tool !== ours && tool !== oursWithCode) {
    return tool.alarms(plainLog(run));
  }
  const { findings } = diagnoseRun(run);
  const told = tool === ours ? findings : joinRunWithSources(run, findings, sources).findings;
  return told.filter(isNamed).flatMap((finding) =>
    namesOf(finding).flatMap(({ rule, step }) => {
      const defect = CLASS_OF_RULE[rule];
      return defect === undefined ? [] : [{ defect, step }];
    }),
  );
}

/** A claim that something is broken. */
export function isNamed({ severity }: LogFinding): boolean {
  return severity === 'error' || severity === 'warning';
}

/** A published tool raises an alarm for each face of an incident; ours is one finding that names them. */
export function namesOf({
  rule,
  step,
  evidence,
  also = [],
}: LogFinding): readonly { readonly rule: string; readonly step: number }[] {
  const { leadStep } = evidence;
  return [{ rule, step: typeof leadStep === 'number' ? leadStep : step }, ...also];
}

/** Within a tenth of the run of the true onset. */
export function isInTime({ onset, steps }: Pick<LabelledRun, 'onset' | 'steps'>, step: number): boolean {
  return onset !== null && Math.abs(step - onset) <= 0.1 * steps;
}
