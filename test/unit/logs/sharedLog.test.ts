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
  it('says which of them it speaks of, and speaks of another by its name only', async () => {
    const run = await runOfText(LOG);
    assert.ok(run !== null);
    assert.deepEqual([...new Set(run.series.map(({ ofRun }) => ofRun))], ['run0', 'run1']);
    assert.match(
      run.problems.map(({ message }) => message).join(),
      /lines of 2 runs alternate in this log \(run0, run1\).*the findings speak of run0 where they name no other$/,
    );
    const { findings } = diagnoseRun(run);
    assert.deepEqual(
      findings.filter(({ message }) => !/run1/.test(message)).map(({ rule }) => rule),
      [],
    );
  });

  it('says nothing of it where one run logs', async () => {
    const run = await runOfText(LOG.replaceAll(/^run1.*\n/gm, ''));
    assert.ok(run !== null && !run.problems.some(({ message }) => /alternate/.test(message)));
  });
});
