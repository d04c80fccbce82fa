import { strict as assert } from 'node:assert';
import * as fc from 'fast-check';
import { codeSpan, escapeMarkdown, escapeXml } from '../../../src/core/report/markdown';

describe('escapeMarkdown', () => {
  const cases: readonly (readonly [what: string, text: string, expected: string])[] = [
    ['words stay', 'encoder layer 3', 'encoder layer 3'],
    ['a command link', '[x](command:evil)', '\\[x\\]\\(command\\:evil\\)'],
    ['HTML', '<img src=x>&', '&lt;img src\\=x\\>&amp;'],
    ['a bare address', 'https://a.b', 'https\\:\\/\\/a\\.b'],
    ['line breaks', 'a\n\n# b', 'a \\# b'],
    ['an icon', '$(alert)', '\\$\\(alert\\)'],
    ['what is no character', 'a\ud800\uffffb', 'a b'],
    ['turned reading direction', 'a\u202eb', 'a b'],
  ];
  for (const [what, text, expected] of cases) {
    it(`keeps ${what} text`, () => assert.equal(escapeMarkdown(text), expected));
  }

  it('leaves no character that means something to Markdown or HTML', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (text) => {
        const rest = escapeMarkdown(text)
          .replace(/\\[!-/:-@[-`{-~]/g, '')
          .replace(/&(amp|lt);/g, '');
        assert.doesNotMatch(rest, /[[\]()<>&*_`#~|\\\n\r:]/);
      }),
    );
  });

  it('cuts a line of any length', () => {
    assert.ok(escapeMarkdown('x'.repeat(1_000_000)).length < 400);
  });
});

describe('codeSpan', () => {
  it('cannot be ended from inside', () => {
    assert.equal(codeSpan('a`b``c'), '```a`b``c```');
    assert.equal(codeSpan('`'), '`` ` ``');
  });
});

describe('escapeXml', () => {
  it('escapes everything that ends an attribute or opens an element', () => {
    assert.equal(escapeXml(`<a b="c" d='e'>&`), '&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;');
  });
});
