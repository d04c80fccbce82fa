import {
  type CodeLens,
  type CodeLensProvider,
  type Disposable,
  EventEmitter,
  CodeLens as Lens,
  languages,
  Range,
  type TextDocument,
} from 'vscode';
import type { ConfigStore } from '../config';
import { DisposableStore } from '../disposables';
import type { LogSession } from '../sessions/logSession';
import type { DocumentFindings } from './documentFindings';
import type { LogDocuments } from './logDocuments';
import { healthOf, runSize } from './runSummary';
import { LOG_SELECTOR } from './selectors';

/** The line above a log: how long, how wide, how healthy, and the way to the charts. */
export function registerCodeLenses(
  logs: LogDocuments,
  findings: DocumentFindings,
  config: ConfigStore,
): Disposable {
  const store = new DisposableStore();
  const changed = store.add(new EventEmitter<void>());
  store.add(findings.onDidChange((uri) => logs.sessionOf(uri) && changed.fire()));
  store.add(config.onDidChange(() => changed.fire()));
  const provider: CodeLensProvider = {
    onDidChangeCodeLenses: changed.event,
    provideCodeLenses: ({ uri }: TextDocument): CodeLens[] => {
      const session = config.current.lensEnable ? logs.sessionOf(uri) : undefined;
      const title = session && lensTitle(session);
      return session === undefined || title === undefined
        ? []
        : [
            new Lens(new Range(0, 0, 0, 0), {
              title,
              tooltip: 'Show the gradients of this run',
              command: 'gradientInspector.openCharts',
              arguments: [uri],
            }),
          ];
    },
  };
  store.add(languages.registerCodeLensProvider(LOG_SELECTOR, provider));
  return store;
}

function lensTitle(session: LogSession): string | undefined {
  const { run, state } = session;
  if (run === null) {
    return undefined;
  }
  if (state === 'reading') {
    return `Reading the log: ${Math.floor(session.progress * 100)}% · ${runSize(run)}`;
  }
  const note = session.message === '' ? [] : [session.message];
  return [runSize(run), healthOf(run, session.findings, session.silenced), ...note, 'Open charts'].join(
    ' · ',
  );
}
