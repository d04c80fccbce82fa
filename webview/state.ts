/** What a person has chosen. Kept by VS Code across hiding and reloading; all of it is plain data. */
import {
  anyOf,
  type Checked,
  isBoolean,
  isNumber,
  isString,
  listOf,
  oneOf,
  orNull,
  record,
} from '../src/protocol/check';
import { MOST_COMPARED } from '../src/protocol/messages';
import { FRESH_CHOICE, pictureChoiceShape } from '../src/protocol/picture';

const viewState = record({
  ...pictureChoiceShape,
  /** Address of the log, by which VS Code restores the panel. */
  uri: isString,
  view: oneOf('steps', 'layers', 'depth', 'compare'),
  /** What the horizontal axis counts. */
  axis: oneOf('logged', 'time', 'epoch'),
  /** Panes whose vertical axis is the other one than by default (norms: logarithmic). */
  flippedAxes: listOf(isString),
  /** Paths of modules that are one row in the heat map and the depth profile. */
  folded: listOf(isString),
  /** Groups of the legend that a person has opened, and closed. */
  openGroups: listOf(isString),
  closedGroups: listOf(isString),
  /** Index of the finding looked at. */
  finding: orNull(isNumber),
  /** Step of the depth profile, and the one it is compared with. */
  depthStep: orNull(isNumber),
  depthReference: orNull(isNumber),
  /** Share of the axis over which the depth profile takes medians; 0: a single step. */
  depthWindow: isNumber,
  /** Address of the run beside this one in the depth profile. */
  depthRun: orNull(isString),
  /** Addresses of the runs compared with. */
  compared: listOf(isString, MOST_COMPARED),
  /** Parameter whose norm is compared; null: the whole model's. */
  comparedParameter: orNull(isString),
  /** Norm at which the simulator clips; null: it is closed. */
  clip: orNull(isNumber),
  /** Colours of the heat map: the norm itself, or its ratio to the row's median. */
  heat: anyOf(oneOf('norm'), oneOf('relative')),
  /** Updates are held back. */
  isPaused: isBoolean,
});
export type ViewState = Checked<typeof viewState>;

export const INITIAL_STATE: ViewState = {
  ...FRESH_CHOICE,
  uri: '',
  view: 'steps',
  axis: 'logged',
  flippedAxes: [],
  folded: [],
  openGroups: [],
  closedGroups: [],
  finding: null,
  depthStep: null,
  depthReference: null,
  depthWindow: 0,
  depthRun: null,
  compared: [],
  comparedParameter: null,
  clip: null,
  heat: 'norm',
  isPaused: false,
};

/** What was kept, or the initial state where it is of another version. */
export function restoreState(kept: unknown): ViewState {
  return viewState(kept) ? kept : INITIAL_STATE;
}

export type Change = Partial<ViewState>;

/** Holds the state and tells whoever draws it. */
export class Store {
  private readonly listeners: ((state: ViewState, change: Change) => void)[] = [];

  constructor(
    private state: ViewState,
    private readonly keep: (state: ViewState) => void,
  ) {}

  get current(): ViewState {
    return this.state;
  }

  set(change: Change): void {
    this.state = { ...this.state, ...change };
    this.keep(this.state);
    for (const listener of this.listeners) {
      listener(this.state, change);
    }
  }

  onChange(listener: (state: ViewState, change: Change) => void): void {
    this.listeners.push(listener);
  }
}

/** The list with the name, or without it if it was there. */
export function toggled(names: readonly string[], name: string): readonly string[] {
  return names.includes(name) ? names.filter((other) => other !== name) : [...names, name];
}
