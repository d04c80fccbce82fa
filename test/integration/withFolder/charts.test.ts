import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { clean, open, sample, until } from '../../support/inHost';

describe('gradient charts', () => {
  afterEach(clean);

  it('open beside the log, once', async () => {
    await open(sample('exploding-rnn/metrics.jsonl'));
    await vscode.commands.executeCommand('gradientInspector.openCharts');
    const tab = await until('the chart panel', () => chartTabs()[0]);
    assert.equal(tab.label, 'Gradients: metrics.jsonl');
    assert.equal(tab.group.viewColumn, vscode.ViewColumn.Two);
    await vscode.commands.executeCommand(
      'gradientInspector.openCharts',
      sample('exploding-rnn/metrics.jsonl'),
    );
    assert.equal(chartTabs().length, 1);
  });

  it('open as an editor of the log itself', async () => {
    const uri = sample('healthy-residual/metrics.csv');
    await vscode.commands.executeCommand('vscode.openWith', uri, 'gradientInspector.charts');
    const tab = await until('the chart editor', () => vscode.window.tabGroups.activeTabGroup.activeTab);
    assert.ok(tab.input instanceof vscode.TabInputCustom);
    assert.equal(tab.input.viewType, 'gradientInspector.charts');
    assert.equal(tab.input.uri.path, uri.path);
  });

  it("open for a tracker's folder as one run", async () => {
    const run = sample('mlruns/0/0123456789abcdef0123456789abcdef');
    const metrics = vscode.Uri.joinPath(run, 'metrics');
    const text = (values: number[]) =>
      new TextEncoder().encode(
        values.map((value, step) => `${1700000000000 + step} ${value} ${step}\n`).join(''),
      );
    await vscode.workspace.fs.createDirectory(metrics);
    await vscode.workspace.fs.writeFile(vscode.Uri.joinPath(metrics, 'loss'), text([2.5, 1.5, 0.5]));
    await vscode.workspace.fs.writeFile(vscode.Uri.joinPath(metrics, 'grad_norm'), text([1.5, 1, 0.5]));
    try {
      await vscode.commands.executeCommand('gradientInspector.openCharts', run);
      const tab = await until('the chart panel', () => chartTabs()[0]);
      assert.equal(tab.label, 'Gradients: 0123456789abcdef0123456789abcdef');
      // The folder above holds this one run, so there is nothing to choose.
      await vscode.commands.executeCommand('gradientInspector.openCharts', sample('mlruns'));
      assert.equal(chartTabs().length, 1);
    } finally {
      await vscode.workspace.fs.delete(sample('mlruns'), { recursive: true });
    }
  });
});

function chartTabs(): vscode.Tab[] {
  return vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .filter(
      ({ input }) => input instanceof vscode.TabInputWebview && input.viewType.includes('gradientInspector'),
    );
}
