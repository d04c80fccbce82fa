import assert from 'node:assert/strict';
import { diagnoseRun } from '../../../src/core/rules/engine';
import { runOfText } from './shared';

/** Two runs that write into one log, line by line: run1 explodes, run0 is fine and logs two rows more. */
const LOG = Array.from({ length: 40 }, (_, step) => {
  const fine = `run0 step ${step} loss ${(2.5 - step * 0.05).toFixed(3)} gnorm ${(1 + ((step * 7) % 11) * 0.037).toFixed(4)}`;
  const broken = `run1 step ${step} loss ${step < 20 ? (2.4 - step * 0.03).toFixed(3) : 'nan'} gnorm ${step < 20 ? '1.2' : 'nan'}`;
  return step < 38 ? `${fine}\n${broken}\n` : `${fine}\n`;
}).join('');

describe('a log that several runs share, line by line', () => {
  it('judges each of them by itself, and says of which it speaks', async () => {
    const run = await runOfText(LOG);
    assert.ok(run !== null);
    assert.deepEqual([...new Set(run.series.map(({ ofRun }) => ofRun))], ['run0', 'run1']);
    assert.match(
      run.problems.map(({ message }) => message).join(),
      /lines of 2 runs alternate in this log \(run0, run1\).*each has curves of its own and is judged by itself$/,
    );
    const { findings } = diagnoseRun(run);
    assert.ok(findings.length > 0);
    for (const { message, series, range } of findings) {
      assert.match(message, /The log holds 2 runs: this is run1\.$/);
      assert.ok(series.every((id) => run.series[id]?.ofRun === 'run1'));
      assert.equal(range.line % 2, 0, 'run1 writes every second line');
    }
  });

  it('judges both where both break, and tells it once', async () => {
    const both = LOG.replaceAll(/^run0 (step (?:2\d|3\d)) .*/gm, 'run0 $1 loss nan gnorm nan');
    const run = await runOfText(both);
    assert.ok(run !== null);
    const { findings } = diagnoseRun(run);
    assert.ok(findings.some(({ message }) => /this is run[01], the same is true of 1 more\.$/.test(message)));
    assert.equal(new Set(findings.map(({ rule }) => rule)).size, findings.length);
  });

  it('says nothing of it where one run logs', async () => {
    const run = await runOfText(LOG.replaceAll(/^run1.*\n/gm, ''));
    assert.ok(run !== null && !run.problems.some(({ message }) => /alternate/.test(message)));
  });
});
