import {
  type Disposable,
  EventEmitter,
  InlayHint,
  type InlayHintsProvider,
  languages,
  MarkdownString,
  Position,
  type TextDocument,
  type Uri,
} from 'vscode';
import { codeSpan } from '../../core/report/markdown';
import type { ConfigStore } from '../config';
import { DisposableStore } from '../disposables';
import { pathOf, shortPath } from '../paths';
import type { LogSession } from '../sessions/logSession';
import type { SessionStore } from '../sessions/sessionStore';
import type { Joins } from './joins';
import { type LayerNote, layerNotes } from './layerNotes';
import { notebookOf } from './notebookCells';
import { PYTHON_SELECTOR } from './selectors';

/** A growing log must not redraw every hint at every line. */
const REDRAW_PAUSE_MS = 500;

/** Behind a layer's line in the code: its gradient in the log that is open, and what is wrong with it. */
export function registerInlayHints(sessions: SessionStore, joins: Joins, config: ConfigStore): Disposable {
  const store = new DisposableStore();
  const changed = store.add(new EventEmitter<void>());
  let timer: NodeJS.Timeout | undefined;
  const redraw = () => {
    clearTimeout(timer);
    timer = setTimeout(() => changed.fire(), REDRAW_PAUSE_MS);
  };
  store.add({ dispose: () => clearTimeout(timer) });
  store.add(sessions.onDidChange(redraw));
  store.add(sessions.onDidClose(redraw));
  store.add(config.onDidChange(redraw));
  const provider: InlayHintsProvider = {
    onDidChangeInlayHints: changed.event,
    async provideInlayHints(document, range): Promise<InlayHint[]> {
      const { enable, pythonEnable, pythonRunEvidence } = config.current;
      const notebook = notebookOf(document);
      const code = notebook?.uri ?? document.uri;
      const session = enable && pythonEnable && pythonRunEvidence ? linkedSession(sessions, code) : undefined;
      // While the code is ahead of the join, a number could stand on the wrong line.
      if (!session?.run || !(await joins.isFresh(code))) {
        return [];
      }
      const path = pathOf(code);
      const above = notebook?.cells.find((cell) => cell.path === pathOf(document.uri))?.above ?? 0;
      const links = session.links.filter(({ source }) => source === path);
      return layerNotes(session.run, session.findings, links)
        .map((note) => ({ ...note, line: note.line - above }))
        .filter(({ line }) => line - 1 >= range.start.line && line - 1 <= range.end.line)
        .filter(({ line }) => line <= document.lineCount)
        .map((note) => hint(note, session, document));
    },
  };
  store.add(languages.registerInlayHintsProvider(PYTHON_SELECTOR, provider));
  return store;
}

/** Of several open logs the one opened last speaks: it is the run a person is looking at. */
function linkedSession(sessions: SessionStore, uri: Uri): LogSession | undefined {
  const path = pathOf(uri);
  return [...sessions.all].reverse().find(({ links }) => links.some(({ source }) => source === path));
}

function hint({ line, text, details }: LayerNote, session: LogSession, document: TextDocument): InlayHint {
  const end = document.lineAt(line - 1).range.end;
  const made = new InlayHint(new Position(line - 1, end.character), text);
  made.paddingLeft = true;
  const from = `Last gradient norms in ${codeSpan(shortPath(session.uri))}`;
  made.tooltip = new MarkdownString([from, ...details.map((detail) => `- ${codeSpan(detail)}`)].join('\n\n'));
  return made;
}
