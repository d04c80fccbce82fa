import type { FlowClass, FlowLayer } from '../../core/flow/report';
import { flowHeadline, formatFlowText, layerSentence, ratioText } from '../../core/flow/text';
import { codeSpan, escapeMarkdown } from '../../core/report/markdown';

/** The forecast of a model: in a few words, and as the table that the command line prints. */
export interface FlowHover {
  readonly markdown: string;
  /** Shown as it is, in a fixed-width font; empty on the line of a layer. */
  readonly table: string;
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
      return { markdown: layersText(one, here), table: '' };
    }
  }
  return undefined;
}

function modelHover(model: FlowClass): FlowHover {
  const headline = flowHeadline(model);
  return {
    markdown: `**${escapeMarkdown(`G${headline.slice(1)}`)}** · ${escapeMarkdown(ORIGIN)}`,
    // Without its first line, which is the headline again.
    table: formatFlowText({ version: 1, path: '', classes: [model] }).replace(/^.*\n/, ''),
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
      : `${layers.length} layers, ${codeSpan(first.parameter)} to ${codeSpan(last.parameter)}: ${escapeMarkdown(
          `expected gradient ${ratioText(first.log10)} to ${ratioText(last.log10)} of ${model.reference ?? 'the last weight'}'s`,
        )}`;
  return `${text}\n\n${escapeMarkdown(ORIGIN)}`;
}
