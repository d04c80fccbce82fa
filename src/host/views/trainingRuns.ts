import {
  type Disposable,
  EventEmitter,
  type ProviderResult,
  ThemeColor,
  ThemeIcon,
  type TreeDataProvider,
  TreeItem,
  TreeItemCollapsibleState,
  type Uri,
  window,
} from 'vscode';
import { count } from '../../core/report/plain';
import type { NotChecked, Severity } from '../../core/rules/finding';
import type { Problem } from '../../core/run/run';
import { DisposableStore } from '../disposables';
import { fileOf, isNotebookCode, shortPath, uriOf } from '../paths';
import type { FileResult, ListedFinding, RunsModel } from './runsModel';

/** A busy search or a growing log must not redraw the tree at every change. */
const REDRAW_PAUSE_MS = 150;

/** What a command of the view's menu is given. */
export interface FileNode {
  readonly kind: 'file';
  readonly result: FileResult;
}

type Node =
  | FileNode
  | {
      readonly kind: 'finding';
      readonly uri: Uri;
      readonly isFolder: boolean;
      readonly listed: ListedFinding;
    }
  | { readonly kind: 'not-checked'; readonly notChecked: readonly NotChecked[] }
  | { readonly kind: 'problems'; readonly uri: Uri; readonly problems: readonly Problem[] };

export function isFileNode(value: unknown): value is FileNode {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'file';
}

/** Problems in one tooltip. */
const MOST_PROBLEMS = 10;

const SEVERITY_ORDER: readonly Severity[] = ['error', 'warning', 'info', 'hint'];

const ICONS: Readonly<Record<Severity, ThemeIcon>> = {
  error: new ThemeIcon('error', new ThemeColor('problemsErrorIcon.foreground')),
  warning: new ThemeIcon('warning', new ThemeColor('problemsWarningIcon.foreground')),
  info: new ThemeIcon('info', new ThemeColor('problemsInfoIcon.foreground')),
  hint: new ThemeIcon('lightbulb'),
};
const HEALTHY = new ThemeIcon('pass', new ThemeColor('testing.iconPassed'));

/** The "Training runs" view: run, steps, health; findings as children; a click goes to the line. */
export function registerTrainingRuns(model: RunsModel): Disposable {
  const store = new DisposableStore();
  const changed = store.add(new EventEmitter<Node | undefined>());
  let timer: NodeJS.Timeout | undefined;
  store.add({ dispose: () => clearTimeout(timer) });
  store.add(
    model.onDidChange(() => {
      clearTimeout(timer);
      timer = setTimeout(() => changed.fire(undefined), REDRAW_PAUSE_MS);
    }),
  );
  const provider: TreeDataProvider<Node> = {
    onDidChangeTreeData: changed.event,
    getChildren: (node): ProviderResult<Node[]> => (node === undefined ? files(model) : children(node)),
    getTreeItem: treeItem,
  };
  store.add(
    window.createTreeView('gradientInspector.runs', { treeDataProvider: provider, showCollapseAll: true }),
  );
  return store;
}

/** Worst first, then by path, logs before code. */
function files(model: RunsModel): Node[] {
  return [...model.all]
    .sort(
      (a, b) =>
        (a.kind === 'log' ? 0 : 1) - (b.kind === 'log' ? 0 : 1) ||
        rank(a.findings) - rank(b.findings) ||
        a.uri.path.localeCompare(b.uri.path),
    )
    .map((result) => ({ kind: 'file', result }));
}

function rank(findings: readonly ListedFinding[]): number {
  const ranks = findings.map(({ finding }) => SEVERITY_ORDER.indexOf(finding.severity));
  return Math.min(SEVERITY_ORDER.length, ...ranks);
}

function children(node: Node): Node[] {
  if (node.kind !== 'file') {
    return [];
  }
  const { uri, isFolder, findings, notChecked, problems } = node.result;
  const nodes: Node[] = findings.map((listed) => ({ kind: 'finding', uri, isFolder, listed }));
  if (problems.length > 0) {
    nodes.push({ kind: 'problems', uri, problems });
  }
  if (notChecked.length > 0) {
    nodes.push({ kind: 'not-checked', notChecked });
  }
  return nodes;
}

function treeItem(node: Node): TreeItem {
  switch (node.kind) {
    case 'file':
      return fileItem(node.result);
    case 'finding':
      return findingItem(node.uri, node.isFolder, node.listed);
    case 'not-checked':
      return notCheckedItem(node.notChecked);
    case 'problems':
      return problemsItem(node.uri, node.problems);
  }
}

function fileItem({
  uri,
  kind,
  isFolder,
  size,
  health,
  findings,
  notChecked,
  problems,
}: FileResult): TreeItem {
  const hasChildren = findings.length + notChecked.length + problems.length > 0;
  const item = new TreeItem(
    uri,
    !hasChildren
      ? TreeItemCollapsibleState.None
      : findings.length > 0
        ? TreeItemCollapsibleState.Expanded
        : TreeItemCollapsibleState.Collapsed,
  );
  const worst = SEVERITY_ORDER[rank(findings)];
  item.label = shortPath(uri);
  item.description = [size, health].filter((part) => part !== '').join(' · ');
  item.tooltip = `${shortPath(uri)}\n${item.description}`;
  item.iconPath = worst === undefined ? HEALTHY : ICONS[worst];
  item.contextValue = kind;
  item.command = isFolder
    ? { title: 'Open Charts', command: 'gradientInspector.openCharts', arguments: [uri] }
    : { title: 'Open', command: 'vscode.open', arguments: [fileOf(uri)] };
  return item;
}

function findingItem(uri: Uri, isFolder: boolean, { finding, phrase }: ListedFinding): TreeItem {
  const item = new TreeItem('step' in finding ? sentenceCase(phrase) : phrase);
  const part = 'file' in finding && finding.file !== undefined ? uriOf(finding.file) : null;
  const of = part !== null ? ` of ${shortPath(part)}` : isNotebookCode(uri) ? ' of the code' : '';
  const place = `line ${finding.range.line}${of}`;
  item.description = isFolder ? '' : place;
  item.tooltip = `${finding.code} ${finding.rule}\n${finding.message}`;
  item.iconPath = ICONS[finding.severity];
  item.contextValue = 'finding';
  item.command = isFolder
    ? { title: 'Open Charts', command: 'gradientInspector.openCharts', arguments: [uri] }
    : {
        title: 'Go to line',
        command: 'gradientInspector.goToLine',
        arguments: [part ?? uri, finding.range.line],
      };
  return item;
}

function notCheckedItem(notChecked: readonly NotChecked[]): TreeItem {
  const item = new TreeItem(`Not checked: ${count(notChecked.length, 'rule')}`);
  item.tooltip = notChecked.map(({ rule, why }) => `${rule}: ${why}`).join('\n');
  item.iconPath = new ThemeIcon('circle-slash');
  return item;
}

function problemsItem(uri: Uri, problems: readonly Problem[]): TreeItem {
  const [first] = problems;
  const item = new TreeItem(`Not read: ${count(problems.length, 'place')}`);
  item.tooltip = problems
    .slice(0, MOST_PROBLEMS)
    .map(({ line, message }) => (line > 0 ? `line ${line}: ${message}` : message))
    .join('\n');
  item.iconPath = new ThemeIcon('question');
  item.command = {
    title: 'Go to line',
    command: 'gradientInspector.goToLine',
    arguments: [uri, Math.max(1, first?.line ?? 1)],
  };
  return item;
}

function sentenceCase(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
