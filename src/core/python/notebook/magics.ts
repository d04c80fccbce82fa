/** Lines for IPython and the shell become blanks of the same length, so that places stay. */
export function withoutMagics(code: string): string {
  if (/^\s*%%(?!time\b|timeit\b|capture\b|prun\b)/.test(code)) {
    return code.replace(/[^\r\n]/g, ' ');
  }
  return code.replace(/^[ \t]*(?:%|!|\?).*$|^.*(?<=\w)\?{1,2}[ \t]*$/gm, (line) => ' '.repeat(line.length));
}
