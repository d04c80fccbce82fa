import { ProgressLocation, window } from 'vscode';
import { fileArgument } from '../activeFile';
import { healthOf, runSize } from '../language/runSummary';
import { shortPath } from '../paths';
import type { Services } from '../services';
import { firstRead } from '../sessions/logSession';
import { insertGradientLogging } from './insertGradientLogging';
import { openCharts } from './openCharts';

/** Reads the file of the active editor (or of a menu) and says what was found; of any size, with cancel. */
export async function analyzeCurrentLog(services: Services, argument?: unknown): Promise<void> {
  const uri = fileArgument(argument);
  if (uri === undefined) {
    void window.showInformationMessage('Open a training log first, or choose one in the Explorer.');
    return;
  }
  const name = shortPath(uri);
  const lease = services.sessions.acquire(uri);
  try {
    const { session } = lease;
    session.refresh();
    await window.withProgress(
      { location: ProgressLocation.Notification, title: `Reading ${name}`, cancellable: true },
      async (progress, token) => {
        token.onCancellationRequested(() => session.cancel());
        let shown = 0;
        const subscription = session.onDidChange(() => {
          const percent = Math.floor(session.progress * 100);
          progress.report({ increment: percent - shown, message: `${percent}%` });
          shown = percent;
        });
        await firstRead(session);
        subscription.dispose();
      },
    );
    const { run, state } = session;
    if (run === null) {
      await sayNotALog(services, name, state === 'not-a-log' ? '' : session.message);
      return;
    }
    services.runs.updateFrom(session, true);
    const summary = `${name}: ${runSize(run)} · ${healthOf(run, session.findings, session.silenced)}`;
    const choice = await window.showInformationMessage(summary, 'Open Charts');
    if (choice === 'Open Charts') {
      await openCharts(services, uri);
    }
  } finally {
    lease.dispose();
  }
}

async function sayNotALog(services: Services, name: string, why: string): Promise<void> {
  if (why !== '') {
    void window.showErrorMessage(`${name}: ${why}`);
    return;
  }
  const message = `${name} holds no training log that can be read: no losses or gradient norms by step were found in it.`;
  const choice = await window.showInformationMessage(message, 'Insert Gradient Logging');
  if (choice !== undefined) {
    await insertGradientLogging(services);
  }
}
