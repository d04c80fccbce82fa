import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import { INITIAL_STATE } from '../../webview/state';
import type { SyntheticWish } from './synthetic';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
];

/** A Chromium of the system; the one in CHROMIUM first. */
export async function launchBrowser(): Promise<Browser> {
  const found = [
    process.env.CHROMIUM,
    '/usr/bin/chromium',
    '/usr/bin/google-chrome',
    '/usr/bin/microsoft-edge',
  ].find((path) => path !== undefined && existsSync(path));
  if (found === undefined) {
    throw new Error('No Chromium found: install one or name it in CHROMIUM.');
  }
  return chromium.launch({ executablePath: found, args: FLAGS });
}

export interface PageWish {
  readonly name: string;
  readonly text: string | SyntheticWish;
  readonly theme: string;
  readonly width: number;
  readonly height: number;
  /** Parts of the page's kept state. */
  readonly state?: object;
  readonly pretend?: object;
  readonly others?: readonly { readonly name: string; readonly text: string | SyntheticWish }[];
}

const BODY_CLASSES: Readonly<Record<string, string>> = {
  dark: 'vscode-dark',
  light: 'vscode-light',
  'high-contrast': 'vscode-high-contrast',
};

/** Opens the page on a log in a theme, and waits until it has drawn. Errors of the page fail loudly. */
export async function openPage(browser: Browser, address: string, wish: PageWish): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: wish.width, height: wish.height } });
  page.on('pageerror', (error) => console.error(`page error: ${error.stack ?? error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') {
      console.error(`page console: ${message.text()}`);
    }
  });
  await page.goto(address);
  const uri = `test:/${wish.name}`;
  await page.evaluate(
    async ({ name, text, theme, bodyClass, state, pretend, others }) => {
      document.documentElement.dataset.theme = theme;
      document.body.className = bodyClass;
      await window.startPage({ name, text, state, others, ...(pretend === undefined ? {} : { pretend }) });
    },
    {
      name: wish.name,
      text: wish.text,
      theme: wish.theme,
      bodyClass: BODY_CLASSES[wish.theme] ?? 'vscode-dark',
      state: { ...INITIAL_STATE, uri, ...wish.state },
      pretend: wish.pretend,
      others: wish.others ?? [],
    },
  );
  await page.waitForSelector('.plot canvas, .empty, .heat canvas');
  await page.waitForTimeout(300);
  return page;
}
