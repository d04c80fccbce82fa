import type { Finding, Severity } from '../rules/finding';
import { PYTHON_RULES } from '../rules/python/index';
import { collectFacts } from './collect';
import type { PythonFacts } from './facts';
import { mentionsFramework } from './names';
import { withoutSuppressed } from './suppress';
import { createParser, type PythonParser } from './syntax/parse';

/** The two wasm files, as bytes: the core cannot read files. */
export interface PythonWasm {
  /** web-tree-sitter.wasm */
  readonly runtime: Uint8Array;
  /** tree-sitter-python.wasm */
  readonly grammar: Uint8Array;
}

export interface PythonAnalysis {
  readonly path: string;
  readonly facts: PythonFacts;
  readonly findings: readonly Finding[];
  /** True when parts of the text could not be read: it is being typed, or is no Python. */
  readonly broken: boolean;
}

/** Reads Python files. Made once (loading the wasm takes about 30 ms), used for every file. */
export interface PythonAnalyzer {
  /** Null when the text names no framework we know, so that nothing is parsed in vain. Never throws on any text. */
  analyze(path: string, text: string): PythonAnalysis | null;
}

/** Longer files are generated, not written: reading them would only cost time. */
const MAX_LENGTH = 4_000_000;

export async function createPythonAnalyzer(wasm: PythonWasm): Promise<PythonAnalyzer> {
  const parser = await createParser(wasm.runtime, wasm.grammar);
  return { analyze: (path, text) => analyzeText(parser, path, text) };
}

function analyzeText(parser: PythonParser, path: string, text: string): PythonAnalysis | null {
  if (text.length > MAX_LENGTH || !mentionsFramework(text)) {
    return null;
  }
  try {
    const { body, broken } = parser.parse(text);
    const facts = collectFacts(path, text, body);
    if (facts.frameworks.length === 0) {
      return null;
    }
    return { path, facts, findings: findingsOf(facts), broken };
  } catch {
    // Text that defeats the reader has no facts; the editor must not suffer from it.
    return null;
  }
}

/** Runs every rule; a rule that fails on a file says nothing about it. */
function findingsOf(facts: PythonFacts): readonly Finding[] {
  const findings: Finding[] = [];
  for (const rule of PYTHON_RULES) {
    try {
      findings.push(...rule.check(facts));
    } catch {
      // The other rules still speak.
    }
  }
  return [...withoutSuppressed(facts.text, findings)].sort(
    (a, b) => SEVERITY_ORDER[a.severity] - SEVERITY_ORDER[b.severity] || a.range.line - b.range.line,
  );
}

const SEVERITY_ORDER: Readonly<Record<Severity, number>> = { error: 0, warning: 1, info: 2, hint: 3 };
