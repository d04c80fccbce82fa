/** Saves what is shown: as a picture, as numbers, as a report. */
import { h } from './dom';
import { type Picture, pngOf, svgOf } from './export/picture';
import { htmlReport, markdownReport, type ReportPicture } from './export/report';
import { iconText } from './icons';
import type { Model, Page, View } from './view';

/** What a report shows a view on, whatever the window is. CSS pixels. */
const REPORT_SIZE = { width: 960, height: 560 } as const;

/** Milliseconds. */
const LONGEST_LAYOUT = 500;

export interface ReportView {
  readonly title: string;
  readonly view: View;
}

export class ExportMenu {
  readonly element = h(
    'details',
    { class: 'menu' },
    h('summary', { class: 'tool' }, ...iconText('export', 'Export')),
    h(
      'div',
      { class: 'menu-body' },
      this.item('Picture as shown (PNG)', () => this.savePng()),
      this.item('Picture as shown (SVG)', () => this.saveSvg()),
      this.item('Numbers in view (CSV)', () => this.saveText('csv', this.view().csv())),
      this.item('Report of the run (HTML)', () => this.saveReport('html')),
      this.item('Report of the run (Markdown)', () => this.saveReport('md')),
    ),
  );
  private model: Model | undefined;

  /**
   * @param view the one that is open
   * @param reportViews those that have something to show of this run
   */
  constructor(
    private readonly page: Page,
    private readonly view: () => View,
    private readonly reportViews: (model: Model) => readonly ReportView[],
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
          try {
            save();
          } catch (error) {
            this.page.report(error);
          }
        },
      },
      title,
    );
  }

  private savePng(): void {
    const { model } = this;
    if (model !== undefined) {
      pngOf(this.view().pictures(), model.theme).toBlob((blob) => {
        if (blob !== null) {
          this.page.attempt(blob.arrayBuffer().then((bytes) => this.save('png', bytes)));
        }
      });
    }
  }

  private saveSvg(): void {
    const { model } = this;
    if (model !== undefined) {
      this.saveText('svg', svgOf(this.view().pictures(), model.theme));
    }
  }

  private saveReport(extension: 'html' | 'md'): void {
    const { model } = this;
    if (model !== undefined) {
      const make = extension === 'html' ? htmlReport : markdownReport;
      this.page.attempt(
        this.reportPictures(model).then((pictures) =>
          pictures === null ? null : this.save(extension, encoded(make(model.snapshot, pictures))),
        ),
      );
    }
  }

  /** Lets every view draw itself in a corner that nobody sees, so that a report does not depend on what is open. Null: cancelled. */
  private async reportPictures(model: Model): Promise<readonly ReportPicture[] | null> {
    const pictures: ReportPicture[] = [];
    const views = this.reportViews(model);
    let isCancelled = false;
    for (const [at, { title, view }] of views.entries()) {
      this.page.showProgress(`Drawing the report: ${title}, ${at + 1} of ${views.length}`, () => {
        isCancelled = true;
      });
      // Lets the browser show that, and hear whether the person thinks better of it.
      await new Promise((resolve) => setTimeout(resolve));
      if (isCancelled) {
        break;
      }
      const shown = await drawnAside(view, model);
      pictures.push({
        title,
        sentence: shown.map(({ title: of, sentence }) => `${of}: ${sentence}`).join(' '),
        svg: svgOf(shown, model.theme, `view-${at}`),
      });
    }
    // The view that is open was taken from its place.
    this.page.showProgress(null);
    this.page.store.set({});
    return isCancelled ? null : pictures;
  }

  private saveText(extension: string, text: string): void {
    this.page.attempt(this.save(extension, encoded(text)));
  }

  private save(extension: string, bytes: ArrayBuffer): Promise<unknown> {
    const name = (this.model?.snapshot.name ?? 'run').replace(/\.[^.]*$/, '');
    return this.page.asking.request('save', { name: `${name}-gradients.${extension}`, bytes });
  }
}

async function drawnAside(view: View, model: Model): Promise<readonly Picture[]> {
  const stage = h('div', { class: 'stage', 'aria-hidden': 'true' }, view.element);
  stage.style.width = `${REPORT_SIZE.width}px`;
  stage.style.height = `${REPORT_SIZE.height}px`;
  document.body.append(stage);
  try {
    view.update(model);
    // A picture that was never on the page learns its size from the browser, and asks for its numbers then.
    await laidOut();
    await view.settled();
    await laidOut();
    return view.pictures();
  } finally {
    stage.remove();
  }
}

/** When observers of sizes have been told; a page that cannot be seen has no frames to wait for. */
function laidOut(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, LONGEST_LAYOUT);
    requestAnimationFrame(() => requestAnimationFrame(() => resolve()));
  });
}

function encoded(text: string): ArrayBuffer {
  return new TextEncoder().encode(text).buffer;
}
