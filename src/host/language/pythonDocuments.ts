import { type NotebookDocument, type TextDocument, type Uri, workspace } from 'vscode';
import type { PythonAnalysis } from '../../core/python/analyze';
import { type CellPlace, findingsInCell } from '../../core/python/notebook/openCells';
import type { ConfigStore } from '../config';
import { DisposableStore } from '../disposables';
import { Emitter } from '../emitter';
import { errorText, type Log } from '../log';
import { pathOf } from '../paths';
import { type NotebookText, notebookOf, pythonCells, readTogether } from './notebookCells';
import type { PythonService } from './pythonService';

/** A person who types is not answered at every key. */
const TYPING_PAUSE_MS = 200;

interface Judged {
  /** What the text, or that of a cell's whole notebook, is known by. */
  readonly version: number | string;
  readonly analysis: PythonAnalysis | null;
  /** Where the text is in that of its notebook; null for a document of its own. */
  readonly cell: CellPlace | null;
}

/** The analysis of every open Python document, kept up while the person types. */
export class PythonDocuments {
  private readonly store = new DisposableStore();
  private readonly judged = new Map<string, Judged>();
  private readonly timers = new Map<string, NodeJS.Timeout>();
  private readonly changed = new Emitter<Uri>();
  /** A document has a newer analysis, or none any more. */
  readonly onDidChange = this.changed.event;

  constructor(
    private readonly python: PythonService,
    private readonly config: ConfigStore,
    private readonly log: Log,
  ) {
    this.store.add(workspace.onDidOpenTextDocument((document) => this.schedule(document, 0)));
    this.store.add(
      workspace.onDidChangeTextDocument(({ document }) => {
        for (const one of readTogether(document)) {
          this.schedule(one, TYPING_PAUSE_MS);
        }
      }),
    );
    // Its cells open before the notebook knows them all; and one that comes, goes or moves changes what the others mean.
    const takeCells = (notebook: NotebookDocument) => {
      for (const document of pythonCells(notebook)) {
        this.schedule(document, 0);
      }
    };
    this.store.add(workspace.onDidOpenNotebookDocument(takeCells));
    this.store.add(
      workspace.onDidChangeNotebookDocument(({ notebook, contentChanges }) => {
        if (contentChanges.length > 0) {
          takeCells(notebook);
        }
      }),
    );
    this.store.add(workspace.onDidCloseTextDocument(({ uri }) => this.forget(uri)));
    this.store.add(config.onDidChange(() => this.takeAll()));
  }

  /** Looks at the documents that were open before us. */
  takeAll(): void {
    for (const document of workspace.textDocuments) {
      if (this.isOn) {
        this.schedule(document, 0);
      } else {
        this.forget(document.uri);
      }
    }
  }

  /** The last analysis, which may be a moment behind the typing. */
  of(uri: Uri): PythonAnalysis | null {
    return this.judged.get(uri.toString())?.analysis ?? null;
  }

  /** The analysis of the text as it is now: what an edit is computed from. */
  async current(document: TextDocument): Promise<PythonAnalysis | null> {
    if (!this.isOn || document.languageId !== 'python') {
      return null;
    }
    const known = this.judged.get(document.uri.toString());
    return known?.version === versionOf(document) ? known.analysis : this.judge(document);
  }

  /** Where a cell's lines are among those that its analysis' facts speak of, the whole notebook's; null for other documents. */
  cellOf(uri: Uri): CellPlace | null {
    return this.judged.get(uri.toString())?.cell ?? null;
  }

  dispose(): void {
    this.store.dispose();
    for (const timer of this.timers.values()) {
      clearTimeout(timer);
    }
    this.timers.clear();
    this.changed.dispose();
  }

  private get isOn(): boolean {
    return this.config.current.enable && this.config.current.pythonEnable;
  }

  private schedule(document: TextDocument, delay: number): void {
    if (document.languageId !== 'python' || !this.isOn || document.uri.scheme === 'git') {
      return;
    }
    const key = document.uri.toString();
    clearTimeout(this.timers.get(key));
    this.timers.set(
      key,
      setTimeout(() => {
        this.timers.delete(key);
        this.judge(document).catch((error: unknown) =>
          this.log.error(`${document.uri.toString()} was not analysed: ${errorText(error)}`),
        );
      }, delay),
    );
  }

  private async judge(document: TextDocument): Promise<PythonAnalysis | null> {
    const { uri } = document;
    const version = versionOf(document);
    const notebook = notebookOf(document);
    const whole = await this.python.ofDocument(notebook ?? document);
    const analysis = whole === null || notebook === null ? whole : inCell(whole, notebook, uri);
    // A newer text was scheduled meanwhile, or the document is gone: its own analysis comes, this one is dropped.
    if (!document.isClosed && versionOf(document) === version) {
      this.judged.set(uri.toString(), {
        version,
        analysis,
        cell: notebook?.cells.find(({ path }) => path === pathOf(uri)) ?? null,
      });
      this.changed.fire(uri);
    }
    return analysis;
  }

  private forget(uri: Uri): void {
    const key = uri.toString();
    clearTimeout(this.timers.get(key));
    this.timers.delete(key);
    if (this.judged.delete(key)) {
      this.changed.fire(uri);
    }
  }
}

function versionOf(document: TextDocument): number | string {
  return notebookOf(document)?.version ?? document.version;
}

/** The analysis of a notebook as one of its cells shows it. */
function inCell(whole: PythonAnalysis, notebook: NotebookText, uri: Uri): PythonAnalysis {
  const { path, broken, cut } = whole;
  return {
    path,
    broken,
    cut,
    // Not spread: they are worked out when somebody asks.
    get facts() {
      return whole.facts;
    },
    findings: findingsInCell(whole.findings, notebook, pathOf(uri)),
  };
}
