/** Numbers as people read them. */

const STEP = new Intl.NumberFormat('en-US', { maximumFractionDigits: 3 });
/** Characters that fit beside an axis. */
const LONGEST_DECIMAL = 8;
const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** A logged value: four significant digits, powers of ten beyond 10⁻³ and 10⁵. */
export function formatValue(value: number): string {
  if (Number.isNaN(value)) {
    return 'NaN';
  }
  if (!Number.isFinite(value)) {
    return value > 0 ? '+∞' : '−∞';
  }
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e5)) {
    const [mantissa = '', exponent = '0'] = value.toExponential(2).split('e');
    return `${minus(String(Number(mantissa)))}e${minus(String(Number(exponent)))}`;
  }
  return minus(String(Number(value.toPrecision(4))));
}

/** A position on the axis, with thousands separated. */
export function formatStep(step: number): string {
  return minus(STEP.format(step));
}

export function formatCount(count: number, singular: string, plural = `${singular}s`): string {
  return `${STEP.format(count)} ${count === 1 ? singular : plural}`;
}

/** A factor between two norms: ×0.43, ×1.2e4. */
export function formatFactor(factor: number): string {
  return `×${formatValue(factor < 100 ? Number(factor.toPrecision(2)) : factor)}`;
}

/** Labels of a logarithmic axis: 0.01, 1, 100; where zeros would have to be counted, 10⁻⁵ and all beyond 100 and 0.01 alike. */
export function powerLabels(ticks: readonly number[]): readonly string[] {
  const exponents = ticks.map((tick) => Math.round(Math.log10(tick)));
  const isWide = exponents.some((exponent) => exponent < -3 || exponent > 4);
  return ticks.map((tick, at) => {
    const exponent = exponents[at] ?? 0;
    const isPower = Math.abs(tick / 10 ** exponent - 1) < 1e-6;
    if (isPower && isWide && Math.abs(exponent) > 2) {
      return `10${superscript(exponent)}`;
    }
    return tick < 1e-3 || tick >= 1e5 ? formatValue(tick) : String(Number(tick.toPrecision(6)));
  });
}

/** Labels of a linear axis: all as decimals (0.00095 beside 0.001), or all with powers where decimals would be long. */
export function linearLabels(ticks: readonly number[]): readonly string[] {
  const decimals = ticks.map((tick) => minus(String(Number(tick.toPrecision(12)))));
  const areShort = decimals.every((text) => text.length <= LONGEST_DECIMAL && !text.includes('e'));
  return areShort ? decimals : ticks.map(formatValue);
}

function superscript(exponent: number): string {
  const digits = [...String(Math.abs(exponent))].map((digit) => SUPERSCRIPTS[Number(digit)]).join('');
  return exponent < 0 ? `⁻${digits}` : digits;
}

/** A true minus sign: as wide as a digit, and read as "minus". */
function minus(text: string): string {
  return text.replace('-', '−');
}
