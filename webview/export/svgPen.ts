/**
 * A pen that writes SVG. The libraries that do the same for all of a canvas set style attributes, which the page's
 * content security policy forbids.
 */
import type { Pen } from '../chart/pen';

/** Pixels below its top at which a text's middle and base line are, as shares of the font size. */
const MIDDLE = 0.35;
const TOP = 0.8;

/** A colour without the functions of CSS: `#rrggbb` and how opaque it is, 0 to 1. */
export interface PlainColor {
  readonly rgb: string;
  readonly alpha: number;
}

interface Look {
  fillStyle: Pen['fillStyle'];
  strokeStyle: Pen['strokeStyle'];
  globalAlpha: number;
  lineWidth: number;
  lineJoin: CanvasLineJoin;
  font: string;
  textAlign: CanvasTextAlign;
  textBaseline: CanvasTextBaseline;
  imageSmoothingEnabled: boolean;
  dash: readonly number[];
  /** Attribute that cuts off what is drawn; empty: nothing does. */
  clipping: string;
}

const FIRST_LOOK: Look = {
  fillStyle: '#000',
  strokeStyle: '#000',
  globalAlpha: 1,
  lineWidth: 1,
  lineJoin: 'miter',
  font: '10px sans-serif',
  textAlign: 'start',
  textBaseline: 'alphabetic',
  imageSmoothingEnabled: true,
  dash: [],
  clipping: '',
};

export class SvgPen implements Pen {
  fillStyle = FIRST_LOOK.fillStyle;
  strokeStyle = FIRST_LOOK.strokeStyle;
  globalAlpha = FIRST_LOOK.globalAlpha;
  lineWidth = FIRST_LOOK.lineWidth;
  lineJoin = FIRST_LOOK.lineJoin;
  font = FIRST_LOOK.font;
  textAlign = FIRST_LOOK.textAlign;
  textBaseline = FIRST_LOOK.textBaseline;
  imageSmoothingEnabled = FIRST_LOOK.imageSmoothingEnabled;
  private dash = FIRST_LOOK.dash;
  private clipping = FIRST_LOOK.clipping;
  private readonly kept: Look[] = [];
  private readonly shapes: string[] = [];
  private path: string[] = [];
  private clips = 0;

  /**
   * @param ruler measures texts: any context of a canvas
   * @param plain turns any colour of CSS into one that every program reads
   * @param id differs from that of every other picture in the same file
   */
  constructor(
    private readonly ruler: Pick<CanvasRenderingContext2D, 'measureText' | 'font'>,
    private readonly plain: (color: string) => PlainColor,
    private readonly id: string,
  ) {}

  /** What was drawn, as elements of an SVG file. */
  get content(): string {
    return this.shapes.join('\n');
  }

  save(): void {
    const { fillStyle, strokeStyle, globalAlpha, lineWidth, lineJoin, font, textAlign, textBaseline } = this;
    const { imageSmoothingEnabled, dash, clipping } = this;
    this.kept.push({
      fillStyle,
      strokeStyle,
      globalAlpha,
      lineWidth,
      lineJoin,
      font,
      textAlign,
      textBaseline,
      imageSmoothingEnabled,
      dash,
      clipping,
    });
  }

  restore(): void {
    Object.assign(this, this.kept.pop());
  }

  beginPath(): void {
    this.path = [];
  }

  closePath(): void {
    this.path.push('Z');
  }

  moveTo(x: number, y: number): void {
    this.path.push(`M${short(x)} ${short(y)}`);
  }

  /** As on a canvas, the first point of a path is one to start at. */
  lineTo(x: number, y: number): void {
    this.path.push(`${this.path.length === 0 ? 'M' : 'L'}${short(x)} ${short(y)}`);
  }

  rect(x: number, y: number, width: number, height: number): void {
    this.path.push(`M${short(x)} ${short(y)}h${short(width)}v${short(height)}h${short(-width)}Z`);
  }

  /** Full circles: our pictures have no other arcs. */
  arc(x: number, y: number, radius: number): void {
    const r = short(radius);
    this.path.push(
      `M${short(x - radius)} ${short(y)}a${r} ${r} 0 1 0 ${short(2 * radius)} 0a${r} ${r} 0 1 0 ${short(-2 * radius)} 0Z`,
    );
  }

