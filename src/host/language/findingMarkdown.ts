/** The body of a hover on a finding, as Markdown text. Everything that comes from a log or from code is escaped here. */

import type { Remedy } from '../../core/remedies/remedy';
import { escapeMarkdown } from '../../core/report/markdown';
import { formatNumber } from '../../core/report/number';
import type { Evidence, Finding, LogFinding, RelatedPlace } from '../../core/rules/finding';
import type { RuleMeta } from '../../core/rules/rule';

/** Longer lists are for the charts. */
const MOST_NAMES = 3;
const MOST_NUMBERS = 6;
const MOST_REMEDIES = 4;

export interface HoverParts {
  readonly finding: Finding | LogFinding;
  readonly rule: RuleMeta | undefined;
  /** What the run's axis counts: step, epoch, record. */
  readonly unit: string;
  /** Best first. */
  readonly remedies: readonly Remedy[];
  /** Addresses of pictures made by us (data URIs). */
  readonly pictures: readonly string[];
  /** A link of the editor's own to a command, from an allow-list; undefined leaves the words without a link. */
  link(command: string, ...args: readonly unknown[]): string;
}

/** The whole hover. */
export function findingMarkdown(parts: HoverParts): string {
  const { finding, rule } = parts;
  const blocks = [
    [heading(finding, rule), ...links(parts)].join(' · '),
    parts.pictures.map((address) => `![curve](${address})`).join(' '),
    numbers(finding, parts.unit),
    rule === undefined ? '' : `**Why it matters.** ${firstSentences(rule.doc.why)}`,
    remedies(parts),
  ];
  return blocks.filter((block) => block !== '').join('\n\n');
}

function heading(finding: Finding, rule: RuleMeta | undefined): string {
  return `**${finding.code} ${escapeMarkdown(rule?.title ?? finding.rule)}**`;
}

/** Step, parameters and evidence, a line each. */
function numbers(finding: Finding | LogFinding, unit: string): string {
  const rows: string[] = [];
  if ('step' in finding) {
    const until =
      finding.endStep === null ? 'to the end of the log' : `until ${formatNumber(finding.endStep)}`;
    rows.push(
      finding.step === finding.endStep
        ? row(sentenceCase(unit), formatNumber(finding.step))
        : row(sentenceCase(unit), `${formatNumber(finding.step)}, ${until}`),
    );
    if (finding.parameters.length > 0) {
      rows.push(
        row(
          finding.parameters.length === 1 ? 'Parameter' : `${finding.parameters.length} parameters`,
          names(finding.parameters),
        ),
      );
    }
  }
  rows.push(...evidenceRows(finding.evidence));
  return rows.join(' · ');
}

function row(label: string, value: string): string {
  return `${escapeMarkdown(label)}: **${escapeMarkdown(value)}**`;
}

/** Single values; profiles and lists of steps are for pictures. */
function evidenceRows(evidence: Evidence): string[] {
  return Object.entries(evidence)
    .flatMap(([key, value]) => {
      const shown =
        typeof value === 'number' ? formatNumber(value) : typeof value === 'string' ? value : undefined;
      return shown === undefined || key.startsWith('profile') ? [] : [row(sentenceCase(key), shown)];
    })
    .slice(0, MOST_NUMBERS);
}

/** `decadesLost` is "Decades lost" for a person. */
function sentenceCase(key: string): string {
  const words = key.replace(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function names(all: readonly string[]): string {
  const shown = all.slice(0, MOST_NAMES).join(', ');
  return all.length > MOST_NAMES ? `${shown} and ${all.length - MOST_NAMES} more` : shown;
}

function remedies({ remedies: all, finding, link }: HoverParts): string {
  if (all.length === 0) {
    return '';
  }
  const rows = all
    .slice(0, MOST_REMEDIES)
    .map(
      ({ id, title, doesNotHelp }, index) =>
        `${index + 1}. [${title}](${link('gradientInspector.explainFinding', id)}): ${doesNotHelp}${forecastOf(finding, id)}`,
    );
  return ['**What helps, best first**', ...rows].join('\n');
}

/** What the first fix of a remedy would do to the gradient flow, where that is known. */
function forecastOf({ fixes }: Finding, remedy: string): string {
  const text = fixes.find((fix) => fix.remedy === remedy && fix.forecast !== undefined)?.forecast;
  return text === undefined ? '' : ` **Forecast:** ${escapeMarkdown(text)}.`;
}

/** VS Code itself lists the related places under the message; the first one is the layer to go to. */
function links({ finding, rule, link }: HoverParts): string[] {
  const [layer] = finding.related;
  return [
    ...(rule === undefined ? [] : [`[Explain](${link('gradientInspector.explainFinding', rule.name)})`]),
    ...('step' in finding ? [`[Open charts](${link('gradientInspector.openCharts')})`] : []),
    ...('step' in finding && layer !== undefined ? [`[Go to layer](${layerLink(layer, link)})`] : []),
  ];
}

function layerLink({ path, range }: RelatedPlace, link: HoverParts['link']): string {
  return link('gradientInspector.goToLayer', path, range.line, range.column);
}

/** A hover has room for two sentences; the page has the rest. */
function firstSentences(text: string): string {
  const sentences = text
    .trim()
    .replace(/\s+/g, ' ')
    .match(/[^.!?]+(?:[.!?](?!\s|$)[^.!?]*)*[.!?]?/g);
  return (sentences ?? [text]).slice(0, 2).join('').trim();
}
