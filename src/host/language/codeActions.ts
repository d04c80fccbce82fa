import {
  CodeAction,
  type CodeActionContext,
  CodeActionKind,
  type Diagnostic,
  type Disposable,
  languages,
  type Range,
  type TextDocument,
  WorkspaceEdit,
} from 'vscode';
import type { Finding, Fix } from '../../core/rules/finding';
import { codeHalf } from '../codeHalf';
import { pathOf } from '../paths';
import type { SessionStore } from '../sessions/sessionStore';
import { type DocumentFindings, type PlacedFinding, toRange } from './documentFindings';
import { nonOverlapping } from './fixAll';
import { documentsOf, workspaceEdit } from './fixEdits';
import type { FlowForecasts } from './flowForecasts';
import type { Joins } from './joins';
import { inDocuments } from './notebookPlaces';
import { EVERY_SELECTOR } from './selectors';
import { suppressionEdit } from './suppress';

const FIX_ALL = CodeActionKind.SourceFixAll.append('gradientInspector');
/** Remedies without an edit are offered to read, not more than the person can take in. */
const MOST_PAGES = 2;
/** The rest are in the rule's page. */
const MOST_FIXES = 5;

/** Ctrl+.: fixes of the code, the page that explains, and ways to silence a rule. */
export function registerCodeActions(
  findings: DocumentFindings,
  sessions: SessionStore,
  joins: Joins,
  forecasts: FlowForecasts,
): Disposable {
  return languages.registerCodeActionsProvider(
    EVERY_SELECTOR,
    {
      async provideCodeActions(document, range, context): Promise<CodeAction[]> {
        const wanted = (kind: CodeActionKind) => context.only === undefined || context.only.intersects(kind);
        if (!wanted(CodeActionKind.QuickFix) && !wanted(FIX_ALL)) {
          return [];
        }
        await freshen(findings.of(document), sessions, joins);
        const placed = await findings.current(document);
        const touched = placed.filter((item) => item.range.intersection(range) !== undefined);
        const here = wanted(CodeActionKind.QuickFix)
          ? await Promise.all(touched.map((item) => weighed(item, document, forecasts)))
          : [];
        return [
          ...unlike(here.flatMap((item) => actionsFor(item, document, diagnosticsOf(item, context)))),
          // Without `only`, fix-all is no answer to a light bulb on one line.
          ...(context.only !== undefined && wanted(FIX_ALL) ? fixAll(placed, document) : []),
        ];
      },
    },
    { providedCodeActionKinds: [CodeActionKind.QuickFix, FIX_ALL] },
  );
}

/** A finding in code with the forecast of each of its fixes; those of a log have theirs, but may be of a notebook's cells. */
async function weighed(
  item: PlacedFinding,
  document: TextDocument,
  forecasts: FlowForecasts,
): Promise<PlacedFinding> {
  if (item.kind === 'log') {
    const fixes = await Promise.all(item.finding.fixes.slice(0, MOST_FIXES).map(inDocuments));
    return { ...item, finding: { ...item.finding, fixes: fixes.filter((fix) => fix !== null) } };
  }
  return { ...item, finding: await forecasts.weighed(document.uri, item.finding) };
}

/** Two findings on a line can have the same remedy; a person sees it once. */
function unlike(actions: readonly CodeAction[]): CodeAction[] {
  const byTitle = new Map<string, CodeAction>();
  for (const action of actions) {
    const present = byTitle.get(action.title);
    if (present === undefined) {
      byTitle.set(action.title, action);
    } else {
      present.diagnostics = [...(present.diagnostics ?? []), ...(action.diagnostics ?? [])];
      present.isPreferred ||= action.isPreferred;
    }
  }
  return [...byTitle.values()];
}

/** Makes sure that a log's fixes were computed against the code as it is now. */
async function freshen(
  placed: readonly PlacedFinding[],
  sessions: SessionStore,
  joins: Joins,
): Promise<void> {
  const session = placed.find((item) => item.kind === 'log')?.session;
  if (session !== undefined) {
    // Asked for right after the log was opened, the menu waits rather than come without the fixes.
    await session.whenJoined();
    if (!(await joins.isCurrent(session.findings))) {
      await sessions.rejoin(session.uri);
    }
  }
}

function diagnosticsOf({ finding, range }: PlacedFinding, { diagnostics }: CodeActionContext): Diagnostic[] {
  return diagnostics.filter(({ code, range: place, message }) => {
    const value = typeof code === 'object' ? code.value : code;
    return value === finding.code && message === finding.message && place.isEqual(range);
  });
}

