import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createPythonAnalyzer, type PythonAnalyzer } from '../../../src/core/python/analyze';
import { createParser, type PythonParser } from '../../../src/core/python/syntax/parse';

const require = createRequire(import.meta.url);
let loading: Promise<PythonAnalyzer> | undefined;

/** The analyzer with the wasm of node_modules, loaded once for all tests. */
export function pythonAnalyzer(): Promise<PythonAnalyzer> {
  loading ??= createPythonAnalyzer({ runtime: wasm(RUNTIME), grammar: wasm(GRAMMAR) });
  return loading;
}

/** The parser alone. */
export function pythonParser(): Promise<PythonParser> {
  return createParser(wasm(RUNTIME), wasm(GRAMMAR));
}

const RUNTIME = 'web-tree-sitter/web-tree-sitter.wasm';
const GRAMMAR = 'tree-sitter-python/tree-sitter-python.wasm';

function wasm(name: string): Uint8Array {
  return new Uint8Array(readFileSync(require.resolve(name)));
}
