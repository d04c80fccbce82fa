/**
 * Builds the bundles into dist/: the extension host and the two halves of its engine, one for logs and one for code, each loaded
 * when first needed (CommonJS, Node), the command line (CommonJS, Node) and the webview (an IIFE for the browser). Copies the
 * wasm files beside them.
 * Options: --watch, --production (minified, no source maps), --outdir FOLDER (default dist).
 */
import { copyFile, mkdir, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import * as esbuild from 'esbuild';
import { icons } from './scripts/icons.mjs';

const require = createRequire(import.meta.url);
const production = process.argv.includes('--production');
const watch = process.argv.includes('--watch');
const named = process.argv.indexOf('--outdir');
const outdir = named < 0 ? 'dist' : process.argv[named + 1];

/** @type {import('esbuild').BuildOptions} */
const common = {
  bundle: true,
  // Blanks and comments cost time when VS Code loads the bundle; names are kept for stack traces while developing.
  minifyWhitespace: true,
  minifySyntax: true,
  minifyIdentifiers: production,
  sourcemap: production ? false : 'linked',
  target: 'es2022',
  logLevel: 'info',
  legalComments: 'none',
};

/** The parser's module for `import` reads import.meta.url, which a CommonJS bundle does not have; its module for `require` does not. */
const parserForNode = { 'web-tree-sitter': require.resolve('web-tree-sitter') };

const builds = [
  {
    ...common,
    entryPoints: ['src/extension.ts'],
    outfile: join(outdir, 'extension.js'),
    platform: 'node',
    format: 'cjs',
    external: ['vscode', './logs.js', './code.js'],
  },
  {
    ...common,
    entryPoints: ['src/host/logs.ts'],
    outfile: join(outdir, 'logs.js'),
    platform: 'node',
    format: 'cjs',
    external: ['vscode', './code.js'],
  },
  {
    ...common,
    entryPoints: ['src/host/code.ts'],
    outfile: join(outdir, 'code.js'),
    platform: 'node',
    format: 'cjs',
    alias: parserForNode,
  },
  {
    ...common,
    entryPoints: ['src/cli.ts'],
    outfile: join(outdir, 'cli.js'),
    platform: 'node',
    format: 'cjs',
    banner: { js: '#!/usr/bin/env node' },
    alias: parserForNode,
  },
  {
    ...common,
    entryPoints: ['webview/main.ts'],
    outfile: join(outdir, 'webview.js'),
    platform: 'browser',
    format: 'iife',
  },
  {
    ...common,
    entryPoints: ['webview/styles.css'],
    outfile: join(outdir, 'webview.css'),
    plugins: [icons],
  },
];

if (!watch) {
  await rm(outdir, { recursive: true, force: true });
}
await mkdir(outdir, { recursive: true });
await copyFile(
  require.resolve('tree-sitter-python/tree-sitter-python.wasm'),
  join(outdir, 'tree-sitter-python.wasm'),
);
await copyFile(require.resolve('web-tree-sitter/web-tree-sitter.wasm'), join(outdir, 'web-tree-sitter.wasm'));
if (watch) {
  for (const options of builds) {
    await (await esbuild.context(options)).watch();
  }
} else {
  await Promise.all(builds.map((options) => esbuild.build(options)));
}
