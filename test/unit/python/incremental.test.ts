import { deepStrictEqual, ok } from 'node:assert';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PythonAnalysis, PythonAnalyzer } from '../../../src/core/python/analyze';
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

/** A file of models, each with faults of its own and the function that trains it. */
function manyGroups(count: number): string {
  let text = '"Models."\n\nimport torch\nimport torch.nn as nn\n\nRATE = 0.1\n\n';
  for (let index = 0; index < count; index++) {
    text += `
# Number ${index}.
class Net${index}(nn.Module):
    def __init__(self, depth=20):
        super().__init__()
        self.hidden = nn.ModuleList(nn.Linear(64, 64) for _ in range(depth))
        self.out = nn.Linear(64, 10)
        nn.init.zeros_(self.out.weight)

    def forward(self, x):
        for layer in self.hidden:
            x = torch.sigmoid(layer(x))
        return self.out(x)


@torch.enable_grad()
def train${index}(loader):
    net = Net${index}()
    optimizer = torch.optim.SGD(net.parameters(), lr=RATE)
    loss_fn = nn.CrossEntropyLoss()
    for x, y in loader:
        ${index % 2 === 0 ? 'optimizer.zero_grad()' : 'pass'}
        loss = loss_fn(torch.softmax(net(x), 1), y)
        loss.backward()
        optimizer.step()
        ${index % 3 === 0 ? 'torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)' : 'print(loss)'}

`;
  }
  return text;
}

/** What JSON keeps of a value, with what is worked out when asked for, and one path in place of another. */
function plain(value: unknown, path = '', by = ''): unknown {
  const json = JSON.stringify(value, (_key, part: unknown) => (isLazy(part) ? told(part) : part)) ?? 'null';
  return JSON.parse(path === '' ? json : json.replaceAll(`"${path}"`, `"${by}"`));
}

function isLazy(part: unknown): part is object {
  const prototype: unknown = typeof part === 'object' && part !== null ? Object.getPrototypeOf(part) : null;
  return (
    prototype !== null && prototype !== Object.prototype && !Array.isArray(part) && !(part instanceof Map)
  );
}

/** An object's own values and those of its getters. */
function told(part: object): Readonly<Record<string, unknown>> {
  const getters = Object.entries(Object.getOwnPropertyDescriptors(Object.getPrototypeOf(part))).filter(
    ([, { get }]) => get !== undefined,
  );
  return { ...part, ...Object.fromEntries(getters.map(([name]) => [name, Reflect.get(part, name)])) };
}

function factsOf({ facts }: PythonAnalysis): unknown {
  const { classes, functions, models, modules, inits, loops, optimizers, losses, imports } = facts;
  return { classes, functions, models, modules, inits, loops, optimizers, losses, last: imports.last };
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
          deepStrictEqual(plain(again.findings), plain(once.findings, `${round}/${name}`, name));
          if (round % 5 === 0) {
            deepStrictEqual(plain(factsOf(again)), plain(factsOf(once), `${round}/${name}`, name));
          }
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

  it('what is found in a file of many groups after edits is what is found at once', () => {
    const next = random(31);
    let text = manyGroups(6);
    let found = 0;
    for (let round = 0; round < 60; round++) {
      const at = Math.floor(next() * text.length);
      const typed = [...TYPED, 'net2 = Net2()\n', '\n# gradient-inspector: ignore\n'];
      const edited = text.slice(0, at) + (typed[Math.floor(next() * typed.length)] ?? '') + text.slice(at);
      const again = analyzer.analyze('many.py', edited);
      const once = analyzer.analyze(`${round}/many.py`, edited);
      if (again?.broken === false && once?.broken === false) {
        found += once.findings.length;
        deepStrictEqual(plain(again.findings), plain(once.findings, `${round}/many.py`, 'many.py'));
        deepStrictEqual(plain(factsOf(again)), plain(factsOf(once), `${round}/many.py`, 'many.py'));
        text = edited;
      } else {
        analyzer.analyze('many.py', text);
      }
    }
    ok(found > 200, `${found} findings compared`);
  });

  it('what moves up or down is found again where it went', () => {
    const text = manyGroups(6);
    analyzer.analyze('moved.py', text);
    for (const [line, added] of [
      [0, '# first\n\n'],
      [3, 'LIMIT = 3\n\n\n'],
      [text.split('\n').length - 1, '\n# last'],
      [60, '\n\n'],
    ] as const) {
      const lines = text.split('\n');
      const edited = [...lines.slice(0, line), added + (lines[line] ?? ''), ...lines.slice(line + 1)].join(
        '\n',
      );
      const again = analyzer.analyze('moved.py', edited);
      const once = analyzer.analyze(`${line}/moved.py`, edited);
      ok((once?.findings.length ?? 0) > 10);
      deepStrictEqual(plain(again?.findings), plain(once?.findings, `${line}/moved.py`, 'moved.py'));
    }
  });

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
