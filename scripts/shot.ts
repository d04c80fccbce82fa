/**
 * Opens VS Code on a copy of a folder with the extension loaded, does the given steps as a person would, and saves screenshots
 * in `test/ui/screenshots/`. Build first (`npm run build`). For looking at one's work:
 *
 *   npx tsx scripts/shot.ts samples open=vanishing/train.log shot=log \
 *     "command=Gradient Inspector: Open Gradient Charts" webview=canvas shot=charts
 *
 * The first argument is the folder. `--light` or `--high-contrast` choose a theme (default dark), `--size=1600x1000` the window. Steps:
 *   open=FILE        Ctrl+P, the name, Enter           line=N          cursor to line N
 *   command=TITLE    F1, the title, Enter              press=KEY       such as Control+Shift+m
 *   hover=TEXT       mouse rests on that text          type=TEXT       types it
 *   fixes            Ctrl+. and print the titles       fix=TITLE       take one of them
 *   webview=CSS      wait for it in the webview        click=CSS       click it there
 *   see=CSS          wait for it in the workbench      wait=SECONDS    only for looking at slow things
 *   problems         print the Problems panel          shot=NAME       save a screenshot
 *   dump=CSS         print the HTML of it, from the workbench or else the webview
 *
 * From a script of one's own: `openWorkbench({ folder, theme })` of test/support/workbench.ts gives the same as methods, and
 * `workbench.page` is playwright's page.
 */
import { resolve } from 'node:path';
import { copyWorkspace } from '../test/support/copyWorkspace';
import { openWorkbench, type Workbench } from '../test/support/workbench';
import type { Theme } from './vscode/settings';

const step: Readonly<Record<string, (workbench: Workbench, value: string) => Promise<unknown>>> = {
  open: (workbench, file) => workbench.openFile(file),
  command: (workbench, title) => workbench.runCommand(title),
  line: (workbench, line) => workbench.goToLine(Number(line)),
  hover: async (workbench, text) => console.log(...(await (await workbench.hover(text)).allInnerTexts())),
  fixes: async (workbench) => console.log(await workbench.openQuickFixes()),
  fix: (workbench, title) => workbench.chooseQuickFix(title),
  problems: async (workbench) => console.log(await workbench.problems()),
  press: (workbench, key) => workbench.page.keyboard.press(key),
  type: (workbench, text) => workbench.page.keyboard.type(text),
  see: (workbench, css) => workbench.page.locator(css).first().waitFor(),
  webview: (workbench, css) => workbench.webview(css),
  click: async (workbench, css) => (await workbench.webview(css)).locator(css).first().click(),
  wait: (workbench, seconds) => workbench.page.waitForTimeout(Number(seconds) * 1000),
  shot: async (workbench, name) => console.log(await workbench.screenshot(name)),
  dump: async (workbench, css) => {
    const inPage = workbench.page.locator(css);
    const element = (await inPage.count()) > 0 ? inPage : (await workbench.webview(css)).locator(css);
    console.log((await element.evaluateAll((all) => all.map((one) => one.outerHTML))).join('\n'));
  },
};

async function main(args: readonly string[]): Promise<void> {
  const options = args.filter((arg) => arg.startsWith('--'));
  const [folder, ...steps] = args.filter((arg) => !arg.startsWith('--'));
  if (!folder) {
    throw new Error('Usage: tsx scripts/shot.ts FOLDER STEP ... (see the top of this file)');
  }
  const size = options.find((option) => option.startsWith('--size='))?.slice('--size='.length);
  const [width, height] = size?.split('x').map(Number) ?? [];
  const theme: Theme = options.includes('--light')
    ? 'light'
    : options.includes('--high-contrast')
      ? 'high-contrast'
      : 'dark';
  const copy = copyWorkspace(resolve(folder));
  const workbench = await openWorkbench({ folder: copy.path, theme, width, height });
  try {
    for (const text of steps) {
      const [name = '', ...value] = text.split('=');
      const action = step[name];
      if (!action) {
        throw new Error(`Unknown step ${name}`);
      }
      await action(workbench, value.join('='));
    }
  } catch (error) {
    console.log(await workbench.screenshot('failed'));
    throw error;
  } finally {
    await workbench.close();
    copy.dispose();
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
