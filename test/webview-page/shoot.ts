/**
 * Takes pictures of the chart page for people to look at.
 *   npx tsx test/webview-page/shoot.ts OUT LOG|JSON [--theme dark,light,high-contrast] [--width 400,1000,1600]
 *     [--state JSON] [--hover X,Y] [--height 800] [--click CSS]… [--other LOG]…
 */
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { buildPage } from './build';
import { launchBrowser, openPage } from './open';

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      theme: { type: 'string', default: 'dark' },
      width: { type: 'string', default: '1000' },
      height: { type: 'string', default: '800' },
      state: { type: 'string', default: '{}' },
      hover: { type: 'string' },
      click: { type: 'string', multiple: true, default: [] },
      name: { type: 'string' },
      other: { type: 'string', multiple: true, default: [] },
    },
  });
  const [out, log] = positionals;
  if (out === undefined || log === undefined) {
    throw new Error('Usage: shoot.ts OUT LOG [options]');
  }
  const name = values.name ?? (log.startsWith('{') ? 'synthetic' : basename(log));
  const address = pathToFileURL(await buildPage(join(out, 'page'))).href;
  const browser = await launchBrowser();
  try {
    const text = log.startsWith('{') ? JSON.parse(log) : await readFile(log, 'utf8');
    const others = await Promise.all(
      values.other.map(async (file) => ({ name: basename(file), text: await readFile(file, 'utf8') })),
    );
    for (const theme of values.theme.split(',')) {
      for (const width of values.width.split(',').map(Number)) {
        const page = await openPage(browser, address, {
          name,
          text,
          theme,
          width,
          height: Number(values.height),
          state: JSON.parse(values.state),
          others,
        });
        for (const selector of values.click) {
          await page.locator(selector).first().click();
          await page.waitForTimeout(400);
        }
        if (values.hover !== undefined) {
          const [x = 0, y = 0] = values.hover.split(',').map(Number);
          await page.mouse.move(x, y);
          await page.waitForTimeout(150);
        }
        const file = join(out, `${name}-${theme}-${width}.png`);
        await page.screenshot({ path: file, fullPage: width < 820 });
        console.log(file);
        await page.close();
      }
    }
  } finally {
    await browser.close();
  }
}

void main();
