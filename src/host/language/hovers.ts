import {
  ColorThemeKind,
  type Disposable,
  Hover,
  languages,
  MarkdownString,
  type Position,
  type TextDocument,
  type Uri,
  window,
} from 'vscode';
import type { PictureTheme } from '../../core/report/picture';
import { codeHalf } from '../codeHalf';
import type { LogSessions } from '../sessions/logSession';
import type { DocumentFindings, PlacedFinding } from './documentFindings';
import { findingMarkdown } from './findingMarkdown';
import { findingPictures } from './findingPictures';
import { ruleByName } from './pages';
import { EVERY_SELECTOR } from './selectors';

/** The only commands a hover may run; none of them changes a file. */
const ALLOWED_COMMANDS = [
  'gradientInspector.explainFinding',
  'gradientInspector.goToLayer',
  'gradientInspector.openCharts',
] as const;

/** A line can carry several findings; more than this is a list, not a hover. */
const MOST_HOVERS = 3;

export function registerHovers(findings: DocumentFindings, sessions: LogSessions): Disposable {
  return languages.registerHoverProvider(EVERY_SELECTOR, {
    provideHover(document: TextDocument, position: Position): Hover | undefined {
      const here = findings.of(document).filter(({ range }) => range.contains(position));
      const [first] = here;
      return (
        first &&
        new Hover(
          here.slice(0, MOST_HOVERS).map((placed) => contents(placed, document.uri, sessions)),
          first.range,
        )
      );
    },
  });
}

function contents(placed: PlacedFinding, uri: Uri, sessions: LogSessions): MarkdownString {
  const { finding } = placed;
  const text = findingMarkdown({
    finding,
    rule: ruleByName(finding.rule),
    unit: placed.kind === 'log' ? (placed.session.run?.axis.kind ?? 'step') : 'step',
    remedies: finding.remedies.map((id) => codeHalf().remedyById(id)),
    pictures: pictures(placed, sessions),
    link: (command, ...args) => commandLink(command, args.length > 0 ? args : [uri.toString()]),
  });
  const markdown = new MarkdownString(text);
  markdown.isTrusted = { enabledCommands: [...ALLOWED_COMMANDS] };
  markdown.supportHtml = false;
  return markdown;
}

/** Parentheses would end a Markdown link, and `encodeURIComponent` leaves them. */
function commandLink(command: string, args: readonly unknown[]): string {
  const query = encodeURIComponent(JSON.stringify(args)).replace(/[()]/g, (c) => (c === '(' ? '%28' : '%29'));
  return `command:${command}?${query}`;
}

/** Of evidence on a line of code the pictures are the run's, as long as its log is open. */
function pictures(placed: PlacedFinding, sessions: LogSessions): readonly string[] {
  const onLog = placed.kind === 'log' ? placed.finding : placed.evidence?.onLog;
  const session =
    placed.kind === 'log' ? placed.session : placed.evidence && sessions.peek(placed.evidence.run);
  return onLog !== undefined && session?.run
    ? findingPictures(onLog, session.run, pictureTheme()).map(
        (svg) => `data:image/svg+xml;base64,${Buffer.from(svg, 'utf8').toString('base64')}`,
      )
    : [];
}

function pictureTheme(): PictureTheme {
  switch (window.activeColorTheme.kind) {
    case ColorThemeKind.Light:
      return 'light';
    case ColorThemeKind.HighContrast:
      return 'high-contrast-dark';
    case ColorThemeKind.HighContrastLight:
      return 'high-contrast-light';
    default:
      return 'dark';
  }
}
