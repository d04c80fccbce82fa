import { strict as assert } from 'node:assert';
import { evidenceOnSources } from '../../../src/core/link/sourceEvidence';
import type { LogFinding, RelatedPlace, Severity } from '../../../src/core/rules/finding';

const place = (line: number, role: RelatedPlace['role'], path = 'train.py'): RelatedPlace => ({
  path,
  range: { line, column: 1, endLine: line, endColumn: 9 },
  message: `${role} in line ${line}`,
  exact: true,
  ...(role === undefined ? {} : { role }),
});

const finding = (rule: string, severity: Severity, related: readonly RelatedPlace[]): LogFinding => ({
  code: 'GI001',
  rule,
  severity,
  message: `${rule} seen.`,
  range: { line: 5, column: 1, endLine: 6, endColumn: 1 },
  evidence: {},
  remedies: ['lower-lr'],
  fixes: [
    {
      remedy: 'lower-lr',
      title: 'Lower it',
      safety: 'unsafe',
      preferred: false,
      path: 'train.py',
      edits: [],
    },
    {
      remedy: 'lower-lr',
      title: 'Lower it',
      safety: 'unsafe',
      preferred: false,
      path: 'other.py',
      edits: [],
    },
  ],
  related,
  step: 4,
  endStep: null,
  parameters: [],
  series: [],
});

const linesOf = (findings: readonly LogFinding[]) =>
  evidenceOnSources('run.log', findings).map(
    (entry) => `${entry.path}:${entry.finding.range.line} ${entry.finding.rule}`,
  );

describe('evidenceOnSources', () => {
  it('marks the causes, and the first layer only where no cause is known', () => {
    assert.deepEqual(linesOf([finding('non-finite', 'error', [place(3, 'cause'), place(9, 'layer')])]), [
      'train.py:3 non-finite',
    ]);
    assert.deepEqual(linesOf([finding('non-finite', 'error', [place(9, 'layer'), place(10, 'layer')])]), [
      'train.py:9 non-finite',
    ]);
  });

  it('marks a line once, by the gravest finding', () => {
    const findings = [
      finding('non-finite', 'error', [place(3, 'cause')]),
      finding('gradient-spike', 'warning', [place(3, 'cause'), place(4, 'cause')]),
    ];
    assert.deepEqual(linesOf(findings), ['train.py:3 non-finite', 'train.py:4 gradient-spike']);
  });

  it('makes no claim on code from a hint, nor from rows of the log itself', () => {
    assert.deepEqual(linesOf([finding('norm-after-clipping', 'hint', [place(3, 'cause')])]), []);
    assert.deepEqual(linesOf([finding('non-finite', 'error', [place(3, 'cause', 'run.log')])]), []);
  });

  it('is a warning at most, names the run, and offers the fixes of that file', () => {
    const [entry] = evidenceOnSources('run.log', [finding('non-finite', 'error', [place(3, 'cause')])]);
    assert.equal(entry?.finding.severity, 'warning');
    assert.match(entry?.finding.message ?? '', /^non-finite seen\. \(run\.log, line 5\) Cause in line 3$/);
    assert.deepEqual(
      entry?.finding.fixes.map(({ path }) => path),
      ['train.py'],
    );
    assert.equal(entry?.finding.related[0]?.path, 'run.log');
  });
});
