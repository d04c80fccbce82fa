import { ok, strictEqual } from 'node:assert';
import { chartHtml } from '../../src/host/editor/chartHtml';

const PARTS = {
  script: 'run()',
  style: 'main{color:red}',
  nonce: 'abc',
};

describe('the HTML of the chart page', () => {
  it('lets nothing run but its own script, and fetches nothing', () => {
    const html = chartHtml(PARTS);
    ok(html.includes("default-src 'none'; script-src 'nonce-abc'; style-src 'nonce-abc'; font-src data:;"));
    ok(html.includes('<script nonce="abc">run()</script>'));
    ok(html.includes('<style nonce="abc">main{color:red}</style>'));
  });

  it('keeps a script that holds the end of a script in one piece', () => {
    const html = chartHtml({ ...PARTS, script: 'a="</script><!--<script>"', style: 'b{content:"</style>"}' });
    strictEqual(html.split('</script>').length, 2);
    strictEqual(html.split('</style>').length, 2);
    ok(!html.includes('<!--'));
    const [, script = ''] = /<script nonce="abc">(.*)<\/script>/.exec(html) ?? [];
    const a = new Function(`let a; ${script}; return a;`)() as string;
    strictEqual(a, '</script><!--<script>');
  });
});
