import {
  CodeLens,
  commands,
  type Disposable,
  EventEmitter,
  Hover,
  languages,
  MarkdownString,
  Range,
  Selection,
  type TextDocument,
  window,
} from 'vscode';
import type { FlowClass } from '../../core/flow/report';
import { flowHeadline } from '../../core/flow/text';
import type { ConfigStore } from '../config';
import { DisposableStore } from '../disposables';
import type { FlowForecasts } from './flowForecasts';
import { flowOnLine } from './flowMarkdown';
import type { PythonDocuments } from './pythonDocuments';
import { PYTHON_SELECTOR } from './selectors';

/** Above a model and on its layers: how much gradient the code lets expect there. */
export function registerFlow(
  forecasts: FlowForecasts,
  python: PythonDocuments,
  config: ConfigStore,
): Disposable {
  const store = new DisposableStore();
  const changed = store.add(new EventEmitter<void>());
  store.add(python.onDidChange(() => changed.fire()));
  store.add(config.onDidChange(() => changed.fire()));
  store.add(
    languages.registerCodeLensProvider(PYTHON_SELECTOR, {
      onDidChangeCodeLenses: changed.event,
      provideCodeLenses: (document: TextDocument) =>
        forecasts
          .of(document.uri)
          .filter(({ line }) => line <= document.lineCount)
          .map(lens),
    }),
  );
  store.add(
    languages.registerHoverProvider(PYTHON_SELECTOR, {
      provideHover(document, position): Hover | undefined {
        const found = flowOnLine(forecasts.of(document.uri), position.line + 1);
        if (found === undefined) {
          return undefined;
        }
        const text = new MarkdownString(found.markdown);
        if (found.table !== '') {
          text.appendCodeblock(found.table, 'text');
        }
        text.appendMarkdown(found.after === '' ? '' : `\n\n${found.after}`);
        const { range, firstNonWhitespaceCharacterIndex } = document.lineAt(position.line);
        return new Hover(text, range.with(range.start.with({ character: firstNonWhitespaceCharacterIndex })));
      },
    }),
  );
  return store;
}

function lens(model: FlowClass): CodeLens {
  const at = model.line - 1;
  return new CodeLens(new Range(at, 0, at, 0), {
    title: flowHeadline(model),
    tooltip: 'What the code lets expect at initialisation: show it layer by layer',
    command: 'gradientInspector.showFlow',
    arguments: [model.line],
  });
}

/** Opens the hover of the model that begins on this 1-based line. */
export async function showFlow(line: unknown): Promise<void> {
  const editor = window.activeTextEditor;
  if (editor === undefined || typeof line !== 'number') {
    return;
  }
  const at = editor.document.validatePosition(editor.document.lineAt(line - 1).range.start);
  editor.selection = new Selection(at, at);
  editor.revealRange(new Range(at, at));
  await commands.executeCommand('editor.action.showHover');
}
