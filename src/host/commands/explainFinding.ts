import { commands, QuickPickItemKind, window } from 'vscode';
import type { RuleMeta } from '../../core/rules/rule';
import { codeHalf } from '../codeHalf';
import type { Services } from '../services';

/** Opens the page of a rule or a remedy: the one given, that of the finding at the cursor, or one the person picks. */
export async function explainFinding(services: Services, argument?: unknown): Promise<void> {
  const name =
    typeof argument === 'string' ? argument : (findingAtCursor(services) ?? (await pickRule(services)));
  const page =
    name === undefined ? undefined : (services.pages.ofRule(name) ?? services.pages.ofRemedy(name));
  if (page !== undefined) {
    await commands.executeCommand('markdown.showPreview', page);
  }
}

function findingAtCursor({ findings }: Services): string | undefined {
  const editor = window.activeTextEditor;
  const line = editor?.selection.active.line;
  return editor === undefined || line === undefined
    ? undefined
    : findings.of(editor.document).find(({ range }) => range.start.line <= line && line <= range.end.line)
        ?.finding.rule;
}

/** Rules with findings in the editor's file come first. */
async function pickRule({ findings }: Services): Promise<string | undefined> {
  const document = window.activeTextEditor?.document;
  const here = new Set(
    document === undefined ? [] : findings.of(document).map(({ finding }) => finding.rule),
  );
  const { RULES } = codeHalf();
  const item = ({ code, name, title }: RuleMeta) => ({
    label: `${code} ${name}`,
    description: title,
    name,
  });
  const heading = (label: string) => ({ label, kind: QuickPickItemKind.Separator, name: '' });
  const items = [
    ...(here.size === 0 ? [] : [heading('found in this file')]),
    ...RULES.filter(({ name }) => here.has(name)).map(item),
    ...(here.size === 0 ? [] : [heading('all other rules')]),
    ...RULES.filter(({ name }) => !here.has(name)).map(item),
  ];
  const picked = await window.showQuickPick(items, {
    placeHolder: 'Explain which rule?',
    matchOnDescription: true,
  });
  return picked?.name;
}
