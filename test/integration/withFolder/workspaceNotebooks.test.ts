import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import * as vscode from 'vscode';
import {
  clean,
  codeOf,
  diagnosticsOf,
  open,
  quickFixes,
  sample,
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

function writeNotebook(name: string, cells: readonly string[]): vscode.Uri {
  return writeSample(
    name,
    JSON.stringify({
      cells: cells.map((source) => ({
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
}

describe('a notebook in the editor', () => {
  afterEach(clean);

  it('is read as one program: a finding stands in its cell, and its fix edits that cell', async () => {
    const uri = writeNotebook('train.ipynb', CELLS);
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

  it('gets gradient logging in the cells that need it', async () => {
    const uri = writeNotebook('logged.ipynb', CELLS);
    const notebook = await vscode.workspace.openNotebookDocument(uri);
    await vscode.window.showNotebookDocument(notebook);
    await vscode.commands.executeCommand('gradientInspector.insertGradientLogging');
    const [imports, model, loop] = notebook.getCells().map(({ document }) => document.getText());
    assert.match(imports ?? '', /^import json$/m);
    assert.equal(model, CELLS[1]);
    assert.match(loop ?? '', /backward\(\)\n {4}log_gradients\(.*\n {4}opt\.step\(\)/);
  });

  it('is the code of a log beside it: a fix edits its cells, and the run shows at their lines', async () => {
    const program = readFileSync(sample('exploding-rnn/train.py').fsPath, 'utf8');
    mkdirSync(sample('notebook').fsPath);
    const log = writeSample('notebook/run.jsonl', readFileSync(sample('exploding-rnn/metrics.jsonl').fsPath));
    const uri = writeNotebook('notebook/train.ipynb', program.trimEnd().split(/\n\n\n+/));
    await open(log);
    const diagnostics = await waitForDiagnostics(log);
    const fix = await until('a fix of the notebook on the log', async () => {
      for (const { range } of diagnostics) {
        // The notebook is opened for it: VS Code gives that request up, and a person's menu asks anew.
        const offered = await quickFixes(log, range).catch((): vscode.CodeAction[] => []);
        const found = offered.find(({ edit }) =>
          edit?.entries().some(([target]) => target.scheme === 'vscode-notebook-cell'),
        );
        if (found) {
          return found;
        }
      }
      return undefined;
    });
    const notebook = await vscode.workspace.openNotebookDocument(uri);
    const cells = notebook.getCells().map(({ document }) => document);
    const told = await until('the run at the line of a cell', () => {
      const all = cells.flatMap((cell) =>
        diagnosticsOf(cell.uri).map((one) => ({ text: cell.getText(one.range), message: one.message })),
      );
      return all.find(({ message }) => message.includes('run.jsonl'));
    });
    assert.notEqual(told.text.trim(), '');
    const before = cells.map((cell) => cell.getText());
    assert.ok(fix.edit && (await vscode.workspace.applyEdit(fix.edit)));
    const changed = cells.filter((cell, at) => cell.getText() !== before[at]);
    assert.ok(changed.length > 0);
  });

  it('is found by Analyze Workspace while it is closed, and a click goes to the cell', async () => {
    const uri = writeNotebook('closed.ipynb', CELLS);
    await vscode.commands.executeCommand('gradientInspector.analyzeWorkspace');
    await vscode.commands.executeCommand('gradientInspector.goToLine', uri.with({ fragment: 'code' }), 10);
    const editor = await until('the cell in the editor', () => {
      const active = vscode.window.activeTextEditor;
      return active?.document.uri.path.endsWith('closed.ipynb') ? active : undefined;
    });
    assert.equal(editor.document.getText(), CELLS[2]);
    assert.equal(editor.selection.active.line, 5);
    await waitForDiagnostics(editor.document.uri, (all) => all.length === 1);
  });
});
