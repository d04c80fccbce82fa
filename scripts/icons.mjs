/**
 * Makes a style sheet of those of VS Code's icons that the chart page uses, with their part of the font inside it. A font that has to be
 * fetched delays the page's load event, and VS Code neither shows a page nor hands it a message before that.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import * as esbuild from 'esbuild';
import subsetFont from 'subset-font';

const require = createRequire(import.meta.url);
const NAMES = 'webview/iconNames.ts';
const STYLE = require.resolve('@vscode/codicons/dist/codicon.css');
const FONT = require.resolve('@vscode/codicons/dist/codicon.ttf');

/** Stands in for the whole style sheet of the icons' package. */
export const icons = {
  name: 'icons',
  setup(build) {
    build.onLoad({ filter: /[\\/]codicon\.css$/ }, async () => ({
      contents: await iconStyle(),
      loader: 'css',
      watchFiles: [NAMES],
    }));
  },
};

async function iconStyle() {
  const whole = await readFile(STYLE, 'utf8');
  const rules = (await iconNames()).map((name) => {
    const code = new RegExp(`^\\.codicon-${name}:before \\{ content: "\\\\([0-9a-f]+)" \\}`, 'm').exec(
      whole,
    )?.[1];
    if (code === undefined) {
      throw new Error(`There is no icon "${name}".`);
    }
    return { name, code };
  });
  const text = rules.map(({ code }) => String.fromCodePoint(Number.parseInt(code, 16))).join('');
  const font = await subsetFont(await readFile(FONT), text, { targetFormat: 'woff2' });
  return [
    `@font-face { font-family: codicon; src: url("data:font/woff2;base64,${font.toString('base64')}") format("woff2"); }`,
    /^\.codicon\[class\*='codicon-'\] \{[^}]*\}/m.exec(whole)?.[0] ?? '',
    ...rules.map(({ name, code }) => `.codicon-${name}:before { content: "\\${code}"; }`),
  ].join('\n');
}

async function iconNames() {
  const { code } = await esbuild.transform(await readFile(NAMES, 'utf8'), { loader: 'ts', format: 'esm' });
  const { ICON_NAMES } = await import(`data:text/javascript,${encodeURIComponent(code)}`);
  return ICON_NAMES;
}
