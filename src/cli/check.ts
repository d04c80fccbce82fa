/** `check`: reads logs and Python files, joins them, and gives one report. */
import { readFile, stat } from 'node:fs/promises';
import { BytesSource } from '../core/io/fileSource';
import { throughGzip } from '../core/io/gzipSource';
import { joinRunWithSources, type Link } from '../core/link/join';
import { evidenceOnSources } from '../core/link/sourceEvidence';
import { type RunFiles, readRunFiles } from '../core/logs/runFolder';
import type { PythonAnalysis, PythonAnalyzer } from '../core/python/analyze';
import { type NotebookCode, notebookCode } from '../core/python/notebook/code';
import type { SettingsFile } from '../core/remedies/settings';
import type { CheckReport, RunReport } from '../core/report/checkReport';
import { codePath, inNotebookFiles } from '../core/report/notebooks';
import { diagnoseRun } from '../core/rules/engine';
import { withFindingsAcross } from '../core/rules/python/acrossFiles';
import { NodeFileSource } from '../host/nodeFileSource';
import { listFiles, reason } from './files';
import { settingsBeside } from './settings';
import { streamBytes } from './streams';

export interface CheckOptions {
  readonly paths: readonly string[];
  /** Logs given as evidence for the Python files, beside those among `paths`. */
  readonly evidence: readonly string[];
  /** Made at the first Python file. */
  python(): Promise<PythonAnalyzer>;
  /** An input that could not be read, or was named and is neither log nor Python. */
  onUnreadable(path: string, why: string): void;
  onNote(text: string): void;
  onProgress(path: string): void;
  /** The text of a file that fixes may be computed from. */
  onSource?(path: string, text: string): void;
}

export interface Checked {
  readonly report: CheckReport;
  /** The report once these of its Python files and notebooks are as fixes have made them. Logs stay as they were read. */
  again(changed: readonly string[]): Promise<CheckReport>;
}

export async function check(options: CheckOptions): Promise<Checked> {
  const runs: RunReport[] = [];
  const sources: PythonAnalysis[] = [];
  const notebooks = new Map<string, { path: string; code: NotebookCode }>();
  const files = await listFiles([...options.paths, ...options.evidence], options.onUnreadable);
  for (const file of files) {
    const { path, named } = file;
    options.onProgress(path);
    try {
      if (/\.pyi?$/i.test(path)) {
        const analysis = (await options.python()).analyze(path, await sourceText(path, options));
        if (analysis !== null) {
          sources.push(analysis);
          if (analysis.cut !== null) {
            options.onNote(`${path}: ${analysis.cut}`);
          }
        } else if (named) {
          options.onNote(`${path}: names no deep-learning framework; nothing to check`);
        }
      } else {
        const analysis = /\.ipynb$/i.test(path) ? await readNotebook(path, options, notebooks) : null;
        if (analysis !== null) {
          sources.push(analysis);
        }
        const report = await checkLog(file, options);
        if (report !== null) {
          runs.push(report);
        } else if (named && analysis === null) {
          options.onNote(`${path}: no training log recognised`);
        }
      }
    } catch (error) {
      options.onUnreadable(path, reason(error));
    }
  }
  const report = async (analyses: readonly PythonAnalysis[]) => {
    const analyzer = runs.length > 0 && analyses.length > 0 ? await options.python() : null;
    const settings = runs.length > 0 ? await settingsBeside(analyses.map(({ facts }) => facts)) : [];
    for (const { path, text } of settings) {
      options.onSource?.(path, text);
    }
    return inNotebookFiles(join(runs, withFindingsAcross(analyses), analyzer, settings), notebooks);
  };
  return {
    report: await report(sources),
    again: async (changed) => {
      const known = new Set(changed.flatMap((path) => [path, codePath(path)]));
      const read = async (analysis: PythonAnalysis) => {
        const { path } = analysis;
        const notebook = notebooks.get(path)?.path;
        const again =
          notebook === undefined
            ? (await options.python()).analyze(path, await readFile(path, 'utf8'))
            : await readNotebook(notebook, options, notebooks);
        return again ?? analysis;
      };
      return report(await Promise.all(sources.map((one) => (known.has(one.path) ? read(one) : one))));
    },
  };
}

/** The code of a notebook; its outputs are a log like any other. */
async function readNotebook(
  path: string,
  options: CheckOptions,
  notebooks: Map<string, { path: string; code: NotebookCode }>,
): Promise<PythonAnalysis | null> {
  if ((await stat(path)).size > LARGEST_NOTEBOOK) {
    options.onNote(`${path}: too large for its code to be read`);
    return null;
  }
  const text = await readFile(path, 'utf8');
  options.onSource?.(path, text);
  const code = notebookCode(text);
  const analysis = code === null ? null : (await options.python()).analyze(codePath(path), code.text);
  if (code !== null && analysis !== null) {
    notebooks.set(codePath(path), { path, code });
  }
  return analysis;
}

/** Outputs with pictures make notebooks large; one larger than this is not read whole for its code. */
const LARGEST_NOTEBOOK = 50_000_000;

async function sourceText(path: string, { onNote, onSource }: CheckOptions): Promise<string> {
  const piped = await streamBytes(path, onNote);
  const text = piped === null ? await readFile(path, 'utf8') : new TextDecoder().decode(piped);
  onSource?.(path, text);
  return text;
}

async function checkLog(files: RunFiles, { onNote }: CheckOptions): Promise<RunReport | null> {
  // The files of a folder were seen to be regular ones.
  const piped = files.files.length === 1 ? await streamBytes(files.path, onNote) : null;
  const run = await readRunFiles(files, (path) =>
    throughGzip(piped === null ? new NodeFileSource(path) : new BytesSource(path, piped)),
  );
  return run === null ? null : { run, ...diagnoseRun(run) };
}

/** Gives every run's findings the code places and fixes that the Python files read beside it allow. */
function join(
  runs: readonly RunReport[],
  sources: readonly PythonAnalysis[],
  analyzer: PythonAnalyzer | null,
  settings: readonly SettingsFile[],
): CheckReport {
  const links: Link[] = [];
  const joinedRuns = runs.map((report) => {
    const joined = joinRunWithSources(report.run, report.findings, sources, {
      settings,
      ...(analyzer === null ? {} : { forecast: analyzer.read }),
    });
    links.push(...joined.links);
    return { ...report, findings: joined.findings };
  });
  const evidence = joinedRuns.flatMap(({ run, findings }) => evidenceOnSources(run.path, findings));
  return {
    runs: joinedRuns,
    sources: sources.map(({ path, facts, findings }) => ({
      path,
      findings: [
        ...findings,
        ...evidence.filter((entry) => entry.path === path).map(({ finding }) => finding),
      ],
      modules: facts.modules,
    })),
    links,
  };
}
