/** What the host spends on the first picture, measured in this process. */
import { remedyById } from '../../../src/core/remedies/registry';
import { ChartData } from '../../../src/protocol/chartData';
import { choose, PANES } from '../../../src/protocol/choose';
import { PROTOCOL_VERSION } from '../../../src/protocol/messages';
import { INITIAL_STATE } from '../../../webview/state';
import { syntheticRun } from '../../webview-page/synthetic';

/** Pixel columns of a picture in a window of the benchmark's size. */
const COLUMNS = 960;

/** Milliseconds of processor time to answer what a page asks before its first picture: nothing is known of the run before. */
export function hostTime(layers: number, steps: number): number {
  const run = syntheticRun({ layers, steps, decay: 0.97 });
  const source = { run, findings: [], notChecked: [], links: [], message: '', progress: 1, generation: 1 };
  const data = new ChartData(
    { ...source, state: 'ready' },
    { name: 'run.jsonl', uri: 'test:/run.jsonl' },
    remedyById,
  );
  const start = process.cpuUsage();
  const snapshot = { version: PROTOCOL_VERSION, ...data.info(), compared: [] };
  const window = { run: 0, epoch: snapshot.epoch, from: 0, to: steps - 1, columns: COLUMNS };
  const choices = PANES.map(({ id }) => choose(snapshot, id, INITIAL_STATE));
  data.columns({
    ...window,
    series: choices.flatMap(({ lines }) => lines.map(({ series }) => series.id)),
    known: null,
    smoothing: 0,
  });
  for (const { rest } of choices) {
    if (rest.length > 0) {
      data.band({ ...window, known: null, series: rest.map(({ id }) => id) });
    }
  }
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}
