import assert from 'node:assert/strict';
import * as vscode from 'vscode';

const ID = 'gradient-inspector.gradient-inspector';

describe('activation', () => {
  it('succeeds', async () => {
    const extension = vscode.extensions.getExtension(ID);
    assert.ok(extension, `${ID} is not installed`);
    await extension.activate();
    assert.equal(extension.isActive, true);
  });
});
