import { strict as assert } from 'node:assert';
import { applyEdits } from '../../src/core/edits';
import type { Finding, Fix, LogFinding } from '../../src/core/rules/finding';
import type { Run } from '../../src/core/run/run';
import { PointColumns, type Series } from '../../src/core/run/series';
import { isCandidate, mayBeLogName } from '../../src/host/language/candidates';
import { findingMarkdown } from '../../src/host/language/findingMarkdown';
import { nonOverlapping } from '../../src/host/language/fixAll';
import { layerNotes } from '../../src/host/language/layerNotes';
import { healthOf, runSize } from '../../src/host/language/runSummary';
import { suppressionEdit } from '../../src/host/language/suppress';
import { withLevels } from '../../src/host/ruleLevels';

const RANGE = { line: 3, column: 1, endLine: 3, endColumn: 9 };

function finding(part: Partial<LogFinding> = {}): LogFinding {
  return {
    code: 'GI003',
    rule: 'vanishing-gradient',
    severity: 'warning',
    message: 'Gradients vanish.',
    range: RANGE,
    evidence: {},
    remedies: [],
    fixes: [],
    related: [],
    step: 1,
    endStep: null,
    parameters: [],
    series: [],
    ...part,
  };
}

function run(parameters: readonly string[], steps = 3000): Run {
  const series = parameters.map(
    (parameter, id): Series => ({
      id,
      name: parameter,
      kind: 'grad-norm',
      statistic: 'norm',
      split: 'train',
      parameter,
      points: new PointColumns(),
    }),
  );
  return {
    path: 'a.log',
    format: 'text',
    confidence: 1,
    bytes: 0,
    lines: 0,
    axis: { kind: 'step', why: '' },
    series,
    steps,
    segments: [],
    skips: [],
    problems: [],
  };
}

describe('candidates', () => {
  const cases: readonly (readonly [path: string, languageId: string, scheme: string, expected: boolean])[] = [
    ['/runs/a.log', 'log', 'file', true],
    ['/runs/a.log.1', 'plaintext', 'file', true],
    ['/runs/slurm-12.out', 'plaintext', 'file', true],
    ['/runs/metrics.csv', 'csv (semicolon)', 'file', true],
    ['Untitled-1', 'plaintext', 'untitled', true],
    ['/src/main.ts', 'typescript', 'file', false],
    ['/src/train.py', 'python', 'file', false],
    ['/runs/a.log', 'log', 'git', false],
    ['exthost', 'log', 'output', false],
    ['/data/User/settings.json', 'jsonc', 'file', false],
    ['/src/package.json', 'json', 'file', false],
    ['/runs/settings.jsonl', 'jsonl', 'file', true],
  ];
  for (const [path, languageId, scheme, expected] of cases) {
    it(`${scheme}:${path} as ${languageId}: ${expected}`, () => {
      const hasFileSystem = scheme !== 'untitled' && scheme !== 'output';
      assert.equal(isCandidate({ scheme, path, languageId, hasFileSystem }), expected);
    });
  }

  it('judges a large file by its name', () => {
    assert.ok(mayBeLogName('/x/train.JSONL') && !mayBeLogName('/x/weights.pt'));
  });
});

describe('rule levels', () => {
  it('silence, by name or by code, and change severities', () => {
    const all = [finding(), finding({ rule: 'non-finite', code: 'GI001' })];
    assert.deepEqual(withLevels(all, { 'vanishing-gradient': 'off', GI001: 'hint' }), [
      { ...all[1], severity: 'hint' },
    ]);
    assert.deepEqual(withLevels(all, {}), all);
  });
});

describe('run summary', () => {
  const layers = ['a.weight', 'b.weight', 'c.weight'];
  const cases: readonly (readonly [part: Partial<LogFinding>, expected: string])[] = [
    [{ parameters: layers.slice(0, 2) }, 'vanishing in the first 2 layers since step 1'],
    [{ parameters: layers.slice(1) }, 'vanishing in 2 layers since step 1'],
    [{ parameters: layers }, 'vanishing in all 3 layers since step 1'],
    [{ parameters: ['b.weight'], step: 120, endStep: 180 }, 'vanishing in b.weight from step 120 to 180'],
    [{ rule: 'non-finite', step: 7, endStep: 7 }, 'NaN or infinite at step 7'],
  ];
  for (const [part, expected] of cases) {
    it(`says: ${expected}`, () => assert.equal(healthOf(run(layers), [finding(part)]), expected));
  }

  it('counts the other findings', () => {
    assert.match(healthOf(run(layers), [finding(), finding(), finding()]), /\(\+2 more\)$/);
    assert.equal(healthOf(run(layers), []), 'nothing wrong seen');
  });

  it('gives the size', () => {
    assert.equal(runSize(run(layers)), '3,000 steps · 3 parameters');
    assert.equal(runSize(run([], 1)), '1 step · no gradients logged');
  });
});

