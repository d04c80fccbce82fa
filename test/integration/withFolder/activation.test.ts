import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { activationTime } from '../../support/activationTime';
import { clean, extension, open, quiet, SOURCE, sample } from '../../support/inHost';
import { TEST_LINE } from '../../support/suiteResult';

const ACTIVATION_LIMIT_MS = 50;

// Alphabetically the first file: the window is fresh, nothing was opened yet.
describe('activation', () => {
  after(clean);

  it('activates when a Python file is opened, and reads nothing else', async () => {
    await open(sample('healthy-residual/train.py'));
    await extension().activate();
    assert.equal(extension().isActive, true);
    await quiet();
    const found = vscode.languages
      .getDiagnostics()
      .filter(([, diagnostics]) => diagnostics.some(({ source }) => source === SOURCE));
    assert.deepEqual(found, []);
    // VS Code itself opens its user settings when it writes one while it starts.
    const opened = vscode.workspace.textDocuments
      .map(({ uri }) => uri.path)
      .filter((path) => !path.endsWith('train.py') && !path.endsWith('/User/settings.json'));
    assert.deepEqual(opened, []);
  });

  it(`takes less than ${ACTIVATION_LIMIT_MS} ms`, () => {
    const time = activationTime();
    console.log(`${TEST_LINE}      activation: ${time.toFixed(1)} ms`);
    assert.ok(time > 0.5, 'nothing was measured');
    assert.ok(time < ACTIVATION_LIMIT_MS, `${time.toFixed(1)} ms`);
  });

  it('registers every command of the manifest', async () => {
    const known = new Set(await vscode.commands.getCommands(true));
    const { commands } = extension().packageJSON.contributes as { commands: readonly { command: string }[] };
    assert.ok(commands.length > 0);
    assert.deepEqual(
      commands.map(({ command }) => command).filter((command) => !known.has(command)),
      [],
    );
  });
});
