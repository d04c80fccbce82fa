/** Mean and variance of a standard normal between two bounds, by Simpson's rule. */
export function normalPdfIntegral(
  low: number,
  high: number,
): { readonly mean: number; readonly variance: number } {
  const from = Math.max(low, -10);
  const to = Math.min(high, 10);
  if (!(to > from)) return { mean: 0, variance: 1 };
  const n = 200;
  const h = (to - from) / n;
  let mass = 0;
  let first = 0;
  let second = 0;
  for (let i = 0; i <= n; i++) {
    const u = from + i * h;
    const weight = (i === 0 || i === n ? 1 : i % 2 === 1 ? 4 : 2) * Math.exp(-0.5 * u * u);
    mass += weight;
    first += weight * u;
    second += weight * u * u;
  }
  const mean = first / mass;
  return { mean, variance: second / mass - mean * mean };
}
