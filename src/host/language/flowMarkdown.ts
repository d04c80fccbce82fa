import type { FlowClass, FlowLayer } from '../../core/flow/report';
import {
  factLines,
  flowHeadline,
  layerSentence,
  layersSentence,
  sureness,
  tableLines,
} from '../../core/flow/text';
import { codeSpan, escapeMarkdown } from '../../core/report/markdown';

/** The forecast of a model: in a few words, as a short form of the table that the command line prints, and its grounds. */
export interface FlowHover {
  readonly markdown: string;
  /** Shown as it is, in a fixed-width font; empty on the line of a layer. */
  readonly table: string;
  /** What it rests on and leaves open, below the table. */
  readonly after: string;
}

const ORIGIN = 'Forecast from the code, at initialisation; no run is needed for it.';

/** What to say on a 1-based line: of the model that begins there, or of the layers that are made there. */
export function flowOnLine(classes: readonly FlowClass[], line: number): FlowHover | undefined {
  const model = classes.find((one) => one.line === line);
  if (model !== undefined) {
    return modelHover(model);
  }
  for (const one of classes) {
    const here = one.layers.filter((layer) => layer.matrix && layer.line === line);
    if (here.length > 0) {
      return { markdown: layersText(one, here), table: '', after: '' };
    }
  }
  return undefined;
}

/** Rows of the table in a hover: what VS Code shows without scrolling. */
const hoverRows = 7;

function modelHover(model: FlowClass): FlowHover {
  const headline = flowHeadline(model);
  const decay = model.perLayer === null ? '' : `per layer ×${model.perLayer.toPrecision(2)}; `;
  const weights = model.layers.filter((layer) => layer.matrix).length;
  const table = tableLines(model, hoverRows);
  const more = weights > hoverRows ? [`${hoverRows} of ${weights} weights are shown`] : [];
  return {
    markdown: [
      `**${escapeMarkdown(`G${headline.slice(1)}`)}** · ${escapeMarkdown(ORIGIN)}`,
      escapeMarkdown(`${decay}${sureness(model)}`),
    ].join('\n\n'),
    table: table.join('\n'),
    after: [...(table.length > 0 ? more : []), ...factLines(model)].map(escapeMarkdown).join('\n\n'),
  };
}

function layersText(model: FlowClass, layers: readonly FlowLayer[]): string {
  const [first, last] = [layers[0], layers.at(-1)];
  if (first === undefined || last === undefined) {
    return '';
  }
  const text =
    first === last
      ? `${codeSpan(first.parameter)}: ${escapeMarkdown(layerSentence(model, first))}`
      : `${layers.length} layers, ${codeSpan(first.parameter)} to ${codeSpan(last.parameter)}: ${escapeMarkdown(layersSentence(model, layers))}`;
  return `${text}\n\n${escapeMarkdown(ORIGIN)}`;
}