function actionsFor(placed: PlacedFinding, document: TextDocument, diagnostics: Diagnostic[]): CodeAction[] {
  const { finding } = placed;
  const offered = finding.fixes.slice(0, MOST_FIXES);
  const [best] = offered;
  const fixes = offered.map((fix) => fixAction(fix, document));
  if (best !== undefined && isWorthALook(best, document)) {
    fixes.splice(1, 0, previewAction(best));
  }
  const fixed = new Set<string>(finding.fixes.map(({ remedy }) => remedy));
  const pages = finding.remedies
    .filter((remedy) => !fixed.has(remedy))
    .slice(0, MOST_PAGES)
    .map((remedy) =>
      commandAction(
        `Read: ${codeHalf().remedyById(remedy).title}`,
        'gradientInspector.explainFinding',
        remedy,
      ),
    );
  const actions = [
    ...fixes,
    ...pages,
    commandAction(
      `Explain ${finding.code} ${finding.rule}`,
      'gradientInspector.explainFinding',
      finding.rule,
    ),
    ...(placed.kind === 'log'
      ? [commandAction('Open gradient charts', 'gradientInspector.openCharts', document.uri)]
      : ignoreLine(finding, placed.range, document)),
    commandAction(`Silence ${finding.rule} (settings)`, 'gradientInspector.silenceRule', finding.rule),
  ];
  for (const action of actions) {
    action.diagnostics = diagnostics;
  }
  return actions;
}

function fixAction(fix: Fix, document: TextDocument): CodeAction {
  const action = new CodeAction(fixTitle(fix, fix.path !== pathOf(document.uri)), CodeActionKind.QuickFix);
  action.edit = workspaceEdit(documentsOf(fix));
  action.isPreferred = fix.preferred;
  return action;
}

/** An edit of another file is not seen when it is made, and one that changes training is for the person to judge. */
function isWorthALook(fix: Fix, document: TextDocument): boolean {
  return fix.safety === 'unsafe' || fix.path !== pathOf(document.uri);
}

/** Only the best fix has an entry for its preview; Ctrl+Enter in the menu shows one of any. */
function previewAction(fix: Fix): CodeAction {
  const action = new CodeAction(`Preview: ${fix.title}`, CodeActionKind.QuickFix);
  action.edit = workspaceEdit(documentsOf(fix), fix.title);
  return action;
}

/** "train.py"; of the address of a notebook's cell that of its file. */
function placeName(path: string): string {
  return path.replace(/^(vscode-notebook-cell:.*)#.*$/, '$1').replace(/^.*[\\/]/, '');
}

/** "Use ReLU in the hidden layers (train.py, changes training)": a safe fix does not change what correct code computes. */
function fixTitle(fix: Fix, isElsewhere: boolean): string {
  const notes = [
    ...(isElsewhere ? [placeName(fix.path)] : []),
    ...(fix.elsewhere === undefined ? [] : [`edits ${fix.elsewhere.length + 1} cells`]),
    ...(fix.safety === 'unsafe' ? ['changes training'] : []),
    ...(fix.forecastShort === undefined ? [] : [`forecast: ${fix.forecastShort}`]),
  ];
  return notes.length === 0 ? fix.title : `${fix.title} (${notes.join(', ')})`;
}

function ignoreLine(finding: Finding, range: Range, document: TextDocument): CodeAction[] {
  const index = range.start.line;
  const insertion = suppressionEdit(document.lineAt(index).text, index + 1, finding.rule);
  if (insertion === null) {
    return [];
  }
  const action = new CodeAction(`Ignore ${finding.rule} on this line`, CodeActionKind.QuickFix);
  action.edit = new WorkspaceEdit();
  action.edit.replace(document.uri, toRange(insertion), insertion.newText);
  return [action];
}

function fixAll(placed: readonly PlacedFinding[], document: TextDocument): CodeAction[] {
  const path = pathOf(document.uri);
  const fixes = nonOverlapping(
    placed.flatMap(({ finding }) =>
      finding.fixes.filter(
        (fix) => fix.safety === 'safe' && fix.preferred && fix.path === path && fix.elsewhere === undefined,
      ),
    ),
  );
  if (fixes.length === 0) {
    return [];
  }
  const action = new CodeAction('Apply every safe fix of Gradient Inspector', FIX_ALL);
  action.edit = workspaceEdit(fixes);
  return [action];
}

function commandAction(title: string, command: string, ...args: readonly unknown[]): CodeAction {
  const action = new CodeAction(title, CodeActionKind.QuickFix);
  action.command = { title, command, arguments: [...args] };
  return action;
}
