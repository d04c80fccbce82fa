/** What a log says in one line. */
import { formatNumber } from '../../core/report/number';
import { count } from '../../core/report/plain';
import type { LogFinding } from '../../core/rules/finding';
import type { Run } from '../../core/run/run';

/** A parameter's name comes from the log, and a lens has one line. */
const LONGEST_NAME = 40;

/** "3,000 steps · 24 parameters": the size of the run. */
export function runSize(run: Run): string {
  const layers = layersOf(run);
  const parts = [count(run.steps, rowUnit(run))];
  if (run.parts !== undefined) {
    parts.push(`with ${count(run.parts.length - 1, 'rotated part')}`);
  }
  if (layers.length > 0) {
    parts.push(count(layers.length, 'parameter'));
  } else if (!run.series.some(({ kind }) => kind === 'grad-norm' || kind === 'grad-max')) {
    parts.push('no gradients logged');
  }
  return parts.join(' · ');
}

/** Rows a tenth of an epoch apart are not epochs. */
function rowUnit({ axis, segments }: Run): string {
  const isWhole = segments.every(({ firstStep }) => Number.isInteger(firstStep));
  return axis.kind === 'epoch' && !isWhole ? 'row' : axis.kind;
}

/** "vanishing in the first 6 layers since step 1": the worst finding, and how many more there are. */
export function healthOf(run: Run, findings: readonly LogFinding[], silenced = 0): string {
  const [worst] = findings;
  if (worst === undefined) {
    return silenced === 0 ? 'nothing wrong seen' : `${count(silenced, 'finding')} silenced in the settings`;
  }
  const more = findings.length > 1 ? ` (+${findings.length - 1} more)` : '';
  return `${findingPhrase(worst, run)}${more}`;
}

/** One finding: its pattern, where, since when. */
export function findingPhrase(finding: LogFinding, run: Run): string {
  const where = placeWords(finding.parameters, layersOf(run));
  const unit = run.axis.kind;
  const from = formatNumber(finding.step);
  const when =
    finding.endStep === null
      ? `since ${unit} ${from}`
      : finding.endStep === finding.step
        ? `at ${unit} ${from}`
        : `from ${unit} ${from} to ${formatNumber(finding.endStep)}`;
  return [patternWords(finding.rule), where, when].filter((part) => part !== '').join(' ');
}

/** Rule names are patterns: "vanishing-gradient" is "vanishing" in a line that is about gradients. */
export function patternWords(rule: string): string {
  if (rule === 'non-finite') {
    return 'NaN or infinite';
  }
  const words = rule.replace(/-/g, ' ');
  return words.replace(/ing gradient$/, 'ing');
}

function placeWords(parameters: readonly string[], layers: readonly string[]): string {
  const [only] = parameters;
  if (only === undefined) {
    return '';
  }
  if (parameters.length === 1) {
    return `in ${only.length > LONGEST_NAME ? `${only.slice(0, LONGEST_NAME)}…` : only}`;
  }
  if (parameters.length === layers.length) {
    return `in all ${layers.length} layers`;
  }
  const named = new Set(parameters);
  const isFirst = layers.slice(0, parameters.length).every((layer) => named.has(layer));
  return `in ${isFirst ? 'the first ' : ''}${parameters.length} layers`;
}

/** Parameters or layers with gradients of their own, in model order. */
export function layersOf(run: Run): readonly string[] {
  const names = new Set<string>();
  for (const { kind, parameter } of run.series) {
    if (parameter !== null && (kind === 'grad-norm' || kind === 'grad-max')) {
      names.add(parameter);
    }
  }
  return [...names];
}
