import { strict as assert } from 'node:assert';
import { applyEdits } from '../../../src/core/edits';
import type { PythonFacts } from '../../../src/core/python/facts';
import { insertGradientLogging } from '../../../src/core/python/insertLogging';
import {
  editsInCells,
  findingsInCell,
  joinCells,
  type OpenCell,
} from '../../../src/core/python/notebook/openCells';
import { pythonAnalyzer } from './analyzer';

const CELLS: readonly OpenCell[] = [
  { path: 'nb#1', text: '%matplotlib inline\nimport torch\nfrom torch import nn' },
  { path: 'nb#2', text: 'model = nn.Linear(4, 2)\nopt = torch.optim.SGD(model.parameters(), lr=0.1)' },
  { path: 'nb#3', text: '%%bash\nls data' },
  {
    path: 'nb#4',
    text: [
      'for x, y in loader:',
      '    opt.zero_grad()',
      '    loss = nn.functional.mse_loss(model(x), y)',
      '    loss.backward()',
      '    opt.step()',
      '    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)',
    ].join('\n'),
  },
];

describe('cells of an open notebook', () => {
  it('are read as one program, and each shows what stands in it', async () => {
    const analyzer = await pythonAnalyzer();
    const last = CELLS[3] as OpenCell;
    const notebook = joinCells(CELLS);
    const all = analyzer.analyze('nb', notebook.text)?.findings ?? [];
    for (const { path } of CELLS.slice(0, 3)) {
      assert.deepEqual(findingsInCell(all, notebook, path), []);
    }
    const [finding, ...others] = findingsInCell(all, notebook, last.path);
    assert.equal(others.length, 0);
    assert.equal(finding?.rule, 'clip-after-step');
    assert.equal(finding?.range.line, 6);
    assert.match(finding?.message ?? '', /\(line 5\)/);
    assert.deepEqual(
      finding?.related.map(({ path, range }) => [path, range.line]),
      [['nb#4', 5]],
    );
    const [fix] = finding?.fixes ?? [];
    assert.equal(fix?.path, 'nb#4');
    const mended = applyEdits(last.text, fix?.edits ?? []) ?? '';
    assert.match(mended, /clip_grad_norm_\(model\.parameters\(\), 1\.0\)\n {4}opt\.step\(\)/);
    const again = joinCells([...CELLS.slice(0, 3), { path: last.path, text: mended }]);
    assert.deepEqual(analyzer.analyze('nb', again.text)?.findings, []);
  });

  it('names the cell of a line that is in another one, and edits several by one fix', () => {
    const notebook = joinCells(CELLS);
    const at = (line: number) => ({ line, column: 1, endLine: line, endColumn: 2 });
    const finding = {
      code: 'GI104',
      rule: 'clip-after-step',
      severity: 'error',
      message: 'See line 5, and line 11.',
      range: at(8),
      evidence: {},
      remedies: [],
      related: [{ path: 'nb', range: at(4), message: 'The model', exact: true }],
      fixes: [
        {
          remedy: 'move-clip',
          title: 'Both',
          safety: 'safe',
          preferred: true,
          path: 'nb',
          edits: [
            { ...at(4), newText: '' },
            { ...at(8), newText: '' },
          ],
        },
      ],
    } as const;
    const [placed] = findingsInCell([finding], notebook, 'nb#4');
    assert.equal(placed?.range.line, 1);
    assert.equal(placed?.message, 'See line 2 of code cell 2, and line 4.');
    assert.deepEqual(
      placed?.related.map(({ path, range }) => [path, range.line]),
      [['nb#2', 1]],
    );
    const [fix] = placed?.fixes ?? [];
    assert.equal(fix?.path, 'nb#4', 'the cell of the finding comes first');
    assert.deepEqual(fix?.edits, [{ ...at(1), newText: '' }]);
    assert.deepEqual(fix?.elsewhere, [{ path: 'nb#2', edits: [{ ...at(1), newText: '' }] }]);
    const spanning = [{ ...finding.fixes[0], edits: [{ ...at(4), endLine: 9, newText: '' }] }];
    assert.deepEqual(findingsInCell([{ ...finding, fixes: spanning }], notebook, 'nb#4')[0]?.fixes, []);
    // What spans cells stands in none.
    assert.deepEqual(findingsInCell([{ ...finding, range: { ...at(4), endLine: 8 } }], notebook, 'nb#2'), []);
  });

  it('get gradient logging where the program needs it, whichever cells that are', async () => {
    const analyzer = await pythonAnalyzer();
    const notebook = joinCells(CELLS);
    const outcome = insertGradientLogging(analyzer.analyze('nb', notebook.text)?.facts as PythonFacts);
    assert.ok('edits' in outcome);
    const placed = editsInCells(outcome.edits, notebook.cells) ?? [];
    assert.ok(placed.length > 1, 'imports are in the first cell, the loop in the last');
    const texts = CELLS.map(({ path, text }) => {
      const edits = placed.find((one) => one.path === path)?.edits ?? [];
      return { path, text: applyEdits(text, edits) ?? '' };
    });
    assert.equal(texts[2]?.text, CELLS[2]?.text);
    assert.match(texts[3]?.text ?? '', /backward\(\)\n[\s\S]*gradient[\s\S]*opt\.step\(\)/);
    assert.equal(joinCells(texts).text, applyEdits(notebook.text, outcome.edits));
  });
});
