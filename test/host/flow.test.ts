import assert from 'node:assert/strict';
import type { FlowClass, FlowLayer } from '../../src/core/flow/report';
import { isConfident } from '../../src/core/flow/report';
import { flowOnLine } from '../../src/host/language/flowMarkdown';

const layer = (parameter: string, line: number, log10: number): FlowLayer => ({
  parameter,
  line,
  log10,
  matrix: true,
  gain: null,
});

const model: FlowClass = {
  class: 'Net',
  line: 4,
  verdict: 'vanishes',
  layers: [layer('body.0.weight', 7, -8), layer('body.2.weight', 7, -4), layer('head.weight', 9, 0)],
  perLayer: 1e-4,
  reference: 'head.weight',
  confidence: 'high',
  scale: -0.3,
  level: 'kept',
  coverage: 1,
  overTime: [],
  blocked: [],
  assumptions: [],
  unknown: [],
};

describe('the forecast of gradient flow in the editor', () => {
  it('is said of a model, of a layer, and of layers made on one line', () => {
    const texts: readonly (readonly [number, RegExp])[] = [
      [4, /^\*\*Gradient flow\\: vanishes ×1e\\-8 over 3 layers\*\*/],
      [
        7,
        /^2 layers, `body.0.weight` to `body.2.weight`\\?: expected gradient ×1e\\-8 to ×1e\\-4 of head\\.weight/,
      ],
      [9, /^`head.weight`: expected gradient ×1 of head\\.weight/],
    ];
    for (const [line, text] of texts) {
      assert.match(flowOnLine([model], line)?.markdown ?? '', text);
    }
    assert.match(flowOnLine([model], 4)?.table ?? '', /body\.0\.weight +7 +-8\.00/);
    assert.equal(flowOnLine([model], 5), undefined);
  });

  it('shows names from the code as they are', () => {
    const named = { ...model, layers: [layer('a`](command:x)', 7, -1)], reference: '[b](command:y)' };
    const { markdown } = flowOnLine([named], 7) ?? { markdown: '' };
    assert.ok(markdown.includes('`` a`](command:x) ``') || markdown.includes('``a`](command:x)``'), markdown);
    assert.ok(!markdown.includes('[b](command'), markdown);
  });

  it('is kept to itself where the model was not wholly read', () => {
    const cases: readonly (readonly [Partial<FlowClass>, boolean])[] = [
      [{}, true],
      [{ confidence: 'medium' }, true],
      [{ confidence: 'medium', unknown: ['a call'] }, false],
      [{ confidence: 'low' }, false],
      [{ verdict: 'unknown' }, false],
      [{ layers: model.layers.slice(0, 1) }, false],
    ];
    for (const [change, expected] of cases) {
      assert.equal(isConfident({ ...model, ...change }), expected, JSON.stringify(change));
    }
  });
});
