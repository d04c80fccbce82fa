import { Uri } from 'vscode';
import type { SettingsFile } from '../../core/remedies/settings';
import { codeHalf } from '../codeHalf';
import { bytesOf, statusOf } from '../files';
import { pathOf } from '../paths';
import { openDocument } from './openDocument';
import type { PythonSource } from './pythonService';

const MAX_BYTES = 200_000;

/** The files beside Python sources that may hold their settings: what they import and the configurations they name. */
export async function settingsBeside(
  sources: readonly PythonSource[],
): Promise<readonly (SettingsFile & { readonly uri: Uri })[]> {
  const found = new Map<string, SettingsFile & { readonly uri: Uri }>();
  for (const { uri, analysis } of sources.filter((source) =>
    codeHalf().hasRateElsewhere(source.analysis.facts),
  )) {
    // A package's modules are imported from the folder above it.
    for (const folder of [Uri.joinPath(uri, '..'), Uri.joinPath(uri, '../..')]) {
      for (const candidate of codeHalf().settingsCandidates(analysis.facts)) {
        const file = Uri.joinPath(folder, candidate);
        const text = found.has(file.toString()) ? null : await smallText(file);
        if (text !== null) {
          found.set(file.toString(), { uri: file, path: pathOf(file), text });
        }
      }
    }
  }
  return [...found.values()];
}

/** As it is in the editor, saved or not; null where there is no such file. */
async function smallText(uri: Uri): Promise<string | null> {
  const document = openDocument(uri);
  if (document !== undefined) {
    return document.getText();
  }
  try {
    const status = await statusOf(uri);
    return status.size > MAX_BYTES ? null : new TextDecoder().decode(await bytesOf(uri));
  } catch {
    // Most candidates are names of packages.
    return null;
  }
}
