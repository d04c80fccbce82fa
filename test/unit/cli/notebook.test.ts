import assert from 'node:assert/strict';
import { applyEdits } from '../../../src/core/edits';
import { notebookCode } from '../../../src/core/python/notebook/code';
import { inNotebookFiles } from '../../../src/core/report/notebooks';
import { formatText } from '../../../src/core/report/text';
import { pythonAnalyzer } from '../python/analyzer';

const SETUP = `%matplotlib inline
import torch
from torch import nn
!nvidia-smi
model = nn.Linear(4, 1)  # naïve "model" \\ 😀
opt = torch.optim.SGD(model.parameters(), lr=0.1)
`;
const LOOP = `for step in range(100):
    loss = model(torch.randn(8, 4)).pow(2).mean()
    loss.backward()
    opt.step()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)`;

type Writer = (notebook: object) => string;

const cell = (type: string, source: string | readonly string[]) => ({
  cell_type: type,
  metadata: { source: ['not code'] },
  outputs: [{ text: ['loss 1.0\n'] }],
  source,
});
const lines = (text: string) => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
const whole = (text: string) => text;
const notebook = (split: (text: string) => string | readonly string[]) => ({
  cells: [
    cell('markdown', split('# loss.backward()\n')),
    cell('code', split(SETUP)),
    cell('code', split('%%bash\nls *.py\n')),
    cell('code', []),
    cell('code', split(LOOP)),
  ],
  metadata: {},
  nbformat: 4,
  nbformat_minor: 5,
});

/** The code of the cells after every safe fix, and the file it is in. */
async function fixed(file: string): Promise<{ readonly cells: readonly string[]; readonly file: string }> {
  const code = notebookCode(file);
  assert.ok(code !== null);
  const analysis = (await pythonAnalyzer()).analyze('a.ipynb#code', code.text);
  assert.ok(analysis !== null);
  const report = inNotebookFiles(
    { runs: [], sources: [{ path: 'a.ipynb#code', findings: analysis.findings, modules: [] }], links: [] },
    new Map([['a.ipynb#code', { path: 'a.ipynb', code }]]),
  );
  const fixes = report.sources.flatMap(({ findings }) => findings.flatMap((finding) => finding.fixes));
  assert.deepEqual([...new Set(fixes.map(({ path }) => path))], ['a.ipynb']);
  const result = applyEdits(
    file,
    fixes.flatMap(({ edits }) => edits),
  );
  assert.ok(result !== null);
  const parsed = JSON.parse(result) as { cells: { cell_type: string; source: string | string[] }[] };
  return {
    file: result,
    cells: parsed.cells
      .filter((one) => one.cell_type === 'code')
      .map(({ source }) => (typeof source === 'string' ? source : source.join(''))),
  };
}

describe('fixes in a notebook', () => {
  const writers: Readonly<Record<string, Writer>> = {
    'as Jupyter writes it': (one) => `${JSON.stringify(one, null, 1)}\n`,
    'on one line': (one) => JSON.stringify(one),
    'with tabs and CRLF': (one) => JSON.stringify(one, null, '\t').replace(/\n/g, '\r\n'),
  };
  for (const [name, write] of Object.entries(writers)) {
    for (const split of [lines, whole]) {
      it(`edit the cell's source, ${name}, ${split === lines ? 'a string a line' : 'one string a cell'}`, async () => {
        const before = write(notebook(split));
        const { file, cells } = await fixed(before);
        assert.equal(cells[0], SETUP);
        assert.equal(
          cells[3],
          `for step in range(100):
    loss = model(torch.randn(8, 4)).pow(2).mean()
    opt.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    opt.step()
`,
        );
        // Nothing but the cell's own strings has changed.
        const cut = before.indexOf('loss.backward()\\n', before.indexOf('for step'));
        assert.equal(file.slice(0, cut - 10), before.slice(0, cut - 10));
        assert.equal(file.slice(-45), before.slice(-45));
        const style = /\r\n/.test(before);
        assert.equal(/[^\r]\n/.test(file), !style && /\n/.test(before));
      });
    }
  }

  it('says where in the file a line of code is', () => {
    const file = JSON.stringify(notebook(lines), null, 1);
    const code = notebookCode(file);
    const at = code?.text.split('\n').findIndex((line) => line.includes('opt.step()')) ?? -1;
    const range = code?.rangeInFile({ line: at + 1, column: 5, endLine: at + 1, endColumn: 15 });
    assert.ok(range !== null && range !== undefined);
    assert.equal(
      file.split('\n')[range.line - 1]?.slice(range.column - 1, range.endColumn - 1),
      'opt.step()',
    );
  });

  for (const split of [lines, whole]) {
    it(`says in which cell a line is, ${split === lines ? 'a string a line' : 'one string a cell'}`, async () => {
      const code = notebookCode(JSON.stringify(notebook(split)));
      assert.ok(code !== null);
      const at = code.text.split('\n').findIndex((line) => line.includes('opt.step()')) + 1;
      const inLoop = LOOP.split('\n').findIndex((line) => line.includes('opt.step()')) + 1;
      // Markdown and the empty cell count, as in an editor.
      assert.deepEqual(code.cellOf(at), { cell: 5, line: inLoop });
      assert.deepEqual(code.cellOf(1), { cell: 2, line: 1 });
      const analysis = (await pythonAnalyzer()).analyze('a.ipynb#code', code.text);
      const report = inNotebookFiles(
        {
          runs: [],
          sources: [{ path: 'a.ipynb#code', findings: analysis?.findings ?? [], modules: [] }],
          links: [],
        },
        new Map([['a.ipynb#code', { path: 'a.ipynb', code }]]),
      );
      assert.match(formatText(report), /^ {2}error GI101 .*\(cell 5, line \d\)$/m);
    });
  }

  it('reads nothing from what is no notebook', () => {
    for (const text of [
      '',
      '{',
      '[]',
      '{"cells": 3}',
      '{"a": [1, {"b": "c"}]}',
      '{"cells": [{"source": "x]}',
    ]) {
      assert.equal(notebookCode(text), null, text);
    }
    assert.equal(notebookCode(`{"a": ${'['.repeat(100_000)}`), null);
    assert.equal(notebookCode('{"cells": []}')?.text, '');
  });
});
