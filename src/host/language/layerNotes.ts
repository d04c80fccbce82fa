/** What a run says at the lines that register its parameters. */
import type { Link } from '../../core/link/join';
import { formatNumber } from '../../core/report/number';
import { count } from '../../core/report/plain';
import type { LogFinding } from '../../core/rules/finding';
import type { Run } from '../../core/run/run';
import type { Points } from '../../core/run/series';
import { patternWords } from './runSummary';

export interface LayerNote {
  /** 1-based. */
  readonly line: number;
  /** "‖∇‖ 1.2e-16 to 0.07 · vanishing since step 1". */
  readonly text: string;
  /** A line a parameter, for a tooltip. */
  readonly details: readonly string[];
  readonly exact: boolean;
}

/** Parameters in one tooltip. */
const MOST_DETAILS = 12;

/** One note a line: the last logged norms of its parameters, and the gravest finding that names one of them. */
export function layerNotes(
  run: Run,
  findings: readonly LogFinding[],
  links: readonly Link[],
): readonly LayerNote[] {
  const norms = lastNorms(run);
  const byLine = new Map<number, Link[]>();
  for (const link of links.filter(({ parameter }) => norms.has(parameter))) {
    byLine.set(link.line, [...(byLine.get(link.line) ?? []), link]);
  }
  return [...byLine].map(([line, here]) => {
    const values = here.map(({ parameter }) => norms.get(parameter) ?? Number.NaN);
    const named = new Set(here.map(({ parameter }) => parameter));
    const finding = findings.find(({ parameters }) => parameters.some((parameter) => named.has(parameter)));
    const exact = here.every((link) => link.exact);
    const end = finding?.endStep === null ? 'since' : 'from';
    const when = finding === undefined ? '' : `${end} ${run.axis.kind} ${formatNumber(finding.step)}`;
    // "NaN · NaN or infinite since step 150" would say it twice.
    const isSaid = finding?.rule === 'non-finite' && !values.every(Number.isFinite);
    const what = finding === undefined || isSaid ? when : `· ${patternWords(finding.rule)} ${when}`;
    const text = `${exact ? '' : 'likely '}‖∇‖ ${rangeText(values)} ${what}`.trimEnd();
    return { line, text, details: details(here, norms), exact };
  });
}

function rangeText(values: readonly number[]): string {
  const finite = values.filter(Number.isFinite);
  const odd = values.find((value) => !Number.isFinite(value));
  if (odd !== undefined) {
    return formatNumber(odd);
  }
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  return low === high ? formatNumber(low) : `${formatNumber(low)} to ${formatNumber(high)}`;
}

function details(links: readonly Link[], norms: ReadonlyMap<string, number>): readonly string[] {
  const shown = links
    .slice(0, MOST_DETAILS)
    .map(({ parameter }) => `${parameter}: ${formatNumber(norms.get(parameter) ?? Number.NaN)}`);
  const rest = links.length - shown.length;
  return rest > 0 ? [...shown, `and ${count(rest, 'more parameter')}`] : shown;
}

/** Last logged norm by parameter; of the training split. */
function lastNorms(run: Run): ReadonlyMap<string, number> {
  const norms = new Map<string, number>();
  for (const { kind, split, parameter, points } of run.series) {
    if (kind === 'grad-norm' && split === 'train' && parameter !== null && points.length > 0) {
      norms.set(parameter, lastValue(points));
    }
  }
  return norms;
}

function lastValue(points: Points): number {
  return points.value(points.length - 1);
}
