import type { Uri } from 'vscode';
import type { Reread } from '../../core/flow/remedyForecast';
import { type FlowClass, isConfident } from '../../core/flow/report';
import type { PythonAnalysis } from '../../core/python/analyze';
import type { PythonFacts } from '../../core/python/facts';
import { type CellPlace, holdsLine } from '../../core/python/notebook/openCells';
import type { Finding } from '../../core/rules/finding';
import { codeHalf } from '../codeHalf';
import type { ConfigStore } from '../config';

/** Steps that the forecasts of one file may take, about a microsecond each: an editor must not wait for them. */
const MOST_WORK = 20_000;

/** Whoever keeps the analyses of open documents. */
export interface Analyses {
  of(uri: Uri): PythonAnalysis | null;
  /** Where a notebook's cell is in the code that its analysis is of. */
  cellOf(uri: Uri): CellPlace | null;
}

/** Whoever reads a text as it would be. */
export interface Readers {
  reader(): Promise<Reread>;
}

/** What the models of open Python documents let expect of their gradients, computed when somebody asks and once per analysis of a text. */
export class FlowForecasts {
  private readonly known = new WeakMap<PythonFacts, readonly FlowClass[]>();

  constructor(
    private readonly analyses: Analyses,
    private readonly config: ConfigStore,
    private readonly readers: Readers,
  ) {}

  /** The finding with what each of its fixes would do to the flow, for a menu that is about to be shown. */
  async weighed(uri: Uri, finding: Finding): Promise<Finding> {
    // The edits of a cell are not those of the whole notebook that would be read again.
    const models = finding.fixes.length > 0 && this.analyses.cellOf(uri) === null ? this.of(uri) : [];
    const analysis = this.analyses.of(uri);
    if (models.length === 0 || analysis === null) {
      return finding;
    }
    const reread = await this.readers.reader();
    return { ...finding, fixes: codeHalf().forecastFixes(analysis.facts, finding, models, reread) };
  }

  /** Models with a forecast that can be relied on, in the document as last analysed. */
  of(uri: Uri): readonly FlowClass[] {
    const { enable, pythonEnable, flowEnable } = this.config.current;
    const analysis = enable && pythonEnable && flowEnable ? this.analyses.of(uri) : null;
    if (analysis === null) {
      return [];
    }
    const cell = this.analyses.cellOf(uri);
    const models = this.forecast(analysis.facts);
    return cell === null ? models : models.flatMap((model) => modelInCell(model, cell));
  }

  private forecast(facts: PythonFacts): readonly FlowClass[] {
    const known = this.known.get(facts);
    if (known !== undefined) {
      return known;
    }
    const classes = codeHalf()
      .forecastFlow(facts, { budget: { left: MOST_WORK } })
      .classes.filter(isConfident);
    this.known.set(facts, classes);
    return classes;
  }
}

/** A model with its lines counted as its cell counts them; none where it is not, or not wholly, in this cell. */
function modelInCell(model: FlowClass, cell: CellPlace): readonly FlowClass[] {
  const { above } = cell;
  return [model, ...model.layers].every(({ line }) => holdsLine(cell, line))
    ? [
        {
          ...model,
          line: model.line - above,
          layers: model.layers.map((layer) => ({ ...layer, line: layer.line - above })),
        },
      ]
    : [];
}
