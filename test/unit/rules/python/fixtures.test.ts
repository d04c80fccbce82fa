import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkPythonRule } from './checkPythonRule';

const FOLDER = join(__dirname, '../../../fixtures/python');

describe('Python rules on fixtures', () => {
  for (const name of readdirSync(FOLDER).filter((one) => one.endsWith('.py'))) {
    it(`${name}: findings on the marked lines and nowhere else`, async () => {
      await checkPythonRule(readFileSync(join(FOLDER, name), 'utf8'));
    });
  }

  it('gives the same findings with Windows line endings', async () => {
    for (const name of ['loops.py', 'losses.py']) {
      const text = readFileSync(join(FOLDER, name), 'utf8').replace(/\n/g, '\r\n');
      await checkPythonRule(text);
    }
  });
});
