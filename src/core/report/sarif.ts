import type { Finding, Severity } from '../rules/finding';
import type { RuleMeta } from '../rules/rule';
import type { TextRange } from '../text';
import type { CheckReport } from './checkReport';
import { allFindings } from './checkReport';
import { nonFiniteAsText } from './json';

const LEVEL: Readonly<Record<Severity, string>> = {
  error: 'error',
  warning: 'warning',
  info: 'note',
  hint: 'note',
};

/** SARIF 2.1.0 (OASIS standard), for code scanning services and editors. `rules` describes every rule of the product. */
export function formatSarif(report: CheckReport, rules: readonly RuleMeta[], version: string): string {
  const log = {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'Gradient Inspector', version, rules: rules.map(ruleObject) } },
        columnKind: 'utf16CodeUnits',
        results: [...allFindings(report)].map(({ path, finding }) => resultObject(path, finding)),
      },
    ],
  };
  return JSON.stringify(log, nonFiniteAsText, 2);
}

function ruleObject(meta: RuleMeta): object {
  return {
    id: meta.code,
    name: meta.name,
    shortDescription: { text: meta.title },
    fullDescription: { text: meta.doc.sees },
    help: { text: meta.doc.why },
    defaultConfiguration: { level: LEVEL[meta.severity] },
  };
}

function resultObject(path: string, finding: Finding): object {
  return {
    ruleId: finding.code,
    level: LEVEL[finding.severity],
    message: { text: finding.message },
    locations: [{ physicalLocation: physicalLocation(path, finding.range) }],
    relatedLocations: finding.related.map((related, id) => ({
      id,
      message: { text: related.message },
      physicalLocation: physicalLocation(related.path, related.range),
    })),
    properties: { evidence: finding.evidence, remedies: finding.remedies },
  };
}

/** A relative path or an absolute one as an address: what would begin a query or a fragment is only part of a name. */
function uriOf(path: string): string {
  const wellFormed = path.replace(/\p{Cs}/gu, '\ufffd');
  return encodeURI(wellFormed.replaceAll('\\', '/')).replace(/[?#]/g, encodeURIComponent);
}

function physicalLocation(path: string, range: TextRange): object {
  return {
    artifactLocation: { uri: uriOf(path) },
    region: {
      startLine: range.line,
      startColumn: range.column,
      endLine: range.endLine,
      endColumn: range.endColumn,
    },
  };
}
