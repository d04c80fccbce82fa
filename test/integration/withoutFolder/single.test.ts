import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { clean, diagnosticsOf, extension, open, until, waitForCode, waitForLens } from '../../support/inHost';

/** Those of the extension's bundles that this host has loaded. */
function loadedBundles(): string[] {
  const dist = join(extension().extensionPath, 'dist');
  return Object.keys(require.cache)
    .filter((path) => dirname(path) === dist)
    .map((path) => basename(path))
    .sort();
}

describe('a window without a folder', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gradient-inspector-single-'));

  afterEach(clean);
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('has none', () => {
    assert.equal(vscode.workspace.workspaceFolders, undefined);
  });

  it('a single Python file is judged without what reads logs, and a document never saved as well', async () => {
    const text = [
      'import torch',
      'def train(model, loader, criterion):',
      '    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)',
      '    for x, y in loader:',
      '        optimizer.zero_grad()',
      '        criterion(model(x), y).backward()',
      '        optimizer.step()',
      '        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)',
      '',
    ].join('\n');
    const path = join(folder, 'single.py');
    writeFileSync(path, text);
    await open(vscode.Uri.file(path));
    await waitForCode(vscode.Uri.file(path), 'GI104');
    assert.deepEqual(loadedBundles(), ['code.js', 'extension.js']);
    const document = await vscode.workspace.openTextDocument({ language: 'python', content: text });
    await vscode.window.showTextDocument(document);
    await waitForCode(document.uri, 'GI104');
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });

  it('a single log has marks, a lens and charts', async () => {
    const path = join(folder, 'single.jsonl');
    const lines = Array.from({ length: 60 }, (_, i) =>
      JSON.stringify({ step: i + 1, loss: 2 - i / 100, grad_norm: i < 40 ? 1 + (i % 3) / 10 : 'NaN' }),
    );
    writeFileSync(path, `${lines.join('\n')}\n`);
    const uri = vscode.Uri.file(path);
    await open(uri);
    const diagnostic = await waitForCode(uri, 'GI001');
    assert.ok(loadedBundles().includes('logs.js'));
    assert.equal(diagnostic.range.start.line, 40);
    assert.match(await waitForLens(uri), /^60 steps/);
    await vscode.commands.executeCommand('gradientInspector.openCharts');
    await until('the chart panel', () =>
      vscode.window.tabGroups.all
        .flatMap(({ tabs }) => tabs)
        .find(({ label }) => label === 'Gradients: single.jsonl'),
    );
  });

  it('Analyze Workspace finds nothing, and does not fail', async () => {
    await vscode.commands.executeCommand('gradientInspector.analyzeWorkspace');
    assert.deepEqual(diagnosticsOf(vscode.Uri.file(join(folder, 'single.jsonl'))), []);
  });
});
