/** VS Code as a person uses it: keys, mouse and what is on the screen. Every wait ends when the thing is seen. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Frame, Locator, Page } from 'playwright-core';
import { findHost, repository } from '../../scripts/vscode/host';
import { THEMES, type Theme } from '../../scripts/vscode/settings';
import {
  type Appearance,
  changeWindow,
  openWindow,
  THEME_CLASS,
  type WindowOptions,
} from '../../scripts/vscode/window';

export const screenshotFolder = join(repository, 'test', 'ui', 'screenshots');

const SEEN_LIMIT_MS = 15_000;
/** A window that has just opened knows its files and commands when the extension host has started. */
const PICK_LIMIT_MS = 60_000;
const POLL_MS = 50;

/** Opens VS Code on a folder with the extension of this repository loaded from `dist/`. */
export async function openWorkbench(
  options: Omit<WindowOptions, 'extension'> & { extension?: string },
): Promise<Workbench> {
  const window = await openWindow(await findHost(), { extension: repository, ...options });
  window.page.setDefaultTimeout(SEEN_LIMIT_MS);
  return new Workbench(window.page, window.close);
}

export class Workbench {
  constructor(
    readonly page: Page,
    readonly close: () => Promise<void>,
  ) {}

  /** Closes all that was opened and lays the window out as a new one that looks like this would be. */
  async tidy(wanted: Appearance): Promise<void> {
    const { page } = this;
    await page.mouse.move(0, 0);
    await page.keyboard.press('Escape');
    if ((await page.locator('.tab.dirty').count()) > 0) {
      await this.runCommand('File: Save All');
    }
    await this.runCommand('View: Close All Editors');
    await page.locator('.editor-group-container .tab').first().waitFor({ state: 'detached' });
    if (await page.locator('.notification-toast').first().isVisible()) {
      await this.runCommand('Notifications: Clear All Notifications');
    }
    const panel = page.locator('.part.panel');
    if (await panel.isVisible()) {
      await page.keyboard.press('Control+j');
      await panel.waitFor({ state: 'hidden' });
    }
    await this.runCommand('View: Show Explorer');
    await page.locator('.part.sidebar .explorer-folders-view').waitFor();
    await changeWindow(page, wanted);
    await this.chooseTheme(wanted.theme ?? 'dark');
  }

  /** By the list of themes: VS Code in a browser does not notice when the settings file is written by others. */
  private async chooseTheme(theme: Theme): Promise<void> {
    const shown = this.page.locator(`.monaco-workbench.${THEME_CLASS[theme]}`);
    // High contrast comes, and goes, with that of the system.
    if (theme === 'high-contrast' || (await seen(shown))) {
      return shown.waitFor();
    }
    await this.page.keyboard.press('Control+k');
    await this.page.keyboard.press('Control+t');
    const list = this.page.locator('.quick-input-widget:visible');
    const name = THEMES[theme].replace('Default ', '');
    await list.locator('input.input').fill(name);
    await list.locator('.monaco-list-row.focused', { hasText: name }).waitFor();
    await this.page.keyboard.press('Enter');
    await this.page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
    await shown.waitFor();
  }

  /** Ctrl+P, the file's name, Enter. Returns when the file's text is shown. */
  async openFile(name: string): Promise<void> {
    await this.pick('Control+p', name, name.split('/').reverse());
    await this.page.locator(`.tab.active[data-resource-name="${baseName(name)}"]`).waitFor();
    await this.page.locator('.editor-group-container.active .view-line').first().waitFor();
  }

  /** The same for what is opened in another editor than that of text. Returns when the list is gone. */
  async openListed(name: string): Promise<void> {
    await this.pick('Control+p', name, [name]);
  }

  /** F1 and the command's title as the palette shows it, such as `Gradient Inspector: Open Gradient Charts`. */
  async runCommand(title: string): Promise<void> {
    await this.pick('F1', `>${title}`, [title]);
  }

