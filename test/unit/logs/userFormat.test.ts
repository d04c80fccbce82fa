import assert from 'node:assert/strict';
import { BytesSource } from '../../../src/core/io/fileSource';
import { readLog } from '../../../src/core/logs/logReader';
import { parseUserFormat } from '../../../src/core/logs/userFormat';

async function read(template: string, text: string) {
  const parsed = parseUserFormat({ name: 'My tool', template });
  assert.ok(parsed.kind === 'format', parsed.kind === 'problem' ? parsed.message : '');
  const run = await readLog(new BytesSource('x.log', new TextEncoder().encode(text)), {
    formats: [parsed.format],
  });
  return run?.series.map(({ kind, parameter, points }) => [
    kind,
    parameter,
    ...Array.from({ length: points.length }, (_, index) => [points.step(index), points.value(index)]),
  ]);
}

const READ: Record<string, readonly [template: string, text: string, series: unknown]> = {
  'a template of words': [
    'step {step} loss {loss} |g| {grad_norm}',
    '[x] step 1  loss 0.5 |g| 1.5\nnoise\n[x] step 2  loss nan |g| inf\n',
    [
      ['loss', null, [1, 0.5], [2, Number.NaN]],
      ['grad-norm', null, [1, 1.5], [2, Number.POSITIVE_INFINITY]],
    ],
  ],
  'names and values': [
    '{name} => {value} @{step}',
    'fc1 => 0.5 @1\nfc2 => 0.25 @1\nfc1 => -1e-3 @2\n',
    [
      ['grad-norm', 'fc1', [1, 0.5], [2, -0.001]],
      ['grad-norm', 'fc2', [1, 0.25]],
    ],
  ],
  'anything between, and braces': [
    '{{{epoch}}} {*} L={loss};',
    '{1} took 5 s, L=0.5;\n{2} took 6 s, L=0.25;\n',
    [['loss', null, [1, 0.5], [2, 0.25]]],
  ],
  'a first text that stands twice': [
    's={step} g={grad_norm}',
    's=x s=1 g=2.5\ns=y s=2 g=3.5\n',
    [['grad-norm', null, [1, 2.5], [2, 3.5]]],
  ],
  'lines of another shape': ['step {step} loss {loss}', 'hello\nworld\n', undefined],
};

const REFUSED: Record<string, unknown> = {
  'no object': null,
  'no name': { template: '{loss}' },
  'no template': { name: 'a' },
  'a template that is no text': { name: 'a', template: 5 },
  'too long a template': { name: 'a', template: `{loss}${'x'.repeat(600)}` },
  'an open brace': { name: 'a', template: 'loss {loss' },
  'a closing brace alone': { name: 'a', template: 'loss {loss} }' },
  'fields that touch': { name: 'a', template: '{step}{loss}' },
  'a field twice': { name: 'a', template: '{loss} {loss}' },
  'nothing but a step': { name: 'a', template: 'step {step}' },
  'a value without a name': { name: 'a', template: '{step} {value}' },
};

describe('log formats of the person', () => {
  for (const [name, [template, text, series]] of Object.entries(READ)) {
    it(`${name}: read`, async () => {
      assert.deepEqual(await read(template, text), series);
    });
  }

  for (const [name, definition] of Object.entries(REFUSED)) {
    it(`${name}: refused with a reason`, () => {
      const parsed = parseUserFormat(definition);
      assert.ok(parsed.kind === 'problem' && parsed.message.length > 10);
    });
  }

  it('no template makes a line expensive', async () => {
    const template = `a${'{*} a'.repeat(60)} {loss}!`;
    const line = `${'a '.repeat(1900)}\n`;
    const start = process.cpuUsage();
    assert.equal(await read(template, line.repeat(50)), undefined);
    const { user, system } = process.cpuUsage(start);
    assert.ok((user + system) / 1000 < 1000);
  });
});
