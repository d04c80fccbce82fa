/** The Python files beside a program that it imports, directly or through each other. */
import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { PythonAnalyzer } from '../core/python/analyze';
import type { PythonFacts } from '../core/python/facts';
import { statementsIn } from '../core/python/syntax/walk';

/** Imports of imports that are followed. */
const MAX_DEPTH = 3;
const MAX_FILES = 60;
const MAX_BYTES = 1_000_000;

/** Libraries whose names the engine knows: their own files would only crowd out the program's. */
const knownLibraries = /^(torch|numpy)(\.|$)/;

/** @param facts of a file with an absolute path */
export async function importedFiles(
  facts: PythonFacts,
  analyzer: PythonAnalyzer,
): Promise<readonly PythonFacts[]> {
  const seen = new Set([facts.path]);
  const out: PythonFacts[] = [];
  let level: readonly PythonFacts[] = [facts];
  for (let depth = 0; depth < MAX_DEPTH && level.length > 0; depth++) {
    const next: PythonFacts[] = [];
    for (const origin of level) {
      for (const path of await pathsImportedBy(origin)) {
        if (seen.has(path) || seen.size > MAX_FILES) {
          continue;
        }
        seen.add(path);
        const read = analyzer.read(path, await readFile(path, 'utf8').catch(() => ''));
        if (read !== null) {
          next.push(read.facts);
        }
      }
    }
    out.push(...next);
    level = next;
  }
  return out;
}

async function pathsImportedBy(facts: PythonFacts): Promise<readonly string[]> {
  const origins = statementsIn(facts.body).flatMap((stmt) =>
    stmt.kind === 'import' ? stmt.bindings.map(({ origin }) => origin) : [],
  );
  const roots = await packageRoots(dirname(facts.path));
  const found: string[] = [];
  for (const origin of new Set(origins)) {
    if (knownLibraries.test(origin)) continue;
    const dots = /^\.+/.exec(origin)?.[0].length ?? 0;
    const segments = origin
      .slice(dots)
      .split('.')
      .filter((segment) => /^\w+$/.test(segment));
    const folders = dots > 0 ? [join(dirname(facts.path), ...Array<string>(dots - 1).fill('..'))] : roots;
    for (const folder of folders) {
      found.push(...(await modulesAlong(folder, segments)));
    }
  }
  return found;
}

/** The files a dotted name leads through: packages on the way, and the module; the last segment may be a name in it. */
async function modulesAlong(folder: string, segments: readonly string[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (let length = 0; length <= segments.length; length++) {
    const base = join(folder, ...segments.slice(0, length));
    for (const path of length === 0 ? [] : [`${base}.py`, join(base, '__init__.py')]) {
      if (await isSmallFile(path)) {
        found.push(path);
      }
    }
  }
  return found;
}

/** The folder of a file, and those above it up to the one that holds its package: where absolute imports start. */
async function packageRoots(folder: string): Promise<readonly string[]> {
  const roots = [folder];
  let at = folder;
  while (dirname(at) !== at && (await isSmallFile(join(at, '__init__.py')))) {
    at = dirname(at);
    roots.push(at);
  }
  return roots;
}

async function isSmallFile(path: string): Promise<boolean> {
  return stat(path).then(
    (status) => status.isFile() && status.size <= MAX_BYTES,
    () => false,
  );
}
