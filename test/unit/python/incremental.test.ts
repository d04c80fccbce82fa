import { deepStrictEqual, ok } from 'node:assert';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PythonAnalyzer } from '../../../src/core/python/analyze';
import type { PythonParser } from '../../../src/core/python/syntax/parse';
import { pythonAnalyzer, pythonParser } from './analyzer';

const FIXTURES = join(__dirname, '../../fixtures/python');

/** What people type: letters, brackets, quotes, blocks, comments, line continuations. */
const TYPED = [
  'a',
  '(',
  ')',
  '[',
  '"""',
  "'",
  '\n',
  '\n\n',
  ' ',
  '    ',
  '#',
  '\\\n',
  'x = 1\n',
  '# a note',
  'pass\n',
  'else:\n    pass\n',
  '@wraps\n',
  'class New(nn.Module):\n    pass\n\n\n',
  'if x:\n',
  ':',
  '= nn.Linear(3, 4)',
];

/** A generator of numbers in [0, 1) that gives the same ones every time. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

describe('python: reading again after an edit', () => {
  let parser: PythonParser;
  let analyzer: PythonAnalyzer;

  before(async () => {
    parser = await pythonParser();
    analyzer = await pythonAnalyzer();
  });

  for (const name of readdirSync(FIXTURES).filter((file) => file.endsWith('.py'))) {
    it(`${name}: what is read after edits is what is read at once`, () => {
      const next = random(name.length * 7919);
      let text = readFileSync(join(FIXTURES, name), 'utf8');
      let known = parser.parse(text);
      let compared = 0;
      for (let round = 0; round < 40; round++) {
        const at = Math.floor(next() * text.length);
        const typed = TYPED[Math.floor(next() * TYPED.length)] ?? '';
        const removed = next() < 0.3 ? Math.floor(next() * 40) : 0;
        const edited = text.slice(0, at) + typed + text.slice(at + removed);
        const again = parser.parse(edited, known);
        const once = parser.parse(edited);
        if (!again.broken && !once.broken) {
          compared++;
          deepStrictEqual(again.body, once.body, `after ${JSON.stringify(typed)} at ${at}`);
        }
        // A text that stays broken compares little: edits that break it are taken back.
        if (!once.broken) {
          text = edited;
          known = again;
        }
      }
      ok(compared > 2, `${compared} texts compared`);
    });
  }

  for (const name of readdirSync(FIXTURES).filter((file) => file.endsWith('.py'))) {
    it(`${name}: what is found after edits is what is found at once`, () => {
      const next = random(name.length * 104729);
      let text = readFileSync(join(FIXTURES, name), 'utf8');
      let compared = 0;
      for (let round = 0; round < 25; round++) {
        const at = Math.floor(next() * text.length);
        const typed = TYPED[Math.floor(next() * TYPED.length)] ?? '';
        const removed = next() < 0.3 ? Math.floor(next() * 40) : 0;
        const edited = text.slice(0, at) + typed + text.slice(at + removed);
        const again = analyzer.analyze(name, edited);
        const once = analyzer.analyze(`${round}/${name}`, edited);
        if (again?.broken === false && once?.broken === false) {
          compared++;
          const found = JSON.stringify(once.findings).replaceAll(`"${round}/${name}"`, `"${name}"`);
          deepStrictEqual(JSON.parse(JSON.stringify(again.findings)), JSON.parse(found));
        }
        if (once?.broken === false) {
          text = edited;
        } else {
          analyzer.analyze(name, text);
        }
      }
      ok(compared > 2, `${compared} texts compared`);
    });
  }

  it('a text with an edit gives the findings of that text', () => {
    const text = readFileSync(join(FIXTURES, 'loops.py'), 'utf8');
    const lines = text.split('\n');
    for (let line = 1; line < lines.length; line += 31) {
      const edited = [...lines.slice(0, line), '', ...lines.slice(line)].join('\n');
      analyzer.analyze('a.py', text);
      deepStrictEqual(
        analyzer.analyze('a.py', edited)?.findings,
        analyzer.analyze(`${line}.py`, edited)?.findings.map((one) => ({
          ...one,
          fixes: one.fixes.map((fix) => ({ ...fix, path: 'a.py' })),
          related: one.related.map((place) => ({ ...place, path: 'a.py' })),
        })),
      );
    }
  });
});
