import { FileType, Uri } from 'vscode';
import type { OlderParts } from '../../core/io/partedSource';
import { mayBeRotated, rotatedLogs } from '../../core/logs/rotation';
import { entriesOf, statusOf } from '../files';
import { pathOf, uriOf } from '../paths';

/** A folder elsewhere is looked at again at most this often; to ask the local disk for a date costs next to nothing. */
const LOOK_EVERY_MS = 1000;
/** Older parts are read before the log itself: so much takes a few seconds, and what is older still is left out. */
const MOST_BYTES = 1024 ** 3;

const NONE: readonly string[] = [];

/** Finds the rotated parts beside a log. Lists the folder only when something in it was made, renamed or deleted. */
export function olderPartsOf(uri: Uri): OlderParts {
  const path = pathOf(uri);
  if (!mayBeRotated(path)) {
    return async () => NONE;
  }
  const folder = Uri.joinPath(uri, '..');
  const wait = uri.scheme === 'file' ? 0 : LOOK_EVERY_MS;
  let parts = NONE;
  let stamp = Number.NaN;
  let lookedAt = Number.NEGATIVE_INFINITY;
  return async () => {
    if (performance.now() - lookedAt >= wait) {
      lookedAt = performance.now();
      const { mtime } = await statusOf(folder);
      if (mtime !== stamp) {
        stamp = mtime;
        parts = await partsIn(folder, path);
      }
    }
    return parts;
  };
}

async function partsIn(folder: Uri, path: string): Promise<readonly string[]> {
  const entries = await entriesOf(folder);
  // Links are left out, as everywhere: the part may lie anywhere, and be anything.
  const files = entries.filter(([, type]) => type === FileType.File).map(([name]) => nameIn(folder, name));
  const younger: string[] = [];
  let bytes = 0;
  for (const part of [...(rotatedLogs([...files, path]).get(path) ?? [])].reverse()) {
    bytes += (await statusOf(uriOf(part))).size;
    if (bytes > MOST_BYTES) {
      break;
    }
    younger.push(part);
  }
  return younger.length === 0 ? NONE : younger.reverse();
}

function nameIn(folder: Uri, name: string): string {
  return pathOf(Uri.joinPath(folder, name));
}
