import assert from 'node:assert/strict';
import { BytesSource } from '../../../src/core/io/fileSource';
import { FORMATS } from '../../../src/core/logs/registry';
import { groupRunFiles, readRunFiles } from '../../../src/core/logs/runFolder';
import { RunFolderReader } from '../../../src/core/logs/runFolderReader';
import { stepsOf, valuesOf } from './shared';

const RUN = 'mlruns/0/0123456789abcdef0123456789abcdef';

describe('files of one run', () => {
  it('are put together as trackers lay them out; other files stay alone', () => {
    const paths = [
      'a.log',
      'tb/run/events.out.tfevents.1.host.0',
      'tb/run/events.out.tfevents.2.host.0',
      'tb/other/events.out.tfevents.3.host.0',
      `${RUN}/metrics/loss`,
      `${RUN}/metrics/train/grad_norm`,
      `${RUN}/params/lr`,
      'wandb/run-2026-abc/files/output.log',
      'wandb/run-2026-abc/run-abc.wandb',
      'win\\run\\events.out.tfevents.1',
      'win\\run\\events.out.tfevents.2',
    ];
    assert.deepEqual(
      groupRunFiles(paths).map(({ path, files, how }) => [path, files.length, how]),
      [
        ['a.log', 1, 'together'],
        ['tb/run', 2, 'together'],
        ['tb/other/events.out.tfevents.3.host.0', 1, 'together'],
        [RUN, 2, 'together'],
        [`${RUN}/params/lr`, 1, 'together'],
        ['wandb/run-2026-abc', 2, 'best'],
        ['win\\run', 2, 'together'],
      ],
    );
  });

  /** Reads a group of files held in memory. */
  async function read(texts: Record<string, string>, how: 'together' | 'best') {
    return readRunFiles(
      { path: 'run', files: Object.keys(texts), how },
      (path) => new BytesSource(path, new TextEncoder().encode(texts[path])),
    );
  }

  it('one metric a file: every metric is a series of one run', async () => {
    const run = await read(
      {
        'metrics/loss': '1628697792090 2.5 0\n1628697795789 1.5 1\n',
        'metrics/grad_norm': '1628697792090 0.5 0\n1628697795789 NaN 1\n',
      },
      'together',
    );
    assert.deepEqual(
      run?.series.map(({ id, name, kind }) => [id, name, kind]),
      [
        [0, 'loss', 'loss'],
        [1, 'grad_norm', 'grad-norm'],
      ],
    );
    assert.deepEqual([run?.steps, run?.segments.length, run?.path], [2, 1, 'run']);
  });

  it('a run that goes on in another file goes on in the same series', async () => {
    const run = await read(
      {
        a: 'step 1 loss 0.5\nstep 2 loss 0.25\nstep 3 loss 0.2\n',
        b: 'step 3 loss 0.125\nstep 4 loss 0.1\n',
      },
      'together',
    );
    const loss = run?.series[0];
    assert.ok(loss !== undefined && run !== null);
    assert.deepEqual(stepsOf(loss), [1, 2, 3, 3, 4]);
    assert.deepEqual(valuesOf(loss), [0.5, 0.25, 0.2, 0.125, 0.1]);
    assert.deepEqual([run.series.length, run.segments.length, run.steps], [1, 2, 4]);
    assert.deepEqual(
      [loss.points.value(4), loss.points.value(0), loss.points.value(9)],
      [0.1, 0.5, Number.NaN],
    );
  });

  it('files that tell the same: the fullest one is the run', async () => {
    const run = await read(
      {
        summary: '{\n "loss": 0.25,\n "grad_norm": 1,\n "step": 2\n}\n',
        full: 'step 1 loss 0.5\nstep 2 loss 0.25\nstep 3 loss 0.2\n',
      },
      'best',
    );
    assert.equal(run?.path, 'full');
  });

  it('no log among them: no run', async () => {
    assert.equal(await read({ a: 'hello\n', b: '' }, 'together'), null);
  });

  it("Lightning's table and event files in one folder are one run", () => {
    const groups = groupRunFiles([
      'lightning_logs/version_0/events.out.tfevents.1.host.0',
      'lightning_logs/version_0/events.out.tfevents.2.host.0',
      'lightning_logs/version_0/hparams.yaml',
      'lightning_logs/version_0/metrics.csv',
      'lightning_logs/version_1/events.out.tfevents.3.host.0',
    ]);
    assert.deepEqual(
      groups.map(({ path, files, how }) => [path, files.length, how]),
      [
        ['lightning_logs/version_0', 3, 'best'],
        ['lightning_logs/version_0/hparams.yaml', 1, 'together'],
        ['lightning_logs/version_1/events.out.tfevents.3.host.0', 1, 'together'],
      ],
    );
  });
});

describe('a run folder that grows', () => {
  /** A folder held in memory. */
  function folder(texts: Record<string, string>) {
    return new RunFolderReader(
      RUN,
      {
        list: async () => Object.keys(texts),
        open: (path) => ({
          path,
          size: async () => texts[path]?.length ?? 0,
          read: async (offset, target) => {
            const part = new TextEncoder().encode(texts[path]).subarray(offset, offset + target.length);
            target.set(part);
            return part.length;
          },
          close: async () => {},
        }),
      },
      FORMATS,
    );
  }

  it('reads new points and new files, and says that it was joined anew', async () => {
    const texts: Record<string, string> = {
      [`${RUN}/metrics/loss`]: '1628697792090 2.5 0\n1628697795789 1.5 1\n',
    };
    const reader = folder(texts);
    assert.deepEqual(await reader.readMore(), { kind: 'read', newPoints: 2, replaced: false });
    const first = reader.run;
    texts[`${RUN}/metrics/loss`] += '1628697796789 1.25 2\n';
    assert.deepEqual(await reader.readMore(), { kind: 'read', newPoints: 1, replaced: false });
    assert.equal(reader.run, first, 'one file: the run grows');
    texts[`${RUN}/metrics/grad_norm`] = '1628697792090 0.5 0\n';
    assert.deepEqual(await reader.readMore(), { kind: 'read', newPoints: 1, replaced: true });
    assert.deepEqual(reader.run?.series.map(({ name, points }) => [name, points.length]).sort(), [
      ['grad_norm', 1],
      ['loss', 3],
    ]);
    assert.deepEqual(await reader.readMore(), { kind: 'read', newPoints: 0, replaced: false });
    await reader.close();
  });

  it('no log in it: no run, until one is written', async () => {
    const texts: Record<string, string> = {};
    const reader = folder(texts);
    assert.deepEqual(await reader.readMore(), { kind: 'not-a-log' });
    texts[`${RUN}/metrics/loss`] = '1628697792090 2.5 0\n1628697795789 1.5 1\n';
    assert.deepEqual(await reader.readMore(), { kind: 'read', newPoints: 2, replaced: false });
  });
});
