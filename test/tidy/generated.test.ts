/** Generated pages and tables are what the registries say. `npm run generate` mends a failure. */
import { strict as assert } from 'node:assert';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { generatedFiles, orphanPages } from '../../scripts/generate';
import { REMEDIES } from '../../src/core/remedies/registry';
import { REMEDY_IDS } from '../../src/core/remedies/remedy';
import { RULES } from '../../src/core/rules/registry';

const ROOT = resolve(__dirname, '../..');

describe('generated files', () => {
  const files = generatedFiles(ROOT);

  for (const [path, text] of files) {
    it(`${path} is up to date`, () => {
      const present = existsSync(join(ROOT, path)) ? readFileSync(join(ROOT, path), 'utf8') : null;
      assert.equal(present, text, 'run npm run generate');
    });
  }

  it('leave no page behind', () => {
    assert.deepEqual(orphanPages(ROOT, files), []);
  });
});

describe('rules', () => {
  it('have codes and names of their own', () => {
    assert.equal(new Set(RULES.map(({ code }) => code)).size, RULES.length);
    assert.equal(new Set(RULES.map(({ name }) => name)).size, RULES.length);
  });

  for (const rule of RULES) {
    it(`${rule.name} is documented and in its band`, () => {
      assert.match(rule.code, rule.subject === 'log' ? /^GI0\d\d$/ : /^GI[1-4]\d\d$/);
      assert.match(rule.name, /^[a-z]+(-[a-z]+)*$/);
      for (const part of ['sees', 'why', 'whenWrong', 'example', 'better'] as const) {
        assert.ok(rule.doc[part].trim().length > 10, `${part} is empty`);
      }
      assert.match(rule.doc.reference.url, /^https:\/\//);
    });
  }
});

describe('remedies', () => {
  it('are one a known id, in the order of the report contract', () => {
    assert.deepEqual(
      REMEDIES.map(({ id }) => id),
      [...REMEDY_IDS],
    );
  });
});
