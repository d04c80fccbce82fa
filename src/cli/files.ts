/** Which files the command line's paths stand for. */
import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { mayBeRotated, rotatedLogs } from '../core/logs/rotation';
import { groupRunFiles, type RunFiles } from '../core/logs/runFolder';

/** Folders that hold no logs or sources of the person's own. */
const SKIPPED_FOLDERS = new Set(['node_modules', '__pycache__', 'site-packages', 'venv', 'env']);

/** Files that are certainly neither a log nor Python source: weights, data, media, archives. */
const SKIPPED_FILES =
  /\.(pt|pth|ckpt|safetensors|bin|onnx|h5|hdf5|npy|npz|pkl|pickle|arrow|parquet|png|jpe?g|gif|webp|svg|pdf|mp[34]|wav|zip|tar|bz2|xz|7z|so|dll|exe|pyc|woff2?|ttf)$/i;

/** A file to look at, or the files of one run in a tracker's folder. */
export interface ListedFile extends RunFiles {
  /** The person gave this path itself. */
  readonly named: boolean;
}

/**
 * Every file under the given paths that may be of interest, in a stable order. A path that cannot be reached goes to `onError`.
 * A file that several of the paths stand for is listed once, where it comes first: it would be reported, and fixed, twice.
 */
export async function listFiles(
  paths: readonly string[],
  onError: (path: string, why: string) => void,
): Promise<ListedFile[]> {
  const files: ListedFile[] = [];
  for (const path of paths) {
    try {
      const isFolder = path !== '-' && (await stat(path)).isDirectory();
      if (isFolder) {
        const found: string[] = [];
        await walk(path, found, onError);
        files.push(...groupRunFiles(found).map((group) => ({ ...group, named: false })));
      } else {
        files.push({ ...(await withOlderParts(path)), named: true });
      }
    } catch (error) {
      onError(path, reason(error));
    }
  }
  return withoutParts(await withoutRepeats(files));
}

/** A log with its rotated parts beside it, as the editor opens it. */
async function withOlderParts(path: string): Promise<RunFiles> {
  const names = path !== '-' && mayBeRotated(path) ? await readdir(dirname(path)).catch(() => []) : [];
  const older = rotatedLogs([...names.map((name) => besides(path, name)), path]).get(path) ?? [];
  return older.length === 0
    ? { path, files: [path], how: 'together' }
    : { path, files: [...older, path], how: 'rotated' };
}

/** A file in the same folder, written as the path is ("./a" stays "./b"). */
function besides(path: string, name: string): string {
  return path.slice(0, path.length - basename(path).length) + name;
}

/** `runs/*` names a log and its parts: they are told of once. */
function withoutParts(files: readonly ListedFile[]): ListedFile[] {
  const parts = new Set(
    files.flatMap(({ how, files: all }) => (how === 'rotated' ? all.slice(0, -1).map(plain) : [])),
  );
  return files.filter(({ how, path }) => how === 'rotated' || !parts.has(plain(path)));
}

function plain(path: string): string {
  return path === '-' ? path : resolve(path);
}

/** The files by what they are on disk: `a.py`, `./a.py` and a link to it are one. */
async function withoutRepeats(files: readonly ListedFile[]): Promise<ListedFile[]> {
  const kept = new Map<string, ListedFile>();
  for (const file of files) {
    const places = await Promise.all(file.files.map((path) => (path === '-' ? path : placeOf(path))));
    const key = places.join('\0');
    const first = kept.get(key);
    kept.set(key, first === undefined ? file : { ...first, named: first.named || file.named });
  }
  return [...kept.values()];
}

/** A pipe has no path of its own behind its link. */
function placeOf(path: string): Promise<string> {
  return realpath(path).catch(() => resolve(path));
}

async function walk(
  folder: string,
  files: string[],
  onError: (path: string, why: string) => void,
): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    onError(folder, reason(error));
    return [];
  });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const path = join(folder, entry.name);
    // Links are not followed: a loop of links would never end.
    if (entry.isDirectory() && !entry.name.startsWith('.') && !SKIPPED_FOLDERS.has(entry.name)) {
      await walk(path, files, onError);
    } else if (entry.isFile() && !SKIPPED_FILES.test(entry.name)) {
      files.push(path);
    }
  }
}

/** What people call the errors that a path gives most often. */
const PLAIN_WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or folder',
  ENOTDIR: 'no such file or folder',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EISDIR: 'is a folder',
  EROFS: 'the disk is read-only',
  ENOSPC: 'no space left on the disk',
};

/** What an error says, fit for one line. */
export function reason(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return PLAIN_WORDS[code] ?? (error instanceof Error ? error.message : String(error));
}
