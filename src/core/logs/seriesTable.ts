import { PointColumns, SharedColumns } from '../run/pointColumns';
import type { Series, SeriesKind, Split, Statistic } from '../run/series';
import type { Key } from './keyTable';

const SPLITS: readonly Split[] = ['train', 'eval', 'summary'];

/** A series while its log is read. */
export class LoggedSeries implements Series {
  readonly points: PointColumns;

  constructor(
    columns: SharedColumns,
    readonly id: number,
    readonly name: string,
    readonly kind: SeriesKind,
    readonly statistic: Statistic,
    readonly split: Split,
    readonly parameter: string | null,
  ) {
    this.points = new PointColumns(columns);
  }
}

/** The series of one log, in the order in which they were met. */
export class SeriesTable {
  readonly series: LoggedSeries[] = [];
  private readonly columns = new SharedColumns();
  private readonly normed = new Set<string>();

  /** @param layerNames names of layers alone are gradient norms in this log */
  constructor(private readonly layerNames: boolean) {}

  /** The series of a key; made when it is asked for first. */
  of(key: Key, recordSplit: Split): LoggedSeries {
    const meaning = key.meaning;
    const split = recordSplit === 'train' ? meaning.split : recordSplit;
    const slot = split === 'train' ? 0 : split === 'eval' ? 1 : 2;
    const known = key.series[slot];
    if (known != null) {
      if (recordSplit === 'train') {
        key.home = known;
      }
      return known;
    }
    const layer = meaning.layerName && this.layerNames;
    // One size per parameter: where a norm is logged, other statistics of the same gradient are only curves.
    const gradient = layer || meaning.kind === 'grad-norm';
    const extra =
      meaning.kind === 'grad-norm' &&
      meaning.statistic !== 'norm' &&
      this.normed.has(meaning.parameter ?? '');
    if (gradient && !extra) {
      this.normed.add(meaning.parameter ?? '');
    }
    const made = new LoggedSeries(
      this.columns,
      this.series.length,
      key.name,
      layer ? 'grad-norm' : extra ? 'other' : meaning.kind,
      layer ? 'norm' : meaning.statistic,
      SPLITS[slot] ?? 'train',
      layer || !meaning.layerName ? meaning.parameter : null,
    );
    this.series.push(made);
    key.series[slot] = made;
    return made;
  }
}
