import { Uri } from 'vscode';
import type { PythonAnalysis, PythonAnalyzer } from '../../core/python/analyze';
import { mentionsFramework } from '../../core/python/names';
import { notebookCode } from '../../core/python/notebook/code';
import { inSlices } from '../../core/steps';
import { codeHalf } from '../codeHalf';
import { bytesOf, statusOf } from '../files';
import { errorText, type Log } from '../log';
import { nextTurn } from '../nextTurn';
import { fileOf, isNotebookCode, pathOf } from '../paths';
import { openNotebook, textOfNotebook } from './notebookCells';
import { openDocument } from './openDocument';

/** Generated files of megabytes are not training code; parsing them would only hold the editor up. */
const LARGEST_SOURCE_BYTES = 1_000_000;
/** Of a notebook most are pictures; but all of it is read to find the code. */
const LARGEST_NOTEBOOK_BYTES = 5_000_000;
/** Analyses kept; the least recently used go first. */
const CACHE_SIZE = 300;

interface CacheEntry {
  /** Document version or file time: while it is the same, so is the analysis. */
  readonly stamp: string;
  readonly analysis: PythonAnalysis | null;
}

/** One analysed file, and what its text was known by. */
export interface PythonSource {
  readonly uri: Uri;
  readonly stamp: string;
  readonly analysis: PythonAnalysis;
}

/** What an open document has that an analysis needs. */
export interface PythonText {
  readonly uri: Uri;
  readonly version: number | string;
  getText(): string;
}

/** Reads Python files and remembers what it found. The parser is loaded when the first file asks for it. */
export class PythonService {
  private analyzer: Promise<PythonAnalyzer> | undefined;
  private readonly cache = new Map<string, CacheEntry>();
  /** Analyses under way: who asks for the same text meanwhile waits for the same one. */
  private readonly pending = new Map<string, { stamp: string; analysis: Promise<PythonAnalysis | null> }>();

  constructor(
    private readonly extensionUri: Uri,
    private readonly log: Log,
  ) {}

  /** The analysis of an open document as it is now; null when it names no framework. */
  async ofDocument(document: PythonText): Promise<PythonAnalysis | null> {
    return this.cached(document.uri, `version ${document.version}`, async () => document.getText());
  }

  /** The analysis of a file or a notebook's code, from its open document if there is one. Null also for what cannot be read. */
  async ofFile(uri: Uri): Promise<PythonSource | null> {
    try {
      const stamp = await this.stampOf(uri);
      if (stamp === null) {
        return null;
      }
      const document = openText(uri);
      const analysis = await this.cached(uri, stamp, async () =>
        document === undefined ? storedCode(uri) : document.getText(),
      );
      return analysis && { uri, stamp, analysis };
    } catch (error) {
      this.log.debug(`${pathOf(uri)} cannot be read: ${errorText(error)}`);
      return null;
    }
  }

  /** Reads a text that is in no file: the code as a fix would make it. */
  async reader(): Promise<PythonAnalyzer['read']> {
    return (await this.loaded()).read;
  }

  /** What the file's text is known by now; null when it is too large or no file. */
  async stampOf(uri: Uri): Promise<string | null> {
    const document = openText(uri);
    if (document !== undefined) {
      return `version ${document.version}`;
    }
    const status = await statusOf(fileOf(uri));
    const limit = isNotebookCode(uri) ? LARGEST_NOTEBOOK_BYTES : LARGEST_SOURCE_BYTES;
    return status.size > limit ? null : `time ${status.mtime} size ${status.size}`;
  }

  private async cached(uri: Uri, stamp: string, text: () => Promise<string>): Promise<PythonAnalysis | null> {
    const key = uri.toString();
    const known = this.cache.get(key);
    this.cache.delete(key);
    if (known?.stamp === stamp) {
      this.cache.set(key, known);
      return known.analysis;
    }
    const begun = this.pending.get(key);
    const pending = begun?.stamp === stamp ? begun : { stamp, analysis: this.analyse(uri, text) };
    this.pending.set(key, pending);
    const analysis = await pending.analysis.finally(() => {
      if (this.pending.get(key) === pending) {
        this.pending.delete(key);
      }
    });
    this.cache.set(key, { stamp, analysis });
    for (const oldest of this.cache.keys()) {
      if (this.cache.size <= CACHE_SIZE) {
        break;
      }
      this.cache.delete(oldest);
    }
    return analysis;
  }

  /** Reads and judges a text, in slices that leave the editor responsive. */
  private async analyse(uri: Uri, text: () => Promise<string>): Promise<PythonAnalysis | null> {
    const source = await text();
    // Most Python files have nothing to do with training: for them nothing is loaded.
    if (!mentionsFramework(source)) {
      return null;
    }
    const analysis = await inSlices((await this.loaded()).steps(pathOf(uri), source), nextTurn);
    if (analysis !== null && analysis.cut !== null) {
      this.log.info(`${pathOf(uri)}: ${analysis.cut}`);
    }
    return analysis;
  }

  private loaded(): Promise<PythonAnalyzer> {
    this.analyzer ??= this.load().catch((error: unknown) => {
      this.analyzer = undefined;
      this.log.error(`The Python parser could not be loaded: ${errorText(error)}`);
      throw error;
    });
    return this.analyzer;
  }

  private async load(): Promise<PythonAnalyzer> {
    const started = Date.now();
    const [runtime, grammar] = await Promise.all(
      ['web-tree-sitter.wasm', 'tree-sitter-python.wasm'].map(async (name) =>
        bytesOf(Uri.joinPath(this.extensionUri, 'dist', name)),
      ),
    );
    const analyzer = await codeHalf().createPythonAnalyzer({
      runtime: runtime ?? new Uint8Array(),
      grammar: grammar ?? new Uint8Array(),
    });
    this.log.debug(`Python parser loaded in ${Date.now() - started} ms`);
    return analyzer;
  }
}

function openText(uri: Uri): PythonText | undefined {
  if (!isNotebookCode(uri)) {
    return openDocument(uri);
  }
  const notebook = openNotebook(uri);
  return notebook && textOfNotebook(notebook);
}

async function storedCode(uri: Uri): Promise<string> {
  const text = new TextDecoder().decode(await bytesOf(fileOf(uri)));
  return isNotebookCode(uri) ? (notebookCode(text)?.text ?? '') : text;
}
