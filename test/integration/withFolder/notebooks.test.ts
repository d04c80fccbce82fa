import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import {
  clean,
  codeOf,
  diagnosticsOf,
  quickFixes,
  until,
  waitForDiagnostics,
  writeSample,
} from '../../support/inHost';

const CELLS = [
  'import torch\nfrom torch import nn',
  'model = nn.Linear(4, 2)\nopt = torch.optim.SGD(model.parameters(), lr=0.1)',
  [
    'for x, y in loader:',
    '    opt.zero_grad()',
    '    loss = nn.functional.mse_loss(model(x), y)',
    '    loss.backward()',
    '    opt.step()',
    '    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)',
  ].join('\n'),
];

describe('a notebook in the editor', () => {
  afterEach(clean);

  it('is read as one program: a finding stands in its cell, and its fix edits that cell', async () => {
    const uri = writeSample(
      'train.ipynb',
      JSON.stringify({
        cells: CELLS.map((source) => ({
          cell_type: 'code',
          execution_count: null,
          metadata: {},
          outputs: [],
          source: source.split(/(?<=\n)/),
        })),
        metadata: { language_info: { name: 'python' } },
        nbformat: 4,
        nbformat_minor: 5,
      }),
    );
    const notebook = await vscode.workspace.openNotebookDocument(uri);
    await vscode.window.showNotebookDocument(notebook);
    const [imports, , loop] = notebook.getCells().map(({ document }) => document);
    assert.ok(imports !== undefined && loop !== undefined);
    const [found] = await waitForDiagnostics(loop.uri, (all) => all.length === 1);
    assert.ok(found !== undefined);
    assert.equal(codeOf(found), 'GI104');
    assert.equal(found.range.start.line, 5);
    assert.match(found.message, /\(line 5\)/);
    assert.deepEqual(diagnosticsOf(imports.uri), []);

    // What another cell says changes what this one means.
    const write = async (text: string) => {
      const edit = new vscode.WorkspaceEdit();
      edit.replace(imports.uri, imports.validateRange(new vscode.Range(0, 0, 99, 0)), text);
      assert.ok(await vscode.workspace.applyEdit(edit));
    };
    await write('torch = None');
    await waitForDiagnostics(loop.uri, (all) => all.length === 0);
    await write(CELLS[0] ?? '');
    await waitForDiagnostics(loop.uri, (all) => all.length === 1);

    const move = (await quickFixes(loop.uri, found.range)).find(({ title }) => /^Move the clip/.test(title));
    assert.ok(move?.edit !== undefined);
    assert.ok(await vscode.workspace.applyEdit(move.edit));
    await until('the clip above the step', () => {
      const text = loop.getText();
      return text.indexOf('clip_grad_norm_') < text.indexOf('opt.step()') ? true : undefined;
    });
    await waitForDiagnostics(loop.uri, (all) => all.length === 0);
  });
});
