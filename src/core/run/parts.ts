import type { Run } from './run';

/** A line of a file. */
export interface FileLine {
  readonly path: string;
  /** 1-based, in that file. */
  readonly line: number;
}

/** Where a line of a run stands: in the log itself, or in the rotated part it was cut into. */
export function placeOfLine({ path, parts = [] }: Pick<Run, 'path' | 'parts'>, line: number): FileLine {
  const part = parts.findLast(({ firstLine }) => firstLine <= line);
  return part === undefined ? { path, line } : { path: part.path, line: line - part.firstLine + 1 };
}

/** "line 12", or "line 12 of train.log.1" where that is not the log itself. */
export function sayLine(run: Pick<Run, 'path' | 'parts'>, line: number): string {
  const place = placeOfLine(run, line);
  return place.path === run.path ? `line ${place.line}` : `line ${place.line} of ${baseName(place.path)}`;
}

/** The last part of a path. */
function baseName(path: string): string {
  return path.replace(/^.*[\\/]/, '');
}

/** What the run counts a line of one of its files as: the way back from {@link placeOfLine}. */
export function lineInRun({ parts = [] }: Pick<Run, 'parts'>, { path, line }: FileLine): number {
  const part = parts.find((each) => each.path === path);
  return part === undefined ? line : part.firstLine + line - 1;
}
