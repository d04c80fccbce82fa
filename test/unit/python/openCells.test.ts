import { strict as assert } from 'node:assert';
import { applyEdits } from '../../../src/core/edits';
import { findingsInCell, joinCells, type OpenCell } from '../../../src/core/python/notebook/openCells';
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

  it('names the cell of a line that is in another one, and offers no fix that edits several', () => {
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
    assert.deepEqual(placed?.fixes, []);
    // What spans cells stands in none.
    assert.deepEqual(findingsInCell([{ ...finding, range: { ...at(4), endLine: 8 } }], notebook, 'nb#2'), []);
  });
});
