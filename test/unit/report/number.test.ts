import { strict as assert } from 'node:assert';
import { formatNumber } from '../../../src/core/report/number';

describe('formatNumber', () => {
  const cases: readonly (readonly [value: number, text: string])[] = [
    [0, '0'],
    [3000, '3,000'],
    [-12, '-12'],
    [0.041234, '0.04123'],
    [1.3e-5, '1.3e-5'],
    [1e-7, '1e-7'],
    [123456.78, '1.23e5'],
    [4e20, '4e20'],
    [Number.NaN, 'NaN'],
    [Number.NEGATIVE_INFINITY, '-∞'],
  ];
  for (const [value, text] of cases) {
    it(`${value} is ${text}`, () => assert.equal(formatNumber(value), text));
  }
});
