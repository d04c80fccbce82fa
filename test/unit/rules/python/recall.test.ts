import { deepStrictEqual, ok } from 'node:assert';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pythonAnalyzer } from '../../python/analyzer';

const FOLDER = join(__dirname, '../../../fixtures/python/recall');

/** A finding this near to the marked line points at it. */
const NEAR = 2;

/**
 * Short programs in the styles people write, one bug each: `# !GI101` stands on the line where that rule speaks.
 * Those named `healthy_…` look alike and have none.
 */
describe('Programs as people write them', () => {
  for (const name of readdirSync(FOLDER)) {
    it(name, async () => {
      const text = readFileSync(join(FOLDER, name), 'utf8');
      const findings = (await pythonAnalyzer()).analyze(name, text)?.findings ?? [];
      const said = findings.map(({ code, range }) => ({ code, line: range.line }));
      const marks = text
        .split('\n')
        .flatMap((line, at) =>
          [...line.matchAll(/# !(GI\d+)/g)].map((match) => ({ code: match[1], line: at + 1 })),
        );
      if (name.startsWith('healthy_')) {
        deepStrictEqual(said, []);
        return;
      }
      ok(marks.length > 0);
      for (const mark of marks) {
        const found = said.some(({ code, line }) => code === mark.code && Math.abs(line - mark.line) <= NEAR);
        ok(found, `${mark.code} near line ${mark.line}; said: ${JSON.stringify(said)}`);
      }
    });
  }
});
