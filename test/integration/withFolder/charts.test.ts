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
});

function chartTabs(): vscode.Tab[] {
  return vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .filter(
      ({ input }) => input instanceof vscode.TabInputWebview && input.viewType.includes('gradientInspector'),
    );
}
