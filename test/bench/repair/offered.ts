import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { settingsBeside } from '../../../src/cli/settings';
import { applyEdits } from '../../../src/core/edits';
import { BytesSource } from '../../../src/core/io/fileSource';
import { type JoinOptions, joinRunWithSources } from '../../../src/core/link/join';
import { readLog } from '../../../src/core/logs/logReader';
import type { PythonAnalysis, PythonAnalyzer } from '../../../src/core/python/analyze';
import { diagnoseRun } from '../../../src/core/rules/engine';
import type { Fix, LogFinding } from '../../../src/core/rules/finding';
import { withFindingsAcross } from '../../../src/core/rules/python/acrossFiles';
import type { Run } from '../../../src/core/run/run';
import { type Case, programOf } from './cases';
import { keptOutcome, type Outcome, runProgram } from './program';

/** The fixes offered for a program with its log as evidence. */
export interface Offered {
  readonly files: ReadonlyMap<string, string>;
  readonly findings: readonly string[];
  readonly fixes: readonly Fix[];
}

/** Reads a case's log and program and asks for fixes; `findings` replaces what is read out of the log. */
export async function fixesFor(
  about: Case,
  analyzer: PythonAnalyzer,
  findings?: readonly LogFinding[],
): Promise<Offered> {
  const files = programOf(about);
  const log = join(about.folder, about.log.file);
  const run = await readLog(new BytesSource(log, readFileSync(log)));
  const sources = [...files].flatMap(
    ([name, text]) => analyzer.analyze(join(about.folder, name), text) ?? [],
  );
  if (run === null || sources.length === 0) {
    return { files, findings: [run === null ? 'log not read' : 'program not read'], fixes: [] };
  }
  const told = findings ?? diagnoseRun(run).findings;
  const settings = await settingsBeside(sources.map(({ facts }) => facts));
  const fixes = fixesOf(run, told, sources, { forecast: analyzer.read, settings });
  return { files, findings: [...new Set(told.map(({ rule }) => rule))], fixes };
}

/** A fix by its remedy. */
export function nameOf(fix: Fix): string {
  return fix.preferred ? `**${fix.remedy}**` : fix.remedy;
}

/** Fixes in the order a person meets them: of the log's findings, then of the code's. */
function fixesOf(
  run: Run,
  findings: readonly LogFinding[],
  sources: readonly PythonAnalysis[],
  options: JoinOptions,
): readonly Fix[] {
  const joined = joinRunWithSources(run, findings, sources, options).findings;
  const inCode = withFindingsAcross(sources).flatMap((source) => source.findings);
  const all = [...joined, ...inCode].flatMap((finding) => finding.fixes);
  const seen = new Set<string>();
  return all.filter((fix) => {
    const key = JSON.stringify([fix.path, fix.edits]);
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew;
  });
}

/** Runs a program with a fix in it. */
export function tryFix(files: ReadonlyMap<string, string>, fix: Fix): Outcome {
  const fixed = withFix(files, fix);
  return fixed === null ? OVERLAP : runProgram(fixed);
}

/** How a program with a fix in it ended, where it was run before; null otherwise. */
export function triedFix(files: ReadonlyMap<string, string>, fix: Fix): Outcome | null {
  const fixed = withFix(files, fix);
  return fixed === null ? OVERLAP : keptOutcome(fixed);
}

const OVERLAP: Outcome = { value: null, broken: true, message: 'edits overlap' };

function withFix(files: ReadonlyMap<string, string>, fix: Fix): ReadonlyMap<string, string> | null {
  const name = basename(fix.path);
  const edited = applyEdits(files.get(name) ?? '', fix.edits);
  return edited === null ? null : new Map([...files, [name, edited]]);
}
