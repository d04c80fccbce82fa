import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';

/** The models of speedOne.ts. */
const models = [
  '100 linear layers and ReLU',
  '100 linear layers and tanh',
  '100 linear layers and GELU',
  '100 layers, residual, convolutions with batch normalisation',
];

/** Processor time of a forecast of models of a hundred layers, each in a process of its own, as rows of a table. */
export function speedTable(root: string): string[] {
  const folder = mkdtempSync(join(root, 'dist', 'bench-'));
  try {
    const script = join(folder, 'speed.mjs');
    buildSync({
      entryPoints: [join(root, 'test', 'bench', 'flow', 'speedOne.ts')],
      bundle: true,
      platform: 'node',
      format: 'esm',
      packages: 'external',
      outfile: script,
    });
    const timed = (name: string, ...more: readonly string[]) =>
      JSON.parse(execFileSync(process.execPath, [script, root, name, ...more]).toString()) as number[];
    const programs = join(root, 'test', 'bench', 'flow', 'models');
    const rows = models.map((name) => {
      const alone = timed(name);
      const [, , later] = timed(name, programs);
      return `| ${[name, ...[...alone, later].map((ms) => ms?.toFixed(1) ?? '')].join(' | ')} |`;
    });
    return [
      '| model | first call of the process, ms | fastest tenth, ms | median, ms | median after every program above, ms |',
      '|---|---|---|---|---|',
      ...rows,
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
