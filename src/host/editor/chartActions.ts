import { commands, Range, type TextEditor, Uri, type ViewColumn, window, workspace } from 'vscode';
import type { Fix, LogFinding } from '../../core/rules/finding';
import { placeOfLine } from '../../core/run/parts';
import { isFolder } from '../isFolder';
import { isBinaryLogName } from '../language/candidates';
import { openedPlace } from '../language/notebookPlaces';
import { shortPath, uriOf } from '../paths';
import type { LogSession, LogSessions } from '../sessions/logSession';
import type { ChartActions } from './chartController';
import { comparableUri } from './pickRuns';

/** What the charts leave to other parts of the extension. */
export interface ChartCommands {
  explainRule(rule: string): Promise<void>;
  /** @param column where the edited code is shown */
  applyFix(
    session: LogSession,
    finding: LogFinding,
    fix: Fix,
    column: ViewColumn,
    preview: boolean,
  ): Promise<void>;
  applyClip(session: LogSession, bound: number, column: ViewColumn): Promise<void>;
  insertLogging(): Promise<void>;
  pickRuns(own: Uri, compared: readonly string[]): Promise<readonly string[] | null>;
}

/** @param away the column for text when none shows the file yet: never the one the charts are in */
export function createChartActions(
  session: LogSession,
  sessions: LogSessions,
  others: ChartCommands,
  away: () => ViewColumn,
): ChartActions {
  return {
    revealLine: (line, text) => {
      const uri = text === null ? session.uri : comparableUri(text, session.uri);
      const run = (text === null ? session : sessions.peek(uri))?.run ?? null;
      const place = run === null ? { path: '', line } : placeOfLine(run, line);
      return revealLine(
        run === null || place.path === run.path ? uri : uriOf(place.path),
        place.line,
        away(),
      );
    },
    revealCode: async (path, line) => {
      const place = await openedPlace(uriOf(path), { line, column: 1, endLine: line, endColumn: 1 });
      await revealLine(place.uri, place.range.line, away());
    },
    explain: (rule) => others.explainRule(rule),
    applyFix: async (findingAt, fixAt, preview) => {
      const finding = session.findings[findingAt];
      const fix = finding?.fixes[fixAt];
      if (finding !== undefined && fix !== undefined) {
        await others.applyFix(session, finding, fix, away(), preview);
      }
    },
    applyClip: (bound) => others.applyClip(session, bound, away()),
    insertLogging: () => others.insertLogging(),
    read: (action) => (action === 'stop' ? session.cancel() : session.refresh()),
    pickRuns: (compared) => others.pickRuns(session.uri, compared),
    openRun: (text) => {
      const uri = comparableUri(text, session.uri);
      const lease = sessions.acquire(uri);
      return { session: lease.session, name: shortPath(uri), dispose: () => lease.dispose() };
    },
    save: (name, bytes) => save(session.uri, name, bytes),
  };
}

async function revealLine(uri: Uri, line: number, away: ViewColumn): Promise<void> {
  if (isFolder(uri)) {
    throw new Error('This run is a folder of files: it has no line of text to go to.');
  }
  if (isBinaryLogName(uri.path)) {
    throw new Error('This run is a binary file: it has no line of text to go to.');
  }
  const at = Math.max(0, line - 1);
  const range = new Range(at, 0, at, 0);
  const viewColumn = columnShowing(uri) ?? away;
  try {
    const document = await workspace.openTextDocument(uri);
    const whole = document.lineAt(Math.min(at, document.lineCount - 1)).range;
    await window.showTextDocument(document, { viewColumn, selection: whole });
  } catch {
    // Files above 50 MB reach no extension as documents, but VS Code itself can show them.
    await commands.executeCommand('vscode.open', uri, { viewColumn, selection: range });
  }
}

function columnShowing(uri: Uri): ViewColumn | undefined {
  const key = uri.toString();
  const shows = (editor: TextEditor) => editor.document.uri.toString() === key;
  return window.visibleTextEditors.find(shows)?.viewColumn;
}

async function save(log: Uri, name: string, bytes: Uint8Array): Promise<boolean> {
  // The name comes from the page: only its last part may count.
  const file = name.replace(/^.*[\\/]/, '') || 'chart';
  const target = await window.showSaveDialog({ defaultUri: Uri.joinPath(log, '..', file) });
  if (target === undefined) {
    return false;
  }
  await workspace.fs.writeFile(target, bytes);
  return true;
}
