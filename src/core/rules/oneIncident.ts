import type { Run } from '../run/run';
import { stepSpan } from '../run/stepSpan';
import type { LogFinding } from './finding';
import { sayStep } from './log/incident';
import { lossPlateau } from './log/loss-plateau';

/**
 * What a stuck loss follows from: where one of these is found, the plateau is its consequence and not said again. A gradient that
 * is gone everywhere (evidence `everywhere`) is no cause of a stuck loss but the other face of it: both are said.
 */
const CAUSES_OF_PLATEAU: ReadonlySet<string> = new Set([
  'vanishing-gradient',
  'exploding-gradient',
  'dead-layer',
  'non-finite',
  'diverging-loss',
  'learning-rate-zero',
]);

const CAUSES_OF_STALL: ReadonlySet<string> = new Set(['vanishing-gradient', 'dead-layer']);
/** Of the loss at the start: what the mean of the targets alone is worth. */
const STALLED = 0.1;
/** Half the loss: more than the mean of the targets. */
const LEARNED = 0.5;
/** A hundredfold in one row is beyond what builds up along a valley. */
const THROWN_OFF = 100;
/** Lines between the row of the spike and the one where the loss counts as risen. */
const ROWS_APART = 4;
/** The loss just after, over that at the end: it recovers. A step size that is too large leaves it where it landed. */
const COMING_DOWN = 3;
/** After this many spikes the pattern is set: what starts at one of the next is their work. */
const SPIKES_THAT_EXPLAIN = 3;
/** A spike this far above the level that it leaves behind is the event, the level its aftermath. */
const SPIKE_ABOVE_LEVEL = 10;
/**
 * A gradient that grows through this share of the run explodes, and NaN is how it ends; a shorter rise belongs to the
 * NaN. A tenth of the run is also how exactly an onset can be told.
 */
const LONG_RISE = 0.1;

/**
 * One incident, one finding. A run that blows up shows it in its norm, its loss and its numbers at once, and ruined
 * weights have no depth profile: the finding that names the beginning stays and says what followed.
 */
export function oneAnIncident(run: Run, findings: readonly LogFinding[]): LogFinding[] {
  const apart = withoutSwing(findings);
  const told = new Map<LogFinding, LogFinding>();
  const claimed = apart.filter(isClaimed);
  const of = (rule: string): LogFinding | undefined => claimed.find((finding) => finding.rule === rule);
  const [spikes, growth, divergence, broken] = [
    of('gradient-spike'),
    of('exploding-gradient'),
    of('diverging-loss'),
    of('non-finite'),
  ];
  const follow = (one: LogFinding | undefined, cause: LogFinding | undefined): void => {
    if (one !== undefined && cause !== undefined && !told.has(one) && !told.has(cause)) {
      told.set(one, cause);
    }
  };
  if (spikes !== undefined) {
    const worked = [growth, divergence].filter((one) => one !== undefined && isWorkOf(spikes, one));
    for (const one of worked) {
      follow(one, spikes);
    }
  }
  if (broken !== undefined) {
    const rows = LONG_RISE * lengthOf(run);
    // The rows that were not finite ruined the weights: the loss that never came back from there is what they did.
    if (divergence !== undefined && broken.endStep !== null && within(divergence.step, broken, rows)) {
      follow(divergence, broken);
    }
    for (const one of [growth, divergence]) {
      if (one !== undefined && lasts(one, broken.step)) {
        const long = broken.step - one.step >= rows;
        follow(long ? broken : one, long ? one : broken);
      }
    }
  }
  if (growth !== undefined && divergence !== undefined && !wasTrainedThrough(growth, divergence)) {
    const first = growth.step < halfWayOf(divergence) ? growth : divergence;
    follow(first === growth ? divergence : growth, first);
  }
  const dead = of('dead-layer');
  const faded = of('vanishing-gradient');
  // No weight gets anything from the first row on: weights at zero and dead units look the same.
  if (faded?.evidence.zeroWeights !== undefined && dead !== undefined && dead.step <= faded.step) {
    follow(dead, faded);
  }
  for (const blow of [growth, divergence]) {
    // What a blow-up leaves behind when it drives ReLUs below zero: the layers are what is broken now.
    if (dead !== undefined && blow !== undefined && blow.endStep === null && dead.step >= blow.step) {
      follow(blow, dead);
      for (const one of [faded, spikes]) {
        if (one !== undefined && one.step >= blow.step) {
          follow(one, dead);
        }
      }
    }
  }
  for (const blow of [growth, divergence, broken, spikes]) {
    if (blow === undefined || told.has(blow)) {
      continue;
    }
    const followers = [...told].flatMap(([one, cause]) => (cause === blow ? [one] : []));
    const begin = Math.min(blow.step, ...followers.map(({ step }) => step));
    if (spikes !== undefined && spikes !== blow && mostlyAfter(spikes, begin)) {
      follow(spikes, blow);
    }
    const ruined = [blow, ...followers].some(
      ({ rule, endStep }) => rule !== 'gradient-spike' && endStep === null,
    );
    if (faded !== undefined && ruined && faded.step >= begin) {
      follow(faded, blow);
    }
  }
  const stuck = apart.find(({ rule }) => rule === 'loss-plateau');
  // The norm of weights that nothing updates grows without end: the other face of it, and no explosion to be clipped.
  if (stuck?.evidence.neverStepped !== undefined) {
    follow(growth, stuck);
  }
  const reason = claimed.find(
    ({ rule, evidence }) =>
      CAUSES_OF_PLATEAU.has(rule) &&
      evidence.everywhere === undefined &&
      // A rate that faded is the fact, a loss that stays since then the harm: the one does not tell of the other.
      !(rule === 'learning-rate-zero' && stuck?.evidence.shareAfterFade !== undefined),
  );
  if (stuck !== undefined && reason !== undefined && rootOf(reason, told) !== stuck) {
    told.set(stuck, rootOf(reason, told));
  }
  return apart
    .filter((finding) => !told.has(finding))
    .map((finding) => withConsequences(run, finding, told))
    .map((finding) => (stuck === undefined ? withStall(finding) : finding));
}

