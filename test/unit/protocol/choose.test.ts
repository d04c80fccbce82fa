/** Which series are chosen, how they look, and what they are called. */

import { deepStrictEqual, ok, strictEqual } from 'node:assert';
import { choose, MOST_LINES, shortLabels, spread } from '../../../src/protocol/choose';
import { groupByModule } from '../../../webview/legend';
import { INITIAL_STATE } from '../../../webview/state';
import { FINDING, snapshotOf } from '../webview/snapshot';

describe('the choice of lines', () => {
  it('draws a dozen of many layers, both ends included, and the rest as a band', () => {
    const choice = choose(snapshotOf(300), 'norms', INITIAL_STATE);
    const layers = choice.lines.filter(({ series }) => series.parameter !== null);
    strictEqual(layers.length, MOST_LINES);
    strictEqual(choice.rest.length, 288);
    strictEqual(layers[0]?.series.parameter, 'blocks.0.attn.qkv.weight');
    strictEqual(layers.at(-1)?.series.parameter, 'blocks.149.mlp.fc.weight');
    strictEqual(choice.lines[0]?.style.hue, -1, 'the whole model in the foreground colour');
  });

  it('puts findings, pinned and searched layers first and leaves hidden ones out', () => {
    const snapshot = snapshotOf(300, [{ ...FINDING, parameters: ['blocks.7.mlp.fc.weight'] }]);
    const names = (state: Partial<typeof INITIAL_STATE>) =>
      choose(snapshot, 'norms', { ...INITIAL_STATE, ...state }).lines.map(
        ({ series }) => series.parameter ?? series.name,
      );
    ok(names({}).includes('blocks.7.mlp.fc.weight'));
    ok(names({ pinned: ['grad_norm/blocks.9.mlp.fc.weight'] }).includes('blocks.9.mlp.fc.weight'));
    deepStrictEqual(names({ search: 'blocks.42. attn' }), [
      'grad_norm',
      'blocks.7.mlp.fc.weight',
      'blocks.42.attn.qkv.weight',
    ]);
    deepStrictEqual(names({ onlyFindings: true }), ['grad_norm', 'blocks.7.mlp.fc.weight']);
    ok(!names({ hidden: ['grad_norm'] }).includes('grad_norm'));
  });

  it('tells any two lines apart by hue or dash', () => {
    for (const layers of [3, 12, 40]) {
      const styles = choose(snapshotOf(layers), 'norms', INITIAL_STATE).lines.map(
        ({ style }) => `${style.hue} ${style.dash}`,
      );
      strictEqual(new Set(styles).size, styles.length);
    }
  });

  it('spreads evenly', () => {
    deepStrictEqual(spread([1, 2, 3, 4, 5], 3), [1, 3, 5]);
    deepStrictEqual(spread([1, 2], 3), [1, 2]);
    deepStrictEqual(spread([1, 2, 3], 1), [1]);
  });
});

describe('short names', () => {
  it('leave out what all share, never what tells them apart', () => {
    deepStrictEqual(shortLabels(['net.0.weight', 'net.1.weight', 'net.1.bias']), ['0', '1', '1.bias']);
    deepStrictEqual(shortLabels(['a.weight', 'b.weight']), ['a', 'b']);
    deepStrictEqual(shortLabels(['fc.weight', 'fc']), ['fc.weight', 'fc']);
    deepStrictEqual(shortLabels(['weight']), ['weight']);
    deepStrictEqual(shortLabels([]), []);
  });
});

describe('groups of the legend', () => {
  const groups = (names: readonly string[]) => {
    const [template] = snapshotOf(1).series;
    ok(template);
    return [...groupByModule(names.map((parameter) => ({ ...template, parameter }))).keys()];
  };

  it('go as deep as it takes to tell modules apart, and no deeper', () => {
    deepStrictEqual(groups(['a.weight', 'a.bias', 'b.weight']), ['a', 'b']);
    deepStrictEqual(groups(['net.0.weight', 'net.0.bias', 'net.2.weight']), ['net.0', 'net.2']);
    const deep = Array.from({ length: 100 }, (_, at) => `layers.${at}.fc.weight`);
    strictEqual(groups([...deep, 'head.weight']).length, 2);
    strictEqual(groups(['Layer 1', 'Layer 2']).length, 2);
  });
});
