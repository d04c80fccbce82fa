/** Numbers as people read them. */

const STEP = new Intl.NumberFormat('en-US', { maximumFractionDigits: 3 });
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

/** Label of a tick on a logarithmic axis: 0.01, 1, 100, and 10⁻⁵ where zeros would have to be counted. */
export function formatPower(value: number): string {
  const exponent = Math.round(Math.log10(value));
  const isPower = Math.abs(value / 10 ** exponent - 1) < 1e-6;
  if (isPower && (exponent < -3 || exponent > 4)) {
    return `10${superscript(exponent)}`;
  }
  return value < 1e-3 || value >= 1e5 ? formatValue(value) : String(Number(value.toPrecision(6)));
}

function superscript(exponent: number): string {
  const digits = [...String(Math.abs(exponent))].map((digit) => SUPERSCRIPTS[Number(digit)]).join('');
  return exponent < 0 ? `⁻${digits}` : digits;
}

/** A true minus sign: as wide as a digit, and read as "minus". */
function minus(text: string): string {
  return text.replace('-', '−');
}
