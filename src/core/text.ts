/** A range of text. Lines and columns are 1-based, columns count UTF-16 units, the end is exclusive. */
export interface TextRange {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** Replace `range` by `newText`; an empty range inserts. */
export interface TextEdit extends TextRange {
  readonly newText: string;
}
