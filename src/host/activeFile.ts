import { Uri, window } from 'vscode';
import { fileOfTab } from './tabs';
import { isFileNode } from './views/trainingRuns';

/** The file of the active editor, also one that is too large to be a document, or shown by a custom editor. */
export function activeFile(): Uri | undefined {
  const tab = window.tabGroups.activeTabGroup.activeTab;
  return (tab && fileOfTab(tab)) ?? window.activeTextEditor?.document.uri;
}

/** A file given to a command: by a menu as an address, by the view as a node, by a hover's link as text; otherwise the active one. */
export function fileArgument(argument: unknown): Uri | undefined {
  if (argument instanceof Uri) {
    return argument;
  }
  if (isFileNode(argument)) {
    return argument.result.uri;
  }
  return typeof argument === 'string' ? Uri.parse(argument, true) : activeFile();
}
