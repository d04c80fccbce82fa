/** Saves what is shown: as a picture, as numbers, as a report. */
import type { FindingInfo, Snapshot } from '../src/protocol/messages';
import { h } from './dom';
import { formatCount, formatStep } from './format';
import { runSentence, spanPhrase } from './summary';
import type { Model, Page, View } from './view';

export class ExportMenu {
  readonly element = h(
    'details',
    { class: 'menu' },
    h('summary', { class: 'tool' }, 'Export'),
    h(
      'div',
      { class: 'menu-body' },
      this.item('Picture (PNG)', () => this.savePicture()),
      this.item('Numbers in view (CSV)', () => this.saveText('csv', this.view().csv())),
      this.item('Report (Markdown)', () => this.saveReport()),
    ),
  );
  private model: Model | undefined;

  constructor(
    private readonly page: Page,
    private readonly view: () => View,
  ) {}

  update(model: Model): void {
    this.model = model;
  }

  private item(title: string, save: () => void): HTMLElement {
    return h(
      'button',
      {
        type: 'button',
        onclick: () => {
          this.element.open = false;
          save();
        },
      },
      title,
    );
  }

  private savePicture(): void {
    this.picture().toBlob((blob) => {
      if (blob !== null) {
        this.page.attempt(blob.arrayBuffer().then((bytes) => this.save('png', bytes)));
      }
    });
  }

  private saveReport(): void {
    if (this.model !== undefined) {
      this.saveText('md', report(this.model.snapshot, this.picture().toDataURL('image/png')));
    }
  }

  private saveText(extension: string, text: string): void {
    this.page.attempt(this.save(extension, new TextEncoder().encode(text).buffer));
  }

  private save(extension: string, bytes: ArrayBuffer): Promise<unknown> {
    const name = (this.model?.snapshot.name ?? 'run').replace(/\.[^.]*$/, '');
    return this.page.asking.request('save', { name: `${name}-gradients.${extension}`, bytes });
  }

  private picture(): HTMLCanvasElement {
    return stack(this.view().pictures(), getComputedStyle(document.body).backgroundColor);
  }
}

/** Rows of text as CSV: everything quoted that needs it, and nothing that a spreadsheet would run as a formula. */
export function csv(rows: readonly (readonly (string | number)[])[]): string {
  return `${rows.map((row) => row.map(csvCell).join(',')).join('\n')}\n`;
}

function csvCell(cell: string | number): string {
  if (typeof cell === 'number') {
    return String(cell);
  }
  const safe = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** The run in Markdown, with the picture inside. Texts from the log are escaped. */
export function report(snapshot: Snapshot, picture: string): string {
  const unit = snapshot.axis.kind;
  const lines = [
    `# ${escapeMarkdown(snapshot.name)}`,
    '',
    `${runSentence(snapshot)}. Format: ${snapshot.format}, ${formatCount(snapshot.lines, 'line')}.`,
    '',
    `![Charts of the run](${picture})`,
    '',
    '## Findings',
    '',
    ...(snapshot.findings.length === 0 ? ['Nothing wrong found.', ''] : []),
    ...snapshot.findings.flatMap((finding) => findingReport(finding, unit)),
    ...(snapshot.notChecked.length === 0
      ? []
      : [
          '## Not checked',
          '',
          ...snapshot.notChecked.map(({ title, why }) => `- ${title}: ${escapeMarkdown(why)}`),
          '',
        ]),
  ];
  return lines.join('\n');
}

function findingReport(finding: FindingInfo, unit: string): string[] {
  return [
    `### ${finding.code} ${finding.title} (${finding.severity}, ${spanPhrase(finding, unit)})`,
    '',
    `${escapeMarkdown(finding.message)} Log line ${formatStep(finding.line)}.`,
    '',
    ...finding.remedies.map(({ title, helps, doesNotHelp }) => `- **${title}.** ${helps} ${doesNotHelp}`),
    '',
  ];
}

function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+!|<>~&-]/g, '\\$&').replace(/\s+/g, ' ');
}

/** Pictures under one another on the page's background. */
function stack(pictures: readonly HTMLCanvasElement[], background: string): HTMLCanvasElement {
  const canvas = h('canvas', {
    width: Math.max(1, ...pictures.map(({ width }) => width)),
    height: Math.max(
      1,
      pictures.reduce((sum, { height }) => sum + height, 0),
    ),
  });
  const context = canvas.getContext('2d');
  if (context !== null) {
    context.fillStyle = background;
    context.fillRect(0, 0, canvas.width, canvas.height);
    let top = 0;
    for (const picture of pictures) {
      context.drawImage(picture, 0, top);
      top += picture.height;
    }
  }
  return canvas;
}
