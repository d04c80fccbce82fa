import { readFileSync } from 'node:fs';
import { type Uri, Uri as Uris, type Webview } from 'vscode';
import type { Disposes } from '../disposables';
import type { ChartView } from './chartController';
import { chartHtml } from './chartHtml';

/** The part that a panel of charts and an editor of charts have in common. */
interface VisibleWebview {
  readonly webview: Webview;
  readonly visible: boolean;
  onDidChangeViewState(listener: () => void): Disposes;
}

/** Fills a webview with the chart page and gives it the shape that the controller works with. */
export function createChartView(panel: VisibleWebview, extensionUri: Uri): ChartView {
  const { webview } = panel;
  const folder = Uris.joinPath(extensionUri, 'dist');
  webview.options = { enableScripts: true, localResourceRoots: [folder] };
  const textOf = (file: string) => readFileSync(Uris.joinPath(folder, file).fsPath, 'utf8');
  webview.html = chartHtml({
    script: textOf('webview.js'),
    style: textOf('webview.css'),
    folder: webview.asWebviewUri(folder).toString(),
    cspSource: webview.cspSource,
    nonce: randomNonce(),
  });
  return {
    get visible() {
      return panel.visible;
    },
    post: (message) => {
      void webview.postMessage(message);
    },
    onDidReceive: (listener) => webview.onDidReceiveMessage(listener),
    onDidChangeVisibility: (listener) => panel.onDidChangeViewState(listener),
  };
}

function randomNonce(): string {
  const bytes = globalThis.crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
