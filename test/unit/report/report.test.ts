/** One report through every writer. */
import { strict as assert } from 'node:assert';
import type { CheckReport } from '../../../src/core/report/checkReport';
import { compareSeverity, filterReport } from '../../../src/core/report/checkReport';
import { formatGithub } from '../../../src/core/report/github';
import { formatJson } from '../../../src/core/report/json';
import { formatSarif } from '../../../src/core/report/sarif';
import { formatText } from '../../../src/core/report/text';
import type { LogFinding } from '../../../src/core/rules/finding';
import { PointColumns } from '../../../src/core/run/series';

/** Where the module of the sample source stands. */
const FC = { line: 3, column: 1, endLine: 3, endColumn: 9 };

const ESCAPE = '\u001b[2J';

const points = new PointColumns();
for (const [step, value] of [
  [0, 2],
  [1, Number.NaN],
  [2, 1],
  [3, Number.POSITIVE_INFINITY],
] as const) {
  points.push(step, value, step + 1);
}

const finding: LogFinding = {
  code: 'GI001',
  rule: 'non-finite',
  severity: 'error',
  message: `norm is NaN,\n::error::forged 100% ${ESCAPE}`,
  range: { line: 2, column: 1, endLine: 2, endColumn: 9 },
  evidence: { norm: Number.NaN, profile: [1, Number.NEGATIVE_INFINITY] },
  remedies: ['lower-lr'],
  fixes: [
    {
      remedy: 'lower-lr',
      title: 'Lower the learning rate to 0.01',
      safety: 'unsafe',
      preferred: false,
      path: 'train.py',
      edits: [{ line: 3, column: 6, endLine: 3, endColumn: 9, newText: '0.01' }],
    },
  ],
  related: [
    {
      path: 'train.py',
      range: { line: 3, column: 1, endLine: 3, endColumn: 9 },
      message: 'learning rate',
      exact: false,
    },
  ],
  step: 1,
  endStep: null,
  parameters: ['fc.weight'],
  series: [0],
};

const report: CheckReport = {
  runs: [
    {
      run: {
        path: 'runs/a,b.log',
        format: 'key-value',
        confidence: 0.9,
        bytes: 40,
        lines: 4,
        axis: { kind: 'step', why: 'key step' },
        series: [
          {
            id: 0,
            name: 'grad_norm',
            kind: 'grad-norm',
            statistic: 'norm',
            split: 'train',
            parameter: null,
            points,
          },
        ],
        steps: 4,
        segments: [{ line: 1, firstStep: 0, lastStep: 3 }],
        skips: [],
        problems: [{ line: 4, message: 'cut in the middle of a line' }],
      },
      findings: [finding],
      notChecked: [{ rule: 'vanishing-gradient', why: 'no per-layer norms' }],
    },
  ],
  sources: [
    {
      path: 'train.py',
      findings: [],
      modules: [
        {
          path: 'fc',
          type: 'nn.Linear',
          range: FC,
          root: 'Net',
          owner: 'Net',
          call: FC,
          callee: FC,
          args: [],
          statement: { range: FC, indent: '    ', ownLines: true },
          count: null,
          through: [],
          indices: null,
          values: [],
          exact: true,
          file: 'train.py',
        },
      ],
    },
  ],
  links: [{ parameter: 'fc.weight', run: 'runs/a,b.log', source: 'train.py', line: 3, exact: true }],
};

describe('JSON report', () => {
  const object = JSON.parse(formatJson(report));

  it('writes non-finite numbers as strings', () => {
    assert.deepEqual(object.runs[0].findings[0].evidence, { norm: 'NaN', profile: [1, '-Infinity'] });
  });

  it('gives the figures of a series over its finite values', () => {
    const {
      min,
      max,
      first,
      last,
      nonfinite,
      points: number,
      firstStep,
      lastStep,
    } = object.runs[0].series[0];
    assert.deepEqual(
      { min, max, first, last, nonfinite, number, firstStep, lastStep },
      { min: 1, max: 2, first: 2, last: 'Infinity', nonfinite: 2, number: 4, firstStep: 0, lastStep: 3 },
    );
  });

  it('has every field of the contract', () => {
    assert.equal(object.version, 1);
    for (const key of [
      'path',
      'format',
      'bytes',
      'steps',
      'segments',
      'series',
      'findings',
      'notChecked',
      'problems',
    ]) {
      assert.ok(key in object.runs[0], key);
    }
    const fields =
      'code rule severity message line endLine column endColumn step endStep parameters evidence remedies fixes';
    for (const key of fields.split(' ')) {
      assert.ok(key in object.runs[0].findings[0], key);
    }
    assert.deepEqual(object.sources[0].modules, [{ path: 'fc', type: 'nn.Linear', line: 3 }]);
    assert.deepEqual(object.links, report.links);
  });
});