/**
 * A loss that stays while the first layers get nothing, or are dead, is stuck: the doubt that a level loss alone leaves is gone with
 * its cause found.
 */
function withStall(finding: LogFinding): LogFinding {
  const { lossStart, lossEnd } = finding.evidence;
  const isStuck =
    isClaimed(finding) &&
    CAUSES_OF_STALL.has(finding.rule) &&
    finding.endStep === null &&
    typeof lossStart === 'number' &&
    typeof lossEnd === 'number' &&
    Math.abs(lossStart - lossEnd) <= STALLED * lossStart;
  const { code, name } = lossPlateau.meta;
  const stall = { code, rule: name, step: finding.step, line: finding.range.line };
  return isStuck ? { ...finding, also: [...(finding.also ?? []), stall] } : finding;
}

/** Step at which a diverging loss was half the way up: a gradient that grew before is what drove it there. */
function halfWayOf({ step, evidence: { halfWayStep } }: LogFinding): number {
  return typeof halfWayStep === 'number' ? halfWayStep : step;
}

/** The finding that names the beginning of what a finding follows from. */
function rootOf(finding: LogFinding, told: ReadonlyMap<LogFinding, LogFinding>): LogFinding {
  const cause = told.get(finding);
  return cause === undefined ? finding : rootOf(cause, told);
}

function withoutSwing(findings: readonly LogFinding[]): readonly LogFinding[] {
  const claimed = findings.filter(isClaimed);
  const diverged = claimed.some(({ rule }) => rule === 'diverging-loss');
  return findings.filter((finding) => {
    switch (finding.rule) {
      case 'gradient-spike':
        return !(diverged && finding.evidence.spikes === 1 && finding.severity !== 'warning');
      case 'oscillating-loss':
        return claimed.every(({ rule }) => rule === finding.rule);
      default:
        return true;
    }
  });
}

function isClaimed({ severity }: LogFinding): boolean {
  return severity === 'error' || severity === 'warning';
}

function lengthOf(run: Run): number {
  const [first, last] = stepSpan(run);
  return last - first;
}

/** A profile over depth that stood while the run learned is not what made its loss diverge later. */
function wasTrainedThrough(growth: LogFinding, divergence: LogFinding): boolean {
  const { lossStart, lossBest } = divergence.evidence;
  return (
    growth.evidence.profile !== undefined &&
    typeof lossStart === 'number' &&
    typeof lossBest === 'number' &&
    lossStart - lossBest >= LEARNED * lossStart
  );
}

