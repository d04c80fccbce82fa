import { type Disposable, Uri, ViewColumn, type WebviewPanel, window } from 'vscode';
import { isObject, isString } from '../../protocol/check';
import { DisposableStore } from '../disposables';
import { errorText, type Log } from '../log';
import type { LogSession, LogSessions } from '../sessions/logSession';
import { type ChartCommands, createChartActions } from './chartActions';
import { ChartController, type WidthMemory } from './chartController';
import { createChartView } from './chartWebview';

/** What charts need, wherever they are shown. */
export interface ChartServices {
  readonly extensionUri: Uri;
  readonly sessions: LogSessions;
  readonly commands: ChartCommands;
  readonly log: Log;
  readonly width: WidthMemory;
}

const PANEL_TYPE = 'gradientInspector.chartPanel';

/** The chart panels beside logs: one a log, restored after a reload. */
export class ChartPanels implements Disposable {
  private readonly panels = new Map<string, WebviewPanel>();
  private readonly owned = new DisposableStore();

  constructor(private readonly services: ChartServices) {
    this.owned.add(
      window.registerWebviewPanelSerializer(PANEL_TYPE, {
        deserializeWebviewPanel: async (panel, state) => {
          const uri = isObject(state) && isString(state.uri) ? Uri.parse(state.uri, true) : undefined;
          if (uri === undefined || this.panels.has(uri.toString())) {
            panel.dispose();
          } else {
            this.adopt(panel, uri);
          }
        },
      }),
    );
  }

  /** Shows the charts of a log, in the panel it has already or in a new one. */
  open(uri: Uri, column: ViewColumn = ViewColumn.Beside): void {
    const present = this.panels.get(uri.toString());
    if (present !== undefined) {
      present.reveal();
      return;
    }
    const panel = window.createWebviewPanel(PANEL_TYPE, titleOf(uri), {
      viewColumn: column,
      preserveFocus: true,
    });
    this.adopt(panel, uri);
  }

  dispose(): void {
    for (const panel of [...this.panels.values()]) {
      panel.dispose();
    }
    this.owned.dispose();
  }

  private adopt(panel: WebviewPanel, uri: Uri): void {
    const key = uri.toString();
    this.panels.set(key, panel);
    panel.title = titleOf(uri);
    panel.iconPath = Uri.joinPath(this.services.extensionUri, 'media', 'icon.png');
    const charts = serveCharts(panel, uri, this.services, () =>
      panel.viewColumn === ViewColumn.One ? ViewColumn.Beside : ViewColumn.One,
    );
    panel.onDidDispose(() => {
      this.panels.delete(key);
      charts.dispose();
    });
  }
}

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

function titleOf(uri: Uri): string {
  return `Gradients: ${fileName(uri)}`;
}

function fileName(uri: Uri): string {
  return uri.path.slice(uri.path.lastIndexOf('/') + 1);
}