describe('text report', () => {
  const text = formatText(report);

  it('says what is wrong, since when, what to try and what was not checked', () => {
    assert.match(text, /runs\/a,b\.log {2}\(key-value · 4 steps · 1 series\)/);
    assert.match(text, /error GI001 non-finite: line 2, from step 1 to the end/);
    assert.match(text, /likely at train\.py:3: learning rate/);
    assert.match(text, /fix \(unsafe\): Lower the learning rate to 0\.01 \[train\.py:3\]/);
    assert.match(text, /not checked: vanishing-gradient \(no per-layer norms\)/);
    assert.match(text, /problem: line 4: cut in the middle/);
    assert.match(text, /1 log, 1 Python file read: 1 error\.$/);
  });

  it('says once what keeps several rules from being judged, and counts as the log does', () => {
    const [one] = report.runs;
    assert.ok(one !== undefined);
    const why = 'no loss scale is logged';
    const notChecked = ['loss-scale-collapse', 'norm-before-unscaling'].map((rule) => ({ rule, why }));
    const run = { ...one.run, axis: { ...one.run.axis, kind: 'epoch' as const } };
    const told = formatText({ ...report, runs: [{ ...one, run, notChecked }] });
    assert.match(
      told,
      /not checked: loss-scale-collapse, norm-before-unscaling \(no loss scale is logged\)\n/,
    );
    assert.match(told, /line 2, from epoch 1 to the end/);
  });

  it('says what a fix lets expect of the gradient flow, below the fix', () => {
    const fixes = finding.fixes.map((fix) => ({ ...fix, forecast: 'first layer ×1e-16 -> ×0.4' }));
    const forecast = formatText({
      ...report,
      runs: report.runs.map((run) => ({ ...run, findings: [{ ...finding, fixes }] })),
    });
    assert.match(forecast, /\[train\.py:3\]\n {6}forecast: first layer ×1e-16 -> ×0\.4\n/);
    assert.ok(!text.includes('forecast:'));
  });

  it('lets no control character of a log through', () => {
    assert.ok(!text.includes('\u001b'));
    assert.ok(!/^::error/m.test(text));
  });
});

describe('GitHub report', () => {
  it('escapes what could forge an annotation', () => {
    const lines = formatGithub(report).split('\n');
    assert.equal(lines.length, 1);
    assert.match(lines[0]!, /^::error file=runs\/a%2Cb\.log,line=2,col=1,/);
    assert.match(lines[0]!, /norm is NaN,%0A::error::forged 100%25/);
  });
});

describe('SARIF report', () => {
  it('places results and related places', () => {
    const log = JSON.parse(formatSarif(report, [], '1.2.3'));
    const [result] = log.runs[0].results;
    assert.equal(log.version, '2.1.0');
    assert.equal(result.ruleId, 'GI001');
    assert.equal(result.level, 'error');
    assert.equal(result.locations[0].physicalLocation.region.startLine, 2);
    assert.equal(result.relatedLocations[0].physicalLocation.artifactLocation.uri, 'train.py');
  });
});

describe('addresses in SARIF', () => {
  it('keep every character of a path part of the path', () => {
    const [one] = report.runs;
    assert.ok(one !== undefined);
    const odd = { ...report, runs: [{ ...one, run: { ...one.run, path: 'runs/a?b#c %\ud800.log' } }] };
    const log = JSON.parse(formatSarif(odd, [], '1.2.3'));
    assert.equal(
      log.runs[0].results[0].locations[0].physicalLocation.artifactLocation.uri,
      'runs/a%3Fb%23c%20%25%EF%BF%BD.log',
    );
  });
});

describe('filterReport', () => {
  it('keeps what is wanted', () => {
    assert.equal(filterReport(report, (rule) => rule !== 'non-finite').runs[0]?.findings.length, 0);
    assert.equal(filterReport(report, (_rule, code) => code === 'GI001').runs[0]?.findings.length, 1);
  });
});

describe('compareSeverity', () => {
  it('orders from hint to error', () => {
    assert.ok(compareSeverity('error', 'warning') > 0);
    assert.ok(compareSeverity('hint', 'info') < 0);
    assert.equal(compareSeverity('info', 'info'), 0);
  });
});
