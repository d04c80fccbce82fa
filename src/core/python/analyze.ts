import type { Reread } from '../flow/remedyForecast';
import type { Finding, Severity } from '../rules/finding';
import { oneInCode } from '../rules/oneIncidentInCode';
import { PYTHON_RULES } from '../rules/python/index';
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
}

export interface PythonAnalysis extends ReadPython {
  readonly findings: readonly Finding[];
}

/** Reads Python files. Made once (loading the wasm takes about 30 ms), used for every file. */
export interface PythonAnalyzer {
  /** Null when the text names no framework we know, so that nothing is parsed in vain. Never throws on any text. */
  analyze(path: string, text: string): PythonAnalysis | null;
  /** The same without judging: for a text that is only being considered, as what a fix would leave. */
  read(path: string, text: string): ReadPython | null;
}

/** Longer files are generated, not written: reading them would only cost time. */
const MAX_LENGTH = 4_000_000;

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
  return { analyze: (path, text) => judge(readAgain(path, text), read), read };
}

function readText(path: string, text: string, parse: () => ParsedModule): ReadPython | null {
  if (text.length > MAX_LENGTH || !mentionsFramework(text)) {
    return null;
  }
  try {
    const { body, broken } = parse();
    const facts = collectFacts(path, text, body);
    return facts.frameworks.length === 0 ? null : { path, facts, broken };
  } catch {
    // Text that defeats the reader has no facts; the editor must not suffer from it.
    return null;
  }
}

function judge(source: ReadPython | null, read: Reread): PythonAnalysis | null {
  return source === null ? null : { ...source, findings: findingsOf(source.facts, read) };
}

/** Runs every rule; a rule that fails on a file says nothing about it. */
function findingsOf(facts: PythonFacts, read: Reread): readonly Finding[] {
  const findings: Finding[] = [];
  for (const rule of PYTHON_RULES) {
    try {
      findings.push(...rule.check(facts, read));
    } catch {
      // The other rules still speak.
    }
  }
  return [...withoutSuppressed(facts.text, oneInCode(facts, findings))].sort(
    (a, b) => SEVERITY_ORDER[a.severity] - SEVERITY_ORDER[b.severity] || a.range.line - b.range.line,
  );
}

const SEVERITY_ORDER: Readonly<Record<Severity, number>> = { error: 0, warning: 1, info: 2, hint: 3 };
