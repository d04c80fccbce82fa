/** Languages a training log is opened as. */
export const LOG_LANGUAGES = ['log', 'plaintext', 'json', 'jsonl', 'jsonc', 'ndjson', 'csv', 'tsv'] as const;

const LANGUAGES: ReadonlySet<string> = new Set(LOG_LANGUAGES);

/** Endings of training logs; shared with the search of Analyze Workspace. */
export const LOG_EXTENSIONS = ['log', 'txt', 'out', 'err', 'jsonl', 'ndjson', 'json', 'csv', 'tsv'] as const;

const ENDING = new RegExp(`\\.(${LOG_EXTENSIONS.join('|')})(\\.\\d{1,3})?$`, 'i');

/** Globs of files that hold runs and are no plain text: TensorBoard, Weights & Biases, notebooks. Shown as charts only. */
export const CHART_FILES = ['*.wandb', '*tfevents*', '*.ipynb'] as const;

const BINARY_NAME = /\.wandb$|tfevents[^/]*$/i;

/** Has the file no lines that an editor could show? */
export function isBinaryLogName(path: string): boolean {
  return BINARY_NAME.test(path);
}

/** The old side of a diff, settings and the like have file systems of their own, but they are no files of the person's. */
const FOREIGN_SCHEMES: ReadonlySet<string> = new Set([
  'git',
  'gitfs',
  'output',
  'vscode-userdata',
  'vscode-local-history',
]);

/** What editors and package managers keep in JSON is no log: opening it must not load what reads logs. VS Code opens its settings by itself. */
const TOOLS_OWN =
  /(?:^|[\\/])(?:settings|launch|tasks|extensions|keybindings|package(?:-lock)?|[jt]sconfig)\.json$/i;

export interface DocumentTraits {
  readonly scheme: string;
  readonly path: string;
  readonly languageId: string;
  /** Its scheme belongs to a file system, so it is no output channel or debug console. */
  readonly hasFileSystem: boolean;
}

/** May this document be a training log, by all but its content? Wide on purpose: the content has the last word. */
export function isCandidate({ scheme, path, languageId, hasFileSystem }: DocumentTraits): boolean {
  if (scheme !== 'untitled' && (!hasFileSystem || FOREIGN_SCHEMES.has(scheme))) {
    return false;
  }
  return !TOOLS_OWN.test(path) && (LANGUAGES.has(languageId) || mayBeLogName(path));
}

/** By its name alone (a file that is too large to be a document). */
export function mayBeLogName(path: string): boolean {
  return ENDING.test(path) && !TOOLS_OWN.test(path);
}