  /** Ctrl+G, the line number, Enter: the cursor stands at the line's start. */
  async goToLine(line: number): Promise<void> {
    await this.page.keyboard.press('Control+g');
    const input = this.page.locator('.quick-input-widget:visible input.input');
    await input.fill(`:${line}`);
    await this.page.keyboard.press('Enter');
    await this.page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
    await this.page.locator('.statusbar-item', { hasText: `Ln ${line}, Col 1` }).waitFor();
  }

  /**
   * Opens a quick pick by a key, types, and takes the focused row once it has the wanted words. Opened anew when it has not: a list
   * that was made before the extension was known does not grow.
   */
  private async pick(key: string, text: string, wanted: readonly string[]): Promise<void> {
    const widget = this.page.locator('.quick-input-widget:visible');
    let row = widget.locator('.monaco-list-row.focused');
    for (const part of wanted) {
      row = row.filter({ hasText: part });
    }
    await this.until(
      `"${wanted.join(' ')}" in the quick pick`,
      async () => {
        await this.page.keyboard.press(key);
        await widget.locator('input.input').fill(text);
        if (await seen(row)) {
          return true;
        }
        await this.page.keyboard.press('Escape');
        return false;
      },
      PICK_LIMIT_MS,
    );
    await this.page.keyboard.press('Enter');
    await this.page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
  }

  /** Rests the mouse on the first place of `text` in the active editor; returns the hover once it shows content. */
  async hover(text: string): Promise<Locator> {
    const hover = this.page.locator('.monaco-hover:visible .hover-contents').first();
    await this.until(`a hover on "${text}"`, async () => {
      const box = await this.textBox(text);
      await this.page.mouse.move(box.x + 1, box.y - 40);
      await this.page.mouse.move(box.x + box.width / 2, box.y + box.height / 2, { steps: 4 });
      return seen(hover);
    });
    return this.page.locator('.monaco-hover:visible').first();
  }