  clip(): void {
    const id = `${this.id}-${++this.clips}`;
    this.shapes.push(`<clipPath id="${id}"><path d="${this.path.join('')}"/></clipPath>`);
    this.clipping = ` clip-path="url(#${id})"`;
  }

  fill(): void {
    this.addPath(`${this.paint('fill')}`);
  }

  stroke(): void {
    const dash = this.dash.length === 0 ? '' : ` stroke-dasharray="${this.dash.map(short).join(' ')}"`;
    this.addPath(
      `fill="none" ${this.paint('stroke')} stroke-width="${short(this.lineWidth)}" stroke-linejoin="${this.lineJoin}"${dash}`,
    );
  }

  fillRect(x: number, y: number, width: number, height: number): void {
    this.add(
      `<rect x="${short(x)}" y="${short(y)}" width="${short(width)}" height="${short(height)}" ${this.paint('fill')}`,
      '/>',
    );
  }

  fillText(text: string, x: number, y: number): void {
    const { size, family, weight } = fontOf(this.font);
    const anchor = { center: 'middle', right: 'end', end: 'end', left: 'start', start: 'start' }[
      this.textAlign
    ];
    const down =
      this.textBaseline === 'middle' ? MIDDLE * size : this.textBaseline === 'top' ? TOP * size : 0;
    this.add(
      `<text x="${short(x)}" y="${short(y + down)}" ${this.paint('fill')} font-family="${escapeXml(family)}" font-size="${short(size)}"${weight} text-anchor="${anchor}"`,
      `>${escapeXml(text)}</text>`,
    );
  }

  measureText(text: string): TextMetrics {
    this.ruler.font = this.font;
    return this.ruler.measureText(text);
  }

  setLineDash(dash: readonly number[]): void {
    this.dash = dash;
  }

  /** A picture of pixels stays one, with sharp pixels where it was drawn so. */
  drawImage(image: CanvasImageSource, x: number, y: number, width?: number, height?: number): void {
    if (image instanceof HTMLCanvasElement) {
      const rendering = this.imageSmoothingEnabled ? '' : ' image-rendering="pixelated"';
      this.add(
        `<image x="${short(x)}" y="${short(y)}" width="${short(width ?? image.width)}" height="${short(height ?? image.height)}" preserveAspectRatio="none"${rendering} href="${image.toDataURL('image/png')}"`,
        '/>',
      );
    }
  }

  /** Patterns and gradients are not drawn with. */
  private paint(what: 'fill' | 'stroke'): string {
    const style = what === 'fill' ? this.fillStyle : this.strokeStyle;
    if (typeof style !== 'string') {
      return `${what}="none"`;
    }
    const { rgb, alpha } = this.plain(style);
    return `${what}="${escapeXml(rgb)}"${alpha === 1 ? '' : ` ${what}-opacity="${short(alpha)}"`}`;
  }

  private addPath(look: string): void {
    if (this.path.length > 0) {
      this.add(`<path d="${this.path.join('')}" ${look}`, '/>');
    }
  }

  private add(start: string, end: string): void {
    const alpha = this.globalAlpha === 1 ? '' : ` opacity="${short(this.globalAlpha)}"`;
    this.shapes.push(`${start}${alpha}${this.clipping}${end}`);
  }
}

/** Texts of a log may hold anything; control characters are not allowed in XML at all. */
export function escapeXml(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/** A hundredth of a pixel is more than can be seen. */
function short(value: number): string {
  return Number.isFinite(value) ? String(Math.round(value * 100) / 100) : '0';
}

function fontOf(font: string): { readonly size: number; readonly family: string; readonly weight: string } {
  const match = /^(.*?)([\d.]+)px(?:\/\S+)? (.*)$/.exec(font);
  const weight = /\b(bold|[5-9]00)\b/.exec(match?.[1] ?? '')?.[1];
  return {
    size: Number(match?.[2] ?? 10),
    family: match?.[3] ?? 'sans-serif',
    weight: weight === undefined ? '' : ` font-weight="${weight}"`,
  };
}
