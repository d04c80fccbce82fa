import { window } from 'vscode';
import { fileArgument } from '../activeFile';
import { isFolder } from '../isFolder';
import type { Services } from '../services';
import { openRunFolder } from './openRunFolder';

/** Shows the gradients of a log beside its text. */
export async function openCharts(services: Services, argument?: unknown): Promise<void> {
  const uri = fileArgument(argument);
  if (uri === undefined) {
    void window.showInformationMessage('Open a training log first, or choose one in the Explorer.');
    return;
  }
  if (isFolder(uri)) {
    await openRunFolder(services, uri);
    return;
  }
  services.charts.open(uri);
}
