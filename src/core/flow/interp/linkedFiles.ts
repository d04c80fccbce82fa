import type { PythonFacts } from '../../python/facts';
import { Program } from '../../python/program';
import type { PythonSource } from '../../python/source';
import { Scope, type Value } from './values';

/** Files that may import each other, as a forecast follows them. */
export class LinkedFiles {
  private readonly program: Program;
  private readonly bySource: ReadonlyMap<PythonSource, PythonFacts>;

  constructor(own: PythonFacts, others: readonly PythonFacts[]) {
    const all = [own, ...others.filter(({ path }) => path !== own.path)];
    this.program = new Program(all.map(({ source }) => source));
    this.bySource = new Map(all.map((facts) => [facts.source, facts]));
  }

  /** Where a dotted name that a file imports is defined; null when in none of the files. */
  definition(
    origin: string,
    from: PythonFacts,
  ): { readonly facts: PythonFacts; readonly name: string } | null {
    const found = this.program.definition(origin, from.source);
    const facts = found === null ? undefined : this.bySource.get(found.source);
    const node = found?.scope?.node;
    const name = node !== null && node !== undefined && 'name' in node ? node.name : origin.split('.').at(-1);
    return facts === undefined || typeof name !== 'string' ? null : { facts, name };
  }

  /** The same for a name that a file's star imports may bring. */
  starred(name: string, from: PythonFacts): { readonly facts: PythonFacts; readonly name: string } | null {
    for (const { origin } of from.source.module.bindings.get('*') ?? []) {
      if (origin !== null) {
        const found = this.definition(`${origin}${origin.endsWith('.') ? '' : '.'}${name}`, from);
        if (found !== null) return found;
      }
    }
    return null;
  }
}

/** One file of a reading. */
export interface OpenFile {
  readonly facts: PythonFacts;
  readonly globals: Scope;
  /** Added to offsets of this file, so that they tell which file they are of. */
  readonly base: number;
  /** What its imported names stand for, as far as they were asked for. */
  readonly imported: Map<string, Value>;
}

/** Longer than any text that is read. */
const SPAN = 2 ** 24;

/** The files a reading has opened: the forecast one first, others when something of theirs is asked for. */
export class OpenFiles {
  private readonly files: OpenFile[] = [];
  private readonly byScope = new Map<Scope, OpenFile>();
  private readonly byFacts = new Map<PythonFacts, OpenFile>();

  /** Opens a file, once. */
  open(facts: PythonFacts): { readonly file: OpenFile; readonly isNew: boolean } {
    const known = this.byFacts.get(facts);
    if (known !== undefined) return { file: known, isNew: false };
    const file: OpenFile = {
      facts,
      globals: new Scope(null),
      base: this.files.length * SPAN,
      imported: new Map(),
    };
    this.files.push(file);
    this.byScope.set(file.globals, file);
    this.byFacts.set(facts, file);
    return { file, isNew: true };
  }

  /** The file whose code a scope belongs to. */
  of(scope: Scope): OpenFile | undefined {
    if (this.files.length === 1) return this.files[0];
    let root = scope;
    while (root.parent !== null) root = root.parent;
    return this.byScope.get(root);
  }

  /** File and line of an offset. */
  placeOf(offset: number): { readonly path: string; readonly line: number } | null {
    const file = this.files[Math.floor(offset / SPAN)];
    if (file === undefined) return null;
    const start = offset - file.base;
    return { path: file.facts.path, line: file.facts.rangeOf({ start, end: start }).line };
  }
}
