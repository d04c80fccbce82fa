import type { Finding, LogFinding, RelatedPlace } from '../rules/finding';

/** What a run's findings say about one Python file. */
export interface EvidencedFinding {
  readonly path: string;
  readonly finding: Finding;
}

/**
 * Turns a run's joined findings round: each place in the code that a finding points to becomes a finding there, with
 * the run as its evidence. Advice about code (initialisation, depth, learning rate) is a diagnostic only in this way:
 * the log shows the symptom, and the place explains it.
 * @param runPath path of the log, named in the messages
 */
export function evidenceOnSources(
  runPath: string,
  findings: readonly LogFinding[],
): readonly EvidencedFinding[] {
  const marked = new Map<string, EvidencedFinding>();
  for (const finding of findings) {
    if (finding.severity === 'error' || finding.severity === 'warning') {
      for (const place of placesToMark(finding, runPath)) {
        const key = `${place.range.line} ${place.path}`;
        // Findings come gravest first: one mark a line says enough, the run says the rest.
        if (!marked.has(key)) {
          marked.set(key, { path: place.path, finding: findingAt(place, finding, runPath) });
        }
      }
    }
  }
  return [...marked.values()];
}

/** The causes; the first layer concerned where no cause is known. */
function placesToMark(finding: LogFinding, runPath: string): readonly RelatedPlace[] {
  const inCode = finding.related.filter(({ path }) => path !== runPath);
  const causes = inCode.filter(({ role }) => role === 'cause');
  return causes.length > 0 ? causes : inCode.filter(({ role }) => role === 'layer').slice(0, 1);
}

/** At most a warning: the code is one explanation of what the log shows, not a proven defect. */
function findingAt(place: RelatedPlace, finding: LogFinding, runPath: string): Finding {
  const { message, file = runPath, ...rest } = finding;
  return {
    code: rest.code,
    rule: rest.rule,
    severity: 'warning',
    message: `${message} (${file}, line ${finding.range.line}) ${capital(place.message)}`,
    range: place.range,
    evidence: rest.evidence,
    remedies: rest.remedies,
    fixes: rest.fixes.filter(({ path }) => path === place.path),
    related: [
      { path: file, range: finding.range, message: `where it starts (step ${finding.step})`, exact: true },
    ],
  };
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
