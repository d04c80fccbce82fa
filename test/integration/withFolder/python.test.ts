import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as vscode from 'vscode';
import {
  check,
  clean,
  codeOf,
  diagnosticsOf,
  expected,
  open,
  quickFixes,
  quiet,
  rangeOf,
  sample,
  told,
  until,
  waitForCode,
  waitForDiagnostics,
  writeSample,
} from '../../support/inHost';

const LOOP = `import torch


def train(model, loader, criterion):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for x, y in loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
`;

describe('Python while it is written', () => {
  afterEach(clean);

  it('the samples show what the command line prints', async () => {
    for (const folder of [
      'exploding-rnn',
      'vanishing-sigmoid',
      'vanishing-relu',
      'nan-distance',
      'healthy-residual',
    ]) {
      const uri = sample(`${folder}/train.py`);
      await open(uri);
      const [source] = (await check(`${folder}/train.py`)).sources;
      const wanted = expected(source?.findings ?? []);
      const found = await waitForDiagnostics(uri, (all) => all.length === wanted.length);
      assert.deepEqual(found.map(told), wanted);
      const ranges = (source?.findings ?? []).map(rangeOf).sort((a, b) => a.start.compareTo(b.start));
      assert.deepEqual(
        found.map(({ range }) => range),
        ranges,
      );
    }
  });

  it('a clip typed after the step is marked, mended by a quick fix, and comes back by undo', async () => {
    const uri = writeSample('typed.py', LOOP);
    const editor = await open(uri);
    await quiet();
    assert.deepEqual(diagnosticsOf(uri), []);

    const step = editor.document.lineAt(10);
    const clip = editor.document.lineAt(9);
    await editor.edit((edit) => {
      edit.delete(clip.rangeIncludingLineBreak);
      edit.insert(step.rangeIncludingLineBreak.end, `${clip.text}\n`);
    });
    const broken = editor.document.getText();
    const diagnostic = await waitForCode(uri, 'GI104');
    assert.equal(diagnostic.range.start.line, 10);
    assert.equal(editor.document.getText(diagnostic.range), clip.text.trim());
    assert.equal(diagnostic.severity, vscode.DiagnosticSeverity.Error);

    const preferred = (await quickFixes(uri, diagnostic.range)).find(({ isPreferred }) => isPreferred);
    assert.ok(preferred?.edit, 'no preferred fix is offered');
    await vscode.workspace.applyEdit(preferred.edit);
    assert.equal(editor.document.getText(), LOOP);
    await waitForDiagnostics(uri, (all) => all.length === 0);

    await vscode.commands.executeCommand('undo');
    assert.equal(editor.document.getText(), broken);
    await waitForDiagnostics(uri);
    await vscode.commands.executeCommand('workbench.action.files.revert');
  });

  it('a missing zero_grad is marked and inserted with the right indentation', async () => {
    const uri = writeSample('missing.py', LOOP.replace('        optimizer.zero_grad()\n', ''));
    const editor = await open(uri);
    const [diagnostic] = await waitForDiagnostics(uri);
    assert.ok(diagnostic);
    const preferred = (await quickFixes(uri, diagnostic.range)).find(({ isPreferred }) => isPreferred);
    assert.ok(preferred?.edit, 'no preferred fix is offered');
    await vscode.workspace.applyEdit(preferred.edit);
    assert.match(editor.document.getText(), /\n {8}optimizer\.zero_grad\(\)\n/);
    await waitForDiagnostics(uri, (all) => all.length === 0);
    await vscode.commands.executeCommand('workbench.action.files.revert');
  });

  it('a comment silences a rule on its line', async () => {
    const uri = writeSample('silenced.py', readFileSync(sample('exploding-rnn/train.py').fsPath));
    const editor = await open(uri);
    const diagnostic = await waitForCode(uri, 'GI104');
    const ignore = (await quickFixes(uri, diagnostic.range)).find(({ title }) =>
      /^Ignore .* on this line$/.test(title),
    );
    assert.ok(ignore?.edit, 'silencing is not offered');
    await vscode.workspace.applyEdit(ignore.edit);
    assert.match(
      editor.document.lineAt(diagnostic.range.start.line).text,
      /# gradient-inspector: ignore\[clip-after-step\]$/,
    );
    await waitForDiagnostics(uri, (all) => all.every((one) => codeOf(one) !== 'GI104'));
    await vscode.commands.executeCommand('workbench.action.files.revert');
  });

  it('half-typed code keeps the editor alive and the rest judged', async () => {
    const late = LOOP.replace(/( +torch.nn.utils.*\n)( +optimizer.step.*\n)/, '$2$1');
    const uri = writeSample('broken.py', `def half(x:\n    return foo(\n\n\n${late}`);
    const editor = await open(uri);
    await quiet();
    await editor.edit((edit) =>
      edit.replace(new vscode.Range(0, 0, 2, 0), 'def half(x):\n    return foo(x)\n'),
    );
    await waitForCode(uri, 'GI104');
    await vscode.commands.executeCommand('workbench.action.files.revert');
  });
});

