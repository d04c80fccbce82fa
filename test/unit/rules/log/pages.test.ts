import assert from 'node:assert/strict';
import { BytesSource } from '../../../../src/core/io/fileSource';
import { readLog } from '../../../../src/core/logs/logReader';
import { REMEDY_IDS } from '../../../../src/core/remedies/remedy';
import { diagnoseRun } from '../../../../src/core/rules/engine';
import { LOG_RULES } from '../../../../src/core/rules/log/index';

/** Findings of a log given as text, read as the editor reads it. */
async function findingsOf(text: string) {
  const run = await readLog(new BytesSource('run.log', new TextEncoder().encode(text)));
  assert.ok(run !== null, 'the example is no training log');
  return diagnoseRun(run).findings;
}

describe('pages of the log rules', () => {
  for (const { meta } of LOG_RULES) {
    it(`${meta.name} fires on its example and is silent on the better log`, async () => {
      const found = await findingsOf(meta.doc.example);
      const own = found.find(({ rule }) => rule === meta.name);
      assert.ok(own !== undefined, `found only ${found.map(({ rule }) => rule).join(', ')}`);
      assert.equal(own.code, meta.code);
      assert.equal(own.severity === 'hint', meta.severity === 'hint');
      assert.ok(own.range.line >= 1 && own.message.length > 20 && !own.message.includes('NaN '));
      assert.ok(own.series.length > 0, 'names no series');

      const better = await findingsOf(meta.doc.better);
      assert.deepEqual(
        better
          .filter(({ severity }) => severity === 'error' || severity === 'warning')
          .map(({ message }) => message),
        [],
      );
      assert.ok(!better.some(({ rule }) => rule === meta.name));
    });

    it(`${meta.name} names only remedies that exist and that it declares`, async () => {
      assert.ok(meta.remedies.every((remedy) => REMEDY_IDS.includes(remedy)));
      for (const finding of await findingsOf(meta.doc.example)) {
        const declared = LOG_RULES.find((rule) => rule.meta.name === finding.rule)?.meta.remedies ?? [];
        assert.deepEqual(
          finding.remedies.filter((remedy) => !declared.includes(remedy)),
          [],
        );
      }
    });
  }
});
