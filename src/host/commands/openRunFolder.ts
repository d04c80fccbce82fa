import { ProgressLocation, type Uri, window } from 'vscode';
import type { RunFiles } from '../../core/logs/runFolder';
import { CHART_FILES, mayBeLogName } from '../language/candidates';
import { logHalf } from '../logHalf';
import { shortPath, uriOf } from '../paths';
import type { Services } from '../services';
import { runFolderFiles } from '../sessions/runFolderFiles';

/** Shows the run that a tracker's folder holds; where it holds several, the person chooses. */
export async function openRunFolder(services: Services, folder: Uri): Promise<void> {
  const groups = await window.withProgress(
    { location: ProgressLocation.Window, title: `Looking for runs in ${shortPath(folder)}` },
    async () => runsIn(await runFolderFiles(folder)),
  );
  if (groups.length === 0) {
    void window.showInformationMessage(`${shortPath(folder)} holds no file that may be a training log.`);
    return;
  }
  const itself = groups.find(({ path }) => path === folder.fsPath);
  const run = itself ?? (groups.length === 1 ? groups[0] : await choose(groups, folder));
  if (run !== undefined) {
    services.charts.open(uriOf(run.path));
  }
}

/** Trackers' runs before single files, which may be logs or not. */
function runsIn(files: readonly string[]): RunFiles[] {
  const groups = logHalf().groupRunFiles(files);
  const tracked = groups.filter(({ files: parts, path }) => parts.length > 1 || isTracker(path));
  return tracked.length > 0 ? tracked : groups.filter(({ path }) => mayBeLogName(path));
}

const TRACKERS = CHART_FILES.map((glob) => glob.replaceAll('*', ''));

function isTracker(path: string): boolean {
  return TRACKERS.some((part) => part !== '.ipynb' && path.includes(part));
}

async function choose(groups: readonly RunFiles[], folder: Uri): Promise<RunFiles | undefined> {
  const items = groups.map((group) => ({
    label: shortPath(uriOf(group.path)),
    description: group.files.length > 1 ? `${group.files.length} files` : '',
    group,
  }));
  const choice = await window.showQuickPick(items, {
    title: 'Open Gradient Charts',
    placeHolder: `${groups.length} runs lie in ${shortPath(folder)}: which one?`,
    matchOnDescription: true,
  });
  return choice?.group;
}
