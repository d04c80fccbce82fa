import type { Finding } from '../rules/finding';
import { finish, type Steps } from '../steps';
import { collectFacts, isLong } from './collect';
import type { PythonFacts } from './facts';
import { groupsOf } from './groups';
import { inOrder, judge } from './judge';
import { movedFindings } from './moved';
import { isOfFramework, mentionsFramework } from './names';
import { withoutSuppressed } from './suppress';
import type { Stmt } from './syntax/ast';
import { createParser, type ParsedModule } from './syntax/parse';
import { type LineSpan, ViewCutter, wholeView } from './view';
import { MOST_WORK, Work } from './work';

/** The two wasm files, as bytes: the core cannot read files. */
export interface PythonWasm {
  /** web-tree-sitter.wasm */
  readonly runtime: Uint8Array;
  /** tree-sitter-python.wasm */
  readonly grammar: Uint8Array;
}

/** A file as read, before any rule judges it. */
export interface ReadPython {
  readonly path: string;
  /** Worked out when first asked for. */
  readonly facts: PythonFacts;
  /** True when parts of the text could not be read: it is being typed, or is no Python. */
  readonly broken: boolean;
  /** What was left out of a text that is too large or too tangled to be looked at in whole; null when nothing was. */
  readonly cut: string | null;
}

export interface PythonAnalysis extends ReadPython {
  readonly findings: readonly Finding[];
}

/** Reads Python files. Made once (loading the wasm takes about 30 ms), used for every file. */
export interface PythonAnalyzer {
  /** Null when the text names no framework we know, so that nothing is parsed in vain. Never throws on any text. */
  analyze(path: string, text: string): PythonAnalysis | null;
  /** The same in steps, between which an editor can answer: reading the text, then each rule. */
  steps(path: string, text: string): Steps<PythonAnalysis | null>;
  /** The same without judging: for a text that is only being considered, as what a fix would leave. */
  read(path: string, text: string): ReadPython | null;
}

/** Files of which more than the analysis is kept, so that only what was edited is looked at again: more than a person edits at a time. */
const MAX_RECENT = 8;

export async function createPythonAnalyzer(wasm: PythonWasm): Promise<PythonAnalyzer> {
  const parser = await createParser(wasm.runtime, wasm.grammar);
  const recent = new Map<string, Known>();
  const keep = (path: string, known: Known): void => {
    recent.delete(path);
    recent.set(path, known);
    for (const oldest of recent.keys()) {
      if (recent.size <= MAX_RECENT) {
        break;
      }
      recent.delete(oldest);
    }
  };
  const read = (path: string, text: string): ReadPython | null => {
    if (!mentionsFramework(text)) {
      return null;
    }
    try {
      const parsed = parser.parse(text);
      return importsFramework(parsed) ? readPython(path, parsed) : null;
    } catch {
      return unreadable(path, text);
    }
  };
  function* steps(path: string, text: string): Steps<PythonAnalysis | null> {
    if (!mentionsFramework(text)) {
      return null;
    }
    try {
      const before = recent.get(path);
      const parsed = parser.parse(text, before?.parsed);
      yield;
      const isOurs = importsFramework(parsed);
      const judged = isOurs ? yield* judgeGroups(path, parsed, before?.judged ?? NOTHING, read) : NOTHING;
      keep(path, { parsed, judged });
      return isOurs ? analysisOf(path, parsed, [...judged.values()]) : null;
    } catch {
      return withFindings(unreadable(path, text), []);
    }
  }
  return { analyze: (path, text) => finish(steps(path, text)), steps, read };
}

function importsFramework({ pieces }: ParsedModule): boolean {
  return pieces.some(({ outline }) => [...outline.imports.values()].flat().some(isOfFramework));
}

/** What is kept of a file. */
interface Known {
  readonly parsed: ParsedModule;
  readonly judged: ReadonlyMap<string, Judged>;
}

/** What the rules said of one group of a file's definitions. */
interface Judged {
  readonly findings: readonly Finding[];
  /** Where its pieces stood then. */
  readonly spans: readonly LineSpan[];
  /** Of the file's work. */
  readonly spent: number;
  /** The file's facts, where the group is all of it and they were worked out just now. */
  readonly facts: PythonFacts | null;
}

const NOTHING: ReadonlyMap<string, Judged> = new Map();

/**
 * What the rules say of each group of a file, by the text of the group. Where a text was judged before, in this place or
 * in another of the file, its findings are taken over.
 */
function* judgeGroups(
  path: string,
  { text, pieces }: ParsedModule,
  before: ReadonlyMap<string, Judged>,
  read: PythonAnalyzer['read'],
): Steps<ReadonlyMap<string, Judged>> {
  const judged = new Map<string, Judged>();
  const cutter = new ViewCutter(path, text);
  let left = MOST_WORK;
  for (const group of groupsOf(pieces)) {
    const own = cutter.textOf(group);
    const spans = cutter.spansOf(group);
    const key = `${isLong(cutter.lines.count)} ${own}`;
    const known = before.get(key);
    const moved =
      known === undefined || known.spent > left ? null : movedFindings(known.findings, known.spans, spans);
    if (known !== undefined && moved !== null) {
      judged.set(key, { findings: moved, spans, spent: known.spent, facts: null });
    } else {
      const facts = collectFacts(cutter.view(group, own), new Work(left));
      const findings = yield* judge(facts, read);
      const { spent } = facts.source.work;
      judged.set(key, { findings, spans, spent, facts: own.length === text.length ? facts : null });
    }
    left = Math.max(0, left - (judged.get(key)?.spent ?? 0));
  }
  return judged;
}

function analysisOf(path: string, parsed: ParsedModule, judged: readonly Judged[]): PythonAnalysis {
  const { text } = parsed;
  const found = withoutSuppressed(
    text,
    judged.flatMap(({ findings }) => findings),
  );
  const isTangled = judged.reduce((sum, { spent }) => sum + spent, 0) > MOST_WORK;
  const facts = judged.length === 1 ? (judged[0]?.facts ?? null) : null;
  return withFindings(readPython(path, parsed, facts, isTangled), inOrder(found));
}

function withFindings(source: ReadPython, findings: readonly Finding[]): PythonAnalysis {
  // Not a spread, which would have the facts worked out.
  return Object.defineProperties({ findings } as PythonAnalysis, Object.getOwnPropertyDescriptors(source));
}

const TOO_LONG = 'too large to be read in whole; only its first part was';
const TOO_TANGLED = 'too tangled to be looked at in whole; some rules did not get to the end';
const UNREADABLE = 'nested in a way that cannot be read';

function readPython(
  path: string,
  parsed: ParsedModule,
  known: PythonFacts | null = null,
  isTangled = false,
): ReadPython {
  const { text, broken } = parsed;
  let facts = known;
  return {
    path,
    broken,
    get facts() {
      facts ??= factsOf(path, text, () => parsed.body);
      return facts;
    },
    get cut() {
      return parsed.cut ? TOO_LONG : isTangled || facts?.source.work.isSpent ? TOO_TANGLED : null;
    },
  };
}

/** The facts of a whole file; none of a text that defeats the reader, from which the editor must not suffer. */
function factsOf(path: string, text: string, body: () => readonly Stmt[]): PythonFacts {
  try {
    return collectFacts(wholeView(path, text, body()));
  } catch {
    return collectFacts(wholeView(path, text, []));
  }
}

function unreadable(path: string, text: string): ReadPython {
  return { path, facts: factsOf(path, text, () => []), broken: true, cut: UNREADABLE };
}
