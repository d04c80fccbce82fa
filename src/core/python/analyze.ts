import type { Reread } from '../flow/remedyForecast';
import type { Finding, Severity } from '../rules/finding';
import { oneInCode } from '../rules/oneIncidentInCode';
import { PYTHON_RULES } from '../rules/python/index';
import { finish, type Steps } from '../steps';
import { collectFacts } from './collect';
import type { PythonFacts } from './facts';
import { mentionsFramework } from './names';
import { withoutSuppressed } from './suppress';
import { createParser, type ParsedModule } from './syntax/parse';

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

/** Files whose syntax is kept, so that only what was edited is parsed again: more than a person edits at a time. */
const MAX_RECENT = 8;

export async function createPythonAnalyzer(wasm: PythonWasm): Promise<PythonAnalyzer> {
  const parser = await createParser(wasm.runtime, wasm.grammar);
  const read = (path: string, text: string) => readText(path, text, () => parser.parse(text));
  const recent = new Map<string, ParsedModule>();
  const readAgain = (path: string, text: string): ReadPython | null =>
    readText(path, text, () => {
      const parsed = parser.parse(text, recent.get(path));
      recent.delete(path);
      recent.set(path, parsed);
      for (const oldest of recent.keys()) {
        if (recent.size <= MAX_RECENT) {
          break;
        }
        recent.delete(oldest);
      }
      return parsed;
    });
  function* steps(path: string, text: string): Steps<PythonAnalysis | null> {
    const source = readAgain(path, text);
    yield;
    return source === null ? null : yield* judge(source, read);
  }
  return { analyze: (path, text) => finish(steps(path, text)), steps, read };
}

function readText(path: string, text: string, parse: () => ParsedModule): ReadPython | null {
  if (!mentionsFramework(text)) {
    return null;
  }
  try {
    const { body, broken, cut } = parse();
    const facts = collectFacts(path, text, body);
    return facts.frameworks.length === 0 ? null : readPython(facts, broken, cut ? TOO_LONG : null);
  } catch {
    // Text that defeats the reader has no facts; the editor must not suffer from it.
    return readPython(collectFacts(path, text, []), true, UNREADABLE);
  }
}

const TOO_LONG = 'too large to be read in whole; only its first part was';
const TOO_TANGLED = 'too tangled to be looked at in whole; some rules did not get to the end';
const UNREADABLE = 'nested in a way that cannot be read';

function readPython(facts: PythonFacts, broken: boolean, unread: string | null): ReadPython {
  return {
    path: facts.path,
    facts,
    broken,
    get cut() {
      return unread ?? (facts.source.work.isSpent ? TOO_TANGLED : null);
    },
  };
}

/** Runs every rule; a rule that fails on a file says nothing about it. */
function* judge(source: ReadPython, read: Reread): Steps<PythonAnalysis> {
  const { facts } = source;
  const found: Finding[] = [];
  for (const rule of PYTHON_RULES) {
    try {
      found.push(...rule.check(facts, read));
    } catch {
      // The other rules still speak.
    }
    yield;
  }
  const findings = [...withoutSuppressed(facts.text, oneInCode(facts, found))].sort(
    (a, b) => SEVERITY_ORDER[a.severity] - SEVERITY_ORDER[b.severity] || a.range.line - b.range.line,
  );
  return { ...source, findings };
}

const SEVERITY_ORDER: Readonly<Record<Severity, number>> = { error: 0, warning: 1, info: 2, hint: 3 };
