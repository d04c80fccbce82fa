import * as assert from 'node:assert';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pythonAnalyzer } from '../../python/analyzer';

const CASES = join(__dirname, '../../../../../shared/gradbench/cases');

describe('Python rules on whole training programs', () => {
  it('say nothing of weight about healthy programs', async () => {
    if (!existsSync(CASES)) {
      console.log(`gradbench is not there (${CASES}): programs not checked`);
      return;
    }
    const analyzer = await pythonAnalyzer();
    const alarms: string[] = [];
    for (const id of readdirSync(CASES)) {
      const truth: { healthy: boolean } = JSON.parse(readFileSync(join(CASES, id, 'case.json'), 'utf8'));
      const analysis = analyzer.analyze('train.py', readFileSync(join(CASES, id, 'train.py'), 'utf8'));
      for (const finding of analysis?.findings ?? []) {
        if (truth.healthy && (finding.severity === 'error' || finding.severity === 'warning')) {
          alarms.push(`${id}:${finding.range.line} ${finding.rule}`);
        }
      }
    }
    assert.deepStrictEqual(alarms, []);
  });
});
