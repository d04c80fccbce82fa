/** Rows of text as CSV: everything quoted that needs it, and nothing that a spreadsheet would run as a formula. */
export function csv(rows: readonly (readonly (string | number)[])[]): string {
  return `${rows.map((row) => row.map(csvCell).join(',')).join('\n')}\n`;
}

function csvCell(cell: string | number): string {
  if (typeof cell === 'number') {
    return String(cell);
  }
  const safe = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
