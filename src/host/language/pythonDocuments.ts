import { type TextDocument, type Uri, workspace } from 'vscode';
import type { PythonAnalysis } from '../../core/python/analyze';
import type { ConfigStore } from '../config';
import { DisposableStore } from '../disposables';
import { Emitter } from '../emitter';
import { errorText, type Log } from '../log';
import type { PythonService } from './pythonService';

/** A person who types is not answered at every key. */
const TYPING_PAUSE_MS = 200;

interface Judged {
  readonly version: number;
  readonly analysis: PythonAnalysis | null;
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
      workspace.onDidChangeTextDocument(({ document }) => this.schedule(document, TYPING_PAUSE_MS)),
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
    return known?.version === document.version ? known.analysis : this.judge(document);
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
    const { version, uri } = document;
    const analysis = await this.python.ofDocument(document);
    // A newer text was scheduled meanwhile, or the document is gone: its own analysis comes, this one is dropped.
    if (!document.isClosed && document.version === version) {
      this.judged.set(uri.toString(), { version, analysis });
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
