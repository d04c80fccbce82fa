/** What tests of the page start from. */
import { remedyById } from '../../../src/core/remedies/registry';
import { ChartData } from '../../../src/protocol/chartData';
import type { FindingInfo, Snapshot } from '../../../src/protocol/messages';
import { syntheticRun } from '../../webview-page/synthetic';

/** A made-up run as the page is told of it. */
export function snapshotOf(
  layers: number,
  findings: readonly FindingInfo[] = [],
  nanFrom?: number,
): Snapshot {
  const run = syntheticRun({ layers, steps: 100, decay: 0.6, ...(nanFrom === undefined ? {} : { nanFrom }) });
  const source = {
    run,
    findings: [],
    notChecked: [],
    links: [],
    state: 'ready',
    message: '',
    progress: 1,
  } as const;
  const data = new ChartData(
    { ...source, generation: 1 },
    { name: 'a.log', uri: 'file:///a.log' },
    remedyById,
  );
  return { version: 4, serial: 1, ...data.info(), compared: [], findings };
}

export const FINDING: FindingInfo = {
  code: 'GI003',
  rule: 'vanishing-gradient',
  title: 'Gradients vanish',
  severity: 'warning',
  message: '',
  line: 1,
  step: 10,
  endStep: null,
  parameters: [],
  series: [],
  evidence: {},
  remedies: [],
  fixes: [],
};
