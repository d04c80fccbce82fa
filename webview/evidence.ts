/** The numbers behind a finding, in words. Pure. */
import type { AxisKind, FindingInfo } from '../src/protocol/messages';
import { formatFactor, formatValue } from './format';
import { placePhrase } from './summary';

/** What the pictures draw, or other rows say better: no reading matter. */
const DRAWN = /^(?:profile|band|leadSteps?$)/;

/** Pairs of a name and its value: since when, the lead over the loss, then the numbers that the rule gave. */
export function evidenceRows(finding: FindingInfo, axis: AxisKind): readonly (readonly [string, string])[] {
  const { evidence, step } = finding;
  const rows: (readonly [string, string])[] = [['began', placePhrase(step, axis)]];
  const { leadStep } = evidence;
  if (typeof leadStep === 'number' && leadStep < step) {
    rows.push([
      'lead over the loss',
      `the gradient norm left its level at ${placePhrase(leadStep, axis)}, ${aheadPhrase(step - leadStep, axis)} before`,
    ]);
  }
  for (const [name, value] of Object.entries(evidence)) {
    if (!DRAWN.test(name)) {
      rows.push([readable(name), typeof value === 'object' ? listText(value) : valueText(name, value)]);
    }
  }
  return rows;
}

/** "12 steps", "0.5 epochs", "1.25 h". */
function aheadPhrase(distance: number, axis: AxisKind): string {
  const isNamed = axis === 'step' || axis === 'epoch' || axis === 'record';
  const value = formatValue(distance);
  return isNamed ? `${value} ${axis}${distance === 1 ? '' : 's'}` : placePhrase(distance, axis);
}

function readable(name: string): string {
  return name.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
}

function valueText(name: string, value: number | string): string {
  if (typeof value === 'string') {
    return value;
  }
  return /ratio$/i.test(name)
    ? formatFactor(value)
    : /share/i.test(name)
      ? percent(value)
      : formatValue(value);
}

function percent(share: number): string {
  return share >= 0 && share <= 1
    ? `${formatValue(Number((100 * share).toPrecision(3)))} %`
    : formatValue(share);
}

/** Lists can be long: both ends are what matters. */
function listText(values: readonly (number | string)[]): string {
  const texts = values.map((value) => (typeof value === 'number' ? formatValue(value) : value));
  return texts.length <= 6 ? texts.join(', ') : [...texts.slice(0, 3), '…', ...texts.slice(-2)].join(', ');
}
