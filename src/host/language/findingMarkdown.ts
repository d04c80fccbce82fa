/** The body of a hover on a finding, as Markdown text. Everything that comes from a log or from code is escaped here. */

import type { Remedy } from '../../core/remedies/remedy';
import { escapeMarkdown } from '../../core/report/markdown';
import { formatNumber } from '../../core/report/number';
import type { Evidence, Finding, LogFinding, RelatedPlace } from '../../core/rules/finding';
import type { RuleMeta } from '../../core/rules/rule';

/** Longer lists are for the charts. */
const MOST_NAMES = 6;
const MOST_PROFILE_VALUES = 8;
const MOST_REMEDIES = 4;

export interface HoverParts {
  readonly finding: Finding | LogFinding;
  readonly rule: RuleMeta | undefined;
  /** Best first. */
  readonly remedies: readonly Remedy[];
  /** Address of the curve's picture, already safe (a data URI made by us). */
  readonly picture: string | undefined;
  /** A link of the editor's own to a command, from an allow-list; undefined leaves the words without a link. */
  link(command: string, ...args: readonly unknown[]): string;
}

/** The whole hover. */
export function findingMarkdown(parts: HoverParts): string {
  const { finding, rule, link } = parts;
  const blocks = [
    heading(finding, rule),
    ...(parts.picture === undefined ? [] : [`![curve](${parts.picture})`]),
    numbers(finding),
    rule === undefined ? '' : `**Why it matters.** ${firstSentences(rule.doc.why)}`,
    places(finding.related, link),
    remedies(parts),
    links(parts),
  ];
  return blocks.filter((block) => block !== '').join('\n\n');
}

function heading(finding: Finding, rule: RuleMeta | undefined): string {
  return `**${finding.code} ${escapeMarkdown(rule?.title ?? finding.rule)}**`;
}

/** Step, parameters and evidence, a line each. */
function numbers(finding: Finding | LogFinding): string {
  const rows: string[] = [];
  if ('step' in finding) {
    const until =
      finding.endStep === null ? 'to the end of the log' : `until ${formatNumber(finding.endStep)}`;
    rows.push(
      finding.step === finding.endStep
        ? row('Step', formatNumber(finding.step))
        : row('Step', `${formatNumber(finding.step)}, ${until}`),
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
  return rows.join('  \n');
}

function row(label: string, value: string): string {
  return `${escapeMarkdown(label)}: **${escapeMarkdown(value)}**`;
}

function evidenceRows(evidence: Evidence): string[] {
  return Object.entries(evidence).map(([key, value]) => row(sentenceCase(key), evidenceText(value)));
}

function evidenceText(value: Evidence[string]): string {
  if (typeof value === 'number') {
    return formatNumber(value);
  }
  if (typeof value === 'string') {
    return value;
  }
  const shown = value.slice(0, MOST_PROFILE_VALUES).map(formatNumber).join(' · ');
  return value.length > MOST_PROFILE_VALUES
    ? `${shown} … ${formatNumber(value.at(-1) ?? Number.NaN)}`
    : shown;
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

function places(related: readonly RelatedPlace[], link: HoverParts['link']): string {
  return related
    .slice(0, MOST_NAMES)
    .map((place) => {
      const name = place.path.replace(/^.*[\\/]/, '');
      const where = escapeMarkdown(`${name}:${place.range.line}`);
      const target = link('gradientInspector.goToLayer', place.path, place.range.line, place.range.column);
      return `[${where}](${target}) ${place.exact ? '' : 'likely: '}${escapeMarkdown(place.message)}`;
    })
    .join('  \n');
}

function remedies({ remedies: all, link }: HoverParts): string {
  if (all.length === 0) {
    return '';
  }
  const rows = all
    .slice(0, MOST_REMEDIES)
    .map(
      ({ id, title, doesNotHelp }, index) =>
        `${index + 1}. [${title}](${link('gradientInspector.explainFinding', id)}): ${doesNotHelp}`,
    );
  return ['**What helps, best first**', ...rows].join('\n');
}

function links({ finding, rule, link }: HoverParts): string {
  const all = [
    ...(rule === undefined ? [] : [`[Explain](${link('gradientInspector.explainFinding', rule.name)})`]),
    ...('step' in finding ? [`[Open charts](${link('gradientInspector.openCharts')})`] : []),
  ];
  return all.join(' · ');
}

/** A hover has room for two sentences; the page has the rest. */
function firstSentences(text: string): string {
  const sentences = text
    .trim()
    .replace(/\s+/g, ' ')
    .match(/[^.!?]+(?:[.!?](?!\s|$)[^.!?]*)*[.!?]?/g);
  return (sentences ?? [text]).slice(0, 2).join('').trim();
}
