import { textOf } from './bytes';
import { isLabel, isLoneName, isSubject } from './names';
import type { WordSpan } from './wordSpan';

/** The words before the last colon that no number followed: what the keys behind it may be about. */
export class Subject {
  private start = -1;
  private last = -1;
  private end = -1;

  take({ start, lastWord, end }: WordSpan): void {
    this.start = start;
    this.last = lastWord;
    this.end = end;
  }

  drop(): void {
    this.start = -1;
  }

  /** "Layer: conv1": the word behind is a name, whatever it looks like. */
  isLabel(bytes: Uint8Array): boolean {
    return this.start >= 0 && isLabel(textOf(bytes, this.start, this.end));
  }

  /** Where the parameter begins that it names, its last word at least; -1 when it names none. */
  ownerStart(bytes: Uint8Array, lineStart: number): number {
    if (this.start < 0) {
      return -1;
    }
    const text = textOf(bytes, this.start, this.end);
    if (isSubject(text) || (this.start === lineStart && isLoneName(text))) {
      return this.start;
    }
    return this.last > this.start && isSubject(textOf(bytes, this.last, this.end)) ? this.last : -1;
  }
}
