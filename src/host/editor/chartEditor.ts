import {
  type CustomDocument,
  type CustomReadonlyEditorProvider,
  type Disposable,
  type Uri,
  ViewColumn,
  type WebviewPanel,
  window,
} from 'vscode';
import { DisposableStore } from '../disposables';
import { logHalf } from '../logHalf';
import type { ChartServices } from './chartPanel';

/** For text, where charts are chosen with "Reopen Editor With…", and for binary runs, which can be shown in no other way. */
const EDITOR_TYPES = ['gradientInspector.charts', 'gradientInspector.binaryCharts'] as const;

/** Opens a log as charts instead of text, whatever its size. */
export function registerChartEditor(services: ChartServices): Disposable {
  const provider = new ChartEditorProvider(services);
  const store = new DisposableStore();
  for (const type of EDITOR_TYPES) {
    store.add(
      window.registerCustomEditorProvider(type, provider, { supportsMultipleEditorsPerDocument: true }),
    );
  }
  return store;
}

class ChartEditorProvider implements CustomReadonlyEditorProvider {
  constructor(private readonly services: ChartServices) {}

  openCustomDocument(uri: Uri): CustomDocument {
    return { uri, dispose: () => {} };
  }

  resolveCustomEditor(document: CustomDocument, panel: WebviewPanel): void {
    const charts = logHalf().serveCharts(panel, document.uri, this.services, () => ViewColumn.Beside);
    panel.onDidDispose(() => charts.dispose());
  }
}
