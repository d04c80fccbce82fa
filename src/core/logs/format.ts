import type { KeyMeaning } from './keyMeaning';
import type { Recorder } from './recorder';

/** Characters of a line that a {@link Head} shows. */
export const HEAD_COLUMNS = 2000;

/** The first bytes of a file, as detection sees them. */
export interface Head {
  /** UTF-8 without byte order mark, at most some hundred kilobytes. */
  readonly bytes: Uint8Array;
  /** Whole lines at the start, cleaned of terminal escapes, each cut to {@link HEAD_COLUMNS} characters. */
  readonly lines: readonly string[];
  /** The file ends within the head. */
  readonly complete: boolean;
  /** NUL bytes: no text. */
  readonly binary: boolean;
}

/** Reads a text log line by line. State between lines is its own; the bytes are only valid during the call. */
export interface LineParser {
  /** @param number 1-based line. */
  line(bytes: Uint8Array, start: number, end: number, number: number): void;
  /**
   * Reads the line at `start` if it is what the lines before let expect, its end (LF, or CR and LF) included in the look.
   * What comes of it is what {@link line} would make of it.
   * @returns the offset of the line's end; -1 when the line, or its end, is another
   */
  expected?(bytes: Uint8Array, start: number, end: number, number: number): number;
  /** Reads an unfinished last line if it is a whole record in itself. */
  tail?(bytes: Uint8Array, start: number, end: number, number: number): boolean;
}

/** Reads a file that is no list of lines: one JSON document, or binary records. */
export interface BlockParser {
  /**
   * Reads as far as whole records go.
   * @returns the bytes used; the rest is handed in again, with more behind it.
   */
  feed(bytes: Uint8Array, start: number, end: number): number;
  /** Lines passed so far; 0 for a binary file. */
  readonly lines: number;
}

/** A few lines as a tool writes them, and what must come of them. */
export interface FormatSample {
  readonly text: string;
  /** Where the tool puts the file, if that matters. */
  readonly path?: string;
  /** Name, step and value of every training point with a known kind (gradient, loss), in file order. */
  readonly points: readonly (readonly [name: string, step: number, value: number])[];
}

/** One log format. Formats are found by what a file contains, never by its name. */
export interface LogFormat {
  readonly id: string;
  /** As people call it. */
  readonly title: string;
  /** Where the format is defined or shown. */
  readonly reference: string;
  /** How sure the head is of this format, 0 (not at all) to 1. */
  sniff(head: Head): number;
  /** Records it takes to believe the sniff; 2 where absent. */
  readonly enough?: number;
  /** The file may hold source code beside its log, so code in it says nothing. */
  readonly besideCode?: boolean;
  /** Reads keys whose meaning only this format knows; the dictionary is used where it is absent. */
  meaning?(name: string): KeyMeaning;
  /** @param path where the log lies; some trackers keep a metric's name in it. */
  open(recorder: Recorder, path: string): { readonly lines: LineParser } | { readonly blocks: BlockParser };
  readonly samples: readonly FormatSample[];
}
