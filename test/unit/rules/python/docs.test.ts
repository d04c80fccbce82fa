import * as assert from 'node:assert';
import { PYTHON_RULES } from '../../../../src/core/rules/python';
import { pythonAnalyzer } from '../../python/analyzer';
import { checkPythonRule } from './checkPythonRule';

describe('Python rules', () => {
  it('have codes and names of their own, in the order of the codes', () => {
    const codes = PYTHON_RULES.map((rule) => rule.meta.code);
    assert.deepStrictEqual(codes, [...new Set(codes)].sort());
    const names = PYTHON_RULES.map((rule) => rule.meta.name);
    assert.strictEqual(new Set(names).size, names.length);
    for (const { meta } of PYTHON_RULES) {
      assert.match(meta.code, /^GI[1-4]\d\d$/);
      assert.match(meta.name, /^[a-z]+(?:-[a-z]+)*$/);
    }
  });

  for (const { meta } of PYTHON_RULES) {
    describe(meta.name, () => {
      it('fires on its example, and its fixes mend it', async () => {
        const analyzer = await pythonAnalyzer();
        const findings = analyzer.analyze('train.py', meta.doc.example)?.findings ?? [];
        const own = findings.filter((finding) => finding.rule === meta.name);
        assert.ok(own.length > 0, meta.doc.example);
        for (const finding of own) {
          assert.ok(finding.remedies.every((id) => meta.remedies.includes(id)));
          assert.ok(finding.fixes.filter((fix) => fix.preferred).length <= 1);
          assert.ok(finding.fixes.every((fix) => meta.remedies.includes(fix.remedy)));
        }
        const marked = meta.doc.example.split('\n');
        for (const finding of own) {
          marked[finding.range.line - 1] += `  # expect: ${meta.name}`;
        }
        await checkPythonRule(marked.join('\n'), meta.name);
      });

      it('is silent on the better version, as is every other rule', async () => {
        await checkPythonRule(meta.doc.better);
      });

      it('can be silenced on the line, on the line above and for the file', async () => {
        const analyzer = await pythonAnalyzer();
        const find = (text: string) =>
          (analyzer.analyze('train.py', text)?.findings ?? []).filter((one) => one.rule === meta.name);
        const [first] = find(meta.doc.example);
        assert.ok(first !== undefined);
        const lines = meta.doc.example.split('\n');
        const at = first.range.line - 1;
        const count = find(meta.doc.example).filter((one) => one.range.line === first.range.line).length;
        const total = find(meta.doc.example).length;
        const onLine = lines.with(at, `${lines[at]}  # gradient-inspector: ignore[${meta.name}]`).join('\n');
        assert.strictEqual(find(onLine).length, total - count);
        const above = [...lines.slice(0, at), '# gradient-inspector: ignore', ...lines.slice(at)].join('\n');
        assert.strictEqual(find(above).length, total - count);
        const other = lines.with(at, `${lines[at]}  # gradient-inspector: ignore[another-rule]`).join('\n');
        assert.strictEqual(find(other).length, total);
        assert.strictEqual(find(`# gradient-inspector: ignore-file\n${meta.doc.example}`).length, 0);
      });
    });
  }
});
