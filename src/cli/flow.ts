/** `flow`: the gradient flow that a model's source lets expect at initialisation. */
import { readFile } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { forecastFlow } from '../core/flow/forecast';
import type { FlowClass, FlowReport } from '../core/flow/report';
import { formatFlowText } from '../core/flow/text';
import type { PythonAnalyzer } from '../core/python/analyze';
import { nonFiniteAsText } from '../core/report/json';
import { plain } from '../core/report/plain';
import { importedFiles } from './importedFiles';
import { streamBytes } from './streams';

export interface FlowRequest {
  readonly path: string;
  /** Only this class; null for every model of the file. */
  readonly className: string | null;
  /** Length of sequences; null for the default. */
  readonly sequenceLength: number | null;
  /** Samples a gradient is the mean of; null for what the file sets, else the default. */
  readonly batchSize: number | null;
  readonly format: 'text' | 'json';
  onNote(text: string): void;
}

/** The class or variable that was asked for is not among the file's models. */
export class NoSuchModel extends Error {}

/**
 * The forecast as text for standard output. Rejects when the file cannot be read, and with NoSuchModel.
 */
export async function flowOutput(request: FlowRequest, analyzer: PythonAnalyzer): Promise<string> {
  const piped = await streamBytes(request.path, request.onNote);
  const text = piped === null ? await readFile(request.path, 'utf8') : new TextDecoder().decode(piped);
  const source = analyzer.read(resolve(request.path), text);
  if (source === null) {
    return request.format === 'json'
      ? `${JSON.stringify({ version: 1, path: request.path, classes: [] } satisfies FlowReport, null, 2)}\n`
      : `${plain(request.path)}: names no deep-learning framework\n`;
  }
  const forecast = forecastFlow(source.facts, {
    modules: await importedFiles(source.facts, analyzer),
    ...(request.className === null ? {} : { className: request.className }),
    ...(request.batchSize === null ? {} : { batchSize: request.batchSize }),
    ...(request.sequenceLength === null ? {} : { sequenceLength: request.sequenceLength }),
  });
  if (request.className !== null && forecast.classes.length === 0) {
    const names = forecastFlow(source.facts).classes.map((one) => one.class);
    const there = names.length === 0 ? 'it has none' : `it has ${names.slice(0, 20).join(', ')}`;
    throw new NoSuchModel(`no model ${request.className}; ${there}`);
  }
  const report = { ...forecast, path: request.path, classes: forecast.classes.map(withPathsFromHere) };
  return request.format === 'json'
    ? `${JSON.stringify(report, nonFiniteAsText, 2)}\n`
    : `${formatFlowText(report).trimEnd().split('\n').map(plain).join('\n')}\n`;
}

/** Paths of other files as the user would write them. */
function withPathsFromHere(forecast: FlowClass): FlowClass {
  const layers = forecast.layers.map((layer) =>
    layer.path === undefined ? layer : { ...layer, path: relative('', layer.path) },
  );
  return { ...forecast, layers };
}
