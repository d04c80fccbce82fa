import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { check, clean, diagnosticsOf, expected, sample, told, until } from '../../support/inHost';

describe('Analyze Workspace', () => {
  after(clean);

  it('shows for every log and Python file what the command line prints', async () => {
    const report = await check('.');
    const wanted = [...report.runs, ...report.sources]
      .filter(({ findings }) => findings.length > 0)
      .map(({ path, findings }) => ({ uri: sample(path), findings: expected(findings) }));
    assert.ok(wanted.length >= 5);
    await vscode.commands.executeCommand('gradientInspector.analyzeWorkspace');
    for (const { uri, findings } of wanted) {
      const found = await until(`${findings.length} findings in ${uri.path}`, () => {
        const all = diagnosticsOf(uri);
        return all.length === findings.length ? all : undefined;
      });
      assert.deepEqual(found.map(told), findings);
    }
  });
});
