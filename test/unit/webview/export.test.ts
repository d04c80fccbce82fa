/** Files that leave the page: nothing of a log may become markup, a formula or a second element in them. */

import { deepStrictEqual, doesNotMatch, match, ok, strictEqual } from 'node:assert';
import fc from 'fast-check';
import { remedyById } from '../../../src/core/remedies/registry';
import { ChartData } from '../../../src/protocol/chartData';
import type { FindingInfo, RunInfo } from '../../../src/protocol/messages';
import { evidenceRows } from '../../../webview/evidence';
import { csv } from '../../../webview/export/csv';
import { htmlReport, markdownReport } from '../../../webview/export/report';
import { escapeXml, SvgPen } from '../../../webview/export/svgPen';
import { syntheticRun } from '../../webview-page/synthetic';

const HOSTILE = '"><script>alert(1)</script>[x](command:y) \u0000 `|` & \ud800';

const FINDING: FindingInfo = {
  code: 'GI005',
  rule: 'diverging-loss',
  title: 'The loss diverged',
  severity: 'error',
  message: HOSTILE,
  line: 30,
  step: 1200,
  endStep: null,
  parameters: [],
  series: [],
  evidence: {
    leadStep: 1000,
    leadSteps: 200,
    normRatio: 42,
    bandStep: [1, 2],
    profile: [1, 2],
    note: HOSTILE,
  },
  remedies: [
    { id: 'lower-lr', title: 'Lower the rate', helps: 'Call `step()`.', doesNotHelp: 'Not always.' },
  ],
  fixes: [],
};

function hostileRun(): RunInfo {
  const run = syntheticRun({ layers: 2, steps: 30, decay: 0.8 });
  const source = { run, findings: [], notChecked: [], links: [], message: '', progress: 1, generation: 1 };
  const data = new ChartData({ ...source, state: 'ready' }, { name: HOSTILE, uri: 'file:///a' }, remedyById);
  return { ...data.info(), findings: [FINDING], notChecked: [{ title: 'A rule', why: HOSTILE }] };
}

/** Every code point, the lone halves of pairs too; often those that mean something in XML. */
const anyText = fc
  .array(
    fc.oneof(
      fc.integer({ min: 0, max: 0x10ffff }),
      fc.constantFrom(...[...'<>&"\'\0'].map((c) => c.codePointAt(0) ?? 0)),
    ),
    {
      maxLength: 30,
    },
  )
  .map((points) => String.fromCodePoint(...points));

function createPen(): SvgPen {
  const ruler = { font: '', measureText: () => ({ width: 7 }) as TextMetrics };
  return new SvgPen(ruler, (color) => ({ rgb: color, alpha: color === 'faint' ? 0.5 : 1 }), 'p');
}

describe('the SVG pen', () => {
  it('writes what a canvas would show', () => {
    const pen = createPen();
    pen.save();
    pen.strokeStyle = '#ff0000';
    pen.lineWidth = 2;
    pen.setLineDash([6, 3]);
    pen.beginPath();
    pen.lineTo(1, 2);
    pen.lineTo(3.13579, 4);
    pen.stroke();
    pen.restore();
    pen.fillStyle = 'faint';
    pen.fillRect(1, 2, 3, 4);
    const [path = '', rect = ''] = pen.content.split('\n');
    match(path, /d="M1 2L3.14 4"/);
    match(path, /stroke="#ff0000" stroke-width="2"/);
    match(path, /stroke-dasharray="6 3"/);
    match(rect, /fill="faint" fill-opacity="0.5"/);
    strictEqual(pen.strokeStyle, '#000', 'what was kept comes back');
  });

  it('cuts off what is outside, until it is told otherwise', () => {
    const pen = createPen();
    pen.save();
    pen.beginPath();
    pen.rect(0, 0, 10, 10);
    pen.clip();
    pen.fillRect(0, 0, 1, 1);
    pen.restore();
    pen.fillRect(0, 0, 2, 2);
    const [clip = '', inside = '', outside = ''] = pen.content.split('\n');
    match(clip, /<clipPath id="p-1">/);
    match(inside, /clip-path="url\(#p-1\)"/);
    doesNotMatch(outside, /clip-path/);
  });

  it('lets no text become markup', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const pen = createPen();
        pen.fillText(text, 0, 0);
        const inner = /^<text [^<>]*>([^<>]*)<\/text>$/.exec(pen.content);
        ok(inner !== null, pen.content);
        const forbidden = [...pen.content].filter((sign) => sign < ' ' && !'\t\n\r'.includes(sign));
        deepStrictEqual(forbidden, []);
      }),
    );
    strictEqual(escapeXml('a\u0000<b>'), 'a\ufffd&lt;b&gt;');
  });
});

describe('reports', () => {
  const pictures = [
    { title: 'Over steps', sentence: HOSTILE, svg: '<svg xmlns="http://www.w3.org/2000/svg"/>' },
  ];

  it('in HTML hold findings and pictures, and nothing that runs', () => {
    const html = htmlReport(hostileRun(), pictures);
    doesNotMatch(html, /<script/i);
    match(html, /default-src 'none'/);
    match(html, /<svg /);
    match(html, /The loss diverged/);
    match(html, /<code>step\(\)<\/code>/);
    strictEqual(html.match(/<title>/g)?.length, 1);
  });

  it('in Markdown hold the same, with every sign of a log escaped', () => {
    const text = markdownReport(hostileRun(), pictures);
    doesNotMatch(text, /[^\\]<script/);
    doesNotMatch(text, /[^\\]\[x\]\(/);
    match(text, /data:image\/svg\+xml;base64,/);
    match(text, /GI005 The loss diverged/);
  });

  it('say since when, and how long before the loss the norm told', () => {
    const rows = new Map(evidenceRows(FINDING, 'step'));
    strictEqual(rows.get('began'), 'step 1,200');
    match(rows.get('lead over the loss') ?? '', /at step 1,000, 200 steps before/);
    strictEqual(rows.get('norm ratio'), '×42');
    deepStrictEqual(
      [...rows.keys()].filter((name) => /band|profile|lead step/.test(name)),
      [],
    );
  });

  it('as tables hold no formulas', () => {
    strictEqual(csv([['=1+1', 'a"b', 1.5]]), `'=1+1,"a""b",1.5\n`);
  });
});
