import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createPythonAnalyzer, type PythonAnalyzer } from '../../../src/core/python/analyze';

const require = createRequire(import.meta.url);
let loading: Promise<PythonAnalyzer> | undefined;

/** The analyzer with the wasm of node_modules, loaded once for all tests. */
export function pythonAnalyzer(): Promise<PythonAnalyzer> {
  loading ??= createPythonAnalyzer({
    runtime: new Uint8Array(readFileSync(require.resolve('web-tree-sitter/web-tree-sitter.wasm'))),
    grammar: new Uint8Array(readFileSync(require.resolve('tree-sitter-python/tree-sitter-python.wasm'))),
  });
  return loading;
}
