/**
 * Makes untrusted text fit for one line of a terminal or an annotation: control characters (colour codes, cursor
 * movement, line ends) become spaces, so that a log cannot rewrite the screen or forge a line of the report.
 */
export function plain(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is removed
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ');
}

/** "1 step", "3,000 steps". */
export function count(number: number, noun: string, plural = `${noun}s`): string {
  return `${number.toLocaleString('en-US')} ${number === 1 ? noun : plural}`;
}