describe('settings', () => {
  const settings = () => vscode.workspace.getConfiguration('gradientInspector');

  afterEach(async () => {
    await settings().update('rules', undefined, vscode.ConfigurationTarget.Workspace);
    await settings().update('enable', undefined, vscode.ConfigurationTarget.Workspace);
    await clean();
  });

  it('switch a rule off and on again, and change its severity', async () => {
    const uri = sample('exploding-rnn/train.py');
    await open(uri);
    await waitForCode(uri, 'GI104');
    await settings().update('rules', { 'clip-after-step': 'off' }, vscode.ConfigurationTarget.Workspace);
    await waitForDiagnostics(uri, (all) => all.every((one) => codeOf(one) !== 'GI104'));
    await settings().update('rules', { GI104: 'hint' }, vscode.ConfigurationTarget.Workspace);
    const { severity } = await waitForCode(uri, 'GI104');
    assert.equal(severity, vscode.DiagnosticSeverity.Hint);
  });

  it('switch everything off', async () => {
    const uri = sample('exploding-rnn/metrics.jsonl');
    await open(uri);
    await waitForDiagnostics(uri);
    await settings().update('enable', false, vscode.ConfigurationTarget.Workspace);
    await waitForDiagnostics(uri, (all) => all.length === 0);
  });
});

describe('Insert Gradient Logging', () => {
  afterEach(clean);

  it('adds to the loop what writes a log, in one step that can be undone', async () => {
    const uri = writeSample('silent.py', LOOP);
    const { document } = await open(uri);
    await vscode.commands.executeCommand('gradientInspector.insertGradientLogging');
    assert.notEqual(document.getText(), LOOP);
    assert.match(document.getText(), /grad/);
    assert.deepEqual(
      (await check('silent.py')).sources.flatMap(({ findings }) => findings),
      [],
    );
    await vscode.commands.executeCommand('undo');
    assert.equal(document.getText(), LOOP);
  });
});

describe('a fix offered on the log', () => {
  afterEach(clean);

  it('edits the code that wrote it, is silent afterwards, and can be undone', async () => {
    const log = sample('exploding-rnn/metrics.jsonl');
    const code = sample('exploding-rnn/train.py');
    await open(log);
    const diagnostics = await waitForDiagnostics(log);
    const action = await until('a fix of the code on the log', async () => {
      for (const { range } of diagnostics) {
        const found = (await quickFixes(log, range)).find(
          ({ edit, title }) => edit?.has(code) && !/^Preview/.test(title),
        );
        if (found) {
          return found;
        }
      }
      return undefined;
    });
    const before = readFileSync(code.fsPath, 'utf8');
    assert.ok(action.edit);
    await vscode.workspace.applyEdit(action.edit);
    const editor = await open(code);
    assert.notEqual(editor.document.getText(), before);
    await vscode.commands.executeCommand('undo');
    assert.equal(editor.document.getText(), before);
  });
});
