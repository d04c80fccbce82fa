/** Builds the page into a folder that any browser can open. */
import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as esbuild from 'esbuild';

const HERE = import.meta.dirname;

export async function buildPage(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const common = { bundle: true, target: 'es2022', logLevel: 'warning', platform: 'browser' } as const;
  await Promise.all([
    esbuild.build({
      ...common,
      entryPoints: [join(HERE, 'page.ts')],
      outfile: join(folder, 'page.js'),
      format: 'iife',
    }),
    esbuild.build({
      ...common,
      entryPoints: [join(HERE, '../../webview/main.ts')],
      outfile: join(folder, 'webview.js'),
      format: 'iife',
    }),
    esbuild.build({
      ...common,
      entryPoints: [join(HERE, '../../webview/styles.css')],
      outfile: join(folder, 'webview.css'),
      loader: { '.ttf': 'file' },
      assetNames: '[name]',
    }),
    ...['index.html', 'themes.css'].map((file) => copyFile(join(HERE, file), join(folder, file))),
  ]);
  return join(folder, 'index.html');
}
