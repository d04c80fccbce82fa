import type { Snapshot } from '../src/protocol/messages';
import type { Asking } from '../src/protocol/wire';
import type { Picture } from './export/picture';
import type { Store, ViewState } from './state';
import type { Theme } from './theme';

/** What every part of the page draws from. */
export interface Model {
  readonly snapshot: Snapshot;
  readonly state: ViewState;
  readonly theme: Theme;
  /** Step of the log line that the text cursor is on. */
  readonly cursor: number | null;
  /** Id of the series pointed at in the legend. */
  readonly emphasized: number | null;
}

/** What parts of the page can do. */
export interface Page {
  readonly asking: Asking;
  readonly store: Store;
  /** Runs something a person asked for and shows its failure. */
  attempt(action: Promise<unknown>): void;
  emphasize(series: number | null): void;
  report(error: unknown): void;
  /** Says what takes time, and offers to give it up; null: it is done. */
  showProgress(text: string, onCancel: () => void): void;
  showProgress(text: null): void;
}

/** One way of looking at the run. */
export interface View {
  readonly element: HTMLElement;
  update(model: Model): void;
  /** Pictures in view, top to bottom, for export. */
  pictures(): readonly Picture[];
  /** Resolves when what was last asked of the host has come and is drawn. */
  settled(): Promise<void>;
  /** The numbers in view as CSV, for export. */
  csv(): string;
}
