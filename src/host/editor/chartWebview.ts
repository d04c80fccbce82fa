import { type Uri, Uri as Uris, type Webview } from 'vscode';
import type { Disposes } from '../disposables';
import { bytesOf } from '../files';
import type { ChartView } from './chartController';
import { chartHtml, type PageParts } from './chartHtml';

/** The part that a panel of charts and an editor of charts have in common. */
interface VisibleWebview {
  readonly webview: Webview;
  readonly visible: boolean;
  onDidChangeViewState(listener: () => void): Disposes;
}

/**
 * Fills a webview with the chart page and gives it the shape that the controller works with.
 * @param onError is called when the page could not be put in, as when the panel was closed meanwhile
 */
export function createChartView(
  panel: VisibleWebview,
  extensionUri: Uri,
  onError: (error: unknown) => void,
): ChartView {
  const { webview } = panel;
  const folder = Uris.joinPath(extensionUri, 'dist');
  webview.options = { enableScripts: true, localResourceRoots: [] };
  // VS Code makes the empty view meanwhile, which takes longer.
  fill(webview, folder).catch(onError);
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

async function fill(webview: Webview, folder: Uri): Promise<void> {
  webview.html = chartHtml({ ...(await partsIn(folder)), nonce: randomNonce() });
}

type Parts = Pick<PageParts, 'script' | 'style'>;

/** By folder: the bundle of a version stays what it is. */
const parts = new Map<string, Promise<Parts>>();

function partsIn(folder: Uri): Promise<Parts> {
  const key = folder.toString();
  const present = parts.get(key);
  if (present !== undefined) {
    return present;
  }
  const reading = readParts(folder);
  parts.set(key, reading);
  reading.catch(() => parts.delete(key));
  return reading;
}

async function readParts(folder: Uri): Promise<Parts> {
  const [script, style] = await Promise.all([
    textOf(Uris.joinPath(folder, 'webview.js')),
    textOf(Uris.joinPath(folder, 'webview.css')),
  ]);
  return { script, style };
}

async function textOf(file: Uri): Promise<string> {
  return new TextDecoder().decode(await bytesOf(file));
}

function randomNonce(): string {
  const bytes = globalThis.crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
