import assert from 'node:assert/strict';
import { renameSync } from 'node:fs';
import * as vscode from 'vscode';
import {
  check,
  clean,
  codeOf,
  diagnosticsOf,
  expected,
  hovers,
  lenses,
  open,
  quiet,
  sample,
  told,
  until,
  waitForDiagnostics,
  waitForLens,
  writeSample,
} from '../../support/inHost';

interface SampleLog {
  readonly path: string;
  /** Names of the rules that a person would say apply; the first one is the worst. */
  readonly rules: readonly string[];
  readonly lens: RegExp;
}

const logs: readonly SampleLog[] = [
  {
    path: 'vanishing-sigmoid/train.log',
    rules: ['vanishing-gradient'],
    lens: /^31 steps · 20 parameters · vanishing /,
  },
  {
    path: 'vanishing-relu/train.log',
    rules: ['vanishing-gradient'],
    lens: /^21 steps · 36 parameters · vanishing /,
  },
  { path: 'exploding-rnn/metrics.jsonl', rules: ['non-finite'], lens: /^300 steps · 6 parameters · / },
  { path: 'nan-distance/train.log', rules: ['non-finite'], lens: /^150 .* · NaN or infinite / },
];

describe('an open training log', () => {
  afterEach(clean);

  for (const { path, rules, lens } of logs) {
    it(`${path}: squiggles, lens and hover`, async () => {
      const uri = sample(path);
      const { document } = await open(uri);
      const diagnostics = await waitForDiagnostics(uri);
      const [run] = (await check(path)).runs;
      assert.ok(run, 'the command line sees no run');
      // The editor and the command line are two doors to one engine.
      assert.deepEqual(diagnostics.map(told), expected(run.findings));
      for (const rule of rules) {
        assert.ok(
          run.findings.some((finding) => finding.rule === rule && /error|warning/.test(finding.severity)),
          `${rule} is not among ${run.findings.map((finding) => finding.rule).join(', ')}`,
        );
      }
      const title = await waitForLens(uri);
      assert.match(title, lens);
      assert.match(title, / · Open charts$/);
      for (const diagnostic of diagnostics) {
        assert.deepEqual(diagnostic.range, textOfLine(document, diagnostic.range.start.line));
        await checkHover(uri, diagnostic);
      }
    });
  }

  it('a healthy log has a lens and no warning', async () => {
    const uri = sample('healthy-residual/metrics.csv');
    await open(uri);
    assert.match(await waitForLens(uri), /^120 steps · 26 parameters · /);
    const warnings = diagnosticsOf(uri).filter(
      ({ severity }) => severity <= vscode.DiagnosticSeverity.Warning,
    );
    assert.deepEqual(warnings.map(told), []);
  });

  it('a log is joined with its rotated parts, and again when it is rotated while it is open', async () => {
    const line = (step: number, norm: string) => `step ${step} loss ${1 / step} grad_norm ${norm}\n`;
    const part = Array.from({ length: 100 }, (_, at) => line(at + 1, at === 59 ? 'nan' : '1.5')).join('');
    writeSample('rotated.log.1', part);
    const uri = writeSample('rotated.log', line(101, '1.25') + line(102, '1.75'));
    await open(uri);
    assert.match(await waitForLens(uri), /^102 steps · with 1 rotated part · /);
    const [found] = await waitForDiagnostics(uri);
    assert.equal(found?.range.start.line, 0);
    assert.match(found?.message ?? '', /It begins on line 60 of rotated\.log\.1\.$/);
    renameSync(sample('rotated.log.1').fsPath, writeSample('rotated.log.2', '').fsPath);
    renameSync(uri.fsPath, writeSample('rotated.log.1', '').fsPath);
    writeSample('rotated.log', line(103, '1.5'));
    await until('the log to be joined with both parts', async () =>
      (await lenses(uri)).find((title) => /^103 steps · with 2 rotated parts · /.test(title)),
    );
  });

  const others: Readonly<Record<string, string>> = {
    'a server log': '2026-01-05 10:00:01 INFO GET /index.html 200 12ms\n'.repeat(50),
    'a configuration dump': 'learning_rate: 0.1\nmax_grad_norm: 1.0\nbatch_size: 32\n',
    prose: 'The gradient of the loss was small, and training went on for 3 days.\n'.repeat(5),
    nothing: '',
  };
  for (const [what, text] of Object.entries(others)) {
    it(`${what} gets nothing at all`, async () => {
      const uri = writeSample('other.log', text);
      await open(uri);
      await quiet();
      assert.deepEqual(diagnosticsOf(uri), []);
      assert.deepEqual(await lenses(uri), []);
    });
  }
});

/** A squiggle covers the line's text, not the blanks around it. */
function textOfLine(document: vscode.TextDocument, line: number): vscode.Range {
  const { range, firstNonWhitespaceCharacterIndex } = document.lineAt(line);
  return range.with(range.start.with({ character: firstNonWhitespaceCharacterIndex }));
}

/** Numbers, why it matters, remedies with their limits, a picture of the curve, and a way to the rule's page. */
async function checkHover(uri: vscode.Uri, diagnostic: vscode.Diagnostic): Promise<void> {
  const code = codeOf(diagnostic);
  const all = await hovers(uri, diagnostic.range.start);
  const markdown = all.find(({ value }) => value.includes(code));
  assert.ok(markdown, `no hover speaks of ${code}`);
  assert.match(markdown.value, /Why it matters/);
  assert.match(markdown.value, /What helps, best first/);
  const picture = /!\[[^\]]*\]\(data:image\/svg\+xml;base64,([A-Za-z0-9+/=]+)\)/.exec(markdown.value)?.[1];
  assert.ok(picture, 'the hover has no picture');
  assert.match(Buffer.from(picture, 'base64').toString(), /^<svg [\s\S]*<\/svg>$/);
  assert.equal(markdown.supportHtml, false);
  const { code: link } = diagnostic;
  assert.ok(typeof link === 'object', 'the code leads nowhere');
  assert.ok((await vscode.workspace.fs.stat(link.target)).size > 0, 'the page of the rule is missing');
}