  /** Where `text` is drawn in the active editor, in page pixels. */
  async textBox(text: string): Promise<{ x: number; y: number; width: number; height: number }> {
    // Monaco draws every blank as a no-break space.
    const line = this.page
      .locator('.editor-group-container.active .view-line')
      .filter({ hasText: text.replaceAll(' ', '\u00a0') })
      .or(this.page.locator('.editor-group-container.active .view-line').filter({ hasText: text }))
      .first();
    await line.waitFor();
    return line.evaluate((element, wanted) => {
      const plain = (element.textContent ?? '').replaceAll('\u00a0', ' ');
      const start = plain.indexOf(wanted);
      const range = document.createRange();
      const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
      let offset = 0;
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const length = node.textContent?.length ?? 0;
        if (start >= offset && start <= offset + length) {
          range.setStart(node, start - offset);
        }
        if (start + wanted.length >= offset && start + wanted.length <= offset + length) {
          range.setEnd(node, start + wanted.length - offset);
          break;
        }
        offset += length;
      }
      const { x, y, width, height } = range.getBoundingClientRect();
      return { x, y, width, height };
    }, text);
  }

  /** Ctrl+. at the cursor; returns the titles offered. The menu stays open. */
  async openQuickFixes(): Promise<string[]> {
    const rows = this.page.locator('.action-widget:visible .monaco-list-row.action');
    const nothing = this.page.locator('.monaco-editor-overlaymessage:visible');
    // In an open menu the key takes the first entry, so it is pressed again only where none has come.
    await this.until('the quick-fix menu', async () => {
      if (!(await rows.first().isVisible())) {
        await this.page.keyboard.press('Control+.');
      }
      const answer = rows.first().or(nothing).first();
      await answer.waitFor({ timeout: 5000 }).catch(() => undefined);
      return rows.first().isVisible();
    });
    return (await rows.allTextContents()).map((title) => title.trim());
  }

  /** Takes an entry of the open quick-fix menu. */
  async chooseQuickFix(title: string): Promise<void> {
    await this.page
      .locator('.action-widget:visible .monaco-list-row.action', { hasText: title })
      .first()
      .click();
    await this.page.locator('.action-widget .monaco-list-row.action').first().waitFor({ state: 'hidden' });
  }

  /** The messages in the Problems panel. */
  async problems(): Promise<string[]> {
    const panel = this.page.locator('.markers-panel-container');
    if (!(await panel.isVisible())) {
      await this.page.keyboard.press('Control+Shift+m');
      await panel.waitFor();
    }
    return (
      await panel
        .locator('.monaco-tl-row .marker-message-line, .monaco-tl-row .details-container')
        .allTextContents()
    ).map((text) => text.trim());
  }

  /** Text of the lines drawn in the active editor, top to bottom. */
  async visibleLines(): Promise<string[]> {
    const lines = await this.page
      .locator('.editor-group-container.active .view-line')
      .evaluateAll((elements) =>
        elements
          .map((element) => ({ top: element.getBoundingClientRect().top, text: element.textContent ?? '' }))
          .sort((a, b) => a.top - b.top)
          .map((line) => line.text.replaceAll('\u00a0', ' ')),
      );
    return lines;
  }

  /** Number of the first line on the screen that holds `text`. */
  async lineOf(text: string): Promise<number> {
    const { y } = await this.textBox(text);
    const numbers = this.page.locator('.editor-group-container.active .margin-view-overlays .line-numbers');
    const found = await numbers.evaluateAll(
      (elements, at) =>
        elements
          .map((element) => ({ number: Number(element.textContent), box: element.getBoundingClientRect() }))
          .find(({ box }) => box.top - 1 <= at && at < box.bottom)?.number,
      y,
    );
    if (found === undefined) {
      throw new Error(`No line number stands beside "${text}".`);
    }
    return found;
  }

  /** The frame of the webview that holds `selector`. Webview content is in a frame within a frame. */
  async webview(selector: string): Promise<Frame> {
    let found: Frame | undefined;
    await this.until(`a webview with ${selector}`, async () => {
      for (const frame of this.page.frames().slice(1)) {
        // A frame may go away while it is asked.
        const count = await frame
          .locator(selector)
          .count()
          .catch(() => 0);
        if (count > 0) {
          found = frame;
          return true;
        }
      }
      return false;
    });
    return found as Frame;
  }

  /** Drags with the mouse, from the middle of an element or from a point, by so many pixels. */
  async drag(from: Locator | { x: number; y: number }, right: number, down: number): Promise<void> {
    const box = 'boundingBox' in from ? await from.boundingBox() : { ...from, width: 0, height: 0 };
    if (!box) {
      throw new Error('What is to be dragged is not to be seen.');
    }
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    await this.page.mouse.move(x, y);
    await this.page.mouse.down();
    await this.page.mouse.move(x + right, y + down, { steps: 5 });
    await this.page.mouse.up();
  }

  /** Writes `test/ui/screenshots/<name>.png`; of the whole window unless an element is given. Returns the file's path. */
  async screenshot(name: string, element?: Locator): Promise<string> {
    mkdirSync(screenshotFolder, { recursive: true });
    const path = join(screenshotFolder, `${name}.png`);
    await (element ?? this.page).screenshot({ path, animations: 'disabled', caret: 'hide' });
    return path;
  }

  /** Asks again until `condition` holds. */
  async until(what: string, condition: () => Promise<boolean>, limit = SEEN_LIMIT_MS): Promise<void> {
    const end = Date.now() + limit;
    while (!(await condition())) {
      if (Date.now() > end) {
        throw new Error(`Waited ${limit / 1000} s in vain for ${what}.`);
      }
      await this.page.waitForTimeout(POLL_MS);
    }
  }
}

/** Is it there within a moment? */
function seen(element: Locator): Promise<boolean> {
  return element.waitFor({ timeout: 3_000 }).then(
    () => true,
    () => false,
  );
}

function baseName(path: string): string {
  return path.split('/').at(-1) ?? path;
}
