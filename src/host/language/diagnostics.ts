import {
  Diagnostic,
  DiagnosticRelatedInformation,
  DiagnosticSeverity,
  type Disposable,
  Location,
  languages,
  Range,
  type Uri,
  workspace,
} from 'vscode';
import type { Finding, Severity } from '../../core/rules/finding';
import type { ConfigStore } from '../config';
import { DisposableStore } from '../disposables';
import { isNotebookCode, uriOf } from '../paths';
import type { FileResult, RunsModel } from '../views/runsModel';
import { type DocumentFindings, toRange } from './documentFindings';
import { shownPlace } from './notebookPlaces';
import { openDocument } from './openDocument';
import type { Pages } from './pages';
import type { Evidence, RunEvidence } from './runEvidence';

const SEVERITIES: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  info: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
};

/** Related places in one diagnostic: a finding can name hundreds of layers. */
const MOST_RELATED = 2;

/** A finding as the Problems panel shows it; the code leads to the rule's page. */
export function toDiagnostic(finding: Finding, range: Range, pages: Pages): Diagnostic {
  const diagnostic = new Diagnostic(range, finding.message, SEVERITIES[finding.severity]);
  diagnostic.source = 'Gradient Inspector';
  const target = pages.ofRule(finding.rule);
  diagnostic.code = target === undefined ? finding.code : { value: finding.code, target };
  diagnostic.relatedInformation = finding.related
    .slice(0, MOST_RELATED)
    .map(({ path, range: at, message }) => {
      const place = shownPlace(uriOf(path), at);
      return new DiagnosticRelatedInformation(new Location(place.uri, toRange(place.range)), message);
    });
  return diagnostic;
}

/** Keeps the Problems panel and the squiggles what was found: in open documents, and in the files of the last search. */
export function registerDiagnostics(
  findings: DocumentFindings,
  runs: RunsModel,
  evidence: RunEvidence,
  pages: Pages,
  config: ConfigStore,
): Disposable {
  const store = new DisposableStore();
  const collection = store.add(languages.createDiagnosticCollection('gradientInspector'));
  const publish = (uri: Uri) => {
    // It has no lines of its own: its cells show what is found, once an editor has them.
    if (isNotebookCode(uri)) {
      return;
    }
    const document = openDocument(uri);
    const placed =
      document !== undefined && findings.covers(document)
        ? findings.of(document)
        : config.current.enable
          ? searched(runs.of(uri), evidence.of(uri))
          : [];
    collection.set(
      uri,
      placed.map(({ finding, range }) => toDiagnostic(finding, range, pages)),
    );
  };
  store.add(findings.onDidChange(publish));
  store.add(
    config.onDidChange(() => {
      for (const [uri] of collection) {
        publish(uri);
      }
    }),
  );
  store.add(workspace.onDidCloseTextDocument(({ uri }) => publish(uri)));
  store.add(
    runs.onDidChange((uri) => {
      // Of an open document its session speaks, not the search.
      const changed = uri === undefined ? [...collection].map(([known]) => known) : [uri];
      for (const file of changed) {
        const document = openDocument(file);
        if (document === undefined || !findings.covers(document)) {
          publish(file);
        }
      }
    }),
  );
  return store;
}

/** Where what began in a rotated part is shown. */
const FIRST_LINE = new Range(0, 0, 1, 0);

/** Of a file without an editor only what the person asked for is shown. */
function searched(result: FileResult | undefined, evidence: readonly Evidence[]) {
  // A folder has no line that a problem could stand on; the Training Runs view shows it.
  const own = result?.isAsked === true && !result.isFolder ? result.findings : [];
  return [...own, ...evidence.filter(({ isAsked }) => isAsked)].map(({ finding }) => ({
    finding,
    range: 'file' in finding && finding.file !== undefined ? FIRST_LINE : toRange(finding.range),
  }));
}
