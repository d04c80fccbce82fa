import * as assert from 'node:assert';
import { applyEdits } from '../../../../src/core/edits';
import type { Finding } from '../../../../src/core/rules/finding';
import { PYTHON_RULES } from '../../../../src/core/rules/python';
import { pythonAnalyzer } from '../../python/analyzer';

const MARKER = /#\s*expect:\s*([\w-]+(?:\s*,\s*[\w-]+)*)/;

/**
 * Analyzes a source and compares its findings with the markers in it: a line that ends in `# expect: rule-name` must
 * have exactly that finding, every other line none. With `rule` given only that rule's findings count.
 */
export async function checkPythonRule(source: string, rule?: string): Promise<readonly Finding[]> {
  const analyzer = await pythonAnalyzer();
  const findings = (analyzer.analyze('train.py', source)?.findings ?? []).filter(
    (finding) => rule === undefined || finding.rule === rule,
  );
  const expected = source.split('\n').flatMap((text, index) => {
    const names =
      MARKER.exec(text)?.[1]
        ?.split(',')
        .map((name) => name.trim()) ?? [];
    return names.map((name) => `${index + 1}: ${name}`);
  });
  const found = findings.map((finding) => `${finding.range.line}: ${finding.rule}`);
  assert.deepStrictEqual(found.sort(), expected.sort(), source);
  for (const finding of findings) {
    await checkFixes(source, finding);
  }
  return findings;
}

/** Every fix leaves a program that parses as well as before, silences its rule there, and is not offered again. */
async function checkFixes(source: string, finding: Finding): Promise<void> {
  const analyzer = await pythonAnalyzer();
  for (const fix of finding.fixes) {
    const fixed = applyEdits(source, fix.edits);
    assert.ok(fixed !== null, `${finding.rule}: edits overlap or lie outside the text`);
    assert.notStrictEqual(fixed, source, `${finding.rule}: the fix changes nothing`);
    const again = analyzer.analyze('train.py', fixed);
    assert.ok(again !== null, `${finding.rule}: the fixed program is not read`);
    const before = analyzer.analyze('train.py', source)?.findings ?? [];
    const count = (list: readonly Finding[]): number =>
      list.filter((one) => one.rule === finding.rule).length;
    assert.ok(
      count(again.findings) < count(before),
      `${finding.rule}: the fix "${fix.title}" does not silence it:\n${fixed}`,
    );
    assert.ok(
      !again.broken || analyzer.analyze('train.py', source)?.broken,
      `${finding.rule}: the fix breaks the syntax:\n${fixed}`,
    );
  }
}

export function ruleNamed(name: string) {
  const rule = PYTHON_RULES.find((one) => one.meta.name === name);
  assert.ok(rule !== undefined, `no rule ${name}`);
  return rule;
}

/** The source with the preferred (or first) fix of a rule's first finding applied. */
export async function fixedBy(source: string, rule: string): Promise<string> {
  const analyzer = await pythonAnalyzer();
  const finding = analyzer.analyze('train.py', source)?.findings.find((one) => one.rule === rule);
  const fix = finding?.fixes[0];
  assert.ok(fix !== undefined, `${rule} offers no fix for\n${source}`);
  const fixed = applyEdits(source, fix.edits);
  assert.ok(fixed !== null, `${rule}: edits overlap or lie outside the text`);
  return fixed;
}
