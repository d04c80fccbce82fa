import type { RemedyId } from '../../remedies/remedy';
import type { RunFacts } from '../../run/facts';
import type { Moment } from '../../run/factsTimeline';
import type { Evidence, LogFinding, Severity } from '../finding';
import type { RuleMeta } from '../rule';

/** What a rule says about one incident; the rest of a finding follows from the run. */
export interface Incident {
  readonly severity: Severity;
  readonly at: Moment;
  /** Null: still so at the end of the log. */
  readonly end: Moment | null;
  readonly message: string;
  readonly evidence: Evidence;
  readonly remedies: readonly RemedyId[];
  readonly parameters?: readonly string[];
  readonly series: readonly number[];
}

/** A list that names everything helps nobody; rules name the best first. */
const MOST_REMEDIES = 6;

export function toFinding(meta: RuleMeta, facts: RunFacts, incident: Incident): LogFinding {
  return {
    code: meta.code,
    rule: meta.name,
    severity: incident.severity,
    message: incident.message,
    range: facts.rangeOfLine(incident.at.line),
    evidence: incident.evidence,
    remedies: incident.remedies.slice(0, MOST_REMEDIES),
    fixes: [],
    related: [],
    step: incident.at.step,
    endStep: incident.end?.step ?? null,
    parameters: incident.parameters ?? [],
    series: incident.series,
  };
}

/** A number as people read it: at most three significant digits, powers of ten outside 0.001 to 100,000. */
export function say(value: number): string {
  if (!Number.isFinite(value)) {
    return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Inf' : '-Inf';
  }
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e5)) {
    return value.toExponential(1).replace('.0e', 'e').replace('e+', 'e');
  }
  return String(size >= 1000 ? Math.round(value) : Number(value.toPrecision(3)));
}

/** "step 10" or "epoch 3" or "record 7". */
export function sayWhen(facts: RunFacts, moment: Moment): string {
  return `${facts.run.axis.kind} ${sayStep(moment.step)}`;
}

/** A step or epoch without needless digits. */
export function sayStep(step: number): string {
  return Number.isInteger(step) ? String(step) : String(Number(step.toPrecision(6)));
}

/** "fc1.weight", "fc1.weight and fc2.weight", "fc1.weight to fc9.weight (9 layers)". */
export function sayNames(names: readonly string[]): string {
  const [first = '', second = ''] = names;
  if (names.length <= 1) {
    return first;
  }
  return names.length === 2
    ? `${first} and ${second}`
    : `${first} to ${names[names.length - 1]} (${names.length} parameters)`;
}

const RECURRENT = /(^|[^a-z])(rnn|lstm|gru)|weight_(hh|ih)|recurrent|rnn\w*cell/i;

/** True when a parameter's name is that of a recurrent layer. */
export function isRecurrentName(name: string): boolean {
  return RECURRENT.test(name);
}

/** True when a logged name says that the model is recurrent. */
export function looksRecurrent(facts: RunFacts): boolean {
  return facts.layers.some((layer) => isRecurrentName(layer.name));
}

/** Gated cells, where the model is recurrent or nothing tells what it is. */
export function recurrentRemedies(facts: RunFacts): readonly RemedyId[] {
  return facts.layers.length === 0 || looksRecurrent(facts) ? ['gru', 'lstm'] : [];
}
