/** What a person has chosen that decides which points the picture over steps is made of. */
import { type Checked, isBoolean, isIndex, isNumber, isString, listOf, orNull, record } from './check';

/** More pixel columns than any screen has; a page that asks for more is not ours. */
const MOST_COLUMNS = 20_000;

export const isColumns = (value: unknown): value is number =>
  isIndex(value) && value >= 1 && value <= MOST_COLUMNS;

export const pictureChoiceShape = {
  /** Part of the axis shown; null: all of it, also as it grows. */
  range: orNull(record({ from: isNumber, to: isNumber })),
  /** Share of the past in the moving average; 0: none. */
  smoothing: isNumber,
  onlyFindings: isBoolean,
  search: isString,
  /** Names of series to draw as lines whatever else is chosen, and to leave out. */
  pinned: listOf(isString),
  hidden: listOf(isString),
  closedPanes: listOf(isString),
};
const pictureChoice = record(pictureChoiceShape);
export type PictureChoice = Checked<typeof pictureChoice>;

/** What a page draws on which nobody has chosen anything yet. */
export const FRESH_CHOICE: PictureChoice = {
  range: null,
  smoothing: 0,
  onlyFindings: false,
  search: '',
  pinned: [],
  hidden: [],
  closedPanes: [],
};

/** The choices, and how many pixel columns there is room for. */
export const picture = record({ ...pictureChoiceShape, columns: isColumns });
export type Picture = Checked<typeof picture>;
