/** What a page asks after its first snapshot, known before it does: it is answered along with the snapshot. */
import { choose, shownPanes } from './choose';
import type { Params, RunInfo } from './messages';
import type { Picture } from './picture';
import { visibleRange } from './range';

interface Questions {
  readonly columns: Params<'columns'>;
  readonly bands: readonly Params<'band'>[];
}

/** The points of the picture over steps, of a run of which nothing is drawn yet. */
export function firstQuestions(run: RunInfo, picture: Picture): Questions {
  const choices = shownPanes(run, picture).map((pane) => choose(run, pane, picture));
  const window = {
    run: 0,
    epoch: run.epoch,
    ...visibleRange(run, picture),
    columns: picture.columns,
    known: null,
  };
  return {
    columns: {
      ...window,
      series: choices.flatMap(({ lines }) => lines.map(({ series }) => series.id)),
      smoothing: picture.smoothing,
    },
    bands: choices
      .filter(({ rest }) => rest.length > 0)
      .map(({ rest }) => ({ ...window, series: rest.map(({ id }) => id) })),
  };
}
