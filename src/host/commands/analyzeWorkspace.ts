import {
  type CancellationToken,
  commands,
  type Progress,
  ProgressLocation,
  type Uri,
  window,
  workspace,
} from 'vscode';
import type { RunFiles } from '../../core/logs/runFolder';
import { count } from '../../core/report/plain';
import { inSlices } from '../../core/steps';
import { CHART_FILES, LOG_EXTENSIONS } from '../language/candidates';
import { codeOf, FOREIGN_FOLDERS, type SourceSearch } from '../language/pythonSources';
import { errorText } from '../log';
import { logHalf } from '../logHalf';
import { nextTurn } from '../nextTurn';
import { pathOf, shortPath, uriOf } from '../paths';
import { withLevels } from '../ruleLevels';
import type { Services } from '../services';
import { type FileResult, logResult, pythonResult } from '../views/runsModel';
import { insertGradientLogging } from './insertGradientLogging';

/** MLflow's store: a folder a run, a file a metric. */
const MLFLOW = '**/{mlruns,mlartifacts}/**/metrics/**';

/** Looks for logs and Python files in the workspace and fills the "Training runs" view. */
export async function analyzeWorkspace(services: Services): Promise<void> {
  if (workspace.workspaceFolders === undefined) {
    void window.showInformationMessage('Open a folder with training logs or training code first.');
    return;
  }
  await commands.executeCommand('gradientInspector.runs.focus');
  const options = {
    location: ProgressLocation.Notification,
    title: 'Analyzing the workspace',
    cancellable: true,
  };
  const outcome = await window.withProgress(options, (progress, token) => analyze(services, progress, token));
  services.log.info(outcome);
  if (services.runs.all.length > 0) {
    window.setStatusBarMessage(outcome, 8000);
    return;
  }
  // The view is as empty as before: without a word the person would not know that the search is over.
  const choice = await window.showInformationMessage(outcome, 'Insert Gradient Logging');
  if (choice !== undefined) {
    await insertGradientLogging(services);
  }
}

async function analyze(
  services: Services,
  progress: Progress<{ message: string; increment: number }>,
  token: CancellationToken,
): Promise<string> {
  const { maxFiles } = services.config.current;
  const names = [...[...LOG_EXTENSIONS, 'py'].map((ending) => `*.${ending}`), ...CHART_FILES];
  const pattern = `**/{${names.join(',')}}`;
  const found = await workspace.findFiles(pattern, FOREIGN_FOLDERS, maxFiles, token);
  // MLflow's files, one a metric, have no ending.
  found.push(...(await workspace.findFiles(MLFLOW, FOREIGN_FOLDERS, maxFiles, token)));
  const files = logHalf().groupRunFiles(found.map(pathOf));
  const abort = new AbortController();
  token.onCancellationRequested(() => abort.abort());
  services.runs.clear();
  const search = services.joins.search();
  let [logs, findings, looked] = [0, 0, 0];
  for (const file of files) {
    const uri = uriOf(file.path);
    if (token.isCancellationRequested) {
      break;
    }
    progress.report({
      message: `${looked + 1} of ${files.length}: ${shortPath(uri)}`,
      increment: 100 / files.length,
    });
    const results = await analyzeFile(services, file, search, abort.signal).catch((error: unknown) => {
      services.log.warn(`${shortPath(uri)} was not analysed: ${errorText(error)}`);
      return [];
    });
    looked++;
    for (const result of results) {
      logs += result.kind === 'log' ? 1 : 0;
      findings += result.findings.length;
      services.runs.put(result);
    }
  }
  const limit =
    found.length >= maxFiles ? ` (stopped at ${maxFiles} files, see gradientInspector.maxFiles)` : '';
  const end = token.isCancellationRequested ? `, cancelled after ${looked} of ${files.length} files` : limit;
  return `${count(logs, 'training log')}, ${count(findings, 'finding')} in ${count(looked, 'file')}${end}`;
}

/** A log with its rotated parts, whose names end in numbers or dates: no search by ending finds them. */
async function withOlderParts(file: RunFiles): Promise<RunFiles> {
  if (file.files.length > 1 || file.how !== 'together') {
    return file;
  }
  const older = await logHalf().olderPartsOf(uriOf(file.path))();
  return older.length === 0 ? file : { path: file.path, files: [...older, file.path], how: 'rotated' };
}

/** What there is to show of a file: nothing when it is no log and has no finding; a notebook has code, and may have printed a log. */
async function analyzeFile(
  services: Services,
  file: RunFiles,
  search: SourceSearch,
  signal: AbortSignal,
): Promise<readonly FileResult[]> {
  const uri = uriOf(file.path);
  const ofCode = /\.(?:py|ipynb)$/.test(uri.path) ? await codeResult(services, codeOf(uri)) : [];
  const ofLog = uri.path.endsWith('.py') ? [] : await runResult(services, file, search, signal);
  return [...ofCode, ...ofLog];
}

async function codeResult(services: Services, uri: Uri): Promise<readonly FileResult[]> {
  const source = await services.python.ofFile(uri);
  const findings = withLevels(source?.analysis.findings ?? [], services.config.current.rules);
  return findings.length > 0 ? [pythonResult(uri, findings)] : [];
}

async function runResult(
  services: Services,
  file: RunFiles,
  search: SourceSearch,
  signal: AbortSignal,
): Promise<readonly FileResult[]> {
  const { createDiagnosis, formatsWith, readRunFiles, sourceOf } = logHalf();
  const uri = uriOf(file.path);
  const run = await readRunFiles(await withOlderParts(file), (path) => sourceOf(uriOf(path)), {
    signal,
    formats: formatsWith(services.config.current.logFormats, services.log),
    breathe: nextTurn,
  });
  if (run === null || signal.aborted) {
    return [];
  }
  const { findings, notChecked } = await inSlices(createDiagnosis(run).steps(), nextTurn);
  const joined = await services.joins.join(uri, run, findings, { search });
  const shown = withLevels(joined.findings, services.config.current.rules);
  return [logResult(uri, run, shown, joined.findings.length - shown.length, notChecked)];
}
