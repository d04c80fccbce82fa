/** A curve whose picture must not lose anything: single spikes and single NaN, far more points than pixels. */
const POINTS = 100_000;
const SPIKE = 1000;
const APART = 1000;

export function lossData() {
  const x = Array.from({ length: POINTS }, (_, at) => at);
  const y = x.map((at) => (at % APART === 500 ? Number.NaN : at % APART === 510 ? SPIKE : 1 + (at % 7) / 10));
  return { x, y, spike: SPIKE, spikes: POINTS / APART, nan: POINTS / APART };
}
