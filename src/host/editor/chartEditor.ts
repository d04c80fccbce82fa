import {
  type CustomDocument,
  type CustomReadonlyEditorProvider,
  type Disposable,
  type Uri,
  ViewColumn,
  type WebviewPanel,
  window,
} from 'vscode';
import { type ChartServices, serveCharts } from './chartPanel';

export const CHART_EDITOR_TYPE = 'gradientInspector.charts';

/** Opens a log as charts instead of text ("Reopen Editor With…"), whatever its size. */
export function registerChartEditor(services: ChartServices): Disposable {
  return window.registerCustomEditorProvider(CHART_EDITOR_TYPE, new ChartEditorProvider(services), {
    supportsMultipleEditorsPerDocument: true,
  });
}

class ChartEditorProvider implements CustomReadonlyEditorProvider {
  constructor(private readonly services: ChartServices) {}

  openCustomDocument(uri: Uri): CustomDocument {
    return { uri, dispose: () => {} };
  }

  resolveCustomEditor(document: CustomDocument, panel: WebviewPanel): void {
    const charts = serveCharts(panel, document.uri, this.services, () => ViewColumn.Beside);
    panel.onDidDispose(() => charts.dispose());
  }
}
