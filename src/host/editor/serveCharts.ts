import { type Disposable, type Uri, type ViewColumn, type WebviewPanel, window } from 'vscode';
import { DisposableStore } from '../disposables';
import { errorText } from '../log';
import { fileName } from '../paths';
import type { LogSession } from '../sessions/logSession';
import { createChartActions } from './chartActions';
import { ChartController } from './chartController';
import type { ChartServices } from './chartPanel';
import { createChartView } from './chartWebview';

/** Connects a panel with the log's session until disposed. */
export function serveCharts(
  panel: WebviewPanel,
  uri: Uri,
  { extensionUri, sessions, commands, log, width }: ChartServices,
  away: () => ViewColumn,
): Disposable {
  const owned = new DisposableStore();
  const lease = owned.add(sessions.acquire(uri));
  const view = createChartView(panel, extensionUri, (error) =>
    log.warn(`The chart page of ${uri.toString()} was not shown: ${errorText(error)}`),
  );
  const session: LogSession = lease.session;
  const controller = new ChartController(
    view,
    session,
    { name: fileName(uri), uri: uri.toString() },
    createChartActions(session, sessions, commands, away),
    (error) => {
      log.error(`Charts of ${uri.toString()}: ${errorText(error)}`);
      return errorText(error);
    },
    width,
  );
  owned.add(controller);
  owned.add(followCursor(uri, session, controller));
  return owned;
}

/** Marks the step of the line on which the text cursor stands. */
function followCursor(uri: Uri, session: LogSession, controller: ChartController): Disposable {
  const key = uri.toString();
  return window.onDidChangeTextEditorSelection(({ textEditor, selections }) => {
    // Only the editor a person is in: selections that the charts themselves set must not echo.
    if (textEditor === window.activeTextEditor && textEditor.document.uri.toString() === key) {
      const line = selections[0]?.active.line;
      if (line !== undefined && session.run !== null) {
        controller.sendCursor(line + 1);
      }
    }
  });
}
