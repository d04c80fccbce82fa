import assert from 'node:assert/strict';
import fc from 'fast-check';
import { NumberScanner } from '../../../src/core/logs/scan/number';
import { TableRow } from '../../../src/core/logs/scan/tableRow';

const scanner = new NumberScanner();

function scan(text: string): { end: number; value: number } {
  const bytes = new TextEncoder().encode(text);
  const end = scanner.scan(bytes, 0, bytes.length);
  return { end, value: scanner.value };
}

/** What may stand behind a number on its line. */
const BEHIND = ['', ', 1.25}', ' next', '\n0.123456789', '"'];

/** Read whole and equal to `Number()` of the text, to the last bit and the sign of zero, wherever the text stands. */
function same(text: string): boolean {
  return BEHIND.every((behind) => {
    const bytes = new TextEncoder().encode(`: ${text}${behind}`);
    const end = scanner.scan(bytes, 2, bytes.length);
    return end === text.length + 2 && Object.is(scanner.value, Number(text));
  });
}

describe('number scanner', () => {
  it('equals Number() for every double as JavaScript and Python print it', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => same(String(value))),
      { numRuns: 5000, seed: 1 },
    );
  });

  it('equals Number() for every float32 widened, rounded and in scientific notation', () => {
    fc.assert(
      fc.property(
        fc.float({ noNaN: true, noDefaultInfinity: true }),
        fc.integer({ min: 0, max: 20 }),
        (value, digits) =>
          [
            String(value),
            value.toExponential(digits),
            Math.abs(value) < 1e20 ? value.toFixed(digits) : '0',
          ].every(same),
      ),
      { numRuns: 3000, seed: 2 },
    );
  });

  it('equals Number() for any digits with any exponent', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[-+]?\d{1,25}(?:\.\d{0,25})?(?:[eE][-+]?\d{1,3})?$/), (text) =>
        same(text.startsWith('+') ? text.slice(1) : text),
      ),
      { numRuns: 5000, seed: 3 },
    );
  });

  it('equals Number() for fractions with any number of places', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -20, max: 20, noNaN: true }),
        fc.integer({ min: 1, max: 12 }),
        (value, places) =>
          [value.toFixed(places), value.toExponential(places), value.toPrecision(places)].every(same),
      ),
      { numRuns: 5000, seed: 5 },
    );
  });

  it('reads the numbers of tables alike', () => {
    const meaning = {
      keys: [],
      places: [],
      flags: 0,
      metrics: 0,
      split: 'train',
      total: Number.NaN,
    } as const;
    const row = new TableRow([0, 1], 44, { ...meaning, keys: [], within: false, mode: 0, note: 0 });
    const values = new Float64Array(2);
    const read = (text: string) => {
      const bytes = new TextEncoder().encode(`${text},1\n`.padEnd(16, ' '));
      values[0] = -7;
      return row.match(bytes, 0, bytes.length, scanner, values) < 0 ? null : values[0];
    };
    for (let digits = 0; digits < 1e6; digits += 997) {
      const text = `${digits % 10}.${String(digits).padStart(6, '0')}`;
      for (const longer of [text, `${text}5`, `${text}e3`, `-${text}`, text.slice(0, 7), `1${text}`]) {
        assert.equal(read(longer), Number(longer), longer);
      }
    }
    for (const text of ['0,123456', '0.12.456', '0.123456 ', 'x', '']) {
      assert.equal(read(text), null, text);
    }
  });

  it('looks at no byte behind the end it is given', () => {
    const bytes = new TextEncoder().encode('0.123456789e5');
    for (let end = 3; end <= bytes.length; end++) {
      const text = '0.123456789e5'.slice(0, end).replace(/e$/, '');
      assert.equal(scanner.scan(bytes, 0, end), text.length);
      assert.equal(scanner.value, Number(text));
    }
  });

  it('equals Number() half way between two doubles', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 2n ** 52n, max: 2n ** 53n - 1n }),
        fc.integer({ min: -40, max: 40 }),
        (half, power) => same(`${half * 2n + 1n}e${power}`),
      ),
      { numRuns: 2000, seed: 4 },
    );
  });

  for (const [text, value] of [
    ['nan', Number.NaN],
    ['NaN', Number.NaN],
    ['-nan', Number.NaN],
    ['inf', Number.POSITIVE_INFINITY],
    ['-Infinity', Number.NEGATIVE_INFINITY],
    ['-0.0', -0],
    ['.5', 0.5],
    ['5.', 5],
    ['+2', 2],
  ] as const) {
    it(`reads ${text}`, () => {
      assert.deepEqual(scan(text), { end: text.length, value });
    });
  }

  for (const text of ['', '-', '.', 'e5', 'nano', 'info', 'x', '-.']) {
    it(`finds no number in "${text}"`, () => {
      assert.equal(scan(text).end, -1);
    });
  }

  it('stops where the number ends', () => {
    assert.deepEqual(scan('1.5e'), { end: 3, value: 1.5 });
    assert.deepEqual(scan('12,5'), { end: 2, value: 12 });
  });
});
