/** What integration tests do inside VS Code: open, wait, ask the providers. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import * as vscode from 'vscode';

export const EXTENSION_ID = 'gradient-inspector.gradient-inspector';
export const SOURCE = 'Gradient Inspector';

const WAIT_LIMIT_MS = 10_000;
/** Long enough for a reading and a typing pause to pass; for proving that nothing comes. */
const QUIET_MS = 600;

export function extension(): vscode.Extension<unknown> {
  const found = vscode.extensions.getExtension(EXTENSION_ID);
  assert.ok(found, `${EXTENSION_ID} is not loaded`);
  return found;
}

/** A file of the workspace copy. */
export function sample(path: string): vscode.Uri {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  assert.ok(folder, 'the test window has no folder');
  return vscode.Uri.joinPath(folder.uri, path);
}

const written = new Set<string>();

/** Writes a file into the workspace copy; `clean` takes it away. */
export function writeSample(path: string, content: string | Uint8Array): vscode.Uri {
  const uri = sample(path);
  written.add(uri.fsPath);
  writeFileSync(uri.fsPath, content);
  return uri;
}

/** After each test: no editor, no notification, no file of its own. */
export async function clean(): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  await vscode.commands.executeCommand('notifications.clearAll');
  for (const path of written) {
    rmSync(path, { force: true });
  }
  written.clear();
}

export async function open(uri: vscode.Uri): Promise<vscode.TextEditor> {
  return vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: false });
}

/** Asks until the answer is there. */
export async function until<T>(what: string, ask: () => T | undefined | Promise<T | undefined>): Promise<T> {
  const end = Date.now() + WAIT_LIMIT_MS;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) {
      return answer;
    }
    if (Date.now() > end) {
      throw new Error(`Waited ${WAIT_LIMIT_MS / 1000} s in vain for ${what}.`);
    }
    await delay(20);
  }
}

/** Lets pass what would have come by now. */
export function quiet(): Promise<void> {
  return delay(QUIET_MS);
}

/** Our diagnostics of a file, by place. */
export function diagnosticsOf(uri: vscode.Uri): vscode.Diagnostic[] {
  return vscode.languages
    .getDiagnostics(uri)
    .filter(({ source }) => source === SOURCE)
    .sort((a, b) => a.range.start.compareTo(b.range.start) || a.message.localeCompare(b.message));
}

/** The diagnostics once they satisfy `accept` (by default: once there is any). */
export function waitForDiagnostics(
  uri: vscode.Uri,
  accept: (all: readonly vscode.Diagnostic[]) => boolean = (all) => all.length > 0,
): Promise<vscode.Diagnostic[]> {
  return until(`diagnostics of ${uri.path}`, () => {
    const all = diagnosticsOf(uri);
    return accept(all) ? all : undefined;
  });
}

/** The first diagnostic of a rule's code, once there is one. */
export async function waitForCode(uri: vscode.Uri, code: string): Promise<vscode.Diagnostic> {
  const all = await waitForDiagnostics(uri, (found) => found.some((one) => codeOf(one) === code));
  return all.find((one) => codeOf(one) === code) as vscode.Diagnostic;
}

export function codeOf({ code }: vscode.Diagnostic): string {
  return String(typeof code === 'object' ? code.value : code);
}

/** The titles of our lens once it stops saying that it reads. */
export function waitForLens(uri: vscode.Uri): Promise<string> {
  return until(`a lens on ${uri.path}`, async () => {
    const titles = await lenses(uri);
    return titles.find((title) => !title.startsWith('Reading'));
  });
}

export async function lenses(uri: vscode.Uri): Promise<string[]> {
  const found = await vscode.commands.executeCommand<vscode.CodeLens[]>(
    'vscode.executeCodeLensProvider',
    uri,
    10,
  );
  return found.flatMap(({ command }) =>
    command?.command.startsWith('gradientInspector.') ? [command.title] : [],
  );
}

/** Our hovers at a place. */
export async function hovers(uri: vscode.Uri, position: vscode.Position): Promise<vscode.MarkdownString[]> {
  const found = await vscode.commands.executeCommand<vscode.Hover[]>(
    'vscode.executeHoverProvider',
    uri,
    position,
  );
  return found
    .flatMap(({ contents }) => contents)
    .filter((content): content is vscode.MarkdownString => content instanceof vscode.MarkdownString)
    .filter(({ value }) => /\bGI\d{3}\b/.test(value));
}

export async function quickFixes(uri: vscode.Uri, range: vscode.Range): Promise<vscode.CodeAction[]> {
  return vscode.commands.executeCommand<vscode.CodeAction[]>(
    'vscode.executeCodeActionProvider',
    uri,
    range,
    vscode.CodeActionKind.QuickFix.value,
  );
}

/** One finding as the command line reports it; positions count from 1. */
export interface ReportedFinding {
  readonly code: string;
  readonly rule: string;
  readonly severity: 'error' | 'warning' | 'info' | 'hint';
  readonly message: string;
  readonly line: number;
  readonly endLine: number;
  readonly column: number;
  readonly endColumn: number;
}

interface Report {
  readonly runs: readonly {
    readonly path: string;
    readonly steps: number;
    readonly findings: readonly ReportedFinding[];
  }[];
  readonly sources: readonly { readonly path: string; readonly findings: readonly ReportedFinding[] }[];
}

/** What `check --format json` says about files of the workspace copy. */
export function check(...paths: readonly string[]): Promise<Report> {
  const cli = join(extension().extensionPath, 'dist', 'cli.js');
  const args = [cli, 'check', '--format', 'json', '--fail-on', 'never', ...paths];
  const options = {
    cwd: sample('').fsPath,
    // The desktop build's own program is Node too, if told so.
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
    maxBuffer: 64 * 1024 * 1024,
  };
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, options, (error, stdout) =>
      error ? reject(error) : resolve(JSON.parse(stdout) as Report),
    );
  });
}

const SEVERITY = ['error', 'warning', 'info', 'hint'] as const;

/** What the editor and the command line must agree on; lines count from 1. */
export interface Told {
  readonly code: string;
  readonly severity: string;
  readonly message: string;
  readonly line: number;
}

export function told(diagnostic: vscode.Diagnostic): Told {
  const { message, range } = diagnostic;
  const severity = SEVERITY[diagnostic.severity];
  return { code: codeOf(diagnostic), severity, message, line: range.start.line + 1 };
}

/** The findings of one file as `told` gives them, by place. */
export function expected(findings: readonly ReportedFinding[]): Told[] {
  return [...findings]
    .sort((a, b) => a.line - b.line || a.column - b.column || a.message.localeCompare(b.message))
    .map(({ code, severity, message, line }) => ({ code, severity, message, line }));
}

/** A reported place as a range; positions count from 1 there and from 0 here. */
export function rangeOf({ line, column, endLine, endColumn }: ReportedFinding): vscode.Range {
  return new vscode.Range(line - 1, column - 1, endLine - 1, endColumn - 1);
}
