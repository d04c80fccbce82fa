import { commands, window } from 'vscode';
import { RULES } from '../../core/rules/registry';
import type { Services } from '../services';

/** Opens the page of a rule or a remedy: the one given, that of the finding at the cursor, or one the person picks. */
export async function explainFinding(services: Services, argument?: unknown): Promise<void> {
  const name = typeof argument === 'string' ? argument : (findingAtCursor(services) ?? (await pickRule()));
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

async function pickRule(): Promise<string | undefined> {
  const items = RULES.map(({ code, name, title }) => ({
    label: `${code} ${name}`,
    description: title,
    name,
  }));
  const picked = await window.showQuickPick(items, {
    placeHolder: 'Explain which rule?',
    matchOnDescription: true,
  });
  return picked?.name;
}
