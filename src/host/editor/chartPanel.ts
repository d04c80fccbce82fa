import { type Disposable, Uri, ViewColumn, type WebviewPanel, window } from 'vscode';
import { isObject, isString } from '../../protocol/check';
import { DisposableStore } from '../disposables';
import type { Log } from '../log';
import { logHalf } from '../logHalf';
import { fileName } from '../paths';
import type { LogSessions } from '../sessions/logSession';
import type { ChartCommands } from './chartActions';
import type { WidthMemory } from './chartController';

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
    const charts = logHalf().serveCharts(panel, uri, this.services, () =>
      panel.viewColumn === ViewColumn.One ? ViewColumn.Beside : ViewColumn.One,
    );
    panel.onDidDispose(() => {
      this.panels.delete(key);
      charts.dispose();
    });
  }
}

function titleOf(uri: Uri): string {
  return `Gradients: ${fileName(uri)}`;
}
