/** Opens a VS Code window, whichever host there is, as a page that playwright can drive. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron, chromium, type Page } from 'playwright-core';
import { provideDisplay } from './display';
import type { DesktopHost, Host } from './host';
import type { NpmHost } from './npmHost';
import { startServer } from './server';
import { type Settings, type Theme, userSettings } from './settings';

/** A workbench that is not drawn by then is started anew, at most START_TRIES times. */
const START_LIMIT_MS = 60_000;
/** A drawn workbench that is not in its theme by then has missed the setting, and is told it again. */
const THEME_LIMIT_MS = 10_000;
const SETTING_NOTICED_MS = 1_500;
const START_TRIES = 3;

/** The workbench's own names of the kinds of theme. */
export const THEME_CLASS: Readonly<Record<Theme, string>> = {
  dark: 'vs-dark',
  light: 'vs',
  'high-contrast': 'hc-black',
};

const BROWSER_FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export interface Appearance {
  readonly theme?: Theme;
  readonly width?: number;
  readonly height?: number;
}

export interface WindowOptions extends Appearance {
  /** Absolute path of the folder to open; an empty window if not given. */
  readonly folder?: string;
  /** Absolute path of the extension under development. */
  readonly extension: string;
  readonly settings?: Settings;
  readonly env?: NodeJS.ProcessEnv;
}

export interface Window {
  readonly page: Page;
  /** Of the user, as VS Code watches them. */
  readonly settingsFile: string;
  close(): Promise<void>;
}

/** Opens a window and waits until the workbench is drawn. Only the start is tried again, never what follows. */
export async function openWindow(host: Host, options: WindowOptions): Promise<Window> {
  for (let attempt = 1; ; attempt++) {
    const window = await (host.kind === 'npm' ? openBrowser(host, options) : openDesktop(host, options));
    try {
      await window.page.waitForSelector('.monaco-workbench .part.statusbar .statusbar-item', {
        timeout: START_LIMIT_MS,
      });
      await waitForTheme(window, options);
      return window;
    } catch (error) {
      await window.close();
      if (attempt === START_TRIES) {
        throw error;
      }
      console.log(`VS Code did not start at attempt ${attempt}; once more.`);
    }
  }
}

/** Gives an open window the size and the kind of system of these options, as if it had been opened with them. */
export async function changeWindow(page: Page, options: Appearance): Promise<void> {
  await page.setViewportSize(sizeOf(options));
  await page.emulateMedia(mediaOf(options));
}

function sizeOf({ width = 1280, height = 800 }: Appearance): { width: number; height: number } {
  return { width, height };
}

/** VS Code in a browser takes a high-contrast theme only from a system that has one. */
function mediaOf({ theme }: Appearance): {
  colorScheme: 'light' | 'dark';
  forcedColors: 'active' | 'none';
} {
  return {
    colorScheme: theme === 'light' ? 'light' : 'dark',
    forcedColors: theme === 'high-contrast' ? 'active' : 'none',
  };
}

/**
 * The theme is in place a while after the first drawing. On a busy machine VS Code can read the setting before the themes are
 * there and stay with its own light one; a change of the setting wakes it.
 */
async function waitForTheme({ page, settingsFile }: Window, options: WindowOptions): Promise<void> {
  const theme = options.theme ?? 'dark';
  const shown = `.monaco-workbench.${THEME_CLASS[theme]}`;
  const end = Date.now() + START_LIMIT_MS;
  for (;;) {
    try {
      await page.waitForSelector(shown, { timeout: THEME_LIMIT_MS });
      return;
    } catch (error) {
      if (Date.now() > end) {
        throw error;
      }
      const { 'workbench.colorTheme': _, ...others } = userSettings(theme, options.settings);
      writeFileSync(settingsFile, JSON.stringify(others));
      await page.waitForTimeout(SETTING_NOTICED_MS);
      writeFileSync(settingsFile, JSON.stringify(userSettings(theme, options.settings)));
    }
  }
}

/** Opens the npm host's workbench in a headless browser. `prepare` sees the page before it loads. */
export async function openBrowser(
  host: NpmHost,
  options: WindowOptions,
  more: { testsEntry?: string; prepare?: (page: Page) => Promise<void> } = {},
): Promise<Window> {
  const dataFolder = mkdtempSync(join(tmpdir(), 'gradient-inspector-vscode-'));
  const server = await startServer(host, {
    dataFolder,
    settings: userSettings(options.theme ?? 'dark', options.settings),
    env: { ...process.env, ...options.env },
  });
  const browser = await chromium.launch({ executablePath: host.browser, args: BROWSER_FLAGS });
  const close = async () => {
    await browser.close();
    await server.close();
    removeFolder(dataFolder);
  };
  try {
    const page = await browser.newPage({ viewport: sizeOf(options), ...mediaOf(options) });
    await more.prepare?.(page);
    await page.goto(
      server.address(options.folder, {
        extensionDevelopmentPath: server.uri(options.extension),
        ...(more.testsEntry ? { extensionTestsPath: server.uri(more.testsEntry) } : {}),
        skipWelcome: 'true',
      }),
      // Whoever opens the window waits for what it needs; on a busy machine the last of a thousand files comes late.
      { waitUntil: 'commit', timeout: START_LIMIT_MS },
    );
    return { page, settingsFile: join(dataFolder, 'data', 'User', 'settings.json'), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openDesktop(host: DesktopHost, options: WindowOptions): Promise<Window> {
  const dataFolder = desktopDataFolder(options);
  const endDisplay = await provideDisplay();
  const app = await _electron.launch({
    executablePath: host.executable,
    args: [
      ...(options.folder ? [options.folder] : []),
      `--extensionDevelopmentPath=${options.extension}`,
      ...desktopFlags(dataFolder),
    ],
    env: definedOnly({ ...process.env, ...options.env }),
  });
  const page = await app.firstWindow();
  await page.setViewportSize(sizeOf(options));
  return {
    page,
    settingsFile: join(dataFolder, 'User', 'settings.json'),
    close: async () => {
      await app.close();
      endDisplay();
      removeFolder(dataFolder);
    },
  };
}

/** A fresh user-data folder with the settings, so that the person's own VS Code is neither read nor changed. */
export function desktopDataFolder(options: WindowOptions): string {
  const dataFolder = mkdtempSync(join(tmpdir(), 'gradient-inspector-vscode-'));
  mkdirSync(join(dataFolder, 'User'));
  const settings = userSettings(options.theme ?? 'dark', options.settings);
  writeFileSync(join(dataFolder, 'User', 'settings.json'), JSON.stringify(settings));
  return dataFolder;
}

export function desktopFlags(dataFolder: string): string[] {
  return [
    `--user-data-dir=${dataFolder}`,
    `--extensions-dir=${join(dataFolder, 'extensions')}`,
    '--no-sandbox',
    '--disable-gpu',
    '--skip-welcome',
    '--skip-release-notes',
    '--disable-workspace-trust',
    '--disable-updates',
    '--disable-telemetry',
  ];
}

function definedOnly(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter((pair): pair is [string, string] => pair[1] !== undefined),
  );
}

/** The server's children may still write for a moment after it has ended. */
export function removeFolder(path: string): void {
  rmSync(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
}