describe('notes at layers', () => {
  const link = (parameter: string, line: number, exact = true) => ({
    parameter,
    line,
    exact,
    run: 'a.log',
    source: 'a.py',
  });
  function logged(norms: Readonly<Record<string, number>>): Run {
    const empty = run(Object.keys(norms));
    for (const { points, name } of empty.series) {
      (points as PointColumns).push(0, 9, 1);
      (points as PointColumns).push(1, norms[name] ?? 0, 2);
    }
    return empty;
  }
  const cases: readonly (readonly [
    norms: Readonly<Record<string, number>>,
    parameters: readonly string[],
    exact: boolean,
    expected: string,
  ])[] = [
    [{ a: 0.5 }, [], true, '‖∇‖ 0.5'],
    [{ a: 1e-8, b: 0.07 }, ['b'], true, '‖∇‖ 1e-8 to 0.07 · vanishing since step 1'],
    [{ a: Number.NaN, b: 1 }, [], true, '‖∇‖ NaN'],
    [{ a: 2 }, [], false, 'likely ‖∇‖ 2'],
  ];
  for (const [norms, parameters, exact, expected] of cases) {
    it(`say: ${expected}`, () => {
      const links = Object.keys(norms).map((name) => link(name, 7, exact));
      const notes = layerNotes(logged(norms), [finding({ parameters })], links);
      assert.deepEqual(
        notes.map(({ line, text }) => [line, text]),
        [[7, expected]],
      );
    });
  }

  it('say once that a norm is not finite', () => {
    const nonFinite = finding({ parameters: ['a'], rule: 'non-finite', step: 150 });
    const [note] = layerNotes(logged({ a: Number.NaN }), [nonFinite], [link('a', 7)]);
    assert.equal(note?.text, '‖∇‖ NaN since step 150');
    const [recovered] = layerNotes(logged({ a: 2 }), [{ ...nonFinite, endStep: 160 }], [link('a', 7)]);
    assert.equal(recovered?.text, '‖∇‖ 2 · NaN or infinite from step 150');
  });

  it('are none for what was not logged', () => {
    assert.deepEqual(layerNotes(logged({ a: 1 }), [], [link('z', 3)]), []);
  });
});

describe('suppression comment', () => {
  const cases: readonly (readonly [line: string, expected: string | null])[] = [
    ['    opt.step()', '    opt.step()  # gradient-inspector: ignore[r]'],
    ['opt.step()  # why', 'opt.step()  # why  # gradient-inspector: ignore[r]'],
    ['a  # gradient-inspector: ignore[other]', 'a  # gradient-inspector: ignore[other, r]'],
    ['a  # gradient-inspector: ignore[r]', null],
    ['  a = b + \\', '  # gradient-inspector: ignore[r]\n  a = b + \\'],
  ];
  for (const [line, expected] of cases) {
    it(`on "${line}"`, () => {
      const edit = suppressionEdit(line, 1, 'r');
      assert.equal(edit && applyEdits(line, [edit]), expected);
    });
  }
});

describe('fix all', () => {
  const fix = (line: number, endLine: number): Fix => ({
    remedy: 'relu',
    title: '',
    safety: 'safe',
    preferred: true,
    path: '',
    edits: [{ line, column: 1, endLine, endColumn: 1, newText: '' }],
  });

  it('leaves out what touches an earlier fix', () => {
    const all = [fix(1, 3), fix(2, 4), fix(5, 6), fix(5, 5)];
    assert.deepEqual(nonOverlapping(all), [all[0], all[2]]);
  });
});

describe('hover', () => {
  function hover(part: Partial<LogFinding>): string {
    return findingMarkdown({
      finding: finding(part),
      rule: undefined,
      unit: 'step',
      remedies: [],
      pictures: [],
      link: (command, ...args) => `command:${command}?${encodeURIComponent(JSON.stringify(args))}`,
    });
  }

  it('shows the numbers', () => {
    const text = hover({
      step: 120,
      evidence: { firstToLast: 1.3e-5, profile: [1, 2] },
      parameters: ['fc1'],
    });
    assert.match(text, /120\\, to the end of the log/);
    assert.match(text, /First to last: \*\*1\\\.3e\\-5\*\*/);
    assert.doesNotMatch(text, /Profile/);
  });

  it('keeps what the log says text', () => {
    const evil = '](command:workbench.action.quit) <b>';
    const place = { path: `/x/${evil}`, range: RANGE, message: evil, exact: true };
    const text = hover({
      parameters: [evil],
      evidence: { [evil]: evil },
      related: [place as Finding['related'][number]],
    });
    assert.doesNotMatch(text.replace(/\\[!-~]/g, ''), /command:workbench|<b>/);
  });
});
