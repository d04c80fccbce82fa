import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createPythonAnalyzer, type PythonAnalyzer } from '../core/python/analyze';

/** Reads and judges Python code. The wasm files lie beside the bundle. */
export async function loadPython(): Promise<PythonAnalyzer> {
  const [runtime, grammar] = await Promise.all([
    readFile(join(__dirname, 'web-tree-sitter.wasm')),
    readFile(join(__dirname, 'tree-sitter-python.wasm')),
  ]);
  return createPythonAnalyzer({ runtime, grammar });
}
