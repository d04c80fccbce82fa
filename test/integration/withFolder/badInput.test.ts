import assert from 'node:assert/strict';
import { appendFileSync, closeSync, openSync, rmSync, writeSync } from 'node:fs';
import * as vscode from 'vscode';
import {
  clean,
  codeOf,
  diagnosticsOf,
  hovers,
  lenses,
  open,
  quickFixes,
  quiet,
  sample,
  until,
  waitForDiagnostics,
  waitForLens,
  writeSample,
} from '../../support/inHost';

/** A run that turns to NaN at step 40, one record a line. */
function records(name = 'fc.weight'): string[] {
  return Array.from({ length: 60 }, (_, i) => {
    const norm = i >= 40 ? 'NaN' : (1 + 0.1 * Math.sin(i)).toFixed(4);
    return `{"step": ${i + 1}, "loss": ${(2 - i * 0.01).toFixed(4)}, ${JSON.stringify(`grad_norm/${name}`)}: ${norm}}`;
  });
}

describe('bad input', () => {
  afterEach(clean);

  const disguises: Readonly<Record<string, (lines: readonly string[]) => string>> = {
    'CRLF line ends': (lines) => `${lines.join('\r\n')}\r\n`,
    'a byte-order mark': (lines) => `\uFEFF${lines.join('\n')}\n`,
    'ANSI colours': (lines) => lines.map((line) => `\u001B[32m${line}\u001B[0m\n`).join(''),
    'a cut last line': (lines) => `${lines.join('\n')}\n{"step": 61, "lo`,
  };
  for (const [what, disguise] of Object.entries(disguises)) {
    it(`${what} changes no finding`, async () => {
      const uri = writeSample('disguised.jsonl', disguise(records()));
      await open(uri);
      const diagnostics = await waitForDiagnostics(uri);
      assert.ok(diagnostics.some(({ range, severity }) => range.start.line === 40 && severity === 0));
    });
  }

  it('invalid UTF-8 between records is passed over', async () => {
    const text = Buffer.from(`${records().join('\n')}\n`);
    const uri = writeSample(
      'invalid.jsonl',
      Buffer.concat([Buffer.from([0xc3, 0x28, 0xa0, 0xa1, 0xff, 0x0a]), text]),
    );
    await open(uri);
    await waitForLens(uri);
    assert.ok((await waitForDiagnostics(uri)).length > 0);
  });

  it('a binary file gets nothing', async () => {
    const uri = writeSample(
      'binary.log',
      Uint8Array.from({ length: 200_000 }, (_, i) => (i * 7919) % 256),
    );
    await vscode.commands.executeCommand('vscode.open', uri);
    await quiet();
    assert.deepEqual(diagnosticsOf(uri), []);
  });

  it('a line of 200 MB leaves the host responsive and the editor alive', async function () {
    this.timeout(60_000);
    const path = writeSample('huge.log', '').fsPath;
    const file = openSync(path, 'w');
    const part = 'loss 0.5 '.repeat(100_000);
    for (let written = 0; written < 200_000_000; written += part.length) {
      writeSync(file, part);
    }
    closeSync(file);
    let longest = 0;
    let last = performance.now();
    const timer = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 10);
    await vscode.commands.executeCommand('vscode.open', sample('huge.log'));
    // Not awaited: it ends when the person has read what it says.
    void vscode.commands.executeCommand('gradientInspector.analyzeCurrentLog', sample('huge.log'));
    await quiet();
    clearInterval(timer);
    assert.ok(longest < 3_000, `the extension host stood still for ${longest.toFixed(0)} ms`);
    const uri = writeSample('after.jsonl', records().join('\n'));
    await open(uri);
    await waitForDiagnostics(uri);
  });

  it('a log that is deleted while open keeps what was read, and speaks again when it returns', async () => {
    const uri = writeSample('deleted.jsonl', `${records().join('\n')}\n`);
    await open(uri);
    const before = (await waitForDiagnostics(uri)).length;
    rmSync(uri.fsPath);
    await until('the lens to say so', async () =>
      (await lenses(uri)).find((title) => /deleted|gone|no longer/i.test(title)),
    );
    assert.equal(diagnosticsOf(uri).length, before);
    writeSample('deleted.jsonl', `${records().join('\n')}\n`);
    await until('the lens to be well again', async () =>
      (await lenses(uri)).find((title) => !/deleted|gone|no longer/i.test(title)),
    );
  });

  it('a growing log is followed', async () => {
    const uri = writeSample('growing.jsonl', `${records().slice(0, 30).join('\n')}\n`);
    await open(uri);
    assert.match(await waitForLens(uri), /^30 steps/);
    appendFileSync(uri.fsPath, `${records().slice(30).join('\n')}\n`);
    await until('60 steps', async () => (await lenses(uri)).find((title) => title.startsWith('60 steps')));
    await waitForDiagnostics(uri, (all) => all.some(({ range }) => range.start.line === 40));
  });

  it('names with HTML, Markdown and command links stay text', async () => {
    const name = 'a<img src=x onerror=alert(1)>[go](command:workbench.action.quit)`**b**`$(alert).weight';
    const uri = writeSample('hostile.jsonl', `${records(name).join('\n')}\n`);
    await open(uri);
    const diagnostics = await waitForDiagnostics(uri);
    for (const diagnostic of diagnostics) {
      assert.equal(typeof diagnostic.message, 'string');
      for (const markdown of await hovers(uri, diagnostic.range.start)) {
        assert.equal(markdown.supportHtml, false);
        assert.doesNotMatch(markdown.value, /<img/);
        for (const [, target = ''] of markdown.value.matchAll(/(?<!\\)\]\(([^)]*)\)/g)) {
          assert.match(target, /^(command:gradientInspector\.|data:image\/svg\+xml;base64,)/);
        }
        const trusted = markdown.isTrusted;
        assert.ok(typeof trusted === 'object');
        assert.ok(trusted.enabledCommands.every((command) => command.startsWith('gradientInspector.')));
      }
      assert.ok((await quickFixes(uri, diagnostic.range)).length > 0, codeOf(diagnostic));
    }
  });
});
