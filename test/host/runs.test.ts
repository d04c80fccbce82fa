import { strict as assert } from 'node:assert';
import type { Uri } from 'vscode';
import type { LogFinding } from '../../src/core/rules/finding';
import type { Run } from '../../src/core/run/run';
import { PointColumns, type Series } from '../../src/core/run/series';
import { findingPictures } from '../../src/host/language/findingPictures';
import type { LogSession } from '../../src/host/sessions/logSession';
import { pythonResult, RunsModel } from '../../src/host/views/runsModel';

const LAYERS = ['in.weight', 'mid.weight', 'out.weight'];

function series(id: number, parameter: string | null, value: number): Series {
  const points = new PointColumns();
  for (let step = 1; step <= 20; step++) {
    points.push(step, value, step);
  }
  const kind = parameter === null ? 'loss' : 'grad-norm';
  return { id, name: parameter ?? 'loss', kind, statistic: 'norm', split: 'train', parameter, points };
}

const RUN: Run = {
  path: '/runs/a.log',
  format: 'text',
  confidence: 1,
  bytes: 100,
  lines: 20,
  axis: { kind: 'step', why: '' },
  series: [...LAYERS.map((name, id) => series(id, name, 10 ** id)), series(3, null, 2)],
  steps: 20,
  segments: [],
  skips: [],
  problems: [{ line: 3, message: 'cut off' }],
};

const FINDING: LogFinding = {
  code: 'GI003',
  rule: 'vanishing-gradient',
  severity: 'error',
  message: 'Gradients vanish.',
  range: { line: 1, column: 1, endLine: 1, endColumn: 2 },
  evidence: {},
  remedies: [],
  fixes: [],
  related: [],
  step: 1,
  endStep: null,
  parameters: ['in.weight'],
  series: [0],
};

function uri(path: string): Uri {
  return { path, toString: () => `file://${path}` } as Uri;
}

const A = uri('/runs/a.log');

function session(part: Partial<LogSession> = {}): LogSession {
  return {
    uri: A,
    run: RUN,
    findings: [FINDING],
    silenced: 0,
    notChecked: [],
    links: [],
    clip: undefined,
    state: 'ready',
    message: '',
    progress: 1,
    generation: 1,
    onDidChange: () => ({ dispose() {} }),
    refresh() {},
    cancel() {},
    whenJoined: () => Promise.resolve(),
    ...part,
  };
}

describe('the training runs', () => {
  let model: RunsModel;
  let told: (Uri | undefined)[];
  beforeEach(() => {
    model = new RunsModel();
    told = [];
    model.onDidChange((changed) => told.push(changed));
  });

  it('list what an open log says, and go on listing it when it is closed', () => {
    model.updateFrom(session());
    const [result] = model.all;
    assert.equal(result?.size, '20 steps · 3 parameters');
    assert.equal(result?.health, 'vanishing in in.weight since step 1');
    assert.deepEqual(
      result?.findings.map(({ phrase }) => phrase),
      ['vanishing in in.weight since step 1'],
    );
    assert.deepEqual(result?.problems, RUN.problems);
    assert.deepEqual([result?.isOpen, result?.isAsked], [true, false]);
    model.closed(A);
    assert.equal(model.of(A)?.isOpen, false);
    assert.deepEqual(told, [A, A]);
  });

  it('list nothing before a log is read and judged', () => {
    model.updateFrom(session({ state: 'reading' }));
    model.updateFrom(session({ run: null, state: 'not-a-log' }));
    assert.deepEqual(model.all, []);
  });

  it('remember that the person asked for a run', () => {
    model.updateFrom(session(), true);
    model.updateFrom(session());
    assert.equal(model.of(A)?.isAsked, true);
  });

  it('leave out what the person removed, until asked again', () => {
    model.updateFrom(session());
    model.remove(A);
    model.updateFrom(session());
    assert.deepEqual(model.all, []);
    model.updateFrom(session(), true);
    assert.equal(model.all.length, 1);
  });

  it('say what is silenced instead of calling it sound', () => {
    model.updateFrom(session({ findings: [], silenced: 1 }));
    assert.equal(model.of(A)?.health, '1 finding silenced in the settings');
  });

  it('list Python files too, and forget all at once', () => {
    model.put(pythonResult(uri('/train.py'), [FINDING, FINDING]));
    assert.equal(model.all[0]?.health, '2 findings');
    model.clear();
    assert.deepEqual(model.all, []);
    assert.equal(told.at(-1), undefined);
  });
});

describe('the pictures of a finding', () => {
  const names = (svg: string | undefined) =>
    [...(svg ?? '').matchAll(/>\s*([\w.]+)<\/tspan>/g)].map(([, name]) => name);

  it('show its curve beside that of a sound layer', () => {
    const [curve] = findingPictures(FINDING, RUN, 'dark');
    assert.ok(names(curve).includes('in.weight') && names(curve).includes('out.weight'));
  });

  it('show the norms by layer where the finding has them', () => {
    const evidence = { profile: [1, 10, 100], profileFirst: 'in.weight', profileLast: 'out.weight' };
    assert.equal(findingPictures({ ...FINDING, evidence }, RUN, 'light').length, 2);
    assert.equal(findingPictures(FINDING, RUN, 'light').length, 1);
  });

  it('never put a loss on the axis of a norm', () => {
    const [curve] = findingPictures({ ...FINDING, parameters: [], series: [3, 0] }, RUN, 'dark');
    assert.ok(names(curve).includes('loss') && !names(curve).includes('in.weight'));
  });

  it('are none without a series', () => {
    assert.deepEqual(findingPictures({ ...FINDING, series: [99] }, RUN, 'dark'), []);
  });
});
