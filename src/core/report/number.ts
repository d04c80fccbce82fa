/** A number for people: 3,000 · 0.0412 · 1.3e-5 · NaN. Four significant digits unless it is a whole number. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) {
    return Number.isNaN(value) ? 'NaN' : value > 0 ? '∞' : '-∞';
  }
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < 1e7) {
    return value.toLocaleString('en-US');
  }
  if (size >= 1e-3 && size < 1e5) {
    return String(Number(value.toPrecision(4)));
  }
  return value
    .toExponential(2)
    .replace(/\.?0+e/, 'e')
    .replace('e+', 'e');
}
