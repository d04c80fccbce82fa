import { type Tab, TabInputCustom, TabInputText, TabInputTextDiff, type Uri, window } from 'vscode';

/** The file a tab shows; of a comparison the newer side. Undefined for webviews and the like. */
export function fileOfTab({ input }: Tab): Uri | undefined {
  if (input instanceof TabInputText || input instanceof TabInputCustom) {
    return input.uri;
  }
  return input instanceof TabInputTextDiff ? input.modified : undefined;
}

/** Is the file open, as a person means it? Documents live on for minutes after their last tab. */
export function isInTab(uri: Uri): boolean {
  const key = uri.toString();
  return window.tabGroups.all.some(({ tabs }) => tabs.some((tab) => fileOfTab(tab)?.toString() === key));
}
