import assert from 'node:assert/strict';
import { diagnoseRun } from '../../../../src/core/rules/engine';
import { runOfText } from '../../logs/shared';

const ROWS = Array.from({ length: 8 }, (_, at) => at);

async function said(row: (at: number) => string): Promise<readonly string[]> {
  const text = ROWS.map((at) => `epoch ${at} loss ${(3 - at * 0.1).toFixed(3)}${row(at)}\n`).join('');
  const run = await runOfText(text);
  assert.ok(run !== null);
  return diagnoseRun(run)
    .findings.filter(({ rule }) => rule === 'no-gradient')
    .map(({ severity, parameters, range }) => `${severity} ${parameters.join(' ')} line ${range.line}`);
}

describe('gradients printed as None', () => {
  const styles: Record<string, (at: number) => string> = {
    'behind a colon': (at) => `\nembed.weight grad: None\nfc.weight grad: 0.${at + 1}`,
    'behind a name': (at) => `\nembed.weight None\nfc.weight tensor(0.${at + 1})`,
    'in a dict': (at) => ` {'embed.weight': None, 'fc.weight': 0.${at + 1}}`,
    'behind labels': (at) => `\nLayer: embed.weight, Gradient: None\nLayer: fc.weight, Gradient: 0.${at + 1}`,
    'in an index': (at) => `\ngrad[embed.weight] = None\ngrad[fc.weight] = 0.${at + 1}`,
    'in columns': (at) => `\nembed.weight | grad norm None\nfc.weight | grad norm 0.${at + 1}`,
    'of a sentence': (at) => `\nembed.weight grad is None\nfc.weight grad is 0.${at + 1}`,
  };
  for (const [name, row] of Object.entries(styles)) {
    it(`are named: ${name}`, async () => {
      const line = row(0).startsWith('\n') ? 2 : 1;
      assert.deepEqual(await said(row), [`info embed.weight line ${line}`]);
    });
  }

  it('are a hint where every one is', async () => {
    assert.deepEqual(await said(() => '\nembed.weight grad: None\nfc.weight grad: None'), [
      'hint embed.weight fc.weight line 2',
    ]);
  });

  it('are nothing to speak of before the first backward pass, or beside adapters', async () => {
    const first = (at: number): string =>
      at === 0 ? '\nembed.weight None\nfc.weight None' : `\nembed.weight 0.2\nfc.weight 0.${at + 1}`;
    assert.deepEqual(await said(first), []);
    assert.deepEqual(await said((at) => `\nfc.weight None\nfc.lora_A 0.${at + 1}`), []);
  });

  it('are no settings and no measures that are missing', async () => {
    const row = (at: number) =>
      ` val_loss None grad_norm: None\nscheduler.scale: None\nfc.weight 0.${at + 1}`;
    assert.deepEqual(await said(row), []);
  });
});
