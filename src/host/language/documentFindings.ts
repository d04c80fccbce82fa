import { Range, type TextDocument, type Uri, workspace } from 'vscode';
import { findingsInCell } from '../../core/python/notebook/openCells';
import { withoutSuppressed } from '../../core/python/suppress';
import type { Finding, LogFinding } from '../../core/rules/finding';
import type { TextRange } from '../../core/text';
import type { ConfigStore } from '../config';
import { DisposableStore } from '../disposables';
import { Emitter } from '../emitter';
import { isNotebookCode, pathOf } from '../paths';
import { withLevels } from '../ruleLevels';
import type { LogSession, LogSessions } from '../sessions/logSession';
import type { Joins } from './joins';
import type { LogDocuments } from './logDocuments';
import { notebookOf, openNotebook, pythonCells } from './notebookCells';
import type { PythonDocuments } from './pythonDocuments';
import type { Evidence, RunEvidence } from './runEvidence';

/** Longest squiggle: a progress bar's line can be a million characters. */
const LONGEST_SQUIGGLE = 400;

/** A finding of an open document at its place there. */
export type PlacedFinding =
  | {
      readonly kind: 'log';
      readonly finding: LogFinding;
      readonly range: Range;
      readonly session: LogSession;
    }
  | {
      readonly kind: 'python';
      readonly finding: Finding;
      readonly range: Range;
      /** The run that shows it; undefined: the code alone does. */
      readonly evidence: Evidence | undefined;
    };

/** What was found in every open document, be it a log or Python: diagnostics, hovers, lenses and actions ask here. */
export class DocumentFindings {
  private readonly store = new DisposableStore();
  private readonly changed = new Emitter<Uri>();
  readonly onDidChange = this.changed.event;

  constructor(
    sessions: LogSessions,
    private readonly logs: LogDocuments,
    private readonly python: PythonDocuments,
    private readonly evidence: RunEvidence,
    private readonly joins: Joins,
    private readonly config: ConfigStore,
  ) {
    this.store.add(sessions.onDidChange(({ uri }) => this.changed.fire(uri)));
    this.store.add(sessions.onDidClose((uri) => this.changed.fire(uri)));
    this.store.add(python.onDidChange((uri) => this.changed.fire(uri)));
    this.store.add(evidence.onDidChange((uri) => this.fireFor(uri)));
    this.store.add(config.onDidChange(() => this.fireForAll()));
  }

  /** Is this document followed? One without a tab may not be. */
  covers({ uri, languageId }: TextDocument): boolean {
    return languageId === 'python' || this.logs.sessionOf(uri) !== undefined;
  }

  /** Findings as last computed. */
  of(document: TextDocument): readonly PlacedFinding[] {
    const session = this.logs.sessionOf(document.uri);
    if (session?.run) {
      return session.findings.map((finding) => ({
        kind: 'log',
        finding,
        session,
        // What began in a rotated part stands above the first line of the log.
        range: placeInLog(finding.file === undefined ? finding.range : FIRST_LINE, document),
      }));
    }
    return this.placed(this.python.of(document.uri)?.findings ?? [], this.evidenceOn(document), document);
  }

  /** Findings whose edits fit the text as it is now. */
  async current(document: TextDocument): Promise<readonly PlacedFinding[]> {
    if (document.languageId !== 'python') {
      return this.of(document);
    }
    const analysis = await this.python.current(document);
    const isFresh = await this.joins.isFresh(notebookOf(document)?.uri ?? document.uri);
    const evidence = this.evidenceOn(document);
    return this.placed(analysis?.findings ?? [], isFresh ? evidence : evidence.map(withoutFixes), document);
  }

  dispose(): void {
    this.store.dispose();
    this.changed.dispose();
  }

  private evidenceOn(document: TextDocument): readonly Evidence[] {
    const { enable, pythonEnable, pythonRunEvidence } = this.config.current;
    if (!(enable && pythonEnable && pythonRunEvidence) || document.languageId !== 'python') {
      return [];
    }
    const all = evidenceIn(document, this.evidence);
    const heard = new Set(
      withoutSuppressed(
        document.getText(),
        all.map(({ finding }) => finding),
      ),
    );
    return all.filter(({ finding }) => heard.has(finding));
  }

  private placed(
    findings: readonly Finding[],
    evidence: readonly Evidence[],
    document: TextDocument,
  ): readonly PlacedFinding[] {
    const place = (finding: Finding, one: Evidence | undefined): PlacedFinding => ({
      kind: 'python',
      finding,
      range: document.validateRange(toRange(finding.range)),
      evidence: one,
    });
    return [
      ...withLevels(findings, this.config.current.rules).map((finding) => place(finding, undefined)),
      ...evidence.map((one) => place(one.finding, one)),
    ];
  }

  /** Of the code of a notebook its cells speak. */
  private fireFor(uri: Uri): void {
    const notebook = isNotebookCode(uri) ? openNotebook(uri) : undefined;
    for (const one of notebook === undefined ? [uri] : pythonCells(notebook).map((cell) => cell.uri)) {
      this.changed.fire(one);
    }
  }

  private fireForAll(): void {
    for (const { uri } of workspace.textDocuments) {
      this.changed.fire(uri);
    }
  }
}

/** What runs say about a document; about a notebook's code each cell has its own lines. */
function evidenceIn(document: TextDocument, evidence: RunEvidence): readonly Evidence[] {
  const notebook = notebookOf(document);
  return notebook === null
    ? evidence.of(document.uri)
    : evidence.of(notebook.uri).flatMap((one) =>
        findingsInCell([one.finding], notebook, pathOf(document.uri)).map((finding) => ({
          ...one,
          finding,
        })),
      );
}

/** The code was edited since the run was joined with it: what an edit would change is not known. */
function withoutFixes(evidence: Evidence): Evidence {
  return { ...evidence, finding: { ...evidence.finding, fixes: [] } };
}

/** A range of the core as VS Code's. */
export function toRange({ line, column, endLine, endColumn }: TextRange): Range {
  return new Range(line - 1, column - 1, endLine - 1, endColumn - 1);
}

const FIRST_LINE: TextRange = { line: 1, column: 1, endLine: 2, endColumn: 1 };

/** The text of the line a finding starts on, without the white space around it. */
function placeInLog(range: TextRange, document: TextDocument): Range {
  const index = Math.min(Math.max(range.line - 1, 0), document.lineCount - 1);
  const { text, firstNonWhitespaceCharacterIndex } = document.lineAt(index);
  const end = Math.min(text.trimEnd().length, firstNonWhitespaceCharacterIndex + LONGEST_SQUIGGLE);
  return new Range(index, Math.min(firstNonWhitespaceCharacterIndex, end), index, end);
}
