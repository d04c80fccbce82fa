/** A run as one file that needs nothing else: what was found, what helps, and the pictures. Pure. */
import type { FindingInfo, RunInfo } from '../../src/protocol/messages';
import { evidenceRows } from '../evidence';
import { formatCount } from '../format';
import { linePhrase, runSentence, spanPhrase } from '../summary';
import { escapeXml } from './svgPen';

/** A picture in a report. */
export interface ReportPicture {
  readonly title: string;
  readonly sentence: string;
  /** An SVG file, of our own making. */
  readonly svg: string;
}

/** The run in Markdown, with the pictures inside. Texts from the log are escaped. */
export function markdownReport(run: RunInfo, pictures: readonly ReportPicture[]): string {
  const lines = [
    `# ${escapeMarkdown(run.name)}`,
    '',
    `${runSentence(run)}. Format: ${run.format}, ${formatCount(run.lines, 'line')}.`,
    '',
    ...pictures.flatMap(({ title, sentence, svg }) => [
      `## ${escapeMarkdown(title)}`,
      '',
      `![${escapeMarkdown(sentence)}](data:image/svg+xml;base64,${base64(svg)})`,
      '',
    ]),
    '## Findings',
    '',
    ...(run.findings.length === 0 ? ['Nothing wrong found.', ''] : []),
    ...run.findings.flatMap((finding) => findingMarkdown(finding, run)),
    ...(run.notChecked.length === 0
      ? []
      : [
          '## Not checked',
          '',
          ...run.notChecked.map(({ title, why }) => `- ${title}: ${escapeMarkdown(why)}`),
          '',
        ]),
  ];
  return lines.join('\n');
}

function findingMarkdown(finding: FindingInfo, run: RunInfo): string[] {
  const { axis } = run;
  return [
    `### ${finding.code} ${finding.title} (${finding.severity}, ${spanPhrase(finding, axis.kind)})`,
    '',
    `${escapeMarkdown(finding.message)} Log ${linePhrase(run, finding.line)}.`,
    '',
    ...evidenceRows(finding, axis.kind).map(
      ([name, value]) => `- ${escapeMarkdown(name)}: ${escapeMarkdown(value)}`,
    ),
    '',
    ...finding.remedies.map(({ title, helps, doesNotHelp }) => `- **${title}.** ${helps} ${doesNotHelp}`),
    '',
  ];
}

function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+!|<>~&-]/g, '\\$&').replace(/\s+/g, ' ');
}

/** Looks of the page: its own, as nothing of VS Code is there where it is read; dark and light as the reader's system. */
const STYLE = `
:root { color-scheme: light dark; --muted: #667; --line: #8884; --raised: #8881; --error: #d13438; --warning: #b8860b; --info: #1a85ff; --hint: #7a5fa8; }
body { max-width: 960px; margin: 32px auto; padding: 0 20px; font: 15px/1.55 system-ui, sans-serif; }
h1 { margin-bottom: 0; font-size: 1.5em; } h2 { margin-top: 1.8em; font-size: 1.15em; } h3 { margin: 0; font-size: 1em; }
.muted { color: var(--muted); } figure { margin: 12px 0 24px; } svg { max-width: 100%; height: auto; border: 1px solid var(--line); border-radius: 4px; }
article { margin: 12px 0; padding: 10px 14px; background: var(--raised); border-left: 3px solid var(--line); border-radius: 2px; }
article.error { border-color: var(--error); } article.warning { border-color: var(--warning); } article.info { border-color: var(--info); } article.hint { border-color: var(--hint); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0 16px; margin: 8px 0; font-variant-numeric: tabular-nums; } dt { color: var(--muted); } dd { margin: 0; overflow-wrap: anywhere; }
li { margin: 4px 0; }
`;

/** The run as a page without scripts, and without anything from elsewhere: its own policy forbids both. */
export function htmlReport(run: RunInfo, pictures: readonly ReportPicture[]): string {
  const name = escapeXml(run.name);
  return [
    '<!DOCTYPE html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${name}</title>`,
    `<style>${STYLE}</style>`,
    '</head>',
    '<body>',
    `<h1>${name}</h1>`,
    `<p class="muted">${escapeXml(runSentence(run))} · ${escapeXml(run.format)} · ${formatCount(run.lines, 'line')}</p>`,
    '<h2>Findings</h2>',
    ...(run.findings.length === 0 ? ['<p>Nothing wrong found.</p>'] : []),
    ...run.findings.map((finding) => findingHtml(finding, run)),
    ...pictures.flatMap(({ title, sentence, svg }) => [
      `<h2>${escapeXml(title)}</h2>`,
      `<figure>${svg}<figcaption class="muted">${escapeXml(sentence)}</figcaption></figure>`,
    ]),
    ...(run.notChecked.length === 0
      ? []
      : [
          '<h2>Not checked</h2>',
          '<ul>',
          ...run.notChecked.map(({ title, why }) => `<li>${escapeXml(title)}: ${escapeXml(why)}</li>`),
          '</ul>',
        ]),
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

function findingHtml(finding: FindingInfo, run: RunInfo): string {
  const { axis } = run;
  return [
    `<article class="${finding.severity}">`,
    `<h3>${escapeXml(finding.title)}</h3>`,
    `<p class="muted">${finding.code} · ${finding.severity} · ${escapeXml(spanPhrase(finding, axis.kind))} · log ${escapeXml(linePhrase(run, finding.line))}</p>`,
    `<p>${escapeXml(finding.message)}</p>`,
    '<dl>',
    ...evidenceRows(finding, axis.kind).map(
      ([key, value]) => `<dt>${escapeXml(key)}</dt><dd>${escapeXml(value)}</dd>`,
    ),
    '</dl>',
    '<ul>',
    ...finding.remedies.map(
      ({ title, helps, doesNotHelp }) =>
        `<li><strong>${escapeXml(title)}.</strong> ${codeHtml(helps)} <span class="muted">${codeHtml(doesNotHelp)}</span></li>`,
    ),
    '</ul>',
    '</article>',
  ].join('\n');
}

/** `code` between backticks, as the remedies write it. */
function codeHtml(text: string): string {
  return escapeXml(text).replace(/`([^`]+)`/g, '<code>$1</code>');
}

function base64(text: string): string {
  let binary = '';
  for (const byte of new TextEncoder().encode(text)) {
    binary += String.fromCharCode(byte);
  }
  return btoa(binary);
}