/** Does a step lie in an incident, or shortly after it? */
function within(step: number, incident: LogFinding, after: number): boolean {
  return step >= incident.step && step <= (incident.endStep ?? step) + after;
}

function lasts(finding: LogFinding, until: number): boolean {
  return finding.step <= until && (finding.endStep === null || finding.endStep >= until);
}

/** Steps of a finding's spikes. */
function stepsOf(spikes: LogFinding): readonly number[] {
  const { steps } = spikes.evidence;
  return Array.isArray(steps) ? steps.filter((step) => typeof step === 'number') : [spikes.step];
}

/**
 * One batch threw the run off: the norm jumped a hundredfold in one row, at the row where the loss did, and the loss has been
 * coming down from there since, though not yet to where it was.
 */
function isThrownOff(spikes: LogFinding, finding: LogFinding): boolean {
  const { instant, ratio, lossAt } = spikes.evidence;
  const { lossEnd } = finding.evidence;
  return (
    finding.rule === 'diverging-loss' &&
    instant === 1 &&
    stepsOf(spikes).length === 1 &&
    typeof ratio === 'number' &&
    ratio >= THROWN_OFF &&
    Math.abs(finding.range.line - spikes.range.line) <= ROWS_APART &&
    typeof lossAt === 'number' &&
    typeof lossEnd === 'number' &&
    lossAt >= COMING_DOWN * lossEnd
  );
}

/** Did a spike do it: it starts at a spike once these are a pattern, or at one that towers over the level it left? */
function isWorkOf(spikes: LogFinding, finding: LogFinding): boolean {
  if (isThrownOff(spikes, finding)) {
    return true;
  }
  const { leadStep, ratio } = finding.evidence;
  const at = stepsOf(spikes).indexOf(typeof leadStep === 'number' ? leadStep : finding.step);
  if (at >= SPIKES_THAT_EXPLAIN - 1) {
    return true;
  }
  const peak = spikes.evidence.ratio;
  const towers =
    finding.rule === 'diverging-loss' ||
    (typeof peak === 'number' && typeof ratio === 'number' && peak >= SPIKE_ABOVE_LEVEL * ratio);
  return at >= 0 && stepsOf(spikes).length > 1 && towers;
}

function mostlyAfter(spikes: LogFinding, begin: number): boolean {
  const steps = stepsOf(spikes);
  return steps.filter((step) => step >= begin).length * 2 >= steps.length;
}

/** Adds to a finding what followed from it, or led to it, with the place in the log. */
function withConsequences(
  run: Run,
  finding: LogFinding,
  told: ReadonlyMap<LogFinding, LogFinding>,
): LogFinding {
  const followers = [...told.keys()].filter((one) => rootOf(one, told) === finding);
  if (followers.length === 0) {
    return finding;
  }
  const parts = followers.flatMap((one) => {
    const said = SAID[one.rule];
    return said === undefined ? [] : [{ one, text: `${said} ${run.axis.kind} ${sayStep(one.step)}` }];
  });
  const also = followers
    .filter(isClaimed)
    .map(({ code, rule, step, range }) => ({ code, rule, step, line: range.line }))
    .sort((a, b) => a.step - b.step);
  if (parts.length === 0) {
    return { ...finding, also };
  }
  const worse = parts.some(({ one }) => one.severity === 'error') ? 'error' : finding.severity;
  return {
    ...finding,
    also,
    severity: worse,
    message: withParts(
      finding.message,
      parts.map(({ text }) => text),
    ),
    endStep: parts.some(({ one }) => one.endStep === null) ? null : finding.endStep,
    series: [...new Set([...finding.series, ...parts.flatMap(({ one }) => one.series)])],
    related: [
      ...finding.related,
      ...parts.map(({ one, text }) => ({ path: run.path, range: one.range, message: text, exact: true })),
    ],
  };
}

/** What the message says already is not said twice. */
function withParts(message: string, parts: readonly string[]): string {
  const said = message.replace(/\.$/, '');
  const others = parts.filter((text) => !said.includes(text));
  return `${[said, ...(others.length === 0 ? [] : [others.join(', ')])].join('; ')}.`;
}

const SAID: Readonly<Partial<Record<string, string>>> = {
  'exploding-gradient': 'the gradient grew from',
  'diverging-loss': 'the loss diverged at',
  'non-finite': 'not finite from',
};
