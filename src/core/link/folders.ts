export function folderOf(path: string): string {
  return path.replace(/[^/\\]*$/, '').replace(/^\.[/\\]/, '');
}

/** Steps from one file's folder to the other's: 0 for the same folder. */
export function folderDistance(a: string, b: string): number {
  const [left, right] = [folderOf(a).split(/[/\\]/), folderOf(b).split(/[/\\]/)];
  let common = 0;
  while (common < left.length && common < right.length && left[common] === right[common]) {
    common++;
  }
  return left.length + right.length - 2 * common;
}
